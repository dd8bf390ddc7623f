// What was said here and is not yet known to be safe over there. It outlives the net going, the app
// being closed and the gateway restarting; a repeat carries the same id, so nothing counts twice.
import { KeptFrame } from './frames'
import { Store } from './storage'

/** A file that is to go up; `path` is a copy of our own, which WeChat does not tidy away. */
export interface File { path: string; media: 'image' | 'video' | 'audio'; name: string }

export interface Waiting {
  id: string
  label: string
  frame?: KeptFrame
  file?: File
  /** Why it could not be taken; it stays until the person tries again or drops it. */
  failed?: string
}

const KEY = 'huiying.unsent'

export class Outbox {
  private entries: Waiting[]

  constructor(private store: Store) {
    const kept = store.get(KEY)
    this.entries = Array.isArray(kept) ? kept.filter(isWaiting) : []
  }

  get all(): readonly Waiting[] {
    return this.entries
  }

  /** Frames to be said on a line that is open again, in the order they were said. */
  get frames(): KeptFrame[] {
    return this.entries.flatMap((entry) => (entry.frame && !entry.failed ? [entry.frame] : []))
  }

  get nextFile(): (Waiting & { file: File }) | undefined {
    return this.entries.find((entry): entry is Waiting & { file: File } => !!entry.file && !entry.failed)
  }

  put(entry: Waiting): void {
    this.change([...this.entries.filter((other) => other.id !== entry.id), entry])
  }

  /** It is safe, or dropped: what it was, if it was still here. */
  settle(id: string): Waiting | undefined {
    const found = this.entries.find((entry) => entry.id === id)
    if (found) this.change(this.entries.filter((entry) => entry !== found))
    return found
  }

  fail(id: string, why: string): void {
    this.change(this.entries.map((entry) => (entry.id === id ? { ...entry, failed: why } : entry)))
  }

  again(id: string): void {
    this.change(
      this.entries.map((entry) => {
        if (entry.id !== id) return entry
        const { failed: _, ...rest } = entry
        return rest
      }),
    )
  }

  private change(entries: Waiting[]): void {
    this.entries = entries
    this.store.set(KEY, entries)
  }
}

function isWaiting(entry: unknown): entry is Waiting {
  const e = entry as Partial<Waiting> | null
  return !!e && typeof e.id === 'string' && typeof e.label === 'string' && (!!e.frame || !!e.file)
}

/** Letters and digits nobody else has: what makes a repeat recognisable. */
export function newId(random: () => number = Math.random): string {
  let id = Date.now().toString(36)
  while (id.length < 28) id += Math.floor(random() * 36).toString(36)
  return id
}
