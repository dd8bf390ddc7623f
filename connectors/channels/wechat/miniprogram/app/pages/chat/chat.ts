import { KeptFrame, Message } from '../../lib/frames'
import { Event } from '../../lib/line'
import { ask, consent } from '../../lib/notices'
import { File, newId } from '../../lib/outbox'
import { services } from '../../lib/services'
import { View, ownerText, viewOf } from '../../lib/view'
import { fill } from '../../lib/words'
import { texts } from '../../texts'

const SHOWN_MOST = 200 // messages kept on the page
const TYPING_FOR = 6000 // milliseconds

interface Mine { id: string; label: string; failed: string; note: string }
type Said<T extends WechatMiniprogram.IAnyObject> = WechatMiniprogram.CustomEvent<T>
type Touch = WechatMiniprogram.BaseEvent<Record<string, never>, { id?: string; topic?: string }>

/** What the page keeps for itself, which the template does not show. */
interface Own {
  unfollow: () => void
  typing: ReturnType<typeof setTimeout> | undefined
  visible: boolean
  ahead: string
  title: string
  player: WechatMiniprogram.InnerAudioContext | null
}
const own = (page: unknown): Own => (page as { own: Own }).own

// The talk itself.
Component({
  data: {
    t: texts,
    topics: [texts.topic_question, texts.topic_report, texts.topic_progress, texts.topic_human],
    care: false,
    status: texts.connecting,
    offline: false,
    begun: false, // the line was open once
    usual: true, // the bot answers, as it does for most
    items: [] as View[],
    mine: [] as Mine[],
    liveId: '',
    typing: false,
    draft: '',
    alarm: '',
    retry: false,
    speech: false,
    listening: false,
    notices: false,
    most: 4000,
    maxBytes: 0,
    reading: '',
    end: '',
  },
  methods: {
    onLoad(query: { say?: string }) {
      const { care, line, listen } = services()
      ;(this as unknown as { own: Own }).own = {
        unfollow: care.follow((on) => this.careIs(on)),
        typing: undefined,
        visible: true,
        ahead: query?.say ? decodeURIComponent(query.say) : '',
        title: '',
        player: null,
      }
      listen((event) => this.take(event), () => this.showMine())
      this.showMine()
      line.lastSeq = 0 // this page shows nothing yet
      line.start()
    },
    onShow() {
      own(this).visible = true
      this.nameItself()
      services().line.wake()
      this.seen()
    },
    onHide() {
      own(this).visible = false
      this.stopReading()
    },
    onUnload() {
      own(this).unfollow()
      this.showTyping(false)
      this.stopReading()
      services().line.stop()
    },

    // What comes in -----------------------------------------------------------------------------

    take(event: Event) {
      switch (event.type) {
        case 'welcome': {
          const city = event.city === '本市' ? '' : `${event.city} `
          own(this).title = city ? fill(texts.title_city, { city }) : texts.title
          this.nameItself()
          this.learn()
          this.setData({ status: texts.owner_bot, usual: true, offline: false, begun: true, alarm: event.notice ?? '', retry: false })
          this.tellCare()
          const { ahead } = own(this)
          own(this).ahead = ''
          if (ahead) this.post({ type: 'message', id: newId(), text: ahead }, ahead)
          this.showMine()
          break
        }
        case 'offline':
          if (event.why === 'sign_in') this.setData({ alarm: event.text || texts.signing_in_failed, retry: true })
          this.setData({ offline: true, draft: '' })
          this.showMine()
          break
        case 'message':
          this.add(event.message)
          break
        case 'accepted':
          this.showMine()
          break
        case 'owner':
          this.setData({ status: ownerText(event.owner, event.position), usual: event.owner === 'bot' })
          break
        case 'status':
          this.setData({ alarm: event.ready ? '' : texts.bot_away, retry: false })
          break
        case 'draft':
          this.setData({ draft: event.text, typing: false })
          this.toEnd()
          break
        case 'typing':
          this.showTyping(event.on && !this.data.draft)
          break
        case 'error':
          if (!event.id) this.setData({ alarm: event.text, retry: false })
          this.showMine()
          break
      }
    },
    /** The bar is of whichever page is in front. */
    nameItself() {
      if (own(this).visible && own(this).title) wx.setNavigationBarTitle({ title: own(this).title })
    },
    learn() {
      const known = services().signIn.known
      if (!known) return
      this.setData({
        speech: known.speech,
        listening: known.listening,
        notices: known.notices.length > 0,
        most: known.max_text,
        maxBytes: known.max_bytes,
      })
    },
    add(message: Message) {
      const view = viewOf(message)
      const items = [...this.data.items.filter((item) => item.seq !== view.seq), view].slice(-SHOWN_MOST)
      this.setData({ items, liveId: view.choices.length ? view.id : '' })
      if (message.from !== 'me') {
        this.showTyping(false)
        if (this.data.draft) this.setData({ draft: '' })
      }
      this.showMine()
      this.seen()
    },
    showMine() {
      const note = this.data.offline ? texts.waiting_for_net : texts.sending
      const mine = services().outbox.all.map(
        ({ id, label, failed }): Mine => ({ id, label, failed: failed ?? '', note: failed ? failed || texts.not_sent : note }),
      )
      this.setData({ mine }, () => this.toEnd())
    },
    toEnd() {
      this.setData({ end: this.data.end === 'end' ? 'end-too' : 'end' })
    },
    showTyping(on: boolean) {
      const before = own(this).typing
      if (before !== undefined) clearTimeout(before)
      if (on !== this.data.typing) this.setData({ typing: on })
      if (on) own(this).typing = setTimeout(() => this.setData({ typing: false }), TYPING_FOR)
    },
    seen() {
      const { line } = services()
      if (own(this).visible && line.lastSeq > 0) line.say({ type: 'seen', seq: line.lastSeq })
    },

    // What is said ------------------------------------------------------------------------------

    post(frame: KeptFrame, label: string) {
      services().line.post(frame, label)
      this.setData({ liveId: '' })
      this.showMine()
    },
    onSay({ detail }: Said<{ text: string }>) {
      this.post({ type: 'message', id: newId(), text: detail.text }, detail.text)
    },
    onTopic({ currentTarget }: Touch) {
      const topic = currentTarget.dataset.topic
      if (topic) this.post({ type: 'message', id: newId(), text: topic }, topic)
    },
    onChoose({ detail }: Said<{ message: string; choice: string }>) {
      const offered = this.data.items.find((item) => item.id === detail.message)
      const choice = offered?.choices.find((one) => one.id === detail.choice)
      if (!choice) return
      this.post({ type: 'choose', id: newId(), message_id: detail.message, choice: choice.id }, choice.label)
    },
    onPlace({ detail }: Said<{ latitude: number; longitude: number; label: string }>) {
      this.post({ type: 'location', id: newId(), ...detail }, fill(texts.place_label, detail))
    },
    onFile({ detail }: Said<{ label: string; file: File }>) {
      void services().uploads.add(newId(), detail.label, detail.file)
    },
    onTyping() {
      services().line.say({ type: 'typing' })
    },
    onAgain({ currentTarget }: Touch) {
      const { outbox, uploads, line } = services()
      const entry = outbox.all.find((one) => one.id === currentTarget.dataset.id)
      if (!entry) return
      if (entry.file) uploads.again(entry.id)
      else line.again(entry.id)
      this.showMine()
    },
    onDrop({ currentTarget }: Touch) {
      const { outbox, uploads } = services()
      const entry = outbox.all.find((one) => one.id === currentTarget.dataset.id)
      if (entry) uploads.drop(entry)
    },
    onRetry() {
      this.setData({ alarm: '', retry: false })
      services().line.wake()
    },

    // Around the talk ---------------------------------------------------------------------------

    onCare() {
      services().care.toggle()
    },
    careIs(on: boolean) {
      this.setData({ care: on })
      this.tellCare()
    },
    /** Who has the app in its 关怀模式 and wants a person waits for those who help the elderly. */
    tellCare() {
      const { line, care } = services()
      if (line.open) line.say({ type: 'care', on: care.active })
    },
    onOrders() {
      wx.navigateTo({ url: '/pages/orders/orders' })
    },
    onOrder({ detail }: Said<{ number: string }>) {
      wx.navigateTo({ url: `/pages/order/order?number=${detail.number}` })
    },
    async onNotify() {
      const { api, signIn } = services()
      let title = texts.notify_failed
      try {
        title = (await consent({ ask }, api, signIn.known?.notices ?? [])) ? texts.notify_done : texts.notify_refused
      } catch {
        // said below
      }
      wx.showToast({ title, icon: 'none', duration: 3000 })
    },
    async onRead({ detail }: Said<{ id: string }>) {
      const again = this.data.reading === detail.id
      this.stopReading()
      if (again) return
      this.setData({ reading: detail.id })
      try {
        const path = await services().download(`/miniapp/speech/${detail.id}`)
        if (this.data.reading !== detail.id) return
        const player = wx.createInnerAudioContext()
        own(this).player = player
        player.onEnded(() => this.stopReading())
        player.onError(() => this.unreadable())
        player.src = path
        player.play()
      } catch {
        this.unreadable()
      }
    },
    unreadable() {
      this.stopReading()
      wx.showToast({ title: texts.read_failed, icon: 'none' })
    },
    stopReading() {
      own(this).player?.destroy()
      own(this).player = null
      if (this.data.reading) this.setData({ reading: '' })
    },
  },
})
