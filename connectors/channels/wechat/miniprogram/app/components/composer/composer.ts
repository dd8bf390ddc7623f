import { Denied, denied } from '../../lib/denied'
import { LONGEST, Phase, Speaking } from '../../lib/speaking'
import { fill } from '../../lib/words'
import { texts } from '../../texts'

const CANCEL_ABOVE = 60 // pixels the finger moves up to cancel
const TYPING_EVERY = 3000 // milliseconds

/** What the composer keeps for itself, which no template shows. */
interface Own {
  speaking: Speaking
  from: number
  keep: boolean
  told: number
}
const own = (component: unknown): Own => (component as { own: Own }).own

// Where something is said: written, spoken, photographed, or pointed to on the map.
Component({
  properties: {
    care: { type: Boolean, value: false },
    listening: { type: Boolean, value: false }, // the server understands recordings
    most: { type: Number, value: 4000 },
    maxBytes: { type: Number, value: 0 },
  },
  data: {
    t: texts,
    text: '',
    mode: 'text' as 'text' | 'voice',
    panel: false,
    phase: 'idle' as Phase,
    keep: true,
    hint: '',
    wrong: false, // the hint is of something that went wrong
  },
  lifetimes: {
    attached() {
      const recorder = wx.getRecorderManager()
      const speaking = new Speaking(
        {
          start: () =>
            recorder.start({ duration: LONGEST, format: 'mp3', sampleRate: 16000, numberOfChannels: 1, encodeBitRate: 48000 }),
          stop: () => recorder.stop(),
        },
        (phase) => this.setData({ phase }),
        (how) => {
          this.setData({ keep: true })
          if (how.type === 'said') {
            const label = fill(texts.voice_seconds, { seconds: how.seconds })
            this.triggerEvent('file', { label, file: { path: how.path, media: 'audio', name: '' } })
          } else if (how.type === 'too_short') this.complain(texts.voice_short)
          else if (how.type === 'denied') this.explain(how.how, texts.voice_denied)
          else if (how.type === 'failed') this.complain(texts.voice_failed)
        },
      )
      recorder.onStart(() => speaking.started())
      recorder.onStop(({ tempFilePath, duration }) => speaking.stopped(tempFilePath, duration))
      recorder.onError(({ errMsg }) => speaking.failed(errMsg))
      recorder.onInterruptionBegin?.(() => speaking.end(true))
      ;(this as unknown as { own: Own }).own = { speaking, from: 0, keep: true, told: 0 }
    },
    detached() {
      own(this).speaking.end(false)
    },
  },
  pageLifetimes: {
    hide() {
      own(this).speaking.end(false)
    },
  },
  methods: {
    write({ detail }: WechatMiniprogram.Input) {
      this.setData({ text: detail.value, hint: '' })
      const mine = own(this)
      if (detail.value && Date.now() - mine.told > TYPING_EVERY) {
        mine.told = Date.now()
        this.triggerEvent('typing')
      }
    },
    send() {
      const text = this.data.text.trim()
      const { most } = this.data
      if (!text) this.complain(texts.empty)
      else if ([...text].length > most) this.complain(fill(texts.too_long, { length: [...text].length, most }))
      else {
        this.triggerEvent('say', { text })
        this.setData({ text: '', hint: '' })
      }
    },
    speak() {
      const mode = this.data.mode === 'voice' ? 'text' : 'voice'
      const hint = mode === 'voice' && !this.data.listening ? texts.voice_to_people : ''
      this.setData({ mode, hint, wrong: false, panel: false })
    },
    more() {
      this.setData({ panel: !this.data.panel })
    },
    photo() {
      wx.chooseMedia({
        count: 9,
        mediaType: ['image', 'video'],
        sizeType: ['compressed'],
        maxDuration: 30,
        success: ({ tempFiles }) => {
          this.setData({ panel: false })
          const { maxBytes } = this.data
          for (const { tempFilePath, fileType, size } of tempFiles) {
            const media = fileType === 'video' ? 'video' : 'image'
            const label = media === 'video' ? texts.video_label : texts.photo_label
            if (maxBytes && size > maxBytes) {
              this.complain(fill(texts.too_large, { label, most: Math.floor(maxBytes / 1024 / 1024) }))
              continue
            }
            this.triggerEvent('file', { label, file: { path: tempFilePath, media, name: '' } })
          }
        },
        fail: ({ errMsg }) => this.explain(denied(errMsg), texts.photo_denied),
      })
    },
    place() {
      wx.chooseLocation({
        success: ({ latitude, longitude, name, address }) => {
          this.setData({ panel: false })
          const label = [address, name].filter((one, at, all) => one && all.indexOf(one) === at).join(' ')
          this.triggerEvent('place', { latitude, longitude, label })
        },
        fail: ({ errMsg }) => this.explain(denied(errMsg), texts.place_denied),
      })
    },
    call() {
      wx.makePhoneCall({ phoneNumber: '12345', fail: () => {} })
    },
    press({ touches }: WechatMiniprogram.TouchEvent) {
      if (this.data.care) return // there a tap begins and a tap ends
      const mine = own(this)
      mine.from = touches[0]?.clientY ?? 0
      mine.keep = true
      this.setData({ hint: '', keep: true })
      mine.speaking.begin()
    },
    slide({ touches }: WechatMiniprogram.TouchEvent) {
      const mine = own(this)
      const keep = mine.from - (touches[0]?.clientY ?? mine.from) < CANCEL_ABOVE
      if (keep !== mine.keep) {
        mine.keep = keep
        this.setData({ keep })
      }
    },
    release() {
      if (!this.data.care) own(this).speaking.end(own(this).keep)
    },
    interrupted() {
      own(this).speaking.end(false)
    },
    tap() {
      if (!this.data.care) return
      const { speaking } = own(this)
      if (speaking.phase === 'idle') {
        this.setData({ hint: '' })
        speaking.begin()
      } else speaking.end(true)
    },
    complain(hint: string) {
      this.setData({ hint, wrong: true })
    },
    /** What the telephone refused, and what the person can do about it. */
    explain(how: Denied, otherwise: string) {
      if (how !== 'cancelled') this.complain(how === 'privacy' ? texts.privacy_denied : otherwise)
    },
  },
})
