// Several environments in one process, several processes: each works, and none takes another down.
'use strict'

const test = require('node:test')
const assert = require('node:assert/strict')
const { mkdtempSync, rmSync, writeFileSync } = require('node:fs')
const { tmpdir } = require('node:os')
const { Worker } = require('node:worker_threads')
const { join } = require('node:path')
const { Sandbox, run } = require('./support.js')

let sandbox
test.before(async () => { sandbox = await Sandbox.start() })
test.after(() => sandbox.close())
test.beforeEach(() => sandbox.reset())

const PACKAGE = join(__dirname, '..')

test('workers place orders at the same time as the main thread', async () => {
  const orders = await Promise.all(Array.from({ length: 24 }, (_, at) => sandbox.order(`w${at}`)))
  const text = `
    const { parentPort, workerData } = require('node:worker_threads')
    const { Spiff, Signer } = require(workerData.path)
    const signer = new Signer('key', 'secret')
    const spiff = new Spiff(workerData.keys)
    Promise.all(workerData.orders.map(order => spiff.placeOrder(order))).then(placed => {
      parentPort.postMessage([placed.map(({ externalId }) => externalId), signer.authorization('GET', '/', '', { date: 'x' })])
    })`
  const ofWorker = part => new Promise((resolve, reject) => {
    const worker = new Worker(text, { eval: true, workerData: { path: PACKAGE, keys: sandbox.keys, orders: part } })
    let answer
    worker.once('message', message => { answer = message })
    worker.once('error', reject)
    worker.once('exit', code => code === 0 ? resolve(answer) : reject(new Error(`exit ${code}`)))
  })
  const { Signer, Spiff } = require('..')
  const spiff = new Spiff(sandbox.keys)
  const [main, ...workers] = await Promise.all([
    Promise.all(orders.slice(0, 6).map(order => spiff.placeOrder(order))),
    ...[1, 2, 3].map(at => ofWorker(orders.slice(at * 6, at * 6 + 6)))
  ])
  const ids = [...main.map(({ externalId }) => externalId), ...workers.flatMap(([part]) => part)]
  assert.deepEqual(ids, orders.map(({ externalId }) => externalId))
  const expected = new Signer('key', 'secret').authorization('GET', '/', '', { date: 'x' })
  assert.deepEqual(workers.map(([, authorization]) => authorization), [expected, expected, expected])
  assert.equal((await sandbox.orders()).length, 24)
})

// In processes of their own: a crash would end the tests, and the module is loaded by workers alone, so that Node unloads it
// with the last of them.
test('a worker may be terminated while calls are under way', async () => {
  await sandbox.faults({ fault: 'accept_late', ms: 400, target: 'any', count: 1000 })
  const { code, stdout, stderr } = await run(['-e', `
    const { Worker } = require('node:worker_threads')
    const text = ${JSON.stringify(`
      const { parentPort, workerData } = require('node:worker_threads')
      const { Spiff } = require(workerData.path)
      const spiff = new Spiff(workerData.keys)
      for (let at = 0; at < 8; at++) spiff.check().catch(() => {})
      parentPort.postMessage('under way')`)}
    ;(async () => {
      for (let round = 0; round < 6; round++) {
        const worker = new Worker(text, { eval: true, workerData: { path: ${JSON.stringify(PACKAGE)}, keys: ${JSON.stringify(sandbox.keys)} } })
        await new Promise(resolve => worker.once('message', resolve))
        // At once, in the middle, and when the answers arrive.
        await new Promise(resolve => setTimeout(resolve, [0, 50, 390, 400, 410, 800][round]))
        await worker.terminate()
      }
      await new Promise(resolve => setTimeout(resolve, 1000))
      console.log('alive')
    })()`])
  assert.deepEqual([code, stdout], [0, 'alive\n'], stderr)
})

test('a process may exit while calls are under way', async () => {
  await sandbox.faults({ fault: 'hang', target: 'any', count: 8 })
  const { code, signal, stderr } = await run(['-e', `
    const { Spiff } = require(${JSON.stringify(PACKAGE)})
    const spiff = new Spiff(${JSON.stringify(sandbox.keys)})
    for (let at = 0; at < 8; at++) spiff.check().catch(() => {})
    setTimeout(() => process.exit(7), 100)`])
  assert.deepEqual([code, signal], [7, null], stderr)
})

test('the workers of a cluster place orders', async () => {
  const orders = await Promise.all(['c0', 'c1', 'c2', 'c3'].map(id => sandbox.order(id)))
  // A file, because the workers run it too.
  const folder = mkdtempSync(join(tmpdir(), 'countersign-'))
  const file = join(folder, 'cluster.js')
  writeFileSync(file, `
    const cluster = require('node:cluster')
    const { Spiff } = require(${JSON.stringify(PACKAGE)})
    const spiff = new Spiff(${JSON.stringify(sandbox.keys)})
    const orders = ${JSON.stringify(orders)}
    if (cluster.isPrimary) {
      spiff.placeOrder(orders[0]).then(() => {
        for (const at of [1, 2, 3]) cluster.fork({ AT: at }).on('exit', code => console.log(code))
      })
    } else {
      spiff.placeOrder(orders[process.env.AT]).then(() => process.exit(0), error => { console.error(error); process.exit(1) })
    }`)
  const { code, stdout, stderr } = await run([file])
  rmSync(folder, { recursive: true })
  assert.deepEqual([code, stdout], [0, '0\n0\n0\n'], stderr)
  assert.deepEqual((await sandbox.orders()).map(({ externalId }) => externalId).sort(), ['c0', 'c1', 'c2', 'c3'])
})

test('the environment of a worker is its own', async () => {
  const text = `
    const { parentPort, workerData } = require('node:worker_threads')
    const { Spiff } = require(workerData)
    parentPort.postMessage(Spiff.fromEnv().prepare('current_integration').url)`
  const url = await new Promise((resolve, reject) => {
    const worker = new Worker(text, { eval: true, workerData: PACKAGE, env: { COUNTERSIGN_SPIFF_APPLICATION_KEY: 'k', COUNTERSIGN_SPIFF_REGION: 'au' } })
    worker.once('message', resolve)
    worker.once('error', reject)
  })
  assert.equal(url, 'https://api.au.spiffcommerce.com/graphql')
})
