// A telephone for the tests: WeChat's interfaces as far as the app uses them, a server that answers
// after a script, and pages rendered by WeChat's own template compiler.
'use strict'
const path = require('node:path')
const { JSDOM } = require('jsdom')

const built = path.join(__dirname, 'build')

/** A clock the test turns: nothing waits for real time. */
class Clock {
  constructor() {
    this.time = 1_000_000
    this.timers = new Map()
    this.next = 1
  }
  now = () => this.time
  later = (ms, act) => {
    const id = this.next++
    this.timers.set(id, { at: this.time + ms, act })
    return () => this.timers.delete(id)
  }
  async pass(ms) {
    const until = this.time + ms
    await settled()
    for (;;) {
      const due = [...this.timers.entries()].filter(([, t]) => t.at <= until).sort((a, b) => a[1].at - b[1].at)[0]
      if (!due) break
      this.timers.delete(due[0])
      this.time = due[1].at
      due[1].act()
      await settled()
    }
    this.time = until
    await settled()
  }
}

/** What was promised has been done. */
const settled = () => new Promise((resolve) => setImmediate(resolve))

class Store {
  constructor(content = {}) {
    this.content = content
  }
  get = (key) => this.content[key]
  set = (key, value) => {
    this.content[key] = JSON.parse(JSON.stringify(value)) // as the telephone keeps it
  }
}

/** One socket as the gateway sees it. */
class GatewaySide {
  constructor(events) {
    this.events = events
    this.heard = []
    this.closed = false
  }
  send = (text) => this.heard.push(JSON.parse(text))
  close = () => {
    this.closed = true
  }
  says = (frame) => this.events.heard(typeof frame === 'string' ? frame : JSON.stringify(frame))
  welcome = (more = {}) => {
    this.events.opened()
    this.says({ type: 'welcome', token: 't1', resumed: false, city: '合肥市', ...more })
  }
  get posted() {
    return this.heard.filter((frame) => frame.id)
  }
}

const SESSION = {
  token: 't1', expires_in: 3600, city: '合肥市', speech: false, listening: false, max_text: 4000,
  max_bytes: 10 * 1024 * 1024, notices: [],
}

/** WeChat's global object. `answers` maps "GET /path" to what the server says. */
function telephone({ answers = {}, session = {}, storage = {} } = {}) {
  const log = { requests: [], toasts: [], uploads: [], went: [], sockets: [], called: [], copied: [], title: '', recorder: {}, previewed: [], refuse: new Set() }
  const handlers = {}
  const reply = (method, url, options) => {
    const path = url.replace(/^https:\/\/[^/]+/, '')
    log.requests.push({ method, path, data: options.data, header: options.header })
    if (path === '/miniapp/session' && !('POST /miniapp/session' in answers)) return { statusCode: 200, data: { ...SESSION, ...session } }
    const found = answers[`${method} ${path}`]
    return typeof found === 'function' ? found(options) : found
  }
  const wx = {
    env: { USER_DATA_PATH: 'wxfile://usr' },
    getStorageSync: (key) => storage[key],
    setStorageSync: (key, value) => { storage[key] = JSON.parse(JSON.stringify(value)) },
    getAccountInfoSync: () => ({ miniProgram: { appId: 'wx0123456789abcdef' } }),
    login: ({ success, fail }) => (log.refuse.has('login') ? fail({ errMsg: 'login:fail' }) : success({ code: `code${log.requests.length}`, errMsg: 'ok' })),
    request(options) {
      const answer = reply(options.method, options.url, options)
      queueMicrotask(() => (answer ? options.success(answer) : options.fail({ errMsg: 'request:fail' })))
    },
    uploadFile(options) {
      log.uploads.push(options)
      const answer = reply('UPLOAD', options.url, options)
      queueMicrotask(() => (answer ? options.success(answer) : options.fail({ errMsg: 'uploadFile:fail' })))
    },
    downloadFile(options) {
      const answer = reply('DOWNLOAD', options.url, options)
      queueMicrotask(() => (answer ? options.success(answer) : options.fail({ errMsg: 'downloadFile:fail' })))
    },
    connectSocket() {
      const on = {}
      const side = new GatewaySide({
        opened: () => on.open?.(), heard: (data) => on.message?.({ data }), closed: () => on.close?.(),
      })
      log.sockets.push(side)
      return {
        onOpen: (f) => { on.open = f }, onMessage: (f) => { on.message = f }, onClose: (f) => { on.close = f }, onError: (f) => { on.error = f },
        send: ({ data }) => side.send(data), close: () => side.close(),
      }
    },
    onNetworkStatusChange: (f) => { handlers.net = f },
    getFileSystemManager: () => ({ copyFile: ({ success }) => success(), unlink: () => {} }),
    getRecorderManager: () => ({
      start: () => { log.recorder.started = true }, stop: () => { log.recorder.stopped = true },
      onStart: (f) => { log.recorder.onStart = f }, onStop: (f) => { log.recorder.onStop = f }, onError: (f) => { log.recorder.onError = f },
      onInterruptionBegin: () => {},
    }),
    createInnerAudioContext: () => ({ play: () => log.called.push('play'), destroy: () => {}, onEnded: () => {}, onError: () => {} }),
    setNavigationBarTitle: ({ title }) => { log.title = title },
    showToast: ({ title }) => log.toasts.push(title),
    navigateTo: ({ url }) => log.went.push(url),
    reLaunch: ({ url }) => log.went.push(url),
    stopPullDownRefresh: () => {},
    setClipboardData: ({ data, success }) => { log.copied.push(data); success?.() },
    previewMedia: ({ sources }) => log.previewed.push(...sources.map((source) => source.url)),
    makePhoneCall: ({ phoneNumber }) => log.called.push(phoneNumber),
    chooseLocation: ({ success }) => success({ latitude: 31.82, longitude: 117.23, name: '政务中心', address: '合肥市蜀山区怀宁路' }),
    chooseMedia: ({ success }) => success({ tempFiles: [{ tempFilePath: 'tmp/a.jpg', fileType: 'image', size: 1000 }] }),
    requestSubscribeMessage: ({ tmplIds, success }) => success(Object.fromEntries([['errMsg', 'ok'], ...tmplIds.map((id) => [id, 'accept'])])),
  }
  return { wx, log, storage, net: () => handlers.net({ isConnected: true }) }
}

const dom = new JSDOM('<!doctype html><html lang="zh-CN"><head></head><body></body></html>', { url: 'https://app.test', pretendToBeVisual: true })
for (const name of ['window', 'document', 'HTMLElement', 'Event', 'CustomEvent', 'Element', 'Node', 'MutationObserver']) {
  globalThis[name] = name === 'window' ? dom.window : dom.window[name]
}
const simulate = require('miniprogram-simulate')
let opened = []

/** Nothing of what a test has opened goes on. */
function close() {
  for (const component of opened) {
    component.instance.onUnload?.()
    component.detach()
  }
  opened = []
  dom.window.document.body.innerHTML = ''
  dom.window.document.head.innerHTML = ''
}

/** The app opened anew on another telephone. */
function open(options = {}) {
  close()
  for (const id of Object.keys(require.cache)) if (id.startsWith(built)) delete require.cache[id]
  const phone = telephone(options)
  globalThis.wx = phone.wx
  const page = (name, query = {}) => {
    const component = simulate.render(simulate.load(path.join(built, name), { rootPath: built }))
    opened.push(component)
    component.attach(dom.window.document.body)
    component.instance.onLoad?.(query)
    component.instance.onShow?.()
    return component
  }
  return { ...phone, dom, page, text: () => dom.window.document.body.textContent, settled }
}

module.exports = { Clock, close, dom, GatewaySide, SESSION, Store, built, lib: (name) => require(path.join(built, 'lib', name)), open, settled }
