'use strict'
const test = require('node:test')
const assert = require('node:assert/strict')
const { Clock, GatewaySide, Store, lib, settled } = require('../harness')

const { Line } = lib('line')
const { Outbox } = lib('outbox')

function talk(store = new Store()) {
  const clock = new Clock()
  const sides = []
  const events = []
  const tokens = ['t1']
  const ports = {
    open: (on) => {
      const side = new GatewaySide(on)
      sides.push(side)
      return side
    },
    token: async () => {
      if (!tokens.length) throw new Error('no net')
      return tokens[tokens.length - 1]
    },
    refused: () => tokens.push(`t${tokens.length + 1}`),
    later: clock.later,
    now: clock.now,
    random: () => 0.5,
  }
  const outbox = new Outbox(store)
  const line = new Line(ports, outbox, (event) => events.push(event))
  return { line, outbox, clock, sides, events, tokens, store, get side() { return sides[sides.length - 1] } }
}

const say = (t, id, text = id) => t.line.post({ type: 'message', id, text }, text)
const message = (seq, more = {}) => ({ type: 'message', message: { id: `m${seq}`, seq, from: 'bot', at: '2026-03-02T08:00:00+08:00', parts: [], ...more } })

test('the line says hello with its token, and where it was', async () => {
  const t = talk()
  t.line.start()
  await settled()
  t.side.welcome()
  assert.deepEqual(t.side.heard[0], { type: 'hello', token: 't1', last_seq: 0 })
  t.side.says(message(7))
  t.side.events.closed()
  await t.clock.pass(500)
  t.side.welcome()
  assert.deepEqual(t.side.heard[0], { type: 'hello', token: 't1', last_seq: 7 })
})

test('what is said before the line is open goes out once it is, in order', async () => {
  const t = talk()
  say(t, 'a')
  say(t, 'b')
  t.line.start()
  await settled()
  t.side.welcome()
  assert.deepEqual(t.side.posted.map((f) => f.id), ['a', 'b'])
})

test('what was not accepted is said again under the same id, what was is not', async () => {
  const t = talk()
  t.line.start()
  await settled()
  t.side.welcome()
  say(t, 'a')
  say(t, 'b')
  t.side.says({ type: 'accepted', id: 'a', message_id: 'm1', seq: 1 })
  t.side.events.closed()
  await t.clock.pass(500)
  t.side.welcome()
  assert.deepEqual(t.side.posted.map((f) => f.id), ['b'])
})

test('what was said outlives the app being closed', async () => {
  const store = new Store()
  const before = talk(store)
  say(before, 'a', '路灯坏了')
  const after = talk(store)
  after.line.start()
  await settled()
  after.side.welcome()
  assert.deepEqual(after.side.posted, [{ type: 'message', id: 'a', text: '路灯坏了' }])
})

test('a broken storage is an empty one', () => {
  for (const junk of ['{', 7, null, [null, 3, { id: 'x' }, { label: 'y' }], { 0: 1 }]) {
    assert.deepEqual(new Outbox(new Store({ 'huiying.unsent': junk })).all, [])
  }
})

test('the message that comes back in the log settles it too', async () => {
  const t = talk()
  t.line.start()
  await settled()
  t.side.welcome()
  say(t, 'a')
  t.side.says(message(1, { from: 'me', client_id: 'a' }))
  assert.deepEqual(t.outbox.all, [])
})

test('a message seen twice is shown once', async () => {
  const t = talk()
  t.line.start()
  await settled()
  t.side.welcome()
  t.side.says(message(1))
  t.side.says(message(1))
  t.side.says(message(2))
  assert.deepEqual(t.events.filter((e) => e.type === 'message').map((e) => e.message.seq), [1, 2])
})

test('a refusal is kept for the person to mend, and can be tried again', async () => {
  const t = talk()
  t.line.start()
  await settled()
  t.side.welcome()
  say(t, 'a')
  t.side.says({ type: 'error', code: 'too_fast', text: '慢一点', id: 'a' })
  assert.equal(t.outbox.all[0].failed, '慢一点')
  t.side.events.closed()
  await t.clock.pass(500)
  t.side.welcome()
  assert.deepEqual(t.side.posted, [])
  t.line.again('a')
  assert.deepEqual(t.side.posted.map((f) => f.id), ['a'])
})

test('what the store could not take is said again by itself', async () => {
  const t = talk()
  t.line.start()
  await settled()
  t.side.welcome()
  say(t, 'a')
  t.side.says({ type: 'error', code: 'store_unavailable', text: '稍后', id: 'a' })
  t.side.heard.length = 0
  await t.clock.pass(15_000)
  assert.deepEqual(t.side.posted.map((f) => f.id), ['a'])
})

test('a refused session is renewed, and the talk goes on', async () => {
  const t = talk()
  say(t, 'a')
  t.line.start()
  await settled()
  t.side.events.opened()
  t.side.says({ type: 'error', code: 'sign_in', text: '请重新登录' })
  await t.clock.pass(1000)
  t.side.welcome()
  assert.equal(t.side.heard[0].token, 't2')
  assert.deepEqual(t.side.posted.map((f) => f.id), ['a'])
})

test('the pauses between tries grow to a limit, and coming back begins anew', async () => {
  const t = talk()
  t.line.start()
  await settled()
  for (let i = 0; i < 12; i++) {
    t.side.events.closed()
    await t.clock.pass(20_000)
  }
  const many = t.sides.length
  assert.equal(many, 13)
  t.side.events.closed()
  t.line.wake()
  await settled()
  assert.equal(t.sides.length, many + 1)
})

test('no net for signing in is tried again too, and said', async () => {
  const t = talk()
  t.tokens.length = 0
  t.line.start()
  await settled()
  assert.deepEqual(t.events[0], { type: 'offline', why: 'sign_in', text: '' })
  t.tokens.push('t9')
  await t.clock.pass(500)
  t.side.welcome()
  assert.equal(t.side.heard[0].token, 't9')
})

test('a line on which nothing is heard is taken for dead', async () => {
  const t = talk()
  t.line.start()
  await settled()
  t.side.welcome()
  await t.clock.pass(15_000)
  assert.equal(t.side.heard.at(-1).type, 'ping')
  const first = t.side
  await t.clock.pass(45_000)
  assert.ok(first.closed)
  assert.ok(t.sides.length > 1)
})

test('a line that answers stays open', async () => {
  const t = talk()
  t.line.start()
  await settled()
  t.side.welcome()
  for (let i = 0; i < 10; i++) {
    await t.clock.pass(15_000)
    t.side.says({ type: 'pong' })
  }
  assert.equal(t.sides.length, 1)
})

test('an old socket that wakes up late is not listened to', async () => {
  const t = talk()
  t.line.start()
  await settled()
  const old = t.side
  old.welcome()
  old.events.closed()
  await t.clock.pass(500)
  t.side.welcome()
  const before = t.sides.length
  old.says(message(9))
  old.events.closed()
  await t.clock.pass(500)
  assert.equal(t.line.lastSeq, 0)
  assert.equal(t.sides.length, before)
})

test('what is no frame is passed over', async () => {
  const t = talk()
  t.line.start()
  await settled()
  for (const junk of ['{', '[]', 'null', '7', '""', '{"kind":1}']) t.side.says(junk)
  t.side.events.heard(new ArrayBuffer(4))
  t.side.says({ type: 'dance' })
  t.side.welcome()
  assert.ok(t.line.open)
})

test('a line that was stopped stays silent', async () => {
  const t = talk()
  t.line.start()
  await settled()
  t.side.welcome()
  t.line.stop()
  assert.ok(t.side.closed)
  t.side.events.closed()
  await t.clock.pass(60_000)
  assert.equal(t.sides.length, 1)
})
