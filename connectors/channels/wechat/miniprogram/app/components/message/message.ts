import { services } from '../../lib/services'
import { Block, View } from '../../lib/view'
import { texts } from '../../texts'

type Touch = WechatMiniprogram.BaseEvent<Record<string, never>, { url?: string; tel?: string; number?: string; at?: number; choice?: string }>

type Filed = Extract<Block, { kind: 'file' }>

const SHOWN_AT_ONCE = 2 * 1024 * 1024 // bytes of a photo that is shown without a tap

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
  lifetimes: {
    attached() {
      for (const block of this.data.item?.blocks ?? []) {
        if (block.kind === 'file' && block.media === 'image' && block.size <= SHOWN_AT_ONCE) {
          this.fetch(block).catch(() => {}) // a tap tries again, and says so
        }
      }
    },
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
    /** The file on the telephone, brought here when it is not. */
    async fetch(block: Filed): Promise<string> {
      const path = this.data.shown[block.id] ?? (await services().download(block.url))
      this.setData({ [`shown.${block.id}`]: path })
      return path
    },
    async open({ currentTarget }: Touch) {
      const block: Block | undefined = this.data.item.blocks[currentTarget.dataset.at ?? -1]
      if (block?.kind !== 'file') return
      let path: string
      try {
        path = await this.fetch(block)
      } catch {
        wx.showToast({ title: texts.load_failed, icon: 'none' })
        return
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
        wx.openDocument({ filePath: path, fail: () => void wx.showToast({ title: texts.load_failed, icon: 'none' }) })
      }
    },
  },
})
