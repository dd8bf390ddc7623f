import { Judged } from '../../components/stars/stars'
import { Refused } from '../../lib/api'
import { ask, consent } from '../../lib/notices'
import { Order, OrderView, orderView } from '../../lib/orders'
import { services } from '../../lib/services'
import { fill } from '../../lib/words'
import { texts } from '../../texts'

interface Own { number: string; unfollow: () => void }
const own = (page: unknown): Own => (page as { own: Own }).own

// One order: where it stands, the way it went, the official answer, and the person's word on it.
Component({
  data: {
    t: texts,
    care: false,
    order: null as OrderView | null,
    notices: false,
    busy: false,
    alarm: '',
    state: 'loading' as 'loading' | 'ready' | 'failed',
  },
  methods: {
    onLoad(query: { number?: string }) {
      const unfollow = services().care.follow((on) => this.setData({ care: on }))
      ;(this as unknown as { own: Own }).own = { number: query.number ?? '', unfollow }
      void this.load()
    },
    onUnload() {
      own(this).unfollow()
    },
    async onPullDownRefresh() {
      await this.load()
      wx.stopPullDownRefresh()
    },
    path(): string {
      return `/miniapp/orders/${encodeURIComponent(own(this).number)}`
    },
    async load() {
      try {
        const order = await services().api.get<Order>(this.path())
        const notices = (services().signIn.known?.notices.length ?? 0) > 0
        this.setData({ order: orderView(order), state: 'ready', notices })
      } catch (error) {
        const alarm = error instanceof Refused && error.text ? error.text : texts.load_failed
        this.setData({ state: 'failed', alarm })
      }
    },
    onRetry() {
      this.setData({ state: 'loading' })
      void this.load()
    },
    async onJudged({ detail }: WechatMiniprogram.CustomEvent<Judged>) {
      this.setData({ busy: true, alarm: '' })
      try {
        const order = await services().api.post<Order>(`${this.path()}/follow-up`, detail)
        this.setData({ order: orderView(order) })
        const title = detail.solved ? texts.follow_up_settled : texts.follow_up_reopened
        wx.showToast({ title, icon: 'none', duration: 3000 })
      } catch (error) {
        this.setData({ alarm: error instanceof Refused && error.text ? error.text : texts.load_failed })
      }
      this.setData({ busy: false })
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
    onChat() {
      const said = encodeURIComponent(fill(texts.order_asks_progress, { number: own(this).number }))
      wx.reLaunch({ url: `/pages/chat/chat?say=${said}` })
    },
    onCopyNumber() {
      wx.setClipboardData({
        data: own(this).number,
        success: () => void wx.showToast({ title: texts.number_copied, icon: 'none' }),
      })
    },
  },
})
