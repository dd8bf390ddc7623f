'use strict'
const test = require('node:test')
const assert = require('node:assert/strict')
const { close, open } = require('../harness')
const { LINES, NUMBER, ORDER, TALK, message, text } = require('../talks')

test.afterEach(close)

const NOTICES = [{ purpose: 'progress', template_id: 'T1' }]
const ok = (data) => ({ statusCode: 200, data })
const tap = (component, selector, at = 0) => {
  const found = component.querySelectorAll(selector)[at]
  assert.ok(found, `nothing at ${selector} ${at}`)
  found.dispatchEvent('tap')
}

async function chat(options = {}, query = {}) {
  const app = open(options)
  const page = app.page('pages/chat/chat', query)
  await app.settled()
  const side = app.log.sockets.at(-1)
  side?.welcome()
  await app.settled()
  return { ...app, page, side }
}

test('the page signs in with a code and nothing else, and says who answers', async () => {
  const t = await chat()
  const [first] = t.log.requests
  assert.deepEqual([first.method, first.path, first.data], ['POST', '/miniapp/session', { appid: 'wx0123456789abcdef', code: 'code0' }])
  assert.equal(t.log.title, '合肥市 12345 在线服务')
  assert.match(t.text(), /智能助手为您服务/)
  assert.deepEqual(Object.keys(t.storage), [], 'no token stays on the telephone')
})

test('every part of a talk is shown', async () => {
  const t = await chat({ session: { notices: NOTICES } })
  for (const frame of TALK()) t.side.says(frame)
  await t.settled()
  const shown = t.text()
  for (const words of ['身份证丢了怎么补办', '应当申请补领', '来源：居民身份证补领 · 市公安局 · 办事指南 · 2024-01-01 起施行', '示例', '复制原文链接', '登记内容', '望江西路与科学大道交口',
    '工单已登记', NUMBER, '进度通知我', '即将到期', '评价归档', '转市城管局办理', '位置：合肥市政务中心', '照片', '工作人员 09:41', '没有解决']) {
    assert.ok(shown.includes(words), `${words} is not shown`)
  }
  assert.ok(!shown.includes('=='), 'marks are shown as marks, not as signs')
  assert.equal(t.page.dom.querySelectorAll('wx-input, script').length, 0)
})

test('what stands in a message is text, whatever it looks like', async () => {
  const t = await chat()
  t.side.says(message('bot', [text('<img src=x onerror=alert(1)> {{data}} <view>不是标签</view>')]))
  await t.settled()
  assert.ok(t.text().includes('<img src=x onerror=alert(1)> {{data}} <view>不是标签</view>'))
})

test('only the choices of the last message can be tapped, once', async () => {
  const t = await chat()
  const [first, second] = [TALK()[3], TALK()[8]]
  t.side.says(first)
  t.side.says(second)
  await t.settled()
  assert.equal(t.page.data.liveId, second.message.id)
  t.page.instance.onChoose({ detail: { message: second.message.id, choice: 'k4' } })
  assert.deepEqual(t.side.posted.map(({ type, message_id, choice }) => ({ type, message_id, choice })), [{ type: 'choose', message_id: second.message.id, choice: 'k4' }])
  assert.equal(t.page.data.liveId, '')
  assert.ok(t.text().includes('没有解决发送中…'))
})

test('what is said without a net stays on the page, and goes when the net is back', async () => {
  const t = await chat()
  t.side.events.closed()
  await t.settled()
  t.page.instance.onSay({ detail: { text: '路灯坏了' } })
  await t.settled()
  assert.match(t.text(), /网络断开了，正在重新连接/)
  assert.match(t.text(), /路灯坏了等有网络时自动发送/)
  t.net()
  await t.settled()
  const side = t.log.sockets.at(-1)
  side.welcome({ resumed: true })
  assert.deepEqual(side.posted.map((f) => f.text), ['路灯坏了'])
  side.says({ type: 'accepted', id: side.posted[0].id, message_id: 'm9', seq: 9 })
  await t.settled()
  assert.doesNotMatch(t.text(), /自动发送|发送中/)
})

test('a refusal says why, and offers to try again or to let it be', async () => {
  const t = await chat()
  t.page.instance.onSay({ detail: { text: '路灯坏了' } })
  t.side.says({ type: 'error', code: 'too_fast', text: '请等几秒再发', id: t.side.posted[0].id })
  await t.settled()
  assert.match(t.text(), /请等几秒再发.*重试.*取消/s)
  t.page.instance.onAgain({ currentTarget: { dataset: { id: t.side.posted[0].id } } })
  assert.equal(t.side.posted.length, 2)
  t.side.says({ type: 'error', code: 'too_fast', text: '请等几秒再发', id: t.side.posted[0].id })
  t.page.instance.onDrop({ currentTarget: { dataset: { id: t.side.posted[0].id } } })
  await t.settled()
  assert.equal(t.page.data.mine.length, 0)
})

test('no sign-in is said, with a way to try again', async () => {
  const app = open()
  app.log.refuse.add('login')
  const page = app.page('pages/chat/chat')
  await app.settled()
  assert.match(app.text(), /微信登录没有成功.*12345/)
  app.log.refuse.clear()
  page.instance.onRetry()
  await app.settled()
  assert.equal(app.log.sockets.length, 1)
})

test('a sign-in the server refuses is told in the words of the server', async () => {
  const refused = { statusCode: 403, data: { error: { code: 'unknown_app', message: '这个小程序还没有接入本热线，请拨打 12345。' } } }
  const t = await chat({ answers: { 'POST /miniapp/session': refused } })
  await t.settled()
  assert.match(t.text(), /还没有接入本热线.*重试/s)
})

test('an answer is shown while it is written, and gives way to the message itself', async () => {
  const t = await chat()
  t.side.says({ type: 'draft', text: '首次申领' })
  t.side.says({ type: 'draft', text: '首次申领免费' })
  await t.settled()
  assert.match(t.text(), /首次申领免费/)
  t.side.says(message('bot', [text('首次申领免费。')]))
  await t.settled()
  assert.equal(t.text().split('首次申领').length, 2)
  t.side.says({ type: 'draft', text: '还有' })
  t.side.events.closed() // it is stored nowhere: without a line there is none
  await t.settled()
  assert.doesNotMatch(t.text(), /还有/)
})

test('a photo, a place and a recording go out', async () => {
  const t = await chat({ answers: { 'UPLOAD /miniapp/attachments': { statusCode: 200, data: '{"attachment_id":"a1"}' } } })
  const composer = t.page.querySelector('.composer').instance
  composer.photo()
  composer.place()
  composer.speak()
  await t.settled()
  assert.match(t.text(), /录音会留给工作人员听/)
  composer.press({ touches: [{ clientY: 500 }] })
  t.log.recorder.onStart()
  composer.slide({ touches: [{ clientY: 490 }] })
  composer.release()
  assert.ok(t.log.recorder.stopped)
  t.log.recorder.onStop({ tempFilePath: 'tmp/v.mp3', duration: 3000 })
  await t.settled()
  await t.settled()
  assert.deepEqual(t.log.uploads.map((u) => [u.name, u.header.Authorization, /^[A-Za-z0-9]+$/.test(u.formData.id)]), [['file', 'Bearer t1', true], ['file', 'Bearer t1', true]])
  const [place] = t.side.posted
  assert.deepEqual({ ...place, id: '' }, { type: 'location', id: '', latitude: 31.82, longitude: 117.23, label: '合肥市蜀山区怀宁路 政务中心' })
})

test('a photo is shown by itself, and opened by a tap', async () => {
  const t = await chat({ answers: { 'DOWNLOAD /files/a1?until=1&sign=x': { statusCode: 200, tempFilePath: 'tmp/a1.jpg' } } })
  t.side.says(TALK()[7])
  await t.settled()
  await t.settled()
  const message = t.page.querySelector('.said-by')
  assert.deepEqual(message.data.shown, { a1: 'tmp/a1.jpg' })
  await message.instance.open({ currentTarget: { dataset: { at: 1 } } })
  assert.deepEqual(t.log.previewed, ['tmp/a1.jpg'])
})

test('a file that cannot be brought is said, and only when somebody wants it', async () => {
  const t = await chat()
  t.side.says(TALK()[7])
  await t.settled()
  await t.settled()
  assert.deepEqual(t.log.toasts, [])
  await t.page.querySelector('.said-by').instance.open({ currentTarget: { dataset: { at: 1 } } })
  assert.deepEqual(t.log.toasts, ['没有读到，请检查网络后重试。'])
})

test('a file too large is said before it is sent', async () => {
  const t = await chat({ session: { max_bytes: 500 } })
  t.page.querySelector('.composer').instance.photo()
  await t.settled()
  assert.match(t.text(), /照片太大/)
  assert.equal(t.log.uploads.length, 0)
})

test('关怀模式 is one tap away, speaks in short sentences, and a tap begins and ends a recording', async () => {
  const t = await chat()
  assert.equal(t.dom.window.document.querySelectorAll('[class*="--care"]').length, 0)
  t.page.instance.onCare()
  await t.settled()
  assert.ok(t.dom.window.document.querySelector('main > [class*="--care"]'))
  assert.match(t.text(), /有事您直接说，我帮您办/)
  assert.equal(t.storage['huiying.care'], true)
  const composer = t.page.querySelector('.composer').instance
  composer.speak()
  composer.press({ touches: [{ clientY: 1 }] })
  assert.ok(!t.log.recorder.started, 'holding does nothing here')
  composer.tap()
  t.log.recorder.onStart()
  composer.release()
  assert.ok(!t.log.recorder.stopped)
  composer.tap()
  assert.ok(t.log.recorder.stopped)
})

test('the gateway is told of 关怀模式, at every welcome and every change', async () => {
  const t = await chat({ storage: { 'huiying.care': true } })
  const told = () => t.log.sockets.flatMap((side) => side.heard).filter((frame) => frame.type === 'care').map((frame) => frame.on)
  assert.deepEqual(told(), [true])
  t.page.instance.onCare()
  assert.deepEqual(told(), [true, false])
  t.side.events.closed()
  t.page.instance.onCare() // without a line: told when there is one again
  assert.deepEqual(told(), [true, false])
})

test('what WeChat’s privacy guide forbids is told apart from what was forbidden in the settings', async () => {
  for (const [errMsg, said] of [
    ['chooseMedia:fail privacy permission is not authorized', /请先在弹出的窗口里点“同意”/],
    ['chooseMedia:fail auth deny', /在“设置”里允许使用相册和相机/],
    ['chooseMedia:fail cancel', null],
  ]) {
    const t = await chat()
    t.wx.chooseMedia = ({ fail }) => fail({ errMsg })
    t.page.querySelector('.composer').instance.photo()
    await t.settled()
    if (said) assert.match(t.text(), said)
    else assert.doesNotMatch(t.text(), /同意|允许/)
    close()
  }
})

test('without a net the page says so, and says nothing of it before it had one', async () => {
  const t = await chat()
  assert.doesNotMatch(t.text(), /网络断开/)
  t.side.events.closed()
  await t.settled()
  assert.match(t.text(), /网络断开了，正在重新连接/)
})

test('the stars say what they mean', async () => {
  const t = open({ answers: { [`GET /miniapp/orders/${NUMBER}`]: ok(ORDER) } })
  const page = t.page('pages/order/order', { number: NUMBER })
  await t.settled()
  await t.settled()
  const stars = page.querySelector('.stars').instance
  stars.say({ currentTarget: { dataset: { solved: true } } })
  stars.rate({ currentTarget: { dataset: { stars: 2 } } })
  await t.settled()
  assert.match(t.text(), /不满意.*★.*★.*☆.*☆.*☆/s)
})

test('reading aloud is offered where the server can, and nowhere else', async () => {
  const quiet = await chat()
  quiet.side.says(message('bot', [text('您好')]))
  await quiet.settled()
  assert.doesNotMatch(quiet.text(), /慢速朗读/)
  const t = await chat({ session: { speech: true }, answers: { 'DOWNLOAD /miniapp/speech/m9': { statusCode: 200, tempFilePath: 'tmp/x.mp3' } } })
  const said = message('bot', [text('您好')])
  said.message.id = 'm9'
  t.side.says(said)
  await t.settled()
  assert.match(t.text(), /慢速朗读/)
  await t.page.instance.onRead({ detail: { id: 'm9' } })
  assert.deepEqual(t.log.called, ['play'])
  assert.match(t.text(), /停止朗读/)
})

test('the consent to notices is asked after a tap, and what was said is told to the server', async () => {
  const t = await chat({ session: { notices: NOTICES }, answers: { 'POST /miniapp/subscriptions': ok({ noted: 1 }) } })
  await t.page.instance.onNotify()
  assert.deepEqual(t.log.requests.at(-1).data, { results: { T1: 'accept' } })
  assert.deepEqual(t.log.toasts, ['好的，有进展会用微信通知您。'])
})

test('a page opened to ask something asks it once', async () => {
  const t = await chat({}, { say: encodeURIComponent('查工单进度') })
  t.side.events.closed()
  t.net()
  await t.settled()
  const side = t.log.sockets.at(-1)
  side.welcome()
  await t.settled()
  assert.deepEqual(t.page.data.mine.map((m) => m.label), ['查工单进度'])
})

test('the page opened anew shows the talk from its beginning', async () => {
  const t = await chat()
  t.side.says(message('bot', [text('之前说的')]))
  await t.settled()
  t.page.instance.onUnload()
  assert.ok(t.side.closed)
  t.page.instance.onLoad({})
  await t.settled()
  const side = t.log.sockets.at(-1)
  side.welcome({ resumed: true })
  assert.equal(side.heard[0].last_seq, 0)
})

test('the name of the page is not put on another', async () => {
  const t = await chat()
  t.page.instance.onHide()
  t.log.title = '我的工单'
  t.side.events.closed()
  t.net()
  await t.settled()
  t.log.sockets.at(-1).welcome()
  assert.equal(t.log.title, '我的工单')
  t.page.instance.onShow()
  assert.equal(t.log.title, '合肥市 12345 在线服务')
})

test('我的工单 lists them, opens one, and says when there is none or no net', async () => {
  const t = open({ answers: { 'GET /miniapp/orders': ok({ orders: LINES }) } })
  const page = t.page('pages/orders/orders')
  await t.settled()
  await t.settled()
  assert.match(t.text(), /望江西路路灯不亮当前进度：办理即将到期.*建议在科学岛路增设公交站已办结/s)
  tap(page, '.order', 1)
  await t.settled()
  assert.deepEqual(t.log.went, ['/pages/order/order?number=HY20260118-000204-8'])
  const none = open({ answers: { 'GET /miniapp/orders': ok({ orders: [] }) } })
  none.page('pages/orders/orders')
  await none.settled()
  await none.settled()
  assert.match(none.text(), /您还没有提交过工单/)
  const away = open()
  away.page('pages/orders/orders')
  await away.settled()
  await away.settled()
  assert.match(away.text(), /没有读到.*重试/)
})

test('an order shows its way, the official answer, and asks whether it is solved', async () => {
  const answers = { [`GET /miniapp/orders/${NUMBER}`]: ok(ORDER), [`POST /miniapp/orders/${NUMBER}/follow-up`]: ok({ ...ORDER, asks: false, status: 'closed' }) }
  const t = open({ answers })
  const page = t.page('pages/order/order', { number: NUMBER })
  await t.settled()
  await t.settled()
  assert.match(t.text(), /官方答复.*实质办结.*已于 2 月 24 日修复.*受理登记.*评价归档.*市城管局/s)
  const stars = page.querySelector('.stars').instance
  stars.say({ currentTarget: { dataset: { solved: false } } })
  stars.submit()
  await t.settled()
  assert.match(t.text(), /请写一句哪里没有解决/)
  stars.say({ currentTarget: { dataset: { solved: true } } })
  stars.rate({ currentTarget: { dataset: { stars: 4 } } })
  stars.submit()
  await t.settled()
  await t.settled()
  assert.deepEqual(t.log.requests.at(-1).data, { solved: true, stars: 4, note: '' })
  assert.deepEqual(t.log.toasts, ['谢谢您的评价，工单已经归档。'])
  assert.doesNotMatch(t.text(), /您反映的问题解决了吗/)
})

test('an order of somebody else is none, in the words of the server', async () => {
  const t = open({ answers: { 'GET /miniapp/orders/HY1': { statusCode: 404, data: { error: { code: 'unknown', message: '没有找到这张工单' } } } } })
  t.page('pages/order/order', { number: 'HY1' })
  await t.settled()
  await t.settled()
  assert.match(t.text(), /没有找到这张工单.*重试/)
})
