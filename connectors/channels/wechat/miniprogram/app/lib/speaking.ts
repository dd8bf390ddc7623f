// Speaking into the telephone: held or tapped, sent or cancelled. A table of where one is, so that a
// finger that slips, a refused microphone or a call in between never leaves a recorder running.

import { Denied, denied } from './denied'

export interface Recorder {
  start(): void
  stop(): void
}

export type Phase = 'idle' | 'starting' | 'recording' | 'ending'
export type Ended =
  | { type: 'said'; path: string; seconds: number }
  | { type: 'too_short' }
  | { type: 'cancelled' }
  | { type: 'denied'; how: Denied }
  | { type: 'failed' }

export const LONGEST = 60_000 // milliseconds of one recording
export const SHORTEST = 800

export class Speaking {
  phase: Phase = 'idle'
  private keep = true
  private releaseAtOnce = false

  constructor(
    private recorder: Recorder,
    private changed: (phase: Phase) => void,
    private ended: (how: Ended) => void,
  ) {}

  begin(): void {
    if (this.phase !== 'idle') return
    this.keep = true
    this.releaseAtOnce = false
    this.move('starting')
    this.recorder.start()
  }

  /** The finger is gone; `keep` says whether what was said is to be sent. */
  end(keep: boolean): void {
    if (this.phase === 'starting') {
      this.keep = keep
      this.releaseAtOnce = true
    } else if (this.phase === 'recording') {
      this.keep = keep
      this.move('ending')
      this.recorder.stop()
    }
  }

  // What the recorder tells ------------------------------------------------------------------

  started(): void {
    if (this.phase !== 'starting') return
    this.move('recording')
    if (this.releaseAtOnce) this.end(this.keep)
  }

  stopped(path: string, milliseconds: number): void {
    if (this.phase === 'idle') return
    const keep = this.keep
    this.move('idle')
    if (!keep) this.ended({ type: 'cancelled' })
    else if (!path || milliseconds < SHORTEST) this.ended({ type: 'too_short' })
    else this.ended({ type: 'said', path, seconds: Math.max(1, Math.round(milliseconds / 1000)) })
  }

  failed(message: string): void {
    if (this.phase === 'idle') return
    this.move('idle')
    const how = denied(message)
    this.ended(how === 'failed' ? { type: 'failed' } : { type: 'denied', how })
  }

  private move(phase: Phase): void {
    this.phase = phase
    this.changed(phase)
  }
}
