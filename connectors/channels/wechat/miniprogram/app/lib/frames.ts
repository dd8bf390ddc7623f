// What goes over the chat socket. The protocol is docs/webchat.md, the same as the web page's.

export interface TextPart { kind: 'text'; text: string }
export interface CitationPart {
  kind: 'citation'
  title: string
  quote: string
  entry_id: string
  issuer?: string
  document?: string
  document_number?: string
  effective_from?: string
  link?: string
  sample?: boolean
  historical?: boolean
}
export interface FieldsPart { kind: 'fields'; title: string; rows: { key: string; label: string; value: string }[] }
export interface OrderPart { kind: 'order'; number: string; title: string; status: string }
export interface Node {
  name: string
  state: 'done' | 'current' | 'todo'
  at?: string | null
  by?: string | null
  note?: string | null
}
export type Light = 'green' | 'yellow' | 'orange' | 'red'
export interface ProgressPart { kind: 'progress'; number: string; nodes: Node[]; light?: Light | null }
export interface LinkPart { kind: 'link'; label: string; url: string }
export interface LocationPart { kind: 'location'; latitude: number; longitude: number; label?: string }
export interface AttachmentPart { kind: 'attachment'; attachment_id: string; url?: string; media: string; size: number; name?: string }
/** A kind this version of the app does not know yet; its plain form is shown. */
export interface OtherPart { kind: 'other'; text?: string }

export type Part =
  | TextPart | CitationPart | FieldsPart | OrderPart | ProgressPart | LinkPart | LocationPart
  | AttachmentPart | OtherPart

export interface Choice { id: string; label: string }
export type Author = 'me' | 'bot' | 'agent' | 'system'
export type Owner = 'bot' | 'waiting_for_agent' | 'agent' | 'closed'

export interface Message {
  id: string
  seq: number
  from: Author
  at: string
  parts: Part[]
  choices?: Choice[]
  client_id?: string
}

export type ServerFrame =
  | { type: 'welcome'; token: string; resumed: boolean; city: string; notice?: string }
  | { type: 'accepted'; id: string; message_id: string; seq: number }
  | { type: 'message'; message: Message }
  | { type: 'owner'; owner: Owner; position?: number }
  | { type: 'typing'; on: boolean; from?: string }
  | { type: 'draft'; text: string } // an answer while it is being written: all of it so far
  | { type: 'status'; ready: boolean }
  | { type: 'error'; code: string; text: string; id?: string; detail?: string }
  | { type: 'pong' }

/** What must not be lost: kept until the gateway has said it is safe. */
export type KeptFrame =
  | { type: 'message'; id: string; text: string }
  | { type: 'choose'; id: string; message_id: string; choice: string }
  | { type: 'location'; id: string; latitude: number; longitude: number; label: string }

export type ClientFrame =
  | KeptFrame
  | { type: 'hello'; token: string; last_seq: number }
  | { type: 'seen'; seq: number }
  | { type: 'typing' }
  | { type: 'care'; on: boolean }
  | { type: 'ping' }

/** A frame of the gateway out of what came over the line; null when it is none. */
export function readFrame(data: unknown): ServerFrame | null {
  if (typeof data !== 'string') return null
  try {
    const frame: unknown = JSON.parse(data)
    if (typeof frame !== 'object' || frame === null) return null
    return typeof (frame as { type?: unknown }).type === 'string' ? (frame as ServerFrame) : null
  } catch {
    return null
  }
}
