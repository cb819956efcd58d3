// Runs every row of the conformance script over several kinds of stores, each kind with sandboxes of its own.
'use strict'

const test = require('node:test')
const assert = require('node:assert/strict')
const { setTimeout: sleep } = require('node:timers/promises')
const { Sandbox, vectors } = require('../support.js')
const { Script } = require('./script.js')

const ROWS = vectors('outbox.json')

// Rows wait more than they work: those of a kind are done in so many lanes at the same time.
const LANES = 2

/**
 * `kinds` make by their names what makes a host for each row, and `ends` gets what is to be ended. What `lacks` says, a kind does not have. Of rows whose
 * times are short, not more than so many are done at the same time: a busy machine must keep them.
 */
function conform (kinds, ends, lacks = {}, most = 3) {
  let short = 0
  /** The rows that a kind can do, and what became of each. */
  const results = new Map(Object.keys(kinds).map(kind => {
    const rows = ROWS.filter(({ needs = [] }) => !needs.includes(lacks[kind]))
    return [kind, new Map(rows.map(row => {
      const done = { row }
      done.promise = new Promise((resolve, reject) => Object.assign(done, { resolve, reject }))
      done.promise.catch(() => {})
      return [row.id, done]
    }))]
  }))

  async function lane (kind, rows) {
    const sandbox = await Sandbox.start()
    ends.push(() => sandbox.close())
    const host = await kinds[kind]()
    for (const { row, resolve, reject } of rows) {
      const own = row.scale ? 1 : 0
      while (own && short === most) await sleep(20)
      short += own
      await Script.run(sandbox, row, await host()).then(resolve, reject)
      short -= own
    }
  }

  test.before(() => {
    for (const [kind, all] of results) {
      for (let at = 0; at < LANES; at++) {
        const rows = [...all.values()].filter((_, number) => number % LANES === at)
        lane(kind, rows).catch(error => { for (const { reject } of rows) reject(error) })
      }
    }
  })

  for (const [kind, rows] of results) {
    for (const [id, { promise }] of rows) test(`outbox script over ${kind}: ${id}`, () => promise)
  }
  test('the script has rows', () => assert.ok(ROWS.length >= 29))
}

module.exports = { conform }
