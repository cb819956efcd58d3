// Every row of every file of tests/vectors, through the public classes.
'use strict'

const test = require('node:test')
const assert = require('node:assert/strict')
const { createHmac } = require('node:crypto')
const countersign = require('..')
const { errorOf } = require('../lib/errors.js')
const { bytes, camel, vectors } = require('./support.js')

const { CountersignError, InvalidOrderError, NotPlacedError, OutcomeUnknownError, SignCustomiser, Signer, Spiff, VerificationFailedError, Webhook } = countersign

/** The error that `work` throws. */
function thrown (work, kind) {
  try {
    work()
  } catch (error) {
    assert.ok(error instanceof CountersignError, `not an error of ours: ${error.stack}`)
    assert.equal(error.kind, kind, error.message)
    assert.equal(error.code, kind)
    return error
  }
  assert.fail(`nothing was thrown, but ${kind} is due`)
}

for (const row of vectors('sign.json')) {
  test(`sign ${row.id}`, () => {
    const make = () => new Signer(row.key_id, bytes(row, 'secret'), { scheme: row.scheme, digest: row.digest, exactSecret: row.exact_secret })
    const body = bytes(row, 'body')
    const parts = [row.method, row.path, body, { contentType: row.content_type, date: row.date }]
    if (row.error) {
      const error = thrown(() => make().authorization(...parts), row.error)
      return assert.equal(error.outcome, null)
    }
    const signer = make()
    assert.equal(signer.authorization(...parts), row.authorization)
    assert.equal(signer.stringToSign(...parts), row.string_to_sign)
    const headers = signer.headers(...parts)
    assert.equal(headers.Authorization, row.authorization)
    assert.equal(headers.Date, row.date)
    assert.equal(headers['Content-Type'] ?? '', row.content_type ?? 'application/json')
    assert.equal(signer.verify(row.method, row.path, body, headers, { window: null }), 0)
    // The same bytes in every form that a body may have.
    const whole = Buffer.from(body)
    const within = Buffer.concat([Buffer.from('before'), whole, Buffer.from('after')])
    for (const form of [whole, new Uint8Array(whole), within.subarray(6, 6 + whole.length)]) {
      assert.equal(signer.authorization(row.method, row.path, form, parts[3]), row.authorization)
    }
  })
}

for (const row of vectors('webhook.json')) {
  test(`webhook ${row.id}`, () => {
    const content = { A: 'timestamp.body', B: 'body', C: 'timestamp+body', D: 'body+timestamp', E: 'body.timestamp' }[row.scheme]
    const webhook = new Webhook(row.active_secrets ?? row.secret, { content, encoding: row.encoding, tolerance: row.tolerance })
    const given = [['X-Webhook-Timestamp', row.timestamp], ['x-webhook-signature', row.signature]].filter(([, value]) => value !== undefined)
    const pairs = [['Content-Type', 'application/json'], ...given]
    const forms = [Object.fromEntries(pairs), Object.fromEntries(pairs.map(([name, value]) => [name, [value]])), pairs, new Map(pairs), pairs.flat()]
    // White space around a value is not part of it (RFC 9110, 5.5): Headers removes it, and so does Node's server.
    if (pairs.every(([, value]) => value.trim() === value && /^[\x20-\x7e]*$/.test(value))) forms.push(new Headers(pairs))
    for (const form of forms) {
      const verify = () => webhook.verify(form, bytes(row, 'body'), { now: row.now })
      if (row.result !== 'ok') {
        const error = thrown(verify, row.result)
        assert.equal(error instanceof VerificationFailedError, row.result !== 'invalid_json')
        assert.deepEqual([error.outcome, error.retryable], [null, false])
        continue
      }
      const event = verify()
      assert.equal(event.timestamp, Number(row.timestamp))
      assert.equal(event.secretIndex, row.secret_index ?? 0)
      if (row.topic) assert.deepEqual([event.topic, event.dedupKey], [row.topic, row.dedup_key])
    }
    assert.deepEqual(Object.keys(webhook.explain(pairs, bytes(row, 'body'))), ['content', 'encoding', 'configured', 'advice'])
    const first = (row.active_secrets ?? [row.secret])[0] === row.secret
    // The platform writes no zeros in front.
    if (row.result === 'ok' && first && String(Number(row.timestamp)) === row.timestamp) {
      const signature = row.encoding === 'hex' ? row.signature.toLowerCase() : row.signature
      assert.deepEqual(webhook.sign(bytes(row, 'body'), { timestamp: Number(row.timestamp) }), { 'X-Webhook-Timestamp': row.timestamp, 'X-Webhook-Signature': signature.trim() })
    }
  })
}

for (const row of vectors('explain.json')) {
  test(`explain ${row.id}`, () => {
    const signer = new Signer(row.key_id, bytes(row, 'secret'), { scheme: row.scheme, digest: row.digest, exactSecret: row.exact_secret })
    const { matches, ours, presented, advice } = signer.explain(row.method, row.path, bytes(row, 'body'), row.headers)
    assert.deepEqual({ matches, ours, presented }, { matches: row.matches, ours: row.ours, presented: row.presented })
    assert.ok(advice.length > 30)
  })
}

for (const row of vectors('order.json')) {
  test(`order ${row.id}`, () => {
    const client = () => row.platform === 'spiff' ? new Spiff(camel(row.options)) : new SignCustomiser(camel(row.options))
    const prepare = order => client().prepareOrder(order, { now: row.now })
    if (row.error) {
      const error = thrown(() => prepare(row.order), row.error)
      assert.ok(error instanceof NotPlacedError)
      assert.equal(error instanceof InvalidOrderError, row.error === 'invalid_order')
      assert.deepEqual([error.outcome, error.retryable], ['not_placed', false])
      const sorted = list => list.map(String).sort()
      assert.deepEqual(sorted(error.problems.map(({ path, code }) => [path, code])), sorted(row.problems))
      return
    }
    const call = prepare(row.order)
    assert.deepEqual([call.method, call.url, String(call.body)], [row.expect.method, row.expect.url, row.expect.body])
    const headers = new Headers(call.headers)
    for (const [name, value] of Object.entries(row.expect.headers)) assert.equal(headers.get(name), value, name)
    if (row.expect.authorization) assert.equal(call.headers.Authorization, row.expect.authorization)
    assert.equal(call.signedAt, row.now)
    // The same order as an object gives the same bytes, where JavaScript's numbers and keys can say it.
    const parsed = JSON.parse(row.order)
    if (JSON.stringify(parsed) === row.order.replace(/\s+(?=(?:[^"]*"[^"]*")*[^"]*$)/g, '')) {
      assert.equal(String(prepare(parsed).body), row.expect.body)
    }
  })
}

/** The prepared call that a row of reply.json replies to. */
function callOf (row) {
  const now = 1735689599
  const options = camel(row.options ?? {})
  const spiff = (name, input, ordersApi = 'graphql') => new Spiff({ ...options, accessKey: 'a', secretKey: 'b', region: 'us', ordersApi }).prepare(name, input, { now })
  const signs = (name, input) => new SignCustomiser({ ...options, apiToken: 't' }).prepare(name, input, { now })
  const order = { externalId: '1001', paid: true, orderItems: [{ amountToOrder: 1, transactionId: 'a' }] }
  switch (row.call) {
    case 'graphql_order': return spiff('place_order', order)
    case 'rest_order': return spiff('place_order', order, 'rest')
    case 'targets_order': return spiff('place_order', order, 'targets')
    case 'transactions': return spiff('transactions', { ids: ['a', 'b'] })
    case 'current_integration': return spiff('current_integration')
    case 'graphql_query': return spiff('graphql', { query: '{ a }' })
    case 'graphql_mutation': return spiff('graphql', { query: 'mutation { a }' })
    case 'sign_customiser_order': return signs('place_order', { integration_id: 1, external_id: '1001', external_order_number: '1', currency: 'USD', products: [{ external_id: 'p', quantity: 1, price: 1 }] })
    case 'webhooks_get': case 'webhooks_delete': return signs(row.call, { id: 1 })
    case 'webhooks_create': return signs('webhooks_create', { topic: 'order:created', url: 'https://a.example' })
    default: return signs(row.call)
  }
}

for (const row of vectors('reply.json')) {
  test(`reply ${row.id}`, async () => {
    const { expect } = row
    const read = body => callOf(row).read(row.status, row.headers, body)
    // A fetch Response cannot be made with every status and body; where it can, it is read to the same.
    const responds = row.status >= 200 && row.status < 600 && ![204, 205, 304].includes(row.status)
    if ('value' in expect) {
      const values = [read(row.body), read(Buffer.from(row.body))]
      if (responds) values.push(await callOf(row).readResponse(new Response(row.body, { status: row.status, headers: row.headers })))
      for (const value of values) {
        if (expect.value !== null && typeof expect.value === 'object' && !Array.isArray(expect.value)) {
          for (const [name, field] of Object.entries(expect.value)) assert.deepEqual(value[name], field, name)
        } else {
          assert.deepEqual(value, expect.value)
        }
      }
      return
    }
    const error = thrown(() => read(row.body), expect.error)
    if (responds) await assert.rejects(callOf(row).readResponse(new Response(row.body, { status: row.status, headers: row.headers })), { kind: expect.error })
    const unknown = error.outcome === 'unknown'
    assert.deepEqual([error.outcome, error.retryable], [expect.outcome ?? null, expect.retryable ?? false])
    assert.deepEqual([error.status, error.body], [row.status, row.body])
    assert.equal(error instanceof OutcomeUnknownError, unknown)
    assert.equal(error instanceof NotPlacedError, error.outcome === 'not_placed')
    assert.deepEqual([error.sentAt, error.settleAfter], unknown ? [1735689599, 1735689599 + 180] : [null, null])
    if ('retry_after' in expect) assert.equal(error.retryAfter, expect.retry_after)
    if ('request_id' in expect) assert.equal(error.requestId, expect.request_id)
    if ('problems' in expect) assert.deepEqual(error.problems.map(({ path, code }) => [path, code]), expect.problems)
  })
}

for (const row of vectors('error-kinds.json')) {
  test(`kind ${row.name}`, () => {
    for (const outcome of [null, 'not_placed', 'unknown']) {
      const error = errorOf({ kind: row.name, number: row.number, band: row.band, message: 'm', next_step: row.next_step, outcome })
      assert.deepEqual([error.kind, error.code, error.number, error.outcome, error.nextStep], [row.name, row.name, row.number, outcome, row.next_step])
      const due = outcome === 'unknown'
        ? OutcomeUnknownError
        : row.name === 'invalid_order'
          ? InvalidOrderError
          : outcome === 'not_placed' ? NotPlacedError : row.band === 'signature' ? VerificationFailedError : CountersignError
      assert.equal(error.constructor, due)
      assert.equal(error.name, due.name)
    }
  })
}

for (const row of vectors('rfc2202.json')) {
  test(`rfc2202 ${row.id}`, () => {
    const peer = createHmac('sha1', Buffer.from(row.key_hex, 'hex')).update(Buffer.from(row.data_hex, 'hex')).digest('hex')
    assert.equal(peer, row.digest_hex, 'the peer of the random requests')
  })
}
