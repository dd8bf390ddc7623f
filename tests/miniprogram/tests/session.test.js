'use strict'
const test = require('node:test')
const assert = require('node:assert/strict')
const { Clock, SESSION, Store, lib, settled } = require('../harness')

const { SignIn } = lib('sign-in')
const { Api, Refused } = lib('api')
const { Outbox, newId } = lib('outbox')
const { Uploads } = lib('uploads')
const { Care } = lib('care')
const { consent } = lib('notices')
const { Speaking } = lib('speaking')

function signIn() {
  const clock = new Clock()
  let count = 0
  const at = new SignIn({
    code: async () => `c${++count}`,
    exchange: async (code) => ({ ...SESSION, token: `t-${code}` }),
    now: clock.now,
  })
  return { at, clock, count: () => count }
}

test('many who ask at once sign in once', async () => {
  const { at, count } = signIn()
  const [one, two] = await Promise.all([at.current(), at.current()])
  assert.equal(one.token, two.token)
  assert.equal(count(), 1)
})

test('a session is renewed a little before its end, and when it was refused', async () => {
  const { at, clock, count } = signIn()
  const first = await at.current()
  await clock.pass(3500_000)
  assert.equal((await at.current()).token, first.token)
  await clock.pass(50_000)
  assert.equal((await at.current()).token, 't-c2')
  at.refused('t-c1') // an old one: no reason to sign in anew
  await at.current()
  assert.equal(count(), 2)
  at.refused('t-c2')
  assert.equal((await at.current()).token, 't-c3')
})

test('a failed sign-in is tried again the next time', async () => {
  let good = false
  const at = new SignIn({
    code: async () => 'c',
    exchange: async () => {
      if (!good) throw new Error('no net')
      return SESSION
    },
    now: () => 0,
  })
  await assert.rejects(at.current())
  good = true
  assert.equal((await at.current()).token, 't1')
})

test('a request with a token that is over is made once more with a new one', async () => {
  const { at } = signIn()
  const used = []
  const api = new Api(async ({ token }) => {
    used.push(token)
    return token === 't-c1' ? { status: 401, data: { error: { code: 'sign_in' } } } : { status: 200, data: { ok: 1 } }
  }, at)
  assert.deepEqual(await api.get('/x'), { ok: 1 })
  assert.deepEqual(used, ['t-c1', 't-c2'])
})

test('a server that never takes a token is not asked for ever', async () => {
  const { at, count } = signIn()
  const api = new Api(async () => ({ status: 401, data: '<html>' }), at)
  await assert.rejects(api.get('/x'), (error) => error instanceof Refused && error.status === 401)
  assert.equal(count(), 2)
})

test('what the server says of a refusal is kept, and a page of a proxy is no sentence', async () => {
  const { at } = signIn()
  const answers = [
    { status: 404, data: { error: { code: 'unknown', message: '没有这张工单' } } },
    { status: 502, data: '<html>Bad gateway</html>' },
  ]
  const api = new Api(async () => answers.shift(), at)
  await assert.rejects(api.get('/x'), { code: 'unknown', text: '没有这张工单' })
  await assert.rejects(api.get('/x'), { code: 'failed', text: '' })
})

function uploads(outcomes) {
  const clock = new Clock()
  const outbox = new Outbox(new Store())
  const sent = []
  const forgotten = []
  const up = new Uploads(
    {
      send: async (id) => {
        sent.push(id)
        const outcome = outcomes.shift()
        if (outcome) throw outcome
      },
      keep: async (path) => `kept/${path}`,
      forget: (path) => forgotten.push(path),
      later: clock.later,
    },
    outbox,
    () => {},
  )
  return { up, outbox, clock, sent, forgotten }
}
const photo = { path: 'a.jpg', media: 'image', name: '' }

test('a file goes up from a copy of our own, which is tidied away afterwards', async () => {
  const t = uploads([])
  await t.up.add('a', '照片', photo)
  await settled()
  assert.deepEqual(t.sent, ['a'])
  assert.deepEqual(t.outbox.all, [])
  assert.deepEqual(t.forgotten, ['kept/a.jpg'])
})

test('files go up one after the other, again and again until they are there', async () => {
  const t = uploads([new Error('no net'), new Refused(503, 'store_unavailable', '稍后'), new Refused(429, 'too_fast', '慢')])
  await t.up.add('a', '照片', photo)
  await t.up.add('b', '照片', photo)
  await t.clock.pass(30_000)
  assert.deepEqual(t.sent, ['a', 'a', 'a', 'a', 'b'])
  assert.deepEqual(t.outbox.all, [])
})

test('a file the server will not have is said so, and the next one goes', async () => {
  const t = uploads([new Refused(413, 'too_large', '照片太大')])
  await t.up.add('a', '照片', photo)
  await t.up.add('b', '照片', photo)
  await settled()
  assert.deepEqual(t.sent, ['a', 'b'])
  assert.deepEqual(t.outbox.all.map((e) => [e.id, e.failed]), [['a', '照片太大']])
  t.up.again('a')
  await settled()
  assert.deepEqual(t.outbox.all, [])
})

test('ids are unlike, and letters and digits only', () => {
  const ids = new Set(Array.from({ length: 500 }, () => newId()))
  assert.equal(ids.size, 500)
  for (const id of ids) assert.match(id, /^[A-Za-z0-9]{1,64}$/)
})

test('关怀模式 is remembered, and every page hears of it', () => {
  const store = new Store()
  const care = new Care(store)
  const heard = []
  const leave = care.follow((on) => heard.push(on))
  care.toggle()
  leave()
  care.toggle()
  assert.deepEqual(heard, [false, true])
  care.toggle()
  assert.equal(new Care(store).active, true)
})

test('what WeChat was told of notices is told to the server, and nothing else', async () => {
  const posted = []
  const api = { post: async (path, body) => void posted.push([path, body]) }
  const notices = [{ purpose: 'progress', template_id: 'A' }, { purpose: 'follow_up', template_id: 'B' }]
  const asking = { ask: async () => ({ errMsg: 'requestSubscribeMessage:ok', A: 'accept', B: 'reject', C: 'accept' }) }
  assert.equal(await consent(asking, api, notices), true)
  assert.deepEqual(posted, [['/miniapp/subscriptions', { results: { A: 'accept', B: 'reject' } }]])
  const none = { ask: async () => ({ A: 'ban', B: 'filter' }) }
  assert.equal(await consent(none, api, notices), false)
})

function speaking() {
  const done = []
  const asked = []
  const at = new Speaking({ start: () => asked.push('start'), stop: () => asked.push('stop') }, () => {}, (how) => done.push(how))
  return { at, done, asked }
}

test('hold, speak, release: it is said', () => {
  const t = speaking()
  t.at.begin()
  t.at.started()
  t.at.end(true)
  t.at.stopped('a.mp3', 4200)
  assert.deepEqual(t.done, [{ type: 'said', path: 'a.mp3', seconds: 4 }])
  assert.equal(t.at.phase, 'idle')
})

test('a finger that is gone before the recorder began stops it as soon as it has', () => {
  const t = speaking()
  t.at.begin()
  t.at.end(true)
  assert.deepEqual(t.asked, ['start'])
  t.at.started()
  assert.deepEqual(t.asked, ['start', 'stop'])
  t.at.stopped('a.mp3', 100)
  assert.deepEqual(t.done, [{ type: 'too_short' }])
})

test('sliding away drops what was said; a refused microphone and a broken one are told apart', () => {
  const t = speaking()
  t.at.begin()
  t.at.started()
  t.at.end(false)
  t.at.stopped('a.mp3', 9000)
  t.at.begin()
  t.at.failed('operateRecorder:fail auth deny')
  t.at.begin()
  t.at.failed('operateRecorder:fail:system error')
  t.at.begin()
  t.at.failed('operateRecorder:fail privacy permission is not authorized')
  assert.deepEqual(t.done, [{ type: 'cancelled' }, { type: 'denied', how: 'settings' }, { type: 'failed' }, { type: 'denied', how: 'privacy' }])
})

test('a recording ended by its limit or a call is said as far as it went', () => {
  const t = speaking()
  t.at.begin()
  t.at.started()
  t.at.stopped('a.mp3', 60_000)
  t.at.end(true)
  assert.deepEqual(t.done, [{ type: 'said', path: 'a.mp3', seconds: 60 }])
  t.at.stopped('late.mp3', 5000)
  assert.equal(t.done.length, 1)
})
