import { fill } from '../../lib/words'
import { texts } from '../../texts'

type Touch = WechatMiniprogram.BaseEvent<Record<string, never>, { solved?: boolean; stars?: number }>

export interface Judged { solved: boolean; stars: number | null; note: string }

// Is it solved, and how was it done? One answer, sent by a button; nothing is chosen for anybody.
Component({
  properties: {
    busy: { type: Boolean, value: false },
  },
  data: {
    t: texts,
    solved: null as boolean | null,
    stars: 0,
    note: '',
    wanting: '',
    five: [1, 2, 3, 4, 5].map((stars) => ({ stars, label: fill(texts.follow_up_star, { stars }) })),
    means: ['', texts.follow_up_star_1, texts.follow_up_star_2, texts.follow_up_star_3, texts.follow_up_star_4, texts.follow_up_star_5],
  },
  methods: {
    say({ currentTarget }: Touch) {
      this.setData({ solved: currentTarget.dataset.solved === true, wanting: '' })
    },
    rate({ currentTarget }: Touch) {
      this.setData({ stars: currentTarget.dataset.stars ?? 0 })
    },
    write({ detail }: WechatMiniprogram.Input) {
      this.setData({ note: detail.value, wanting: '' })
    },
    submit() {
      const { solved, stars, busy } = this.data
      const note = this.data.note.trim()
      if (solved === null || busy) return
      if (!solved && !note) {
        this.setData({ wanting: texts.follow_up_needs_why })
        return
      }
      const judged: Judged = { solved, stars: stars || null, note }
      this.triggerEvent('judged', judged)
    },
  },
})
