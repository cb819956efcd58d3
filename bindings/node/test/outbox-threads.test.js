// The outbox and what Node does around it: signals, threads, worker threads, cluster, ends of processes; and how mistakes are told.
'use strict'

const test = require('node:test')
const assert = require('node:assert/strict')
const diagnostics = require('node:diagnostics_channel')
const { readFile } = require('node:fs/promises')
const { writeFileSync } = require('node:fs')
const { join } = require('node:path')
const { setTimeout: sleep } = require('node:timers/promises')
const { Outbox, SignCustomiser, Spiff, Webhook } = require('..')
const { answered } = require('../lib/connection.js')
const { PACKAGE, Sandbox, run } = require('./support.js')
const { opened, scratch } = require('./outbox/servers.js')

const FOLDER = scratch()
let sandbox
let number = 0
test.before(async () => { sandbox = await Sandbox.start() })
test.after(() => sandbox.close())
test.beforeEach(() => sandbox.reset())

const file = () => `sqlite:${FOLDER}/o${++number}.db`

async function made (options = {}, store = file()) {
  const outbox = opened(store, { accounts: { shop: new Spiff(sandbox.keys) }, create: true, anywhere: true, ...options })
  await outbox.install()
  return Object.assign(outbox, { store })
}

const until = async (done, limit = 20_000) => {
  for (const end = performance.now() + limit; !await done();) {
    assert.ok(performance.now() < end, 'it never came so far')
    await sleep(5)
  }
}

test('a drain of a file is ended by its signal, and what is under way is written down first', async () => {
  const outbox = await made()
  for (const id of ['s1', 's2', 's3']) await outbox.enqueue(await sandbox.order(id))
  await sandbox.faults({ fault: 'accept_late', ms: 500, target: 'order' })
  const controller = new AbortController()
  const drained = outbox.drain({ signal: controller.signal })
  await until(async () => (await outbox.get('s1')).state === 'sending')
  const why = new Error('the process is to end')
  controller.abort(why)
  await assert.rejects(drained, error => error.name === 'CountersignError' && error.kind === 'aborted' && error.cause === why)
  assert.deepEqual((await outbox.list()).orders.map(({ state }) => state), ['placed', 'pending', 'pending'])
  assert.equal((await outbox.drain()).placed, 2)
  // In a wait, and before it begins.
  await outbox.enqueue(await sandbox.order('s4'), { due: new Date(Date.now() + 10_000) })
  const began = performance.now()
  await assert.rejects(outbox.drain({ signal: AbortSignal.timeout(100) }), error => error.kind === 'aborted' && error.cause.name === 'TimeoutError')
  assert.ok(performance.now() - began < 5000)
  await assert.rejects(outbox.drain({ signal: AbortSignal.abort() }), { kind: 'aborted' })
  await assert.rejects(outbox.drain({ signal: {} }), { kind: 'invalid_argument', message: /AbortSignal/ })
})

test('drains that hang keep nobody: neither files, nor timers, nor who enqueues', async () => {
  const outbox = await made()
  const orders = await Promise.all(Array.from({ length: 12 }, (_, at) => sandbox.order(`h${at}`)))
  for (const order of orders) await outbox.enqueue(order)
  await sandbox.faults({ fault: 'hang', ms: 3000, target: 'any', count: 12 })
  const controller = new AbortController()
  const drains = orders.map(() => outbox.drain({ max: 1, seconds: 1, signal: controller.signal }).catch(error => error.kind))
  await until(async () => (await sandbox.requests()).length >= 12)
  // Twelve of libuv's four threads would be gone now.
  let ticks = 0
  const timer = setInterval(() => { ticks++ }, 5)
  const began = performance.now()
  await Promise.all(Array.from({ length: 8 }, () => readFile(__filename)))
  assert.equal((await outbox.enqueue(await sandbox.order('meanwhile'))).status, 'new')
  assert.ok(performance.now() - began < 2000, `${performance.now() - began} ms`)
  await sleep(50)
  clearInterval(timer)
  assert.ok(ticks > 2, String(ticks))
  controller.abort()
  await Promise.all(drains)
})

test('two hundred enqueues at once are two hundred rows', async () => {
  const outbox = await made()
  const order = await sandbox.order()
  const done = await Promise.all(Array.from({ length: 200 }, (_, at) => outbox.enqueue({ ...order, externalId: `m${at % 100}` })))
  assert.deepEqual([done.filter(({ status }) => status === 'new').length, done.filter(({ status }) => status === 'known').length], [100, 100])
  assert.equal((await outbox.stats()).shop.open.pending, 100)
})

test('held orders are told, and what the host makes of it fails no drain', async () => {
  const heard = []
  const told = []
  const warned = []
  const listen = message => told.push(message)
  const warn = warning => warned.push(warning)
  diagnostics.subscribe('countersign:order', listen)
  process.on('warning', warn)
  const outbox = await made({
    onHeld: async row => {
      await sleep(20)
      heard.push(row)
      if (heard.length === 1) throw new Error('the mail server is away')
    }
  })
  // Their designs are ordered already, by other ids.
  for (const id of ['a', 'b']) {
    const order = await sandbox.order(`other-${id}`)
    await new Spiff(sandbox.keys).placeOrder(order)
    await outbox.enqueue({ ...order, externalId: id })
  }
  await outbox.enqueue(await sandbox.order('good'))
  const { held, placed, changed } = await outbox.drain()
  assert.deepEqual([held, placed, heard.length], [2, 1, 2])
  assert.deepEqual(heard.map(({ account, externalId, state, reason }) => [account, externalId, state, reason]), [['shop', 'a', 'held', 'already_ordered'], ['shop', 'b', 'held', 'already_ordered']])
  assert.deepEqual(told, changed)
  assert.deepEqual(changed.map(one => Object.keys(one).sort()), Array(3).fill(['account', 'externalId', 'reason', 'remoteId', 'state', 'why']))
  await sleep(10)
  assert.match(warned.map(({ message }) => message).join(), /onHeld failed for the order a: Error: the mail server is away/)
  process.off('warning', warn)
  diagnostics.unsubscribe('countersign:order', listen)
  const { orders: [row] } = await outbox.list({ alerts: true })
  assert.deepEqual([row.externalId, row.reason], ['a', 'already_ordered'])
  assert.equal((await outbox.resolve('a', 'drop', { who: 'ana', why: 'it is there already' })).state, 'cancelled')
  assert.equal((await outbox.check()).ok, false)
})

test('a webhook settles, with all digits of what it says; what nobody verified proves nothing', async () => {
  const outbox = await made({ accounts: { signs: new SignCustomiser(sandbox.token) } })
  const event = (data, topic = 'order') => {
    const body = `{"${topic}":${data}}`
    const stamp = String(Math.floor(Date.now() / 1000))
    const signature = require('node:crypto').createHmac('sha256', 'secret').update(`${stamp}.${body}`).digest('hex')
    return new Webhook('secret').verify({ 'x-webhook-timestamp': stamp, 'x-webhook-signature': signature }, body)
  }
  const id = '9007199254740993'
  await outbox.enqueue({ integration_id: 1, external_id: id, external_order_number: '1', currency: 'USD', products: [{ external_id: 'p', quantity: 1, price: 2999 }] })
  await sandbox.faults({ fault: 'cut_reply', target: 'order' })
  assert.equal((await outbox.drain({ max: 1 })).unknown, 1)
  assert.equal(await outbox.notify(event(`{"order_id":18446744073709551615,"external_id":${id}}`)), 'placed')
  assert.deepEqual([(await outbox.get(id)).state, (await outbox.get(id)).remoteId], ['placed', '18446744073709551615'])
  assert.equal(await outbox.notify(event('{"order_id":1,"external_id":"none"}')), 'unknown')
  assert.equal(await outbox.notify(event('{"submission_number":1}', 'form_submission')), 'ignored')
  for (const forged of [{ topic: 'order:created', data: { external_id: id }, timestamp: 1 }, null, undefined, 'x']) await assert.rejects(outbox.notify(forged), { kind: 'invalid_argument', message: /verify\(\)/ })
})

test('mistakes are told with what to do', async () => {
  const accounts = { shop: new Spiff({ applicationKey: 'k', region: 'us' }) }
  const refused = (message, ...args) => assert.throws(() => new Outbox(...args), error => error.name === 'CountersignError' && message.test(error.message), String(message))
  refused(/not sqlite:PATH/, 'postgresql://localhost/shop', { accounts })
  refused(/give 'sqlite:PATH', a connection or pool of pg, mysql2/, {}, { accounts })
  refused(/give 'sqlite:PATH', a connection or pool of pg, mysql2/, undefined, { accounts })
  // A connection to MySQL has query() and connect() as well.
  refused(/give 'sqlite:PATH', a connection or pool of pg, mysql2/, { query () {}, connect () {}, escape () {} }, { accounts })
  refused(/say the dialect/, async () => [], { accounts })
  refused(/say the dialect/, async () => [], { accounts, dialect: 'oracle' })
  refused(/postgresql, not mysql/, { query () {}, totalCount: 0 }, { accounts, dialect: 'mysql' })
  refused(/accounts are missing/, 'sqlite:x.db')
  refused(/account shop is no client/, 'sqlite:x.db', { accounts: { shop: { accessKey: 'k' } } })
  refused(/name/, 'sqlite:x.db', { accounts: { 'a b': accounts.shop } })
  refused(/no member "polcy"/, 'sqlite:x.db', { accounts, polcy: {} })
  refused(/no number "leese"/, 'sqlite:x.db', { accounts, policy: { leese: 1 } })
  refused(/prefix/, 'sqlite:x.db', { accounts, prefix: 'a-b' })
  refused(/settings/, 'sqlite:x.db', { accounts, shop: 7 })
  refused(/onHeld/, 'sqlite:x.db', { accounts, onHeld: 'mail' })
  const closed = new Spiff({ applicationKey: 'k', region: 'us' })
  closed.close()
  refused(/closed/, 'sqlite:x.db', { accounts: { shop: closed } })

  const missing = new Outbox(`sqlite:${FOLDER}/none.db`, { accounts, anywhere: true })
  await assert.rejects(missing.list(), { kind: 'store', message: /no such file/ })
  await assert.rejects(missing.drain(), { kind: 'store', message: /no such file/ })
  const outbox = await made()
  const order = await sandbox.order('1')
  await assert.rejects(outbox.enqueue(order, { client: async () => [] }), { kind: 'store', message: /cannot take part in your transaction/, nextStep: /Commit first/ })
  await assert.rejects(outbox.enqueue(order, { acount: 'shop' }), { kind: 'invalid_argument', message: /acount/ })
  await assert.rejects(outbox.enqueue(order, { account: 'another' }), { kind: 'invalid_argument', message: /There are: shop/ })
  await assert.rejects(outbox.enqueue(order, { due: Date.now() }), { kind: 'invalid_argument' })
  await assert.rejects(outbox.get(1), { kind: 'invalid_argument' })
  await assert.rejects(outbox.drain({ seconds: NaN }), { kind: 'invalid_argument' })
  await assert.rejects(outbox.sweep('1001'), { kind: 'invalid_argument', message: /no list/ })
  for (const [bad, path] of [[{ ...order, paid: undefined }, 'paid'], [{ ...order, externalId: 1n }, 'externalId'], ['\ud800', '']]) {
    await assert.rejects(outbox.enqueue(bad), error => error.name === 'InvalidOrderError' && error.problems[0].path === path)
  }
  await assert.rejects(outbox.run('__panic'), { kind: 'internal' })
  assert.deepEqual(outbox.operations().map(({ name }) => name).filter(name => name.startsWith('en')), ['enqueue', 'enqueue_statement'])
  const over = new Outbox(async () => [], { accounts, dialect: 'postgresql' })
  await assert.rejects(over.enqueue(order, { client: { query () {}, totalCount: 1 } }), { kind: 'invalid_argument', message: /client is a Pool/ })
  assert.equal((await outbox.list()).orders.length, 0)
})

test('what a driver throws is told as it is, and where the database said nothing, nobody knows', async () => {
  const step = { sql: 'SELECT 1', params: [], rows: true, commit: false }
  const told = async (thrown, more) => (await answered({ execute: async () => { throw thrown } }, { ...step, ...more })).error
  const error = (message, members, cause) => Object.assign(new Error(message, { cause }), members)
  for (const [thrown, due] of [
    [error('duplicate key', { code: '23505' }), [0, '23505', 'duplicate key', false]],
    [error('Duplicate entry', { code: 'ER_DUP_ENTRY', errno: 1062, sqlState: '23000' }), [1062, '23000', 'Duplicate entry', false]],
    [error('database is locked', { code: 'SQLITE_BUSY' }), [5, '', 'database is locked', false]],
    [error('UNIQUE constraint failed', { code: 'SQLITE_CONSTRAINT_UNIQUE' }), [19, '', 'UNIQUE constraint failed', false]],
    [error('database is locked', { code: 'ERR_SQLITE_ERROR', errcode: 517 }), [517, '', 'database is locked', false]],
    [error('Failed query: SELECT 1', {}, error('could not serialize', { code: '40001' })), [0, '40001', 'could not serialize', false]],
    [error('read ECONNRESET', { code: 'ECONNRESET', errno: -104 }), [0, '', 'read ECONNRESET', true]],
    [error('write EPIPE', { code: 'EPIPE', errno: -32 }), [0, '', 'write EPIPE', true]],
    [error('Connection terminated unexpectedly'), [0, '', 'Connection terminated unexpectedly', true]],
    [error('Query read timeout'), [0, '', 'Query read timeout', true]],
    [error('Raw query failed', { code: 'P2010' }), [0, '', 'Raw query failed', true]],
    [new AggregateError([error('connect ECONNREFUSED ::1:5432')]), [0, '', 'connect ECONNREFUSED ::1:5432', true]],
    ['no error', [0, '', 'no error', true]],
    [undefined, [0, '', 'undefined', true]],
    [error('half \ud800'), [0, '', 'half \ufffd', true]]
  ]) {
    const { code, sqlstate, message, lost } = await told(thrown)
    assert.deepEqual([code, sqlstate, message, lost], due)
  }
  // A COMMIT that fails: whether the statement stands, nobody knows.
  const commits = await answered({ execute: async ({ sql }) => { if (sql === 'COMMIT') throw error('gone', { code: '57P01' }); return 1 } }, { ...step, rows: false, commit: true })
  assert.deepEqual(commits, { error: { code: 0, sqlstate: '57P01', message: 'gone', lost: true } })

  // Answers of a function of the host's.
  const accounts = { shop: new Spiff(sandbox.keys) }
  const over = answer => new Outbox(async () => answer, { accounts, dialect: 'mysql' }).list()
  for (const answer of [undefined, null, 7, { rows: [] }]) await assert.rejects(over(answer), { kind: 'store', message: /The function of the store answered .*a list of rows, is due/ })
  let params
  const seen = []
  const store = (sql, given, rows) => { seen.push(rows); params = given; return rows ? [] : 1 }
  await assert.rejects(new Outbox(store, { accounts, dialect: 'sqlite' }).enqueue(await sandbox.order('1')), { kind: 'store' })
  assert.ok(seen[0] === true && Array.isArray(params))
})

test('workers drain and enqueue at the same time, each with an outbox of its own over one file', async () => {
  const outbox = await made()
  const orders = await Promise.all(Array.from({ length: 18 }, (_, at) => sandbox.order(`w${at}`)))
  const text = `
    const { workerData } = require('node:worker_threads')
    const { Outbox, Spiff } = require(workerData.path)
    const outbox = new Outbox(workerData.store, { accounts: { shop: new Spiff(workerData.keys) }, anywhere: true })
    Promise.all(workerData.orders.map(order => outbox.enqueue(order))).then(() => outbox.drain({ seconds: 10 }))`
  const { Worker } = require('node:worker_threads')
  const workers = [0, 1, 2].map(at => new Promise((resolve, reject) => {
    const worker = new Worker(text, { eval: true, workerData: { path: PACKAGE, store: outbox.store, keys: sandbox.keys, orders: orders.slice(at * 6, at * 6 + 6) } })
    worker.once('error', reject)
    worker.once('exit', code => code === 0 ? resolve() : reject(new Error(`exit ${code}`)))
  }))
  await Promise.all([outbox.drain({ seconds: 1 }), ...workers])
  await outbox.drain()
  assert.deepEqual((await sandbox.orders()).map(({ externalId }) => externalId).sort(), orders.map(({ externalId }) => externalId).sort())
})

// In processes of their own: a crash would end the tests.
const head = store => `
  const { Outbox, Spiff } = require(${JSON.stringify(PACKAGE)})
  const outbox = new Outbox(${JSON.stringify(store)}, { accounts: { shop: new Spiff(${JSON.stringify(sandbox.keys)}) }, create: true, anywhere: true })`

test('a worker may be terminated while drains are under way', async () => {
  const outbox = await made()
  for (let at = 0; at < 6; at++) await outbox.enqueue(await sandbox.order(`t${at}`))
  await sandbox.faults({ fault: 'accept_late', ms: 300, target: 'any', count: 1000 })
  const { code, stdout, stderr } = await run(['-e', `
    const { Worker } = require('node:worker_threads')
    const text = ${JSON.stringify(`${head(outbox.store)}
      for (let at = 0; at < 4; at++) outbox.drain({ seconds: 60 }).catch(() => {})
      outbox.list().then(() => require('node:worker_threads').parentPort.postMessage('under way'))`)}
    ;(async () => {
      for (const wait of [0, 100, 290, 310, 600]) {
        const worker = new Worker(text, { eval: true })
        await new Promise(resolve => worker.once('message', resolve))
        await new Promise(resolve => setTimeout(resolve, wait))
        await worker.terminate()
      }
      await new Promise(resolve => setTimeout(resolve, 1500))
      // Who was to drain for a minute has stopped.
      console.log(require('node:fs').readdirSync('/proc/self/task').length)
    })()`])
  assert.deepEqual([code, Number(stdout) < 30], [0, true], stdout + stderr)
})

test('a process may exit while drains are under way, and ends by itself when it has nothing to do', async () => {
  const outbox = await made()
  for (let at = 0; at < 4; at++) await outbox.enqueue(await sandbox.order(`x${at}`))
  await sandbox.faults({ fault: 'hang', target: 'any', count: 4 })
  const exits = await run(['-e', `${head(outbox.store)}
    for (let at = 0; at < 8; at++) outbox.drain().catch(() => {})
    setTimeout(() => process.exit(7), 300)`])
  assert.deepEqual([exits.code, exits.signal], [7, null], exits.stderr)
  await sandbox.control('DELETE', 'faults')
  // The answer keeps the process, and an idle thread does not.
  const ends = await run(['-e', `${head(file())}
    outbox.install().then(() => outbox.enqueue(${JSON.stringify(await sandbox.order('end'))})).then(() => outbox.drain()).then(({ placed }) => console.log(placed))`], { limit: 20_000 })
  assert.deepEqual([ends.code, ends.signal, ends.stdout], [0, null, '1\n'], ends.stderr)
})

test('outboxes that nobody has any more leave no thread and no connection', async () => {
  const { code, stdout, stderr } = await run(['--expose-gc', '-e', `
    const { readdirSync } = require('node:fs')
    ${head(file())}
    ;(async () => {
      await outbox.install()
      const count = () => [readdirSync('/proc/self/task').length, readdirSync('/proc/self/fd').length]
      const [tasks, files] = count()
      for (let at = 0; at < 300; at++) {
        const other = new Outbox(${JSON.stringify(`sqlite:${FOLDER}/o${number}.db`)}, { accounts: { shop: new Spiff(${JSON.stringify(sandbox.keys)}) }, anywhere: true })
        await other.list()
        if (at % 50 === 49) { gc(); await new Promise(resolve => setTimeout(resolve, 50)) }
      }
      gc()
      await new Promise(resolve => setTimeout(resolve, 300))
      const [after, open] = count()
      console.log(after - tasks, open - files)
    })()`])
  const [threads, files] = stdout.split(' ').map(Number)
  assert.deepEqual([code, threads < 12, files < 40], [0, true, true], stdout + stderr)
})

test('a hundred workers of a cluster, forked by a primary that has its outbox open', async () => {
  const store = file()
  const program = join(FOLDER, 'cluster.js')
  writeFileSync(program, `
    const cluster = require('node:cluster')
    ${head(store)}
    const order = id => ({ externalId: id, paid: true, orderItems: [{ amountToOrder: 1, transactionId: 'd-' + id }] })
    if (cluster.isPrimary) {
      (async () => {
        await outbox.install()
        await outbox.enqueue(order('primary'))
        const codes = []
        for (let at = 0; at < 100; at += 10) {
          await Promise.all(Array.from({ length: 10 }, (_, own) => new Promise(resolve => cluster.fork({ AT: at + own }).on('exit', code => { codes.push(code); resolve() }))))
        }
        console.log(codes.filter(code => code === 0).length, (await outbox.stats()).shop.open.pending)
      })()
    } else {
      outbox.enqueue(order('c' + process.env.AT)).then(() => process.exit(0), error => { console.error(error); process.exit(1) })
    }`)
  const { code, stdout, stderr } = await run([program], { limit: 120_000 })
  assert.deepEqual([code, stdout], [0, '100 101\n'], stderr)
})
