import { LineView, OrderLine, lineView } from '../../lib/orders'
import { services } from '../../lib/services'
import { texts } from '../../texts'

type Touch = WechatMiniprogram.BaseEvent<Record<string, never>, { number?: string }>
const own = (page: unknown): { unfollow: () => void } => page as { unfollow: () => void }

// 我的工单: what this person has handed in.
Component({
  data: {
    t: texts,
    care: false,
    orders: [] as LineView[],
    state: 'loading' as 'loading' | 'ready' | 'failed',
  },
  methods: {
    onLoad() {
      own(this).unfollow = services().care.follow((on) => this.setData({ care: on }))
    },
    onShow() {
      void this.load()
    },
    onUnload() {
      own(this).unfollow()
    },
    async onPullDownRefresh() {
      await this.load()
      wx.stopPullDownRefresh()
    },
    async load() {
      try {
        const { orders } = await services().api.get<{ orders: OrderLine[] }>('/miniapp/orders')
        this.setData({ orders: orders.map(lineView), state: 'ready' })
      } catch {
        this.setData({ state: 'failed' })
      }
    },
    onRetry() {
      this.setData({ state: 'loading' })
      void this.load()
    },
    onOpen({ currentTarget }: Touch) {
      wx.navigateTo({ url: `/pages/order/order?number=${currentTarget.dataset.number}` })
    },
  },
})
