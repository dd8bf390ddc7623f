import { services } from '../../lib/services'
import { Block, View } from '../../lib/view'
import { texts } from '../../texts'

type Touch = WechatMiniprogram.BaseEvent<Record<string, never>, { url?: string; tel?: string; number?: string; at?: number; choice?: string }>

// One message of the talk with its parts, its ready answers and what can be done with it.
Component({
  properties: {
    item: { type: Object, value: null as unknown as View },
    live: { type: Boolean, value: false }, // its choices may still be tapped
    speech: { type: Boolean, value: false }, // the server reads aloud
    reading: { type: Boolean, value: false },
    notices: { type: Boolean, value: false }, // WeChat may be asked to tell of progress
  },
  data: {
    t: texts,
    shown: {} as Record<string, string>, // files on the telephone, by their id
  },
  methods: {
    choose({ currentTarget }: Touch) {
      if (this.data.live) this.triggerEvent('choose', { message: this.data.item.id, choice: currentTarget.dataset.choice })
    },
    copy({ currentTarget }: Touch) {
      const { url } = currentTarget.dataset
      if (!url) return
      wx.setClipboardData({
        data: url,
        success: () => void wx.showToast({ title: texts.copied, icon: 'none' }),
      })
    },
    call({ currentTarget }: Touch) {
      if (currentTarget.dataset.tel) wx.makePhoneCall({ phoneNumber: currentTarget.dataset.tel, fail: () => {} })
    },
    copyNumber({ currentTarget }: Touch) {
      wx.setClipboardData({
        data: currentTarget.dataset.number ?? '',
        success: () => void wx.showToast({ title: texts.number_copied, icon: 'none' }),
      })
    },
    openOrder({ currentTarget }: Touch) {
      this.triggerEvent('order', { number: currentTarget.dataset.number })
    },
    notify() {
      this.triggerEvent('notify')
    },
    read() {
      this.triggerEvent('read', { id: this.data.item.id })
    },
    place({ currentTarget }: Touch) {
      const block = this.data.item.blocks[currentTarget.dataset.at ?? -1]
      if (block?.kind !== 'place') return
      wx.openLocation({ latitude: block.latitude, longitude: block.longitude, name: block.label, fail: () => {} })
    },
    async open({ currentTarget }: Touch) {
      const block: Block | undefined = this.data.item.blocks[currentTarget.dataset.at ?? -1]
      if (block?.kind !== 'file') return
      let path = this.data.shown[block.id]
      if (!path) {
        try {
          path = await services().download(`/miniapp/attachments/${block.id}`)
          this.setData({ [`shown.${block.id}`]: path })
        } catch {
          wx.showToast({ title: texts.load_failed, icon: 'none' })
          return
        }
      }
      if (block.media === 'audio') {
        const player = wx.createInnerAudioContext()
        player.onEnded(() => player.destroy())
        player.onError(() => player.destroy())
        player.src = path
        player.play()
      } else if (block.media === 'image' || block.media === 'video') {
        wx.previewMedia({ sources: [{ url: path, type: block.media }] })
      } else {
        wx.openDocument({ filePath: path, fail: () => {} })
      }
    },
  },
})
