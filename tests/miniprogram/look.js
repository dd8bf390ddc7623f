// Writes the pages, as they would be on the screen, as HTML into a folder: `node look.js FOLDER`.
// What only WeChat draws (input boxes, pictures) is drawn by hand here.
'use strict'
const fs = require('node:fs')
const path = require('node:path')
const { built, close, dom, open } = require('./harness')
const { LINES, NUMBER, ORDER, TALK } = require('./talks')

const folder = process.argv[2]
const ok = (data) => ({ statusCode: 200, data })
const NOTICES = [{ purpose: 'progress', template_id: 'T1' }]
const answers = {
  'GET /miniapp/orders': ok({ orders: LINES }),
  [`GET /miniapp/orders/${NUMBER}`]: ok(ORDER),
}
const ELEMENTS = `
  * { box-sizing: border-box } html, body { margin: 0; background: #fff; font-family: "Noto Sans CJK SC", sans-serif }
  wx-view, wx-scroll-view, wx-textarea, wx-image, main, chat-message, chat-composer, order-way, order-stars { display: block }
  chat-composer, chat-message { width: 100% } wx-textarea { color: #767676; white-space: pre-wrap } wx-scroll-view { overflow-y: auto }
  wx-image { background: #cfd8e3 }
`

async function write(name, care, { page, query = {}, talk = [], then = () => {}, session = {} }) {
  const app = open({ answers, session: { notices: NOTICES, ...session }, storage: { 'huiying.care': care } })
  const shown = app.page(page, query)
  await app.settled()
  await app.settled()
  app.log.sockets.at(-1)?.welcome()
  for (const frame of talk) app.log.sockets.at(-1).says(frame)
  await app.settled()
  await then(shown, app)
  await app.settled()
  const { document } = dom.window
  const { texts } = require(path.join(built, 'texts'))
  for (const box of document.querySelectorAll('chat-composer wx-textarea')) box.textContent ||= texts.placeholder
  const styles = [...document.querySelectorAll('head style')].map((style) => style.innerHTML).join('\n')
  const html = `<!doctype html><meta charset="utf-8"><meta name="viewport" content="width=device-width"><style>${ELEMENTS}${styles}</style>${document.body.innerHTML}`
  fs.writeFileSync(path.join(folder, `${name}${care ? '-care' : ''}.html`), html)
}

async function main() {
  fs.mkdirSync(folder, { recursive: true })
  for (const care of [false, true]) {
    await write('start', care, { page: 'pages/chat/chat' })
    await write('talk-1', care, { page: 'pages/chat/chat', talk: TALK().slice(0, 4), session: { speech: true } })
    await write('talk-2', care, { page: 'pages/chat/chat', talk: TALK().slice(4, 7) })
    await write('talk-3', care, {
      page: 'pages/chat/chat', talk: TALK().slice(7),
      then: async (page, app) => {
        page.instance.onSay({ detail: { text: '还是不亮，请再来看看' } })
        app.log.sockets.at(-1).events.closed()
        const composer = page.querySelector('.composer').instance
        composer.speak()
        await app.settled()
        composer.more()
      },
    })
    await write('orders', care, { page: 'pages/orders/orders' })
    await write('order', care, {
      page: 'pages/order/order', query: { number: NUMBER },
      then: (page) => page.querySelector('.stars').instance.say({ currentTarget: { dataset: { solved: false } } }),
    })
  }
  close()
  process.exit(0)
}
void main()
