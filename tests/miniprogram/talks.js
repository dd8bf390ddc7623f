// What the gateway says in the tests of the pages, and when somebody looks at them.
'use strict'

const at = '2026-03-02T09:41:00+08:00'
const NODES = ['受理登记', '查重审核', '派单', '签收', '办理', '答复', '办结审核', '督办', '回访', '评价归档']
const nodes = (current) =>
  NODES.map((name, i) => ({
    name,
    state: i < current ? 'done' : i === current ? 'current' : 'todo',
    ...(i < current ? { at: `2026-02-${20 + i}T10:0${i}:00+08:00`, by: i < 3 ? '12345 热线' : '市城管局' } : {}),
    ...(i === 2 && i < current ? { note: '转市城管局办理' } : {}),
  }))

const NUMBER = 'HY20260220-000017-4'
let seq = 0
const message = (from, parts, more = {}) => ({ type: 'message', message: { id: `m${++seq}`, seq, from, at, parts, ...more } })
const text = (words) => ({ kind: 'text', text: words })

const TALK = () => {
  seq = 0
  return [
    message('me', [text('身份证丢了怎么补办')]),
    message('bot', [
      text('可以到任一派出所补领，办法如下：'),
      {
        kind: 'citation', entry_id: 'e1', title: '居民身份证补领', issuer: '市公安局', document: '办事指南', effective_from: '2024-01-01',
        quote: '## 办理条件\n居民身份证丢失的，==应当申请补领==，并交纳工本费 40 元。\n也可拨打 12345 咨询。', link: 'https://www.example.gov.cn/sfz', sample: true,
      },
    ]),
    message('me', [text('楼下路灯坏了一周了，没人修')]),
    message('bot', [
      text('我记下了，请您看看对不对：'),
      { kind: 'fields', title: '登记内容', rows: [{ key: 'matter', label: '事情', value: '路灯不亮' }, { key: 'place', label: '地点', value: '望江西路与科学大道交口' }] },
    ], { choices: [{ id: 'k1', label: '对，提交' }, { id: 'k2', label: '要修改' }] }),
    message('me', [text('对，提交')]),
    message('bot', [{ kind: 'order', number: NUMBER, title: '望江西路路灯不亮', status: '已受理，5 个工作日内答复' }]),
    message('agent', [{ kind: 'progress', number: NUMBER, light: 'yellow', nodes: nodes(4) }, text('急事请拨 110，白天可打 0551-12345678。')]),
    message('me', [{ kind: 'location', latitude: 31.82, longitude: 117.23, label: '合肥市政务中心' }, { kind: 'attachment', attachment_id: 'a1', url: '/files/a1?until=1&sign=x', media: 'image/jpeg', size: 4000 }]),
    message('bot', [text('办结了，您反映的问题解决了吗？')], { choices: [{ id: 'k3', label: '解决了' }, { id: 'k4', label: '没有解决' }] }),
  ]
}

const LINES = [
  { number: NUMBER, title: '望江西路路灯不亮', kind: '投诉', status: 'open', station: '办理', light: 'yellow', filed_at: '2026-02-20T10:00:00+08:00' },
  { number: 'HY20260118-000204-8', title: '建议在科学岛路增设公交站', kind: '建议', status: 'closed', station: null, light: null, filed_at: '2026-01-18T15:20:00+08:00' },
]
const ORDER = {
  ...LINES[0], station: '回访', light: null, content: '望江西路与科学大道交口的路灯一周不亮，晚上看不清路。', place: '望江西路与科学大道交口', unit: '市城管局',
  due_at: '2026-02-27T18:00:00+08:00', answer: '经现场核查，路灯线路被施工挖断，已于 2 月 24 日修复，夜间照明恢复正常。', outcome: '实质办结', nodes: nodes(8), asks: true, rating: null,
}

module.exports = { TALK, LINES, ORDER, NUMBER, nodes, message, text }
