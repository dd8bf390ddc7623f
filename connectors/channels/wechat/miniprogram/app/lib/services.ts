// The parts of the app that outlive a page, made once, with WeChat's own interfaces behind them.
import { settings } from '../settings'
import { Answer, Api, meaning } from './api'
import { Care } from './care'
import { Event, Line, Socket, SocketEvents } from './line'
import { File, Outbox } from './outbox'
import { Session, SignIn } from './sign-in'
import { telephone } from './storage'
import { Uploads } from './uploads'

export interface Services {
  signIn: SignIn
  api: Api
  outbox: Outbox
  line: Line
  uploads: Uploads
  care: Care
  /** The page that shows the talk; what happens is told to it. */
  listen(tell: (event: Event) => void, changed: (id: string) => void): void
  /** A file of the server's, brought to the telephone. */
  download(path: string): Promise<string>
}

const TIMEOUT = 15_000 // milliseconds of a request
const FILE_TIMEOUT = 120_000

let made: Services | null = null

export function services(): Services {
  made ??= make()
  return made
}

function make(): Services {
  let tell: (event: Event) => void = () => {}
  let changed: (id: string) => void = () => {}
  const signIn = new SignIn({ code, exchange, now: Date.now })
  const api = new Api(carry, signIn)
  const outbox = new Outbox(telephone)
  const ports = {
    open,
    token: async () => (await signIn.current()).token,
    refused: (token: string) => signIn.refused(token),
    later,
    now: Date.now,
    random: Math.random,
  }
  const line = new Line(ports, outbox, (event) => {
    if (event.type === 'welcome') void uploads.go()
    tell(event)
  })
  const uploads: Uploads = new Uploads(
    {
      send: async (id, file) => {
        await api.signed((token) => up(token, id, file))
      },
      keep,
      forget,
      later,
    },
    outbox,
    (id) => changed(id),
  )
  wx.onNetworkStatusChange?.(({ isConnected }) => {
    if (isConnected) line.wake()
  })
  return {
    signIn,
    api,
    outbox,
    line,
    uploads,
    care: new Care(telephone),
    listen(toTell, toChange) {
      tell = toTell
      changed = toChange
    },
    download: async (path) => (await api.signed((token) => down(path, token))) as string,
  }
}

function later(ms: number, act: () => void): () => void {
  const timer = setTimeout(act, ms)
  return () => clearTimeout(timer)
}

function code(): Promise<string> {
  return new Promise((resolve, reject) => {
    wx.login({
      timeout: TIMEOUT,
      success: (got) => (got.code ? resolve(got.code) : reject(new Error(got.errMsg))),
      fail: (error) => reject(new Error(error.errMsg)),
    })
  })
}

async function exchange(given: string): Promise<Session> {
  const { appId } = wx.getAccountInfoSync().miniProgram
  const body = { appid: appId, code: given }
  return meaning(await carry({ method: 'POST', path: '/miniapp/session', body })) as Session
}

function carry({ method, path, token, body }: { method: 'GET' | 'POST'; path: string; token?: string; body?: unknown }): Promise<Answer> {
  return new Promise((resolve, reject) => {
    wx.request({
      url: settings.server + path,
      method,
      timeout: TIMEOUT,
      header: { 'Content-Type': 'application/json', ...bearer(token) },
      ...(body === undefined ? {} : { data: body as WechatMiniprogram.IAnyObject }),
      success: ({ statusCode, data }) => resolve({ status: statusCode, data }),
      fail: (error) => reject(new Error(error.errMsg)),
    })
  })
}

function bearer(token: string | undefined): Record<string, string> {
  return token ? { Authorization: `Bearer ${token}` } : {}
}

function open(events: SocketEvents): Socket {
  const task = wx.connectSocket({
    url: `${settings.server.replace(/^http/, 'ws')}/miniapp/socket`,
    fail: () => events.closed(),
  })
  task.onOpen(() => events.opened())
  task.onMessage(({ data }) => events.heard(data))
  task.onClose(() => events.closed())
  task.onError(() => events.closed())
  return {
    send: (text) => task.send({ data: text, fail: () => events.closed() }),
    close: () => task.close({}),
  }
}

function up(token: string, id: string, file: File): Promise<Answer> {
  return new Promise((resolve, reject) => {
    wx.uploadFile({
      url: `${settings.server}/miniapp/attachments`,
      filePath: file.path,
      name: 'file',
      formData: { id },
      header: bearer(token),
      timeout: FILE_TIMEOUT,
      success: ({ statusCode, data }) => resolve({ status: statusCode, data: parsed(data) }),
      fail: (error) => reject(new Error(error.errMsg)),
    })
  })
}

function down(path: string, token: string): Promise<Answer> {
  return new Promise((resolve, reject) => {
    wx.downloadFile({
      url: settings.server + path,
      header: bearer(token),
      timeout: FILE_TIMEOUT,
      success: ({ statusCode, tempFilePath }) => resolve({ status: statusCode, data: tempFilePath }),
      fail: (error) => reject(new Error(error.errMsg)),
    })
  })
}

function parsed(data: string): unknown {
  try {
    return JSON.parse(data)
  } catch {
    return null
  }
}

function keep(path: string): Promise<string> {
  const name = path.slice(path.lastIndexOf('/') + 1)
  const kept = `${wx.env.USER_DATA_PATH}/${Date.now()}-${name}`
  return new Promise((resolve, reject) => {
    wx.getFileSystemManager().copyFile({
      srcPath: path,
      destPath: kept,
      success: () => resolve(kept),
      fail: (error) => reject(new Error(error.errMsg)),
    })
  })
}

function forget(path: string): void {
  if (path.startsWith(wx.env.USER_DATA_PATH)) {
    wx.getFileSystemManager().unlink({ filePath: path, fail: () => {} })
  }
}
