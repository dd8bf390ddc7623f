/** What stays on the telephone between two visits. */
export interface Store {
  get(key: string): unknown
  set(key: string, value: unknown): void
}

/** A full or broken storage must not stop anybody from talking: then it is this visit only. */
export const telephone: Store = {
  get(key) {
    try {
      return wx.getStorageSync(key)
    } catch {
      return undefined
    }
  },
  set(key, value) {
    try {
      wx.setStorageSync(key, value)
    } catch {
      // kept in memory by whoever asked
    }
  },
}
