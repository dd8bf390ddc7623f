// The app itself, on a telephone that reaches a real gateway: `node drive.js URL CODE PHOTO`.
// Says something, chooses, points to a place, sends a photo, loses the line in between, looks at its
// orders; prints what it was shown.
'use strict'
const fs = require('node:fs')
const path = require('node:path')
const { built, close, dom, open } = require('./harness')

const [url, code, photo] = process.argv.slice(2)
const until = async (holds, what) => {
  for (let i = 0; i < 600 && !holds(); i++) await new Promise((resolve) => setTimeout(resolve, 25))
  if (!holds()) throw new Error(`waited in vain for ${what}`)
}

/** WeChat's requests, carried by Node. */
function network(log) {
  const fail = (options) => (error) => options.fail({ errMsg: String(error) })
  return {
    login: ({ success }) => success({ code }),
    request(options) {
      const body = options.data === undefined ? undefined : JSON.stringify(options.data)
      fetch(options.url, { method: options.method, headers: options.header, body }).then(async (answer) => {
        options.success({ statusCode: answer.status, data: await answer.json() })
      }, fail(options))
    },
    uploadFile(options) {
      const form = new FormData()
      for (const [name, value] of Object.entries(options.formData)) form.append(name, value)
      form.append(options.name, new Blob([fs.readFileSync(photo)]), 'photo.jpg')
      fetch(options.url, { method: 'POST', headers: options.header, body: form }).then(async (answer) => {
        options.success({ statusCode: answer.status, data: await answer.text() })
      }, fail(options))
    },
    downloadFile(options) {
      fetch(options.url, { headers: options.header }).then(async (answer) => {
        log.downloaded = (await answer.arrayBuffer()).byteLength
        options.success({ statusCode: answer.status, tempFilePath: 'tmp/shown.jpg' })
      }, fail(options))
    },
    connectSocket(options) {
      const socket = new dom.window.WebSocket(options.url)
      log.line = socket
      return {
        onOpen: (f) => socket.addEventListener('open', f),
        onMessage: (f) => socket.addEventListener('message', ({ data }) => f({ data })),
        onClose: (f) => socket.addEventListener('close', f),
        onError: (f) => socket.addEventListener('error', f),
        send: ({ data }) => socket.send(data),
        close: () => socket.close(),
      }
    },
  }
}

async function main() {
  const app = open()
  Object.assign(globalThis.wx, network(app.log))
  require(path.join(built, 'settings')).settings.server = url
  const page = app.page('pages/chat/chat')
  const heard = () => app.text()
  page.instance.onSay({ detail: { text: '你好' } })
  await until(() => heard().includes('回声：你好'), 'the first answer')
  const offered = page.data.items.at(-1)
  page.instance.onChoose({ detail: { message: offered.id, choice: offered.choices[0].id } })
  await until(() => heard().includes('回声：/affirm'), 'the answer to a choice')
  app.log.line.close()
  page.instance.onSay({ detail: { text: '断线了' } })
  await until(() => heard().includes('回声：断线了'), 'what was said without a line')
  page.instance.onPlace({ detail: { latitude: 31.82, longitude: 117.23, label: '怀宁路' } })
  page.instance.onFile({ detail: { label: '照片', file: { path: 'tmp/a.jpg', media: 'image', name: '' } } })
  await until(() => app.log.downloaded && heard().includes('位置：怀宁路'), 'the photo and the place')
  await until(() => page.data.mine.length === 0, 'all to be taken')
  const said = page.data.items.filter((item) => item.from === 'me').length
  const api = require(path.join(built, 'lib/services')).services().api
  const { orders } = await api.get('/miniapp/orders')
  process.stdout.write(JSON.stringify({ said, photo: app.log.downloaded, orders, title: app.log.title, kept: app.storage }))
  close()
  process.exit(0)
}
main().catch((error) => {
  process.stderr.write(`${error.stack}\n${dom.window.document.body.textContent}\n`)
  process.exit(1)
})
