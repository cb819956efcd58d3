// The operations of Spiff's model: every row of operations.json by its name, and their methods.
'use strict'

const test = require('node:test')
const assert = require('node:assert/strict')
const { CountersignError, OutcomeUnknownError, Spiff } = require('..')
const { Sandbox, serve, vectors } = require('./support.js')

let sandbox
let spiff
test.before(async () => {
  sandbox = await Sandbox.start()
  spiff = new Spiff(sandbox.keys)
})
test.after(() => sandbox.close())
test.beforeEach(() => sandbox.reset())

test('a feed that makes no progress ends', async () => {
  for (const total of [null, 7, 2 ** 40]) {
    let requests = 0
    const platform = await serve((request, response) => {
      requests += 1
      request.resume().on('end', () => response.end(JSON.stringify({ data: { orderStatusesFeed: { items: [{ id: '1' }, { id: '2' }, { id: '3' }], total } } })))
    })
    const stubborn = new Spiff({ applicationKey: 'k', baseUrl: platform.url })
    const shown = []
    await assert.rejects(async () => {
      for await (const one of stubborn.orderStatusesFeed({ pageSize: 3 })) shown.push(one)
    }, error => error.kind === 'unexpected_reply' && /shows a page again/.test(error.message))
    assert.deepEqual([shown.length, requests], [3, 2])
    stubborn.close()
    await platform.close()
  }
})

/** Whether a value holds what a row says of it: an object at least these members, a list as many items, a value itself. */
function covers (got, due, place) {
  if (due === null || typeof due !== 'object') return assert.deepEqual(got, due, place)
  assert.ok(got !== null && typeof got === 'object', `${place} is ${JSON.stringify(got)}`)
  if (Array.isArray(due)) assert.equal(got.length, due.length, place)
  for (const [name, value] of Object.entries(due)) covers(got[name], value, `${place}.${name}`)
}

for (const row of vectors('operations.json')) {
  test(`operation ${row.id}`, async () => {
    if (!row.error) return covers(await spiff.run(row.operation, row.input), row.answer, 'answer')
    const error = await spiff.run(row.operation, row.input).catch(error => error)
    assert.ok(error instanceof CountersignError, String(error))
    assert.equal(error.kind, row.error, error.message)
    assert.deepEqual(error.problems.map(({ path }) => path).sort(), [...row.problems].sort())
    assert.equal((await sandbox.requests()).length, 0)
  })
}

test('operations are methods', () => {
  for (const { name } of spiff.operations()) {
    const method = name.replace(/_([a-z])/g, (_, letter) => letter.toUpperCase())
    assert.equal(typeof spiff[method], 'function', method)
  }
})

test('selections, feeds, changes and doubt', async () => {
  const { transactionId } = (await sandbox.order()).orderItems[0]
  const [one] = await spiff.transactions([transactionId], { select: 'designName product { id }' })
  assert.deepEqual(Object.keys(one).sort(), ['designName', 'id', 'product'])
  await assert.rejects(spiff.transactions([transactionId], { select: 'desginName' }), error => error.kind === 'invalid_argument' && error.problems[0].path === 'select.desginName')

  const all = await Array.fromAsync?.(spiff.orderStatusesFeed()) ?? await collect(spiff.orderStatusesFeed())
  assert.ok(all.length > 1)
  const before = (await sandbox.requests()).length
  assert.deepEqual((await collect(spiff.orderStatusesFeed({ pageSize: 1, select: 'id' }))).map(({ id }) => id), all.map(({ id }) => id))
  assert.equal((await sandbox.requests()).length - before, all.length, 'page by page')

  const customer = await spiff.customerCreate({ emailAddress: 'node@example.test' })
  assert.equal((await spiff.customer('node@example.test')).id, customer.id)
  await sandbox.faults({ fault: 'cut_reply', target: 'other' })
  const doubt = await spiff.customerCreate({ emailAddress: 'doubt@example.test' }).catch(error => error)
  assert.ok(doubt instanceof OutcomeUnknownError && !doubt.retryable, String(doubt))
  assert.equal((await spiff.customer('doubt@example.test')).emailAddress, 'doubt@example.test', 'it was made')
})

test('a flow is started and awaited, without keeping a thread', async () => {
  const [flow] = await collect(spiff.processFlowsFeed({ select: 'id' }))
  const run = await spiff.processExecutionCreate(flow.id, [{ text: 'hello' }])
  const ended = await spiff.processExecutionWait(run.id, { timeoutMs: 20_000, intervalMs: 200 })
  assert.ok(ended.completedAt && ended.failedAt === null)
  const slow = await spiff.processExecutionCreate(flow.id, [{ text: 'slow' }])
  await assert.rejects(spiff.processExecutionWait(slow.id, { timeoutMs: 0 }), { kind: 'timeout', outcome: null })
  for (const given of [{ timeoutMs: -1 }, { timeoutMs: '5' }, { intervalMs: 99 }, { timeoutMs: 86400001 }, { wait: 5 }]) {
    await assert.rejects(spiff.processExecutionWait(slow.id, given), { kind: 'invalid_argument' }, JSON.stringify(given))
  }
  // A platform that says nothing does not hold the wait up, nor does an abort.
  await sandbox.faults({ fault: 'hang', target: 'any', count: 2 })
  const begun = Date.now()
  await assert.rejects(spiff.processExecutionWait(slow.id, { timeoutMs: 300, intervalMs: 100 }), { kind: 'timeout' })
  await assert.rejects(spiff.processExecutionWait(slow.id, { signal: AbortSignal.timeout(100) }), { kind: 'aborted' })
  assert.ok(Date.now() - begun < 2000)
})

async function collect (items) {
  const list = []
  for await (const item of items) list.push(item)
  return list
}
