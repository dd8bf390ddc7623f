// The line to the gateway: one WebSocket that comes back by itself and takes the talk up where it
// was. What must not be lost is in the outbox; the line says it again whenever it is open anew.
import { Refused } from './api'
import { ClientFrame, KeptFrame, ServerFrame, readFrame } from './frames'
import { Outbox } from './outbox'

export interface Socket {
  send(text: string): void
  close(): void
}

export interface SocketEvents {
  opened(): void
  heard(data: unknown): void
  closed(): void
}

/** What the line needs of the world; tests give it another. */
export interface Ports {
  open(events: SocketEvents): Socket
  /** A token that is good now; signs in when there is none. */
  token(): Promise<string>
  /** This token was refused: the next one must be new. */
  refused(token: string): void
  later(ms: number, act: () => void): () => void
  now(): number
  random(): number
}

/** What the page hears: the gateway's frames, and what happens to the line itself. */
export type Event =
  | ServerFrame
  | { type: 'offline'; why: 'net' }
  | { type: 'offline'; why: 'sign_in'; text: string } // the server's sentence, if it said one

const FIRST_WAIT = 500 // milliseconds; doubled after each failure
const LONGEST_WAIT = 15_000
const WATCH_EVERY = 15_000
const SILENT_FOR = 40_000 // then the line is taken for dead, whatever the telephone says

export class Line {
  lastSeq = 0
  private socket: Socket | null = null
  private token = ''
  private welcomed = false
  private running = false
  private wait = FIRST_WAIT
  private alive = 0
  private attempt = 0
  private cancelRetry: () => void = () => {}
  private cancelWatch: () => void = () => {}

  constructor(
    private ports: Ports,
    readonly outbox: Outbox,
    private tell: (event: Event) => void,
  ) {}

  get open(): boolean {
    return this.welcomed
  }

  start(): void {
    if (this.running) return
    this.running = true
    this.watch()
    void this.connect()
  }

  stop(): void {
    this.running = false
    this.cancelRetry()
    this.cancelWatch()
    this.drop()
  }

  /** The app is in front again, or the net is back: look now, not when the wait is over. */
  wake(): void {
    if (!this.running) return
    if (this.welcomed) {
      this.look()
      return
    }
    if (this.socket) return
    this.wait = FIRST_WAIT
    void this.connect()
  }

  /** Something said that must arrive. */
  post(frame: KeptFrame, label: string): void {
    this.outbox.put({ id: frame.id, label, frame })
    this.say(frame)
  }

  /** The same once more, after it was refused. */
  again(id: string): void {
    this.outbox.again(id)
    const entry = this.outbox.all.find((one) => one.id === id)
    if (entry?.frame) this.say(entry.frame)
  }

  /** Something that may be lost: typing, seen. */
  say(frame: ClientFrame): void {
    if (this.welcomed) this.socket?.send(JSON.stringify(frame))
  }

  private async connect(): Promise<void> {
    this.cancelRetry()
    this.drop()
    const attempt = ++this.attempt
    const current = (): boolean => attempt === this.attempt && this.running
    let token: string
    try {
      token = await this.ports.token()
    } catch (error) {
      if (current()) this.lost({ type: 'offline', why: 'sign_in', text: error instanceof Refused ? error.text : '' })
      return
    }
    if (!current()) return
    this.token = token
    this.alive = this.ports.now()
    this.socket = this.ports.open({
      opened: () => {
        if (current()) this.socket?.send(JSON.stringify({ type: 'hello', token, last_seq: this.lastSeq }))
      },
      heard: (data) => {
        if (!current()) return
        this.alive = this.ports.now()
        const frame = readFrame(data)
        if (frame) this.take(frame)
      },
      closed: () => {
        if (current()) this.lost()
      },
    })
  }

  private take(frame: ServerFrame): void {
    switch (frame.type) {
      case 'welcome':
        this.welcomed = true
        this.wait = FIRST_WAIT
        this.tell(frame)
        for (const waiting of this.outbox.frames) this.say(waiting)
        return
      case 'accepted':
        this.outbox.settle(frame.id)
        break
      case 'error':
        if (frame.code === 'sign_in') {
          this.ports.refused(this.token)
          this.lost()
          return
        }
        // What the store could not take is said again later; the rest is for the person to mend.
        if (frame.id && frame.code !== 'store_unavailable') this.outbox.fail(frame.id, frame.text)
        break
      case 'message':
        if (frame.message.seq <= this.lastSeq) return
        this.lastSeq = frame.message.seq
        if (frame.message.client_id) this.outbox.settle(frame.message.client_id)
        break
    }
    this.tell(frame)
  }

  private lost(how: Event = { type: 'offline', why: 'net' }): void {
    this.drop()
    this.tell(how)
    const pause = this.wait * (0.8 + this.ports.random() * 0.4)
    this.wait = Math.min(LONGEST_WAIT, this.wait * 2)
    this.cancelRetry = this.ports.later(pause, () => void this.connect())
  }

  private drop(): void {
    this.attempt++
    this.welcomed = false
    const socket = this.socket
    this.socket = null
    socket?.close()
  }

  private watch(): void {
    this.cancelWatch = this.ports.later(WATCH_EVERY, () => {
      this.look()
      this.watch()
    })
  }

  private look(): void {
    if (!this.socket) return
    if (this.ports.now() - this.alive > SILENT_FOR) this.lost()
    else if (this.welcomed) {
      this.say({ type: 'ping' })
      // What the store could not take a while ago.
      for (const waiting of this.outbox.frames) this.say(waiting)
    }
  }
}
