// Who is there: WeChat gives the app a code, our server turns it into a session. Nothing of it is
// kept on the telephone, and the openid is never told to it.

export interface Notice { purpose: string; template_id: string }

export interface Session {
  token: string
  expires_in: number // seconds
  city: string
  speech: boolean // the server reads aloud
  listening: boolean // the server understands recordings
  max_text: number
  max_bytes: number // of one file
  notices: Notice[]
}

export interface SignInPorts {
  code(): Promise<string>
  exchange(code: string): Promise<Session>
  now(): number
}

const BEFORE_ITS_END = 60_000 // milliseconds: a token is renewed before it is refused

export class SignIn {
  private session: Session | null = null
  private until = 0
  private underway: Promise<Session> | null = null

  constructor(private ports: SignInPorts) {}

  /** The session as far as it is known, without asking for one. */
  get known(): Session | null {
    return this.session
  }

  /** A session that is good now. Many who ask at once sign in once. */
  async current(): Promise<Session> {
    if (this.session && this.ports.now() < this.until) return this.session
    this.underway ??= this.renew().finally(() => {
      this.underway = null
    })
    return this.underway
  }

  /** The server no longer takes this token. */
  refused(token: string): void {
    if (this.session?.token === token) this.until = 0
  }

  private async renew(): Promise<Session> {
    const code = await this.ports.code()
    const session = await this.ports.exchange(code)
    this.session = session
    this.until = this.ports.now() + Math.max(session.expires_in * 1000 - BEFORE_ITS_END, 0)
    return session
  }
}
