// The pool of threads: it blocks nobody, keeps the process no longer than needed, and ends calls on demand.
'use strict'

const test = require('node:test')
const assert = require('node:assert/strict')
const dns = require('node:dns/promises')
const { readFile } = require('node:fs/promises')
const { NotPlacedError, OutcomeUnknownError, Spiff } = require('..')
const { Sandbox, run, serve } = require('./support.js')

let sandbox
test.before(async () => { sandbox = await Sandbox.start() })
test.after(() => sandbox.close())
test.beforeEach(() => sandbox.reset())

const wait = ms => new Promise(resolve => setTimeout(resolve, ms))

/** Runs a program that has `Spiff`, `keys`, `order()` and `wait()`. */
function program (text, options) {
  const before = `
    const { Spiff, NotPlacedError, OutcomeUnknownError } = require(${JSON.stringify(require.resolve('..'))})
    const keys = ${JSON.stringify(sandbox.keys)}
    const order = () => ({ externalId: '1', paid: true, orderItems: [{ amountToOrder: 1, transactionId: 't' }] })
    const wait = ms => new Promise(resolve => setTimeout(resolve, ms))
    ;(async () => {${text}})()`
  return run(['-e', before], options)
}

test('files and names are read while eight placements stall', async () => {
  await sandbox.faults({ fault: 'hang', target: 'order', count: 8 })
  const spiff = new Spiff(sandbox.keys)
  const order = await sandbox.order()
  const placements = Array.from({ length: 8 }, (_, at) => spiff.placeOrder(order, { timeoutMs: at < 4 ? 4000 : 2500 }).catch(error => error))
  await wait(100)
  const begun = Date.now()
  for (let at = 0; at < 20; at++) await Promise.all([readFile(__filename), dns.lookup('localhost')])
  assert.ok(Date.now() - begun < 2000, `libuv's threads are busy: ${Date.now() - begun} ms`)
  const errors = await Promise.all(placements)
  const kinds = errors.map(({ kind, outcome }) => `${kind} ${outcome}`).sort()
  // Four were under way; the time of the others ran out while they waited.
  assert.deepEqual(kinds, [...Array(4).fill('timeout not_placed'), ...Array(4).fill('timeout unknown')])
  assert.equal((await sandbox.requests()).filter(({ target }) => target === 'order').length, 4)
})

test('the process ends by itself, before and after calls', async () => {
  for (const text of ['', 'await new Spiff(keys).check({ timeoutMs: -1 }).catch(() => {})', 'await new Spiff(keys).check()', 'new Spiff({ ...keys, threads: 2 })', 'await new Spiff(keys).check(); await wait(50); await new Spiff(keys).check()']) {
    const { code, stderr } = await program(text, { limit: 10000 })
    assert.equal(code, 0, stderr)
  }
})

test('a placement under way keeps the process until it is settled', async () => {
  await sandbox.faults({ fault: 'accept_late', ms: 700, target: 'order' })
  const { transactionId } = (await sandbox.order()).orderItems[0]
  const { code, stdout } = await program(`
    new Spiff(keys).placeOrder({ ...order(), orderItems: [{ amountToOrder: 1, transactionId: '${transactionId}' }] }).then(placed => console.log('placed', placed.externalId))`)
  assert.deepEqual([code, stdout], [0, 'placed 1\n'])
})

test('an abort before the start sends nothing', async () => {
  const spiff = new Spiff(sandbox.keys)
  const order = await sandbox.order()
  const reason = new Error('the shopper left')
  const aborted = AbortSignal.abort(reason)
  await assert.rejects(spiff.placeOrder(order, { signal: aborted }), error => {
    assert.ok(error instanceof NotPlacedError)
    assert.deepEqual([error.kind, error.outcome, error.cause], ['aborted', 'not_placed', reason])
    return true
  })
  // And while it waits for a thread.
  await sandbox.faults({ fault: 'hang', target: 'order', count: 4 })
  const stalled = Array.from({ length: 4 }, () => spiff.placeOrder(order, { timeoutMs: 1500 }).catch(error => error))
  await wait(100)
  const controller = new AbortController()
  const waiting = spiff.placeOrder(order, { signal: controller.signal }).catch(error => error)
  setTimeout(() => controller.abort(reason), 50)
  const begun = Date.now()
  const error = await waiting
  assert.ok(Date.now() - begun < 1000, 'at once')
  assert.deepEqual([error.constructor, error.kind, error.cause], [NotPlacedError, 'aborted', reason])
  assert.ok((await Promise.all(stalled)).every(({ kind }) => kind === 'timeout'))
  assert.equal((await sandbox.requests()).filter(({ target }) => target === 'order').length, 4)
})

test('an abort under way leaves the order in doubt, at once', async () => {
  const spiff = new Spiff(sandbox.keys)
  const order = await sandbox.order()
  await sandbox.faults({ fault: 'accept_late', ms: 600, target: 'order' })
  const controller = new AbortController()
  setTimeout(() => controller.abort(), 150)
  const begun = Date.now()
  const error = await spiff.placeOrder(order, { signal: controller.signal }).catch(error => error)
  assert.ok(Date.now() - begun < 450, 'at once')
  assert.ok(error instanceof OutcomeUnknownError, `${error}`)
  assert.deepEqual([error.kind, error.retryable, error.cause.name], ['aborted', false, 'AbortError'])
  assert.ok(Math.abs(error.sentAt - begun / 1000) < 5 && error.settleAfter === error.sentAt + 180)
  await wait(700)
  assert.equal((await sandbox.orders()).length, 1, 'it was placed: that is the doubt')
  // A read that is aborted changed nothing.
  const server = await serve(() => {})
  const reader = new Spiff({ ...sandbox.keys, baseUrl: server.url })
  await assert.rejects(reader.check({ signal: AbortSignal.timeout(100) }), { kind: 'aborted', outcome: null, sentAt: null })
  await server.close()
  await assert.rejects(spiff.check({ signal: {} }), /signal is not an AbortSignal/)
})

test('signals that are not as Node makes them neither lose an order nor keep its answer', async () => {
  const spiff = new Spiff(sandbox.keys)
  const order = await sandbox.order()
  const refuses = { addEventListener () { throw new Error('no listeners') } }
  await assert.rejects(spiff.placeOrder(order, { signal: refuses }), /no listeners/)
  await wait(100)
  assert.equal((await sandbox.orders()).length, 0, 'nothing was sent that nobody watches')
  const half = { addEventListener () {} }
  assert.ok((await spiff.placeOrder(order, { signal: half })).id)
})

test('one signal for many calls, and a listener of the channel that throws', async () => {
  const { code, stdout, stderr } = await program(`
    const diagnostics = require('node:diagnostics_channel')
    process.on('uncaughtException', error => console.log(error.message))
    const spiff = new Spiff(keys)
    const { signal } = new AbortController()
    await Promise.all(Array.from({ length: 20 }, () => spiff.check({ signal })))
    diagnostics.subscribe('countersign:attempt', () => { throw new Error('of the listener') })
    await spiff.check()
    console.log('answered')`)
  assert.deepEqual([code, stdout, stderr], [0, 'answered\nof the listener\n', ''])
})

test('an aborted call keeps the process no longer', async () => {
  await sandbox.faults({ fault: 'hang', ms: 20000, target: 'any' })
  const begun = Date.now()
  const { code, stdout } = await program(`
    await new Spiff(keys).check({ signal: AbortSignal.timeout(200) }).catch(error => console.log(error.kind))`, { limit: 15000 })
  assert.deepEqual([code, stdout], [0, 'aborted\n'])
  assert.ok(Date.now() - begun < 10000)
})

test('a full queue is busy, and nothing of it is sent', async () => {
  await sandbox.faults({ fault: 'hang', target: 'any', count: 9 })
  const { code, stdout, stderr } = await program(`
    const spiff = new Spiff({ ...keys, threads: 1, queue: 2, timeoutMs: 800 })
    const all = await Promise.all(Array.from({ length: 5 }, (_, at) => spiff.placeOrder(order(), { timeoutMs: at === 0 ? 1200 : 800 }).catch(error => error)))
    console.log(JSON.stringify(all.map(({ kind, outcome, retryable }) => [kind, outcome, retryable])))
    console.log(all[4].message)
    // A call that is aborted while it waits makes room for another.
    const under = spiff.check().catch(() => {})
    const controllers = [new AbortController(), new AbortController()]
    const waiting = controllers.map(({ signal }) => spiff.check({ signal }).catch(error => error.kind))
    controllers[0].abort()
    const next = spiff.check({ signal: controllers[1].signal }).catch(error => error.kind)
    await wait(50)
    controllers[1].abort()
    console.log(await Promise.all([...waiting, next]))
    await under`)
  assert.equal(code, 0, stderr)
  const [kinds, message, freed] = stdout.trim().split('\n')
  const [waited, busy] = [['timeout', 'not_placed', true], ['busy', 'not_placed', true]]
  assert.deepEqual(JSON.parse(kinds), [['timeout', 'unknown', false], waited, waited, busy, busy])
  assert.equal(freed, "[ 'aborted', 'aborted', 'aborted' ]")
  assert.match(message, /^1 calls? are under way and 2 wait already\. Nothing was sent\./)
  assert.equal((await sandbox.requests()).filter(({ target }) => target === 'order').length, 1)
})

test('clients have threads of their own, which those made from them share', async () => {
  await sandbox.faults({ fault: 'hang', target: 'any', count: 1 })
  const { transactionId } = (await sandbox.order()).orderItems[0]
  const { code, stdout, stderr } = await program(`
    const { readdirSync, readFileSync } = require('node:fs')
    const threads = () => readdirSync('/proc/self/task').filter(id => readFileSync('/proc/self/task/' + id + '/comm', 'utf8').startsWith('countersign')).length
    const [one, other] = [new Spiff({ ...keys, threads: 1, queue: 0 }), new Spiff({ ...keys, threads: 2 })]
    const partner = one.actingFor({ partnerId: 'p1' })
    const stalled = one.check({ timeoutMs: 1500 }).catch(({ kind }) => kind)
    console.log((await partner.check().catch(({ kind, message }) => kind + ': ' + message)))
    console.log((await other.placeOrder({ ...order(), orderItems: [{ amountToOrder: 1, transactionId: '${transactionId}' }] })).externalId)
    console.log(await stalled, (await partner.check()).attempt.status)
    // Closed, they end; but not for the calls under way, nor for whoever shares them.
    one.close()
    console.log((await partner.check()).attempt.status, process.platform === 'linux' ? threads() : 2)
    const under = partner.check()
    partner.close()
    other.close()
    console.log((await under).attempt.status)
    await wait(200)
    console.log(process.platform === 'linux' ? threads() : 0)`)
  assert.deepEqual([code, stderr], [0, ''])
  assert.equal(stdout, "busy: 1 calls are under way and 0 wait already. Nothing was sent. The client's option queue says how many may.\n1\ntimeout 200\n200 2\n200\n0\n")
})

test('an environment that ends leaves no thread, and sends nothing that waited', { skip: process.platform !== 'linux' }, async () => {
  await sandbox.faults({ fault: 'accept_late', ms: 300, target: 'any', count: 100 })
  const { code, stdout, stderr } = await program(`
    const { readdirSync, readFileSync } = require('node:fs')
    const { Worker } = require('node:worker_threads')
    const threads = () => readdirSync('/proc/self/task').filter(id => readFileSync('/proc/self/task/' + id + '/comm', 'utf8').startsWith('countersign')).length
    const text = \`
      const { parentPort, workerData } = require('node:worker_threads')
      const { Spiff } = require(workerData.path)
      const spiff = new Spiff(workerData.keys)
      for (let at = 0; at < 20; at++) spiff.check().catch(() => {})
      parentPort.postMessage('under way')\`
    const worker = new Worker(text, { eval: true, workerData: { path: ${JSON.stringify(require.resolve('..'))}, keys } })
    await new Promise(resolve => worker.once('message', resolve))
    await wait(100)
    await worker.terminate()
    await wait(1200)
    console.log(threads())`)
  assert.deepEqual([code, stdout], [0, '0\n'], stderr)
  assert.equal((await sandbox.requests()).length, 4, 'those under way alone')
})

test('a call has its own time limit, waiting included', async () => {
  const server = await serve(() => {})
  const spiff = new Spiff({ ...sandbox.keys, baseUrl: server.url })
  const begun = Date.now()
  const error = await spiff.placeOrder(await sandbox.order(), { timeoutMs: 300 }).catch(error => error)
  assert.deepEqual([error.kind, error.outcome], ['timeout', 'unknown'])
  assert.ok(Date.now() - begun < 1500)
  const stalled = Array.from({ length: 4 }, () => spiff.check({ timeoutMs: 2000 }).catch(error => error))
  await wait(50)
  const later = Date.now()
  const expired = await spiff.placeOrder(await sandbox.order(), { timeoutMs: 200 }).catch(error => error)
  assert.deepEqual([expired.kind, expired.outcome, expired.retryable], ['timeout', 'not_placed', true])
  assert.ok(Date.now() - later < 1000, 'in time, although no thread is free')
  assert.match(expired.message, /^The time limit passed while the call waited its turn\. Nothing was sent\.$/)
  await Promise.all(stalled)
  // Threads that calls hold which nobody waits for any more.
  const dropped = Array.from({ length: 4 }, () => spiff.check({ timeoutMs: 2000, signal: AbortSignal.timeout(100) }).catch(({ kind }) => kind))
  assert.deepEqual(await Promise.all(dropped), Array(4).fill('aborted'))
  const soon = Date.now()
  assert.equal((await spiff.placeOrder(await sandbox.order(), { timeoutMs: 200 }).catch(error => error)).outcome, 'not_placed')
  assert.ok(Date.now() - soon < 1000)
  await wait(2000)
  const none = await spiff.placeOrder(await sandbox.order(), { timeoutMs: 0.000001 }).catch(error => error)
  assert.deepEqual([none.kind, none.outcome], ['timeout', 'not_placed'])
  for (const timeoutMs of [0, -1, NaN, 1e9, '5']) await assert.rejects(spiff.placeOrder(await sandbox.order(), { timeoutMs }), { kind: 'invalid_argument', outcome: 'not_placed' })
  await server.close()
})

test('many at once, each with its own answer', async () => {
  const spiff = new Spiff(sandbox.keys)
  const orders = await Promise.all(Array.from({ length: 64 }, (_, at) => sandbox.order(`many-${at}`)))
  const placed = await Promise.all(orders.map(order => spiff.placeOrder(order)))
  assert.deepEqual(placed.map(({ externalId }) => externalId), orders.map(({ externalId }) => externalId))
  assert.equal((await sandbox.orders()).length, 64)
})
