// A message as the page shows it: everything is worked out here, the templates only lay it out.
import { texts } from '../texts'
import { AttachmentPart, Author, Choice, CitationPart, Light, Message, Node, Owner, Part } from './frames'
import { fill } from './words'

/** A stretch of text; `tel` can be called and `url` copied. */
export interface Span { text: string; mark?: boolean; tel?: string; url?: string }
export interface Paragraph { head: boolean; spans: Span[] }
export interface NodeView { name: string; state: Node['state']; said: string; about: string; note: string }

export type Block =
  | { kind: 'text'; paragraphs: Paragraph[] }
  | { kind: 'citation'; paragraphs: Paragraph[]; source: string; link: string; flags: string[]; ends: boolean }
  | { kind: 'fields'; title: string; rows: { label: string; value: string }[] }
  | { kind: 'order'; number: string; title: string; status: string }
  | { kind: 'progress'; number: string; nodes: NodeView[]; light: Light | ''; lightText: string }
  | { kind: 'link'; label: string; url: string }
  | { kind: 'place'; label: string; latitude: number; longitude: number }
  | { kind: 'file'; media: 'image' | 'video' | 'audio' | 'file'; id: string; url: string; size: number; label: string }

export interface View {
  id: string
  seq: number
  from: Author
  who: string
  time: string
  blocks: Block[]
  choices: Choice[]
  /** What reading aloud would say; empty where there is nothing to read. */
  spoken: boolean
}

export const LIGHTS: Record<Light, string> = {
  green: texts.light_green,
  yellow: texts.light_yellow,
  orange: texts.light_orange,
  red: texts.light_red,
}
const CHINA = 8 * 3600_000 // milliseconds ahead of UTC
const STATES: Record<Node['state'], string> = {
  done: texts.node_done,
  current: texts.node_current,
  todo: texts.node_todo,
}
const WHO: Record<Author, string> = {
  me: texts.who_me,
  bot: texts.who_bot,
  agent: texts.who_agent,
  system: texts.who_system,
}

export function viewOf(message: Message): View {
  return {
    id: message.id,
    seq: message.seq,
    from: message.from,
    who: WHO[message.from] ?? '',
    time: clock(message.at),
    blocks: message.parts.map((part, at) => block(part, message.parts[at + 1])),
    choices: message.choices ?? [],
    spoken: message.from !== 'me' && message.parts.some((part) => 'text' in part || 'quote' in part),
  }
}

export function ownerText(owner: Owner, position?: number): string {
  if (owner === 'waiting_for_agent') {
    return position ? fill(texts.owner_waiting_behind, { ahead: position - 1 }) : texts.owner_waiting
  }
  return { bot: texts.owner_bot, agent: texts.owner_agent, closed: texts.owner_closed }[owner] ?? ''
}

function block(part: Part, next: Part | undefined): Block {
  switch (part.kind) {
    case 'text':
      return said(part.text)
    case 'citation':
      return citation(part, next)
    case 'fields':
      return { kind: 'fields', title: part.title, rows: part.rows.map(({ label, value }) => ({ label, value })) }
    case 'order':
      return { kind: 'order', number: part.number, title: part.title, status: part.status }
    case 'progress':
      return {
        kind: 'progress',
        number: part.number,
        nodes: part.nodes.map(nodeView),
        light: part.light ?? '',
        lightText: part.light ? LIGHTS[part.light] : '',
      }
    case 'link':
      return { kind: 'link', label: part.label || part.url, url: part.url }
    case 'location': {
      const label = part.label || `${part.latitude}, ${part.longitude}`
      return { kind: 'place', label: fill(texts.place_label, { label }), latitude: part.latitude, longitude: part.longitude }
    }
    case 'attachment': {
      const media = mediaOf(part.media)
      return { kind: 'file', media, id: part.attachment_id, url: part.url ?? '', size: part.size, label: fileLabel(part) }
    }
    default:
      return said(part.text ?? '')
  }
}

function said(text: string): Block {
  return { kind: 'text', paragraphs: text.split('\n').map((line) => ({ head: false, spans: linked(line) })) }
}

function citation(part: CitationPart, next: Part | undefined): Block {
  const from = part.effective_from && fill(texts.from_day, { day: part.effective_from })
  const source = [part.title, part.issuer, part.document, part.document_number, from].filter(Boolean).join(' · ')
  const flags = [...(part.historical ? [texts.historical] : []), ...(part.sample ? [texts.sample] : [])]
  return {
    kind: 'citation',
    paragraphs: paragraphs(part.quote),
    source,
    link: web(part.link),
    flags,
    // Passages of one entry share the source under the last of them.
    ends: !(next?.kind === 'citation' && next.entry_id === part.entry_id),
  }
}

export function nodeView(node: Node): NodeView {
  return {
    name: node.name,
    state: node.state,
    said: STATES[node.state] ?? '',
    about: [day(node.at), node.by].filter(Boolean).join(' · '),
    note: node.note ?? '',
  }
}

function mediaOf(media: string): 'image' | 'video' | 'audio' | 'file' {
  const kind = media.split('/')[0]
  return kind === 'image' || kind === 'video' || kind === 'audio' ? kind : 'file'
}

export function fileLabel(part: Pick<AttachmentPart, 'media' | 'name'>): string {
  const labels = { image: texts.photo_label, video: texts.video_label, audio: texts.voice_label, file: part.name || texts.file_label }
  return labels[mediaOf(part.media)]
}

/** The knowledge base's own words: headings by #, sentences that matter ==like this==. */
export function paragraphs(text: string): Paragraph[] {
  return text.split(/\n+/).filter((line) => line.trim()).map((line) => {
    const heading = /^#{1,6}\s*(.+)$/.exec(line)
    if (heading) return { head: true, spans: [{ text: heading[1] ?? '' }] }
    const pieces = line.split(/==(.+?)==/)
    return {
      head: false,
      spans: pieces.flatMap((text, at): Span[] => (text ? [at % 2 ? { text, mark: true } : { text }] : [])),
    }
  })
}

// Addresses, and the numbers one calls in need or instead of writing; not anybody's own number. What
// stands before a number is taken along, since older telephones cannot look behind.
const LIVE = /(https?:\/\/[^\s，。；！？、）】》"'<>]+)|(^|[^\d-])(110|119|120|122|12345|12356|12315|12333|12348|96\d{3,4}|0\d{2,3}-\d{7,8})(?![\d-]|[年月日号元个人次件条米层楼栋室分秒时天%])/

export function linked(text: string): Span[] {
  const spans: Span[] = []
  let rest = text
  for (let found = LIVE.exec(rest); found; found = LIVE.exec(rest)) {
    const [whole, url, before = '', tel = ''] = found
    const plain = rest.slice(0, found.index) + before
    if (plain) spans.push({ text: plain })
    spans.push(url ? { text: url, url } : { text: tel, tel: tel.replace('-', '') })
    rest = rest.slice(found.index + whole.length)
  }
  if (rest) spans.push({ text: rest })
  return spans
}

function web(link: string | undefined): string {
  return link && /^https?:\/\//i.test(link) ? link : ''
}

/** Hours and minutes in China, out of a time that carries its zone. */
export function clock(at: string): string {
  const moment = inChina(at)
  return moment ? `${two(moment.getUTCHours())}:${two(moment.getUTCMinutes())}` : ''
}

/** Month, day, hours and minutes in China, with the year where it is not this one; empty for no time. */
export function day(at: string | null | undefined, now: number = Date.now()): string {
  const moment = at ? inChina(at) : null
  if (!moment) return ''
  const thisYear = new Date(now + CHINA).getUTCFullYear()
  const year = moment.getUTCFullYear() === thisYear ? '' : `${moment.getUTCFullYear()}年`
  return `${year}${moment.getUTCMonth() + 1}月${moment.getUTCDate()}日 ${two(moment.getUTCHours())}:${two(moment.getUTCMinutes())}`
}

// Telephones abroad, or with a wrong zone, shall show the office's time; so no local time is used.
function inChina(at: string): Date | null {
  const moment = Date.parse(at)
  return Number.isNaN(moment) ? null : new Date(moment + CHINA)
}

function two(n: number): string {
  return String(n).padStart(2, '0')
}
