// Photos, videos and recordings on their way up: one at a time, each until the server has it.
import { Refused } from './api'
import { File, Outbox, Waiting } from './outbox'

export interface UploadPorts {
  /** Brings one file up under the id it was given. Throws {@link Refused}, or anything else when
   * there was no answer. */
  send(id: string, file: File): Promise<void>
  /** A copy of a file WeChat would tidy away. */
  keep(path: string): Promise<string>
  forget(path: string): void
  later(ms: number, act: () => void): () => void
}

const FIRST_WAIT = 1000
const LONGEST_WAIT = 30_000
const TEMPORARY = new Set([408, 425, 429])

export class Uploads {
  private busy = false
  private wait = FIRST_WAIT
  private cancel: () => void = () => {}

  constructor(
    private ports: UploadPorts,
    private outbox: Outbox,
    private changed: (id: string) => void,
  ) {}

  async add(id: string, label: string, file: File): Promise<void> {
    let path = file.path
    try {
      path = await this.ports.keep(file.path)
    } catch {
      // no room for a copy: it goes up from where it is, while it is there
    }
    this.outbox.put({ id, label, file: { ...file, path } })
    this.changed(id)
    void this.go()
  }

  again(id: string): void {
    this.outbox.again(id)
    this.changed(id)
    void this.go()
  }

  drop(entry: Waiting): void {
    this.outbox.settle(entry.id)
    if (entry.file) this.ports.forget(entry.file.path)
    this.changed(entry.id)
  }

  /** Sends what waits, if nothing is on its way already. */
  async go(): Promise<void> {
    if (this.busy) return
    this.busy = true
    this.cancel()
    try {
      for (let next = this.outbox.nextFile; next; next = this.outbox.nextFile) {
        await this.ports.send(next.id, next.file).then(
          () => this.drop(next),
          (error: unknown) => {
            if (!(error instanceof Refused) || error.status >= 500 || TEMPORARY.has(error.status)) throw error
            this.outbox.fail(next.id, error.text)
            this.changed(next.id)
          },
        )
        this.wait = FIRST_WAIT
      }
    } catch {
      this.cancel = this.ports.later(this.wait, () => void this.go())
      this.wait = Math.min(LONGEST_WAIT, this.wait * 2)
    } finally {
      this.busy = false
    }
  }
}
