// Orders through the clients against the sandbox: what is reported, and what the platform really has.
'use strict'

const test = require('node:test')
const assert = require('node:assert/strict')
const { AsyncLocalStorage } = require('node:async_hooks')
const diagnostics = require('node:diagnostics_channel')
const { readFileSync } = require('node:fs')
const { mkdtempSync, rmSync, writeFileSync } = require('node:fs')
const { spawnSync } = require('node:child_process')
const { inspect } = require('node:util')
const { setTimeout: sleep } = require('node:timers/promises')
const { tmpdir } = require('node:os')
const { join } = require('node:path')
const vm = require('node:vm')
const { CountersignError, InvalidOrderError, NotPlacedError, OutcomeUnknownError, PreparedCall, Settlement, SignCustomiser, Signer, Spiff, Webhook, WebhookEvent } = require('..')
const { ROOT, SIGN_ORDER, Sandbox, serve } = require('./support.js')

let sandbox
test.before(async () => { sandbox = await Sandbox.start() })
test.after(() => sandbox.close())
test.beforeEach(() => sandbox.reset())

test('every wire and credential places exactly one order', async () => {
  const clients = [
    new Spiff(sandbox.keys),
    new Spiff({ ...sandbox.keys, digest: 'md5' }),
    new Spiff({ ...sandbox.keys, ordersApi: 'rest' }),
    new Spiff({ ...sandbox.keys, ordersApi: 'targets' }),
    new Spiff({ applicationKey: sandbox.ready.spiff.application_key, baseUrl: sandbox.spiffUrl })
  ]
  for (const [at, spiff] of clients.entries()) {
    const placed = await spiff.placeOrder(await sandbox.order(`e${at}`))
    assert.equal(placed.externalId, `e${at}`)
    assert.ok(placed.id)
    assert.deepEqual([placed.attempt.method, placed.attempt.number], ['POST', 1])
    assert.ok(placed.attempt.status >= 200 && placed.attempt.bytesSent > 0 && placed.attempt.requestId)
    spiff.close()
  }
  const signs = new SignCustomiser(sandbox.token)
  const placed = await signs.placeOrder(SIGN_ORDER)
  assert.equal(placed.externalId, '1001')
  const orders = await sandbox.orders()
  assert.equal(orders.length, clients.length + 1)
})

test('what went wrong becomes the class that says what is known', async () => {
  const rows = [
    ['accept_then_500', OutcomeUnknownError, 'server_error', 1],
    ['500', OutcomeUnknownError, 'server_error', 0],
    ['cut_reply', OutcomeUnknownError, 'interrupted', 1],
    ['html', OutcomeUnknownError, 'unexpected_reply', 0],
    ['order_null', OutcomeUnknownError, 'order_null', 1],
    ['no_data', NotPlacedError, 'graphql_refused', 0],
    ['401', NotPlacedError, 'authentication', 0],
    ['429', NotPlacedError, 'throttled', 0],
    ['redirect', OutcomeUnknownError, 'redirect', 0]
  ]
  const spiff = new Spiff(sandbox.keys)
  for (const [fault, Class, kind, placed] of rows) {
    await sandbox.reset()
    const order = await sandbox.order()
    await sandbox.faults({ fault, target: 'order', ...(fault === '429' ? { retry_after: 7 } : {}) })
    const before = Math.floor(Date.now() / 1000)
    const error = await spiff.placeOrder(order).then(() => assert.fail(`${fault}: placed`), error => error)
    assert.equal(error.constructor, Class, `${fault}: ${error}`)
    assert.equal(error.kind, kind)
    assert.equal(error.outcome, Class === NotPlacedError ? 'not_placed' : 'unknown')
    assert.equal(error.retryable, kind === 'throttled')
    assert.equal(error.retryAfter, fault === '429' ? 7 : null)
    assert.equal(error.attempt.number, 1)
    if (error.outcome === 'unknown') assert.ok(Math.abs(error.sentAt - before) < 5 && error.settleAfter === error.sentAt + 180)
    assert.equal((await sandbox.orders()).length, placed, fault)
    // The place to look at is the caller's.
    assert.match(error.stack, /clients\.test\.js/)
  }
})

test('nothing is sent where nobody listens, or for an order that breaks rules', async () => {
  const spiff = new Spiff({ ...sandbox.keys, baseUrl: 'http://127.0.0.1:1' })
  await assert.rejects(spiff.placeOrder(await sandbox.order()), error => {
    assert.ok(error instanceof NotPlacedError)
    return error.kind === 'connect' && error.retryable && error.outcome === 'not_placed'
  })
  await assert.rejects(spiff.placeOrder({ externalId: '', orderItems: [] }), error => {
    assert.ok(error instanceof InvalidOrderError && error instanceof NotPlacedError)
    assert.deepEqual(error.problems.map(({ path }) => path).sort(), ['externalId', 'orderItems', 'paid'])
    return true
  })
})

test('what JSON cannot say is refused with every path', async () => {
  const spiff = new Spiff(sandbox.keys)
  const circle = { deeper: {} }
  circle.deeper.again = circle
  const order = {
    externalId: 12n,
    paid: undefined,
    orderItems: [{ amountToOrder: NaN, transactionId: () => 1 }, { amountToOrder: Infinity, transactionId: Symbol('x') }],
    externalData: { map: new Map(), bytes: Buffer.from('x'), list: [1, undefined] },
    extra: { ok: new Date(0), boxed: Object('text') }
  }
  const due = ['externalId', 'paid', 'orderItems[0].amountToOrder', 'orderItems[0].transactionId', 'orderItems[1].amountToOrder', 'orderItems[1].transactionId', 'externalData.map', 'externalData.bytes', 'externalData.list[1]']
  for (const work of [() => spiff.prepareOrder(order), () => spiff.placeOrder(order)]) {
    await assert.rejects(async () => work(), error => {
      assert.ok(error instanceof InvalidOrderError)
      assert.deepEqual(error.problems.map(({ path }) => path), due)
      assert.equal(error.outcome, 'not_placed')
      return /^The order has 9 problems: externalId: a BigInt/.test(error.message)
    })
  }
  await assert.rejects(spiff.graphql('{ a }', circle), /variables\.deeper\.again: it refers to itself/)
  // As an object of a database or a request does: each refers to all. It must not be walked along every way.
  const tangle = Array.from({ length: 12 }, () => ({}))
  for (const one of tangle) tangle.forEach((other, at) => { one[`to${at}`] = other })
  await assert.rejects(spiff.graphql('{ a }', { tangle }), error => error.problems.length === 100)
  let deep = {}
  for (let level = 0; level < 64; level++) deep = { deep }
  await assert.rejects(spiff.graphql('{ a }', deep), /deeper than 64 levels/)
  await assert.rejects(spiff.graphql('{ a }', { x: 1n }), { kind: 'invalid_argument', outcome: 'not_placed' })
  await assert.rejects(spiff.orders([1n]), { kind: 'invalid_argument', outcome: null })
  await assert.rejects(spiff.graphql('{ a }', { list: [{ 'half \ud83d': 1 }] }), error => error.problems.length === 1 && error.problems[0].path === 'variables.list[0]' && /"half \\ud83d" has half of a surrogate pair/.test(error.message))
  await assert.rejects(spiff.graphql('{ a }', { 'half \ud83d': NaN }), error => error.problems.map(({ path }) => path).join() === 'variables,variables.half \ufffd')
  await assert.rejects(spiff.settle({ externalId: NaN }, { sentAt: 1 }), error => error.kind === 'invalid_argument' && error.outcome === null && error.problems[0].path === 'order.externalId')
  // What JSON.stringify would write as {} without a word; and a {} of another realm, which is one.
  const formless = { promise: Promise.resolve(1), pattern: /x/, error: new Error('x'), hidden: new class Hidden { #it = 1 }(), half: '\ud83d' }
  await assert.rejects(spiff.placeOrder({ ...await sandbox.order(), extra: formless }), error => error instanceof InvalidOrderError &&
    error.problems.map(({ path }) => path).join() === Object.keys(formless).map(name => `extra.${name}`).join())
  assert.ok(spiff.prepareOrder({ ...await sandbox.order(), extra: vm.runInNewContext('({ empty: {}, date: new Date(0) })') }))
  // What JSON.stringify would write as null, or in part: dates that are none, also other libraries', and what keeps its content elsewhere.
  const twice = { toJSON: () => new Date(0) }
  const odd = {
    date: new Date('31/12/2026'),
    moment: { toJSON: () => null },
    twice,
    map: Object.assign(new Map([[1, 2]]), { own: 1 }),
    set: new Set([1]),
    error: Object.assign(new Error('x'), { code: 'E' }),
    number: Object(NaN),
    big: Object(1n),
    symbol: Object(Symbol('x')),
    named: { a: 1, [Symbol('b')]: 2 },
    list: Object.assign([1], { more: 2 }),
    holes: new Array(2),
    bytes: Object.assign(new Uint8Array(2), { own: 1 }),
    buffer: new ArrayBuffer(2),
    args: (function () { return arguments })(1)
  }
  const paths = Object.keys(odd).flatMap(name => name === 'holes' ? ['extra.holes[0]', 'extra.holes[1]'] : [`extra.${name}`])
  await assert.rejects(spiff.placeOrder({ ...await sandbox.order(), extra: odd }), error => {
    assert.deepEqual(error.problems.map(({ path }) => path), paths)
    return /extra\.date: this Date is none/.test(error.message)
  })
  await assert.rejects(spiff.placeOrder({ ...await sandbox.order(), externalId: new Date(NaN) }), /externalId: this Date is none/)
  // Nor does it take long where a list is long, and nothing but holes.
  const begun = Date.now()
  await assert.rejects(spiff.placeOrder({ extra: new Array(4e9) }), error => error.problems.length === 100)
  assert.ok(Date.now() - begun < 1000)
  assert.match(String(spiff.prepareOrder({ ...await sandbox.order(), extra: { text: Object('boxed'), date: new Date(0), url: new URL('https://a.example') } }).body), /boxed.*1970-01-01T00:00:00\.000Z.*https:\/\/a\.example/)
  // What the caller's own objects throw stops the order, and says so.
  const thrown = new Error('mine')
  const throwing = { ...await sandbox.order(), get paid () { throw thrown } }
  await assert.rejects(spiff.placeOrder(throwing), error => error instanceof InvalidOrderError && error.cause === thrown)
  // 2.0 is 2 in JavaScript; 2.5 is refused by the core.
  assert.match(String(spiff.prepareOrder({ ...await sandbox.order(), orderItems: [{ amountToOrder: 2.0, transactionId: 't' }] }).body), /"amountToOrder":2,/)
  assert.throws(() => spiff.prepareOrder({ externalId: '1', paid: true, orderItems: [{ amountToOrder: 2.5, transactionId: 't' }] }), InvalidOrderError)
})

test('reads are aligned with the ids', async () => {
  const spiff = new Spiff(sandbox.keys)
  const order = await sandbox.order()
  const [{ transactionId }] = order.orderItems
  const nobody = '00000000-0000-4000-8000-00000000ffff'
  const [there, absent] = await spiff.transactions([transactionId, nobody])
  assert.deepEqual([there.id, absent], [transactionId, null])
  const { id } = await spiff.placeOrder(order)
  const [placed] = await spiff.orders([id])
  assert.equal(placed.externalId, '1001')
  await assert.rejects(spiff.orders([nobody]), { kind: 'missing_data', outcome: null })
  const data = await spiff.graphql('query Q($ids: [String!]!) { orders(ids: $ids) { id } }', { ids: [id] }, { operationName: 'Q' })
  assert.deepEqual(data, { orders: [{ id }] })
  assert.ok(spiff.operations().some(({ name, effect }) => name === 'place_order' && effect === 'order'))
  assert.equal((await spiff.run('orders', { ids: [id] }))[0].id, id)
  await assert.rejects(spiff.run('order', {}), /Did you mean "orders"\?/)
})

test('check tells whether credentials are right', async () => {
  const { integration, skew, attempt } = await new Spiff(sandbox.keys).check()
  assert.ok(integration && Math.abs(skew) < 5 && attempt.status === 200 && 'bytesReceived' in attempt)
  await assert.rejects(new Spiff({ ...sandbox.keys, secretKey: 'wrong' }).check(), { kind: 'authentication' })
  const signs = await new SignCustomiser(sandbox.token).check()
  assert.equal(typeof signs.subscriptions, 'number')
})

test('doubt is settled by reading back', async () => {
  const spiff = new Spiff({ ...sandbox.keys, settleDelay: 0 })
  const order = await sandbox.order()
  await sandbox.faults({ fault: 'accept_then_500', target: 'order' })
  const doubt = await spiff.placeOrder(order).catch(error => error)
  const found = await spiff.settle(order, { sentAt: doubt.sentAt })
  assert.ok(found instanceof Settlement)
  assert.deepEqual([found.verdict, `${found}`, found.againAt], ['placed', 'placed', null])
  assert.equal((await sandbox.orders()).length, 1)

  const other = await sandbox.order('1002')
  const first = await spiff.settle(other, { sentAt: Math.floor(Date.now() / 1000) - 600 })
  assert.equal(first.verdict, 'unclear')
  assert.ok(first.firstAbsentAt && first.againAt && first.reason.length > 10)
  const second = await spiff.settle(other, { sentAt: new Date(Date.now() - 600000), firstAbsentAt: first.firstAbsentAt - 100 })
  assert.equal(second.verdict, 'absent')

  await assert.rejects(spiff.settle(other), /sentAt is missing/)
  for (const [sentAt, message] of [[Date.now(), /sent_at: \d+ lies beyond the year 9998, as milliseconds do/], [-1, /sent_at: -1 lies before this library existed/], [0, /sent_at: 0 lies/], [new Date(Date.now() + 90_000_000), /more than 24 hours ahead/], [1e300, /sent_at/], [1.5, /sentAt is 1\.5: whole seconds since 1970 are due, or a Date/], [NaN, /sentAt is NaN/], [Infinity, /sentAt is inf/], [new Date(NaN), /sentAt is NaN/], ['5', /sentAt is a string: a number is due/]]) {
    await assert.rejects(spiff.settle(other, { sentAt }), message)
  }
  await assert.rejects(spiff.settle(other, { sentAt: doubt.sentAt, firstAbsentAt: 0 }), error => error.kind === 'invalid_argument' && error.problems[0].path === 'first_absent_at')
  await assert.rejects(new SignCustomiser(sandbox.token).settle(SIGN_ORDER), { kind: 'unsupported' })
})

test('a prepared call goes through fetch as it is', async () => {
  const spiff = new Spiff(sandbox.keys)
  const call = spiff.prepareOrder(await sandbox.order())
  assert.ok(call instanceof PreparedCall && Buffer.isBuffer(call.body))
  assert.deepEqual([call.method, call.redirect], ['POST', 'manual'])
  const placed = await call.readResponse(await fetch(call.url, call))
  assert.deepEqual([placed.externalId, placed.attempt], ['1001', null])
  // A copy with a time limit is as good, and nothing serialises again on the way.
  const other = spiff.prepareOrder(await sandbox.order('1002'))
  const response = await fetch(other.url, { ...other, signal: AbortSignal.timeout(5000) })
  assert.equal((await other.readResponse(response)).externalId, '1002')
  const arrived = (await sandbox.requests()).filter(({ target }) => target === 'order')
  assert.deepEqual(arrived.map(({ body }) => body), [String(call.body), String(other.body)])
  // A call without a body.
  const check = new SignCustomiser(sandbox.token).prepare('webhooks_list')
  assert.equal(check.body, null)
  assert.ok(Array.isArray(await check.readResponse(await fetch(check.url, check))))
})

test('a prepared call tells what a missing reply means', async () => {
  const spiff = new Spiff(sandbox.keys)
  const call = spiff.prepareOrder(await sandbox.order(), { now: 1735689599 })
  assert.throws(() => call.failed(), error => error instanceof OutcomeUnknownError && error.kind === 'interrupted' && error.sentAt === 1735689599)
  const cause = new Error('ENOTFOUND')
  assert.throws(() => call.failed({ notSent: true, cause }), error => error instanceof NotPlacedError && error.kind === 'connect' && error.retryable && error.cause === cause)
  // A mistake in what is handed over makes nothing certain.
  const refused = Object.assign(new Error('reset'), { code: 'ECONNRESET' })
  for (const mistaken of [refused, 'reset', { notSnet: true }, { notSent: 'no' }]) assert.throws(() => call.failed(mistaken), OutcomeUnknownError)
  // The body of the reply breaks off.
  const server = await serve((request, response) => { response.writeHead(200, { 'content-length': 100 }); response.write('{"data"'); setTimeout(() => response.destroy(), 20) })
  await assert.rejects(call.readResponse(await fetch(server.url)), error => error instanceof OutcomeUnknownError && error.cause !== undefined)
  await server.close()
  // Whoever reads a reply has sent the call: also an unusable argument leaves the order in doubt.
  for (const response of [undefined, null, 200, {}]) await assert.rejects(call.readResponse(response), error => error instanceof OutcomeUnknownError && error.cause instanceof TypeError)
  for (const [status, headers, body] of [[new Response('{}')], [undefined, {}, ''], [200, 'nonsense', ''], [200, {}, 7], [200, { x: {} }, '{}'], ['200', {}, '{}'], [9999, {}, '{}']]) {
    assert.throws(() => call.read(status, headers, body), error => error instanceof OutcomeUnknownError && error.sentAt === 1735689599, `${status}`)
  }
})

test('webhook subscriptions and any request', async () => {
  const signs = new SignCustomiser(sandbox.token)
  const made = await signs.webhooks.create({ topic: 'order:created', url: 'http://127.0.0.1:9/hook', meta: { a: 1 } })
  const id = made.webhook_id
  assert.equal((await signs.webhooks.list()).length, 1)
  assert.equal((await signs.webhooks.get(id)).url, 'http://127.0.0.1:9/hook')
  const changed = await signs.webhooks.update(id, { topic: 'form:submitted', url: 'http://127.0.0.1:9/other' })
  assert.equal(changed.topic, 'form:submitted')
  assert.ok(await signs.request('GET', '/api/v2/webhooks'))
  assert.equal(await signs.webhooks.delete(id), undefined)
  await assert.rejects(signs.webhooks.get(id), { kind: 'refused', status: 404 })
  await assert.rejects(signs.webhooks.create({ topic: 'order:maded', url: 'http://127.0.0.1:9' }), { kind: 'invalid_argument', status: null })
})

test('attempts are told to diagnostics_channel', async () => {
  const told = []
  const listener = message => told.push(message)
  diagnostics.subscribe('countersign:attempt', listener)
  const spiff = new Spiff({ ...sandbox.keys, readRetries: 1 })
  await sandbox.faults({ fault: '500', target: 'read' }, { fault: '500', target: 'order' })
  await spiff.check()
  await spiff.placeOrder(await sandbox.order()).catch(() => {})
  diagnostics.unsubscribe('countersign:attempt', listener)
  assert.deepEqual(told.map(({ operation, attempt, outcome }) => [operation, attempt.number, attempt.status, outcome]),
    [['check', 1, 500, undefined], ['check', 2, 200, undefined], ['place_order', 1, 500, 'unknown']])
  assert.equal(told[2].kind, 'server_error')
  assert.equal(told[2].platform, 'spiff')
  assert.ok(told[2].attempt.url.endsWith('/graphql') && !('body' in told[2].attempt))
})

test('a span can be opened around a call', async () => {
  const spans = []
  const store = new AsyncLocalStorage()
  const told = message => spans.push(['attempt', message.attempt.number, store.getStore()])
  const trace = diagnostics.tracingChannel('countersign:call')
  const subscribers = Object.fromEntries(['start', 'end', 'asyncStart', 'asyncEnd', 'error'].map(name => [name, call => spans.push([name, call.operation, call.error?.kind])]))
  trace.subscribe(subscribers)
  diagnostics.subscribe('countersign:attempt', told)
  const spiff = new Spiff({ ...sandbox.keys, readRetries: 1 })
  const calls = []
  const remember = call => calls.push(call)
  trace.start.subscribe(remember)
  try {
    await sandbox.faults({ fault: '500', target: 'read' }, { fault: '500', target: 'order' })
    await store.run('of the check', () => spiff.check())
    const order = await sandbox.order()
    const error = await store.run('of the order', () => spiff.placeOrder(order).catch(error => error))
    assert.match(error.stack, /clients\.test\.js/)
    await spiff.placeOrder({ externalId: 1n }).catch(() => {})
    await spiff.check({ signal: AbortSignal.abort() }).catch(() => {})
  } finally {
    trace.unsubscribe(subscribers)
    trace.start.unsubscribe(remember)
    diagnostics.unsubscribe('countersign:attempt', told)
  }
  // Attempts belong to the call, and are told while its span is open, where the caller's context is found.
  assert.deepEqual(spans, [
    ['start', 'check', undefined], ['end', 'check', undefined], ['attempt', 1, 'of the check'], ['attempt', 2, 'of the check'], ['asyncStart', 'check', undefined], ['asyncEnd', 'check', undefined],
    ['start', 'place_order', undefined], ['end', 'place_order', undefined], ['attempt', 1, 'of the order'], ['error', 'place_order', 'server_error'], ['asyncStart', 'place_order', 'server_error'], ['asyncEnd', 'place_order', 'server_error'],
    ['start', 'place_order', undefined], ['end', 'place_order', undefined], ['error', 'place_order', 'invalid_order'], ['asyncStart', 'place_order', 'invalid_order'], ['asyncEnd', 'place_order', 'invalid_order'],
    ['start', 'check', undefined], ['end', 'check', undefined], ['error', 'check', 'aborted'], ['asyncStart', 'check', 'aborted'], ['asyncEnd', 'check', 'aborted']
  ])
  assert.deepEqual(calls.map(({ platform, attempts, result }) => [platform, attempts.length, result]), [['spiff', 2, undefined], ['spiff', 1, undefined], ['spiff', 0, undefined], ['spiff', 0, undefined]])
  assert.deepEqual(calls[1].error.attempts, calls[1].attempts)
  assert.deepEqual(calls[1].error.attempt, calls[1].attempts[0])
})

test('attempts are told in the context of their own call', async () => {
  const store = new AsyncLocalStorage()
  const spans = []
  const told = ({ attempt, operation }) => spans.push([operation, attempt.status, store.getStore()])
  diagnostics.subscribe('countersign:attempt', told)
  try {
    const spiff = new Spiff(sandbox.keys)
    await store.run('first', () => spiff.check())
    await Promise.all(Array.from({ length: 6 }, (_, at) => store.run(at, () => spiff.check())))
    assert.deepEqual(spans.map(([, , where]) => where).sort(), [0, 1, 2, 3, 4, 5, 'first'])
    // Also where nobody waits any more: ended from elsewhere, told when the platform has answered.
    await sandbox.faults({ fault: 'hang', ms: 400, target: 'order' })
    const order = await sandbox.order()
    const controller = new AbortController()
    const call = store.run('of the order', () => spiff.placeOrder(order, { signal: controller.signal }))
    await sleep(150)
    store.run('of the abort', () => controller.abort())
    await assert.rejects(call, { kind: 'aborted', outcome: 'unknown' })
    while (spans.length < 8) await sleep(50)
    assert.deepEqual(spans[7].filter((_, at) => at !== 1), ['place_order', 'of the order'])
  } finally {
    diagnostics.unsubscribe('countersign:attempt', told)
  }
})

test('options: by name, by the environment, by file, in milliseconds', async () => {
  const refused = [
    [{ regoin: 'us' }, /There is no option "regoin". Did you mean "region"\?/],
    [{ accessKey: 'k', secretKey: 's', region: 'eu' }, /region is "eu"/],
    [{ accessKey: 'k', secretKey: 's' }, /region|base_url/],
    [{ accessKey: 'k', secretKey: 's', region: {} }, /region is not usable/],
    [{ ...sandbox.keys, timeout: 5000 }, /^timeout is said in milliseconds here: give timeoutMs\.$/],
    [{ ...sandbox.keys, connectTimeout: 5 }, /give connectTimeoutMs/],
    [{ ...sandbox.keys, timeoutMs: '5' }, /timeoutMs is a string: a number is due/],
    [{ ...sandbox.keys, timeoutMs: 0 }, /timeoutMs is 0: milliseconds are due, at least 1 and at most 86400000\./],
    [{ ...sandbox.keys, apiToken: 't' }, /belongs to the other platform/],
    [null, /options are missing/],
    [undefined, /options are missing/]
  ]
  for (const [options, message] of refused) assert.throws(() => new Spiff(options), error => error instanceof CountersignError && message.test(error.message))
  new Spiff({ ...sandbox.keys, timeoutMs: 1500, connectTimeoutMs: 500, allowHttp: ['a.test', 'b.test'], skewCorrection: false, partnerId: undefined, appInfo: null }).close()

  const folder = mkdtempSync(join(tmpdir(), 'countersign-'))
  const saved = { ...process.env }
  try {
    writeFileSync(join(folder, 'secret'), `${sandbox.ready.spiff.secret_key}\n`)
    Object.assign(process.env, { COUNTERSIGN_SPIFF_ACCESS_KEY: sandbox.ready.spiff.access_key, COUNTERSIGN_SPIFF_SECRET_KEY_FILE: join(folder, 'secret'), COUNTERSIGN_SPIFF_BASE_URL: sandbox.spiffUrl })
    assert.ok((await Spiff.fromEnv({ timeoutMs: 5000 }).placeOrder(await sandbox.order())).id)
    process.env.COUNTERSIGN_SPIFF_SECRET_KEY = 'x'
    assert.throws(() => Spiff.fromEnv(), /are both set/)
    delete process.env.COUNTERSIGN_SPIFF_SECRET_KEY
    // The secret where a file's name is due; and a secret that is no text, which Node itself reads with U+FFFD in it.
    process.env.COUNTERSIGN_SPIFF_SECRET_KEY_FILE = 'MY-SECRET'
    assert.throws(() => Spiff.fromEnv(), error => error.kind === 'configuration' && !`${inspect(error)}${JSON.stringify(error)}`.includes('MY-SECRET'))
    delete process.env.COUNTERSIGN_SPIFF_SECRET_KEY_FILE
    const [program, module] = ["const { Spiff } = require(process.argv[1]); try { Spiff.fromEnv() } catch (error) { console.log(error.kind, error.message) }", require.resolve('..')]
    const bytes = spawnSync('sh', ['-c', 'COUNTERSIGN_SPIFF_SECRET_KEY=$(printf "a\\377b") exec "$0" -e "$1" "$2"', process.execPath, program, module], { encoding: 'utf8' })
    assert.equal(bytes.stdout, 'configuration COUNTERSIGN_SPIFF_SECRET_KEY is not UTF-8 text.\n')
    process.env.COUNTERSIGN_SIGN_CUSTOMISER_WEBHOOK_SECRET_FILE = 'MY-SECRET'
    assert.throws(() => Webhook.fromEnv(), error => error.kind === 'configuration' && !inspect(error).includes('MY-SECRET'))
    process.env.COUNTERSIGN_SPIFF_SECRET_KEY_FILE = join(folder, 'nothing')
    assert.throws(() => Spiff.fromEnv(), error => error.kind === 'configuration' && /COUNTERSIGN_SPIFF_SECRET_KEY_FILE names a file that cannot be read/.test(error.message) && !error.message.includes(folder))
  } finally {
    rmSync(folder, { recursive: true })
    for (const name of Object.keys(process.env)) if (!(name in saved)) delete process.env[name]
  }
})

test('a client for a partner shares what it can', async () => {
  const spiff = new Spiff(sandbox.keys)
  const other = spiff.actingFor({ partnerId: 'p1', transactionOwnerId: 't1' })
  assert.ok(other instanceof Spiff)
  assert.deepEqual([other.prepare('current_integration').headers.PartnerId, other.prepare('current_integration').headers.TransactionOwnerId], ['p1', 't1'])
  assert.equal(spiff.prepare('current_integration').headers.PartnerId, undefined)
  assert.throws(() => spiff.actingFor({ partnerId: 'p\r\nX: y' }), { kind: 'invalid_argument' })
  spiff.close()
  assert.ok(await other.check())
})

test('a closed client says so', async () => {
  const spiff = new Spiff(sandbox.keys)
  const call = spiff.prepareOrder(await sandbox.order())
  const under = spiff.check()
  spiff[Symbol.dispose ?? Symbol.for('Symbol.dispose')]()
  spiff.close()
  assert.ok(await under, 'what was under way ends well')
  assert.ok(await call.readResponse(await fetch(call.url, call)), 'calls stay')
  await assert.rejects(spiff.check(), { message: /^The client is closed/, outcome: null })
  await assert.rejects(spiff.placeOrder({}), { message: /^The client is closed/, outcome: 'not_placed' })
  assert.throws(() => spiff.prepareOrder({}), /^NotPlacedError: The client is closed/)
  assert.throws(() => spiff.actingFor({ partnerId: 'p' }), /^CountersignError: The client is closed/)
  assert.ok(spiff.operations().length > 10)
})

test('the wrong this, the wrong object', () => {
  const signer = new Signer('key', 'secret')
  const { authorization } = signer
  assert.throws(() => authorization('GET', '/'), TypeError)
  assert.throws(() => Signer.prototype.authorization.call({}, 'GET', '/'), TypeError)
  assert.throws(() => new PreparedCall({}), /made by prepare\(\) and prepareOrder\(\) alone/)
  assert.throws(() => new WebhookEvent({}), /made by verify\(\) alone/)
  assert.throws(() => signer.verify('GET', '/', '', [], { others: [{}] }), { kind: 'invalid_argument' })
  const native = require('../lib/native.js')
  // What the native module has, called by hand with anything, on anything, answers or throws.
  const own = native.signer('k', 's', 'SOA', undefined, false)
  const works = Object.values(native).flatMap(one => [one, ...Object.getOwnPropertyNames(one.prototype ?? {}).map(name => one.prototype[name])])
  assert.ok(works.length > 30)
  for (const work of works) {
    for (const args of [[], [{}], [null, null, null], ['x', {}, []], [own, 1, 1, 1, 1, 1, 1], [[own, {}], '', '', '', '[]'], [() => {}, 1, '__panic', '', 1, true]]) {
      for (const self of [undefined, {}, own, Object.create(Object.getPrototypeOf(own)), Object.create(own), new Proxy(own, {})]) {
        try {
          Reflect.apply(work, self, args)
        } catch (error) {
          assert.ok(error instanceof Error)
        }
      }
      if (work.prototype?.constructor === work) try { Reflect.construct(work, args) } catch (error) { assert.ok(error instanceof Error) }
    }
  }
})

test('what nobody would read is refused, not passed over', async () => {
  const spiff = new Spiff(sandbox.keys)
  const order = await sandbox.order()
  const signer = new Signer('key', 'secret')
  for (const work of [() => spiff.placeOrder(order, { timeout: 5 }), () => spiff.placeOrder(order, 5), () => spiff.placeOrder(order, { signal: 'x' }), () => spiff.prepareOrder(order, { date: 1 }), () => spiff.graphql('{ a }', {}, { operation: 'Q' })]) {
    await assert.rejects(async () => work(), { kind: 'invalid_argument', outcome: 'not_placed', name: 'NotPlacedError' })
  }
  await assert.rejects(spiff.placeOrder(order, { timeout: 5 }), /The options of a call have no member "timeout": there are signal, timeoutMs\./)
  for (const work of [
    () => spiff.check({ timeout: 5 }),
    () => spiff.settle(order, 123),
    () => spiff.settle(order, { sent_at: 123 }),
    () => spiff.actingFor({ partner: 'p' }),
    () => new Signer('key', 'secret', 'VWS'),
    () => new Signer('key', 'secret', { diggest: 'md5' }),
    () => signer.authorization('POST', '/', '', 'text/plain'),
    () => signer.headers('POST', '/', '', 'text/plain'),
    () => signer.verify('POST', '/', '', [], 300)
  ]) await assert.rejects(async () => work(), { kind: 'invalid_argument', outcome: null })
  await assert.rejects(new SignCustomiser(sandbox.token).webhooks.create('order:created', 'http://a'), /The members of a subscription are no object: give \{ topic \}, \{ url \}, \{ meta \}/)
  assert.ok(await spiff.check({ signal: null, timeoutMs: undefined }) && await spiff.check(null))
  assert.equal((await sandbox.requests()).filter(({ target }) => target === 'order').length, 0)
})

test('bodies that are no bytes are refused', () => {
  const signer = new Signer('key', 'secret')
  const sign = body => signer.authorization('POST', '/', body)
  const gone = new Uint8Array(8)
  structuredClone(gone.buffer, { transfer: [gone.buffer] })
  for (const [body, message] of [
    [7, /body is a number: a string, Buffer or Uint8Array is due/],
    [null, /body is null/],
    [{}, /body is another object/],
    [new Float64Array(2), /body is another object/],
    [gone, /was transferred elsewhere/],
    [new Uint8Array(new SharedArrayBuffer(8)), /shared memory/],
    ['half \ud83d', /half of a surrogate pair at index 5/],
    [`${'x'.repeat(5000)}\ud83d`, /half of a surrogate pair at index 5000/]
  ]) assert.throws(() => sign(body), error => error.kind === 'invalid_argument' && message.test(error.message))
  assert.throws(() => signer.authorization('GET\n', '/'), { kind: 'invalid_argument' })
  assert.throws(() => signer.authorization('GET'), /path is missing/)
  assert.equal(sign(new Uint8Array(0)), sign(''))
  assert.equal(sign('\ufffd'), sign(Buffer.from('\ufffd')))
  assert.equal(sign(`${'\u00e9'.repeat(3000)}\ufffd`), sign(Buffer.from(`${'\u00e9'.repeat(3000)}\ufffd`)))
})

test('a panic in the native module leaves an order in doubt, and nothing else breaks', async () => {
  const spiff = new Spiff(sandbox.keys)
  const error = await spiff.run('__panic', {}).catch(error => error)
  assert.ok(error instanceof OutcomeUnknownError && error.kind === 'internal' && error.sentAt && error.settleAfter)
  assert.ok(await spiff.check())
})

test('threads and queue are numbers of a client', () => {
  for (const [options, message] of [[{ threads: 0 }, /^threads is 0: a whole number from 1 to 1024 is due\.$/], [{ threads: 2.5 }, /^threads is 2\.5: /], [{ queue: -1 }, /^queue is -1: a whole number from 0 to 1000000 is due\.$/], [{ queue: '5' }, /^queue is a string: a number is due\.$/], [{ thread: 2 }, /There is no option "thread"/]]) {
    assert.throws(() => new Spiff({ ...sandbox.keys, ...options }), error => error instanceof CountersignError && message.test(error.message))
  }
  new SignCustomiser({ ...sandbox.token, threads: 1024, queue: 0 }).close()
  new Spiff({ ...sandbox.keys, threads: undefined, queue: null }).close()
})

test('every option of the table is known here by its name in camel case, time limits in milliseconds', () => {
  const text = readFileSync(join(ROOT, 'docs/options.md'), 'utf8')
  const types = readFileSync(join(__dirname, '../options.d.ts'), 'utf8')
  for (const [, name] of text.split('# Environment')[0].matchAll(/^\| `([a-z_]+)` \|/gm)) {
    const spelling = name.replace(/_([a-z])/g, (_, letter) => letter.toUpperCase()).replace(/imeout$/, 'imeoutMs')
    assert.ok(new RegExp(`^ {2}${spelling}\\?: `, 'm').test(types), `options.d.ts lacks ${spelling}: run \`make generate\``)
  }
})
