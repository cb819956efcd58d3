// Deliveries in every form in which Node's frameworks hand them over.
'use strict'

const test = require('node:test')
const assert = require('node:assert/strict')
const { createHmac } = require('node:crypto')
const { once } = require('node:events')
const { CountersignError, SignCustomiser, VerificationFailedError, Webhook, WebhookEvent, minorUnits } = require('..')
const { Sandbox, serve } = require('./support.js')

const NOW = 1704067200
const BODY = '{"product":{"product_id":17,"title":"Custom Neon","price":10000,"external_data":{}}}'
const signature = (secret, body = BODY, now = NOW) => createHmac('sha256', secret).update(`${now}.${body}`).digest('hex')
const headers = (secret = 'secret') => ({ 'X-Webhook-Timestamp': String(NOW), 'X-Webhook-Signature': signature(secret) })

test('every form of headers and body', async () => {
  const webhook = new Webhook('secret')
  const given = headers()
  const pairs = Object.entries(given)
  const lower = Object.fromEntries(pairs.map(([name, value]) => [name.toLowerCase(), value]))
  for (const form of [given, lower, Object.fromEntries(pairs.map(([name, value]) => [name, [value]])), { ...given, absent: undefined, length: 7 }, pairs, new Map(pairs), new Headers(given), pairs.flat(), Object.assign(Object.create(null), given)]) {
    for (const body of [BODY, Buffer.from(BODY), new TextEncoder().encode(BODY), new TextEncoder().encode(BODY).buffer]) {
      const event = webhook.verify(form, body, { now: NOW })
      assert.ok(event instanceof WebhookEvent)
      assert.deepEqual({ ...event }, { topic: 'product:created', data: JSON.parse(BODY).product, timestamp: NOW, dedupKey: 'product:17', secretIndex: 0 })
      assert.equal(event.answer('sku-1'), '{"external_id":"sku-1"}')
    }
  }
  assert.equal(webhook.verify(given, BODY, { now: new Date(NOW * 1000) }).topic, 'product:created')
  assert.throws(() => webhook.verify(given, BODY), { kind: 'too_old' })
  assert.throws(() => webhook.verify(given, BODY.replace('17', '18'), { now: NOW }), VerificationFailedError)
})

test('what cannot be verified says what to hand over', () => {
  const webhook = new Webhook('secret')
  const rows = [
    [undefined, BODY, /headers is not what it must be/],
    ['x: y', BODY, /headers is not what it must be/],
    [{ headers: headers() }, BODY, /hand over request\.headers, not the request/],
    [['a', 'b', 'c'], BODY, /odd length/],
    [[['a']], BODY, /not of pairs/],
    [[['a', true]], BODY, /is not text/],
    [headers(), JSON.parse(BODY), /parsed already/],
    [headers(), undefined, /rawBody is missing/],
    [headers(), null, /rawBody is null/]
  ]
  for (const [form, body, message] of rows) assert.throws(() => webhook.verify(form, body, { now: NOW }), error => error instanceof CountersignError && message.test(error.message))
  assert.throws(() => webhook.verify({}, BODY), { kind: 'malformed' })
  assert.throws(() => new Webhook([]), /no secret to verify with/)
  assert.throws(() => new Webhook(' secret'), /white space/)
  assert.throws(() => new Webhook(undefined), /webhook secret is missing/)
  assert.throws(() => new Webhook('s', { content: 'nonsense' }), /signed content/)
  assert.throws(() => new Webhook('s', { tolerance: 1.5 }), /tolerance is 1\.5/)
})

test('several secrets, a secret in bytes, another formula', () => {
  const rotating = new Webhook(['new', Buffer.from('secret')])
  assert.equal(rotating.verify(headers(), BODY, { now: NOW }).secretIndex, 1)
  const exact = new Webhook(' secret', { exactSecret: true })
  assert.equal(exact.verify(headers(' secret'), BODY, { now: NOW }).secretIndex, 0)
  const other = new Webhook('secret', { content: 'body', encoding: 'base64' })
  assert.deepEqual([other.explain(headers(), BODY).content, other.explain(headers(), BODY).configured], ['timestamp.body', false])
})

test('a web Request', async () => {
  const webhook = new Webhook('secret')
  const make = () => new Request('http://shop.test/hook', { method: 'POST', headers: headers(), body: BODY })
  assert.equal((await webhook.verifyRequest(make(), { now: NOW })).dedupKey, 'product:17')
  const read = make()
  await read.json()
  await assert.rejects(webhook.verifyRequest(read, { now: NOW }), /was read already: verify first/)
  await assert.rejects(webhook.verifyRequest({ headers: {} }), /not a web Request/)
  await assert.rejects(webhook.verifyRequest(make()), { kind: 'too_old' })
})

test('the secrets of the environment', () => {
  const saved = { ...process.env }
  Object.assign(process.env, { COUNTERSIGN_SIGN_CUSTOMISER_WEBHOOK_SECRET: 'secret', COUNTERSIGN_SIGN_CUSTOMISER_INTEGRATION_SECRET: 'other' })
  try {
    assert.equal(Webhook.fromEnv().verify(headers('secret'), BODY, { now: NOW }).secretIndex, 0)
    assert.equal(Webhook.fromEnv({ secret: 'integration' }).verify(headers('other'), BODY, { now: NOW }).secretIndex, 0)
    assert.throws(() => Webhook.fromEnv({ secret: 'both' }), /"webhook" or "integration"/)
    delete process.env.COUNTERSIGN_SIGN_CUSTOMISER_WEBHOOK_SECRET
    assert.throws(() => Webhook.fromEnv(), { kind: 'configuration' })
  } finally {
    for (const name of Object.keys(process.env)) if (!(name in saved)) delete process.env[name]
  }
})

test('deliveries of the sandbox, through Node\'s own server', async () => {
  const sandbox = await Sandbox.start()
  const webhook = new Webhook([sandbox.ready.sign_customiser.webhook_secret, sandbox.ready.sign_customiser.integration_secret])
  const events = []
  const server = await serve(async (request, response) => {
    const chunks = []
    request.on('data', chunk => chunks.push(chunk))
    await once(request, 'end')
    const body = Buffer.concat(chunks)
    // `headers` and `rawHeaders` say the same.
    const event = webhook.verify(request.headers, body)
    assert.deepEqual({ ...webhook.verify(request.rawHeaders, body) }, { ...event })
    events.push(event)
    response.setHeader('Content-Type', 'application/json')
    response.end(event.topic === 'product:created' ? event.answer(`shop-${event.data.product_id}`) : '{"ok":true}')
  })
  try {
    const made = await sandbox.productCreated(server.url)
    assert.ok(made.ok, JSON.stringify(made))
    assert.equal(made.external_id, `shop-${events[0].data.product_id}`)
    for (const topic of ['order:created', 'form:submitted']) {
      const told = await sandbox.deliver(topic, server.url)
      assert.ok(told.ok, JSON.stringify(told))
    }
    assert.deepEqual(events.map(({ topic }) => topic), ['product:created', 'order:created', 'form:submitted'])
    assert.throws(() => events[1].answer('x'), { kind: 'unsupported' })
    assert.throws(() => events[0].answer(''), { kind: 'invalid_argument' })
    assert.ok(new SignCustomiser(sandbox.token).webhooks)
  } finally {
    await server.close()
    await sandbox.close()
  }
})

test('prices in minor units', () => {
  assert.deepEqual([minorUnits('29.99', 'USD'), minorUnits('500', 'JPY'), minorUnits('1.234', 'KWD')], [2999, 500, 1234])
  for (const [amount, currency] of [[29.99, 'USD'], ['29.999', 'USD'], ['1e3', 'USD'], ['', 'USD'], ['1', 'usd'], ['90071992547409.93', 'USD']]) {
    assert.throws(() => minorUnits(amount, currency), { kind: 'invalid_argument' })
  }
})
