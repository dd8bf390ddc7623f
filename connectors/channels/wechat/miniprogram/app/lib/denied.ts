// Why the telephone did not give what was asked of it, by the words WeChat fails with.

/** `cancelled`: the person changed their mind; `privacy`: they did not agree to WeChat's privacy guide,
 * which asks again at the next tap; `settings`: they forbade it, and only they can allow it again. */
export type Denied = 'cancelled' | 'privacy' | 'settings' | 'failed'

export function denied(errMsg: string): Denied {
  if (/privacy/i.test(errMsg)) return 'privacy'
  if (/auth|den|permission/i.test(errMsg)) return 'settings'
  return /cancel/i.test(errMsg) ? 'cancelled' : 'failed'
}
