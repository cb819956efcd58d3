// tests/vectors/events.json: what is said of a call that something struck, whatever struck it.
'use strict'

const test = require('node:test')
const assert = require('node:assert/strict')
const { Spiff } = require('..')
const { serve, vectors } = require('./support.js')

let silent
test.before(async () => { silent = await serve(() => {}) })
test.after(() => silent.close())

const wait = ms => new Promise(resolve => setTimeout(resolve, ms))

/** What strikes the call of a row: the error. */
const STRIKES = {
  panic: async ({ effect }, spiff) => spiff.run({ order: '__panic', change: '__panic_change', read: '__panic_read' }[effect], {}),
  reply_without_body: async ({ operation, input }, spiff) => spiff.prepare(operation, input).read(200, {}, undefined),
  aborted_waiting: async ({ operation, input }, spiff) => {
    const stalled = spiff.check({ timeoutMs: 400 }).catch(() => {})
    const controller = new AbortController()
    const call = spiff.run(operation, input, { signal: controller.signal })
    controller.abort()
    return call.finally(() => stalled)
  },
  expired_waiting: async ({ operation, input }, spiff) => {
    const stalled = spiff.check({ timeoutMs: 400 }).catch(() => {})
    return spiff.run(operation, input, { timeoutMs: 50 }).finally(() => stalled)
  },
  busy: async ({ operation, input }, spiff) => {
    const stalled = [spiff.check({ timeoutMs: 200 }), spiff.check({ timeoutMs: 200 })].map(call => call.catch(() => {}))
    return spiff.run(operation, input).finally(() => Promise.all(stalled))
  },
  aborted_under_way: async ({ operation, input }, spiff) => {
    const controller = new AbortController()
    const call = spiff.run(operation, input, { timeoutMs: 500, signal: controller.signal })
    await wait(100)
    controller.abort()
    return call
  },
  closed_client: async ({ operation, input }, spiff) => {
    spiff.close()
    return spiff.run(operation, input)
  },
  bad_input: async ({ operation, input }, spiff) => spiff.run(operation, input),
  unserialisable: async ({ operation, input, error }, spiff) => {
    const broken = structuredClone(input)
    for (const { path = '', ...rest } of error.problems.map(path => typeof path === 'string' ? { path } : path)) {
      assert.deepEqual(rest, {})
      const steps = path.split(/[.[\]]+/).filter(step => step !== '')
      const last = steps.pop()
      steps.reduce((at, step) => at[step], broken)[last] = NaN
    }
    return spiff.run(operation, broken)
  },
  // Python's own: a KeyboardInterrupt when the answer is there already.
  interrupted_after_success: null
}

for (const row of vectors('events.json').filter(row => STRIKES[row.event] !== null)) {
  test(`event ${row.id}`, async () => {
    const strike = STRIKES[row.event]
    const spiff = new Spiff({ applicationKey: 'k', baseUrl: silent.url, threads: 1, queue: 1, readRetries: 0 })
    const before = Math.floor(Date.now() / 1000)
    const error = await strike(row, spiff).then(value => assert.fail(`${value}`), error => error)
    const due = row.error
    assert.deepEqual([error.kind, error.outcome, error.retryable, error.nextStep], [due.kind, due.outcome, due.retryable, due.next_step])
    assert.deepEqual(error.problems.map(({ path }) => path).sort(), [...due.problems].sort())
    assert.equal(error.sentAt !== null, due.sent_at !== null)
    if (error.sentAt !== null) assert.ok(error.sentAt >= before && error.sentAt <= Date.now() / 1000)
    assert.equal(error.settleAfter, due.settle_after === null ? null : error.sentAt + due.settle_after)
  })
}
