// tests/vectors/facts.json: errors that a test makes for its own mock.
'use strict'

const test = require('node:test')
const assert = require('node:assert/strict')
const { CountersignError, NotPlacedError, OutcomeUnknownError } = require('..')
const { error } = require('../testing.js')
const { camel, vectors } = require('./support.js')

for (const { id, facts, error: due, refused } of vectors('facts.json')) {
  test(id, () => {
    const given = camel(facts)
    if (given.attempts) given.attempts = given.attempts.map(camel)
    const make = () => error(facts.kind, given)
    if (refused) {
      assert.throws(make, wrong => wrong.kind === 'invalid_argument' && assert.deepEqual(wrong.problems.map(one => one.path), refused) === undefined)
      return
    }
    const made = make()
    for (const [name, value] of Object.entries(camel(due))) {
      assert.deepEqual(name === 'problems' ? made.problems.map(one => one.path) : made[name], value, name)
    }
    assert.ok(made instanceof (due.outcome === 'unknown' ? OutcomeUnknownError : due.outcome === 'not_placed' ? NotPlacedError : CountersignError))
    // What a log has of it makes it again.
    const again = error(made.kind, { ...JSON.parse(JSON.stringify(made)), ...('effect' in facts ? { effect: facts.effect } : {}) })
    assert.deepEqual(again.toJSON(), made.toJSON())
  })
}

test('a shop is tested with a client that fails', async () => {
  // The shop.
  const checkout = async (spiff, order) => {
    try {
      return (await spiff.placeOrder(order)).id
    } catch (failure) {
      if (!(failure instanceof OutcomeUnknownError)) throw failure
      return (await spiff.settle(order, failure.sentAt)).verdict
    }
  }
  const spiff = { placeOrder: async () => { throw error('timeout', { sentAt: 7 }) }, settle: async (order, at) => ({ verdict: `asked of ${at}` }) }
  assert.equal(await checkout(spiff, {}), 'asked of 7')
  assert.equal(error('throttled', { status: 429, retryAfter: 3, body: 'slow' }).body, 'slow')
})
