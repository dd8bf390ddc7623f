// Requests to our own server, always with the token of the session, which is renewed when it is refused.
import { SignIn } from './sign-in'

export interface Answer { status: number; data: unknown }

/** One request as the telephone carries it; rejects only when there was no answer. */
export type Carry = (request: {
  method: 'GET' | 'POST'
  path: string
  token?: string
  body?: unknown
}) => Promise<Answer>

/** The server said no: `text` is a sentence for the person, `code` is for us. */
export class Refused extends Error {
  constructor(readonly status: number, readonly code: string, readonly text: string) {
    super(code)
  }
}

export class Api {
  constructor(private carry: Carry, private signIn: SignIn) {}

  get<T>(path: string): Promise<T> {
    return this.ask<T>('GET', path)
  }

  post<T>(path: string, body: unknown): Promise<T> {
    return this.ask<T>('POST', path, body)
  }

  /** Does something with a token that is good; once more with a new one when it was not. */
  async signed(act: (token: string) => Promise<Answer>): Promise<unknown> {
    for (let left = 1; ; left--) {
      const { token } = await this.signIn.current()
      const answer = await act(token)
      if (answer.status === 401 && left > 0) this.signIn.refused(token)
      else return meaning(answer)
    }
  }

  private async ask<T>(method: 'GET' | 'POST', path: string, body?: unknown): Promise<T> {
    return (await this.signed((token) => this.carry({ method, path, token, body }))) as T
  }
}

/** What an answer holds. Throws {@link Refused}. */
export function meaning(answer: Answer): unknown {
  if (answer.status >= 200 && answer.status < 300) return answer.data
  const error = (answer.data as { error?: { code?: string; message?: string } } | null)?.error
  throw new Refused(answer.status, error?.code ?? 'failed', error?.message ?? '')
}
