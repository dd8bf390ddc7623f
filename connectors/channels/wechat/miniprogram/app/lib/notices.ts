// Whether WeChat may tell the person of progress. WeChat asks them, only after a tap of theirs; what
// they said is sent to the server, which keeps it.
import { Api } from './api'
import { Notice } from './sign-in'

export type Said = 'accept' | 'reject' | 'ban' | 'filter'

export interface Asking {
  ask(templates: string[]): Promise<Record<string, unknown>>
}

const MOST = 3 // templates WeChat shows in one question

/** Asks for the templates of a purpose; true when at least one was granted. Throws when WeChat could
 * not ask or the server could not be told. */
export async function consent(asking: Asking, api: Api, notices: readonly Notice[]): Promise<boolean> {
  const templates = [...new Set(notices.map((notice) => notice.template_id))].slice(0, MOST)
  const answers = await asking.ask(templates)
  const results: Record<string, Said> = {}
  for (const template of templates) {
    const said = answers[template]
    if (said === 'accept' || said === 'reject' || said === 'ban' || said === 'filter') results[template] = said
  }
  await api.post('/miniapp/subscriptions', { results })
  return Object.values(results).includes('accept')
}

/** WeChat's own question; it may be put only right after a tap. */
export function ask(tmplIds: string[]): Promise<Record<string, unknown>> {
  return new Promise((resolve, reject) => {
    wx.requestSubscribeMessage({
      tmplIds,
      success: (answers) => resolve(answers),
      fail: (error) => reject(new Error(error.errMsg)),
    })
  })
}
