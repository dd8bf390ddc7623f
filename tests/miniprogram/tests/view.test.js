'use strict'
const test = require('node:test')
const assert = require('node:assert/strict')
const fs = require('node:fs')
const path = require('node:path')
const { built, lib } = require('../harness')

const { clock, day, linked, paragraphs, viewOf } = lib('view')
const { lineView } = lib('orders')

const live = (text) => linked(text).filter((span) => span.tel || span.url).map((span) => span.tel ?? span.url)

test('numbers to call can be called, others are words', () => {
  assert.deepEqual(live('急事拨 110 或 120，也可打12345。'), ['110', '120', '12345'])
  assert.deepEqual(live('座机 0551-12345678，煤气 96777'), ['055112345678', '96777'])
  assert.deepEqual(live('13800001234、工单HY20260220-000017-4、第110号、120元、2110、1105、110楼'), [])
  assert.deepEqual(live('110、119'), ['110', '119'])
})

test('addresses can be copied, and end where they end', () => {
  assert.deepEqual(live('见https://a.example/x?y=1，或 http://b.example。'), ['https://a.example/x?y=1', 'http://b.example'])
  assert.deepEqual(live('javascript:alert(1)'), [])
})

test('nothing of a text is lost or doubled', () => {
  for (const text of ['', '110', 'a110b', '请拨 12345 或 https://a.example 。', '1101', '12345-1', '110110', '0551-1234567', '=='.repeat(3)]) {
    assert.equal(linked(text).map((span) => span.text).join(''), text)
  }
})

test('headings and marks of the knowledge base', () => {
  assert.deepEqual(paragraphs('## 条件\n\n==应当申请==，并交费。'), [
    { head: true, spans: [{ text: '条件' }] },
    { head: false, spans: [{ text: '应当申请', mark: true }, { text: '，并交费。' }] },
  ])
})

test('times are China’s, wherever the telephone is', () => {
  assert.equal(clock('2026-03-02T09:05:00+08:00'), '09:05')
  assert.equal(clock('2026-03-01T17:30:00Z'), '01:30')
  assert.equal(day('2026-12-31T16:00:00Z', Date.parse('2027-03-01T00:00:00Z')), '1月1日 00:00')
  assert.equal(day('2026-12-31T15:00:00Z', Date.parse('2026-12-31T16:00:00Z')), '2026年12月31日 23:00')
  for (const none of ['', null, undefined, 'soon']) assert.equal(day(none), '')
})

test('a kind of part this version does not know is shown by its words', () => {
  const view = viewOf({ id: 'm1', seq: 1, from: 'bot', at: '', parts: [{ kind: 'hologram', text: '全息' }, { kind: 'silence' }] })
  assert.deepEqual(view.blocks[0].paragraphs[0].spans, [{ text: '全息' }])
  assert.deepEqual(view.blocks[1].paragraphs[0].spans, [])
})

test('only open orders have a light', () => {
  const order = { number: 'HY1', title: 'x', kind: '投诉', station: '办理', light: 'red', filed_at: '2026-03-01T17:30:00Z' }
  assert.equal(lineView({ ...order, status: 'open' }).lightText, '已超期')
  assert.equal(lineView({ ...order, status: 'closed' }).light, '')
  assert.equal(lineView({ ...order, status: 'withdrawn' }).where, '已撤回')
})

test('nothing is written that older telephones cannot read', () => {
  const files = fs.readdirSync(built, { recursive: true }).filter((name) => name.endsWith('.js'))
  assert.ok(files.length > 15)
  for (const name of files) {
    const code = fs.readFileSync(path.join(built, name), 'utf8')
    assert.doesNotMatch(code, /\(\?<[=!]|\.replaceAll\(|\.at\(-?\d|structuredClone|\|\|=|&&=/, name)
  }
})
