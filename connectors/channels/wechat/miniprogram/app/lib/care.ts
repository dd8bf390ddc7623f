// 关怀模式: larger type, stronger contrast, shorter sentences. Remembered, and the same on every page.
import { Store } from './storage'

const KEY = 'huiying.care'

export class Care {
  private on: boolean
  private told = new Set<(on: boolean) => void>()

  constructor(private store: Store) {
    this.on = store.get(KEY) === true
  }

  get active(): boolean {
    return this.on
  }

  toggle(): void {
    this.on = !this.on
    this.store.set(KEY, this.on)
    for (const tell of this.told) tell(this.on)
  }

  /** Tells now and at every change, until the function it returns is called. */
  follow(tell: (on: boolean) => void): () => void {
    this.told.add(tell)
    tell(this.on)
    return () => {
      this.told.delete(tell)
    }
  }
}
