// The outbox over a database of SQLite that is the host's own, by better-sqlite3 and node:sqlite: the conformance script, transactions, the event
// loop, and what other processes lock. Both ask for a newer Node than the oldest one that this package knows: a newer one runs this file then.
'use strict'

const test = require('node:test')
const assert = require('node:assert/strict')
const { setTimeout: sleep } = require('node:timers/promises')
const Better = require('better-sqlite3')
const { DatabaseSync } = require('node:sqlite')
const { Outbox, Spiff } = require('../..')
const { answered, connection } = require('../../lib/connection.js')
const { Sandbox, run } = require('../support.js')
const { conform } = require('./conform.js')
const { orms } = require('./orms.js')
const { installed, opened, scratch } = require('./servers.js')

const FOLDER = scratch()
let number = 0
const path = () => `${FOLDER}/o${++number}.db`

/** As hosts set them for themselves: numbers as BigInt. */
const DATABASES = {
  'better-sqlite3': (file = path(), options = {}) => new Better(file, options).defaultSafeIntegers(true),
  'node:sqlite': (file = path(), { timeout = 5000, readonly } = {}) => new DatabaseSync(file, { readBigInts: true, returnArrays: true, timeout, readOnly: readonly })
}

const ends = []
const kind = make => async () => async () => {
  const database = make()
  ends.push(() => database.close())
  return { store: database, options: {}, client: () => database, execute: (sql, params) => database.prepare(sql).run(...params) }
}
let sandbox
test.before(async () => { sandbox = await Sandbox.start() })
test.after(async () => {
  for (const end of ends) await end()
  await sandbox.close()
})

const orders = ids => Promise.all(ids.map(id => sandbox.order(id)))
const accepted = async id => (await sandbox.orders()).filter(({ externalId }) => externalId === id).length
const made = async (database, options) => installed(database, sandbox, { prefix: '', ...options })
const count = (database, where = 'true', table = 'countersign_outbox') => Number(Object.values(database.prepare(`SELECT count(*) AS n FROM ${table} WHERE ${where}`).get())[0])

for (const [name, make] of Object.entries(DATABASES)) {
  test(`${name}: an order is in the transaction of the payment, or not at all`, async () => {
    const database = make()
    const outbox = await made(database)
    database.exec('CREATE TABLE payments (id TEXT PRIMARY KEY)')
    const order = await sandbox.order(`paid-${name}`)
    for (const end of ['ROLLBACK', 'COMMIT']) {
      database.exec('BEGIN')
      database.prepare('INSERT INTO payments VALUES (?)').run(order.externalId)
      assert.equal((await outbox.enqueue(order, { client: database })).status, 'new')
      await assert.rejects(outbox.drain(), { kind: 'store', message: /transaction is open.*commit first/i })
      await assert.rejects(outbox.install(), { kind: 'store', message: /transaction is open.*commit first/i })
      database.exec(end)
      assert.deepEqual([count(database), count(database, 'true', 'payments')], end === 'COMMIT' ? [1, 1] : [0, 0])
    }
    assert.equal((await outbox.enqueue(order)).status, 'known')
    assert.equal((await outbox.drain()).placed, 1)
    assert.equal(await accepted(order.externalId), 1)
    database.close()
    await assert.rejects(outbox.get('x'), { kind: 'store', message: /not open/ })
  })

  test(`${name}: whole numbers and texts are what they are, in both directions`, async () => {
    const database = make()
    const params = [7, Number.MAX_SAFE_INTEGER, '7', 'é "\' ?', null]
    const answer = await answered(connection(database).open(), { sql: 'SELECT typeof(?) AS a, ? AS b, typeof(?) AS c, ? AS d, ? AS e', params, rows: true })
    assert.deepEqual(answer.rows.map(row => row.map(String)), [['integer', '9007199254740991', 'text', 'é "\' ?', 'null']])
    database.close()
  })

  test(`${name}: a transaction that ends meanwhile is told, and the statement for it stands in it`, async () => {
    const database = make()
    const outbox = await made(database)
    const [one, two] = await orders([`sync-1-${name}`, `sync-2-${name}`])
    // As the transaction() of better-sqlite3 does: nothing waits in it.
    database.exec('BEGIN')
    const enqueued = outbox.enqueue(one)
    database.exec('COMMIT')
    await assert.rejects(enqueued, { kind: 'invalid_argument', message: /The transaction ended before this was written.*enqueueStatement/ })
    assert.equal(count(database), 0)
    const { sql, params } = await outbox.enqueueStatement(two)
    for (const end of ['ROLLBACK', 'COMMIT', 'COMMIT']) {
      database.exec('BEGIN')
      database.prepare(sql).run(...params)
      database.exec(end)
      assert.equal(count(database), end === 'COMMIT' ? 1 : 0)
    }
    assert.deepEqual([(await outbox.enqueue(two)).status, (await outbox.drain()).placed], ['known', 1])
    database.close()
  })

  test(`${name}: a transaction that the host begins while a drain is under way keeps it waiting, and takes nothing of it back`, async () => {
    const database = make()
    const outbox = await made(database, { scale: 20 })
    const ids = [1, 2, 3].map(at => `between-${at}-${name}`)
    for (const order of await orders(ids)) await outbox.enqueue(order)
    await sandbox.faults({ fault: 'accept_late', ms: 150, target: 'order', count: 3 })
    const drained = outbox.drain({ seconds: 5 })
    for (const id of ids) {
      while (await accepted(id) === 0) await sleep(2)
      // The answer is on its way.
      database.exec('BEGIN')
      await sleep(200)
      database.exec('ROLLBACK')
    }
    assert.equal((await drained).placed, 3)
    for (const id of ids) assert.deepEqual([await accepted(id), (await outbox.get(id)).state, (await outbox.get(id)).sends], [1, 'placed', 1])
    database.close()
  })

  test(`${name}: what the host's connection does not promise is told`, async () => {
    const database = make()
    const outbox = await made(database)
    for (const [level, durability] of [['FULL', 'full'], ['EXTRA', 'full'], ['NORMAL', 'reduced'], ['OFF', 'reduced']]) {
      database.exec(`PRAGMA synchronous = ${level}`)
      const told = await outbox.check()
      assert.deepEqual([told.durability, told.warnings.some(words => /synchronous is [01]: .*PRAGMA synchronous = FULL/.test(words))], [durability, durability === 'reduced'], level)
    }
    database.close()
  })

  test(`${name}: between two statements everybody else has his turn`, async () => {
    const database = make()
    const outbox = await made(database)
    // No statement takes long, and all of them do.
    const list = (await sandbox.order('many')).orderItems
    const many = Array.from({ length: 400 }, (_, at) => ({ externalId: `many-${at}`, paid: true, orderItems: list }))
    let longest = 0
    let turns = 0
    let last = performance.now()
    const timer = setInterval(() => {
      longest = Math.max(longest, performance.now() - last)
      last = performance.now()
      turns++
    }, 1)
    const began = performance.now()
    assert.equal((await outbox.sweep(many)).orders.filter(({ status }) => status === 'new').length, 400)
    const took = performance.now() - began
    clearInterval(timer)
    assert.ok(turns > 50 && longest < took / 3, `${turns} turns, the longest wait was ${longest} of ${took} ms`)
    database.close()
  })

  test(`${name}: another process writes, and one that may only read`, async () => {
    const file = path()
    const database = make(file, { timeout: 20 })
    const outbox = await made(database)
    const other = make(file)
    const order = await sandbox.order(`locked-${name}`)
    other.exec('BEGIN IMMEDIATE')
    setTimeout(() => other.exec('COMMIT'), 150)
    assert.equal((await outbox.enqueue(order)).status, 'new', 'it was waited for')
    other.exec('BEGIN IMMEDIATE')
    await assert.rejects(outbox.enqueue(await sandbox.order('never')), { kind: 'store_busy', message: /database is locked/ })
    other.exec('COMMIT')
    other.close()
    database.close()
    const reader = make(file, { readonly: true })
    await assert.rejects(opened(reader, { accounts: { shop: new Spiff(sandbox.keys) } }).enqueue(await sandbox.order('reader')), { kind: 'store', message: /readonly/ })
    reader.close()
  })
}

test('the transaction() of better-sqlite3', async () => {
  const database = DATABASES['better-sqlite3']()
  const outbox = await made(database)
  database.exec('CREATE TABLE payments (id TEXT PRIMARY KEY)')
  const { sql, params } = await outbox.enqueueStatement(await sandbox.order('better'))
  const pay = database.transaction(declined => {
    database.prepare('INSERT INTO payments VALUES (?)').run('better')
    assert.equal(database.prepare(sql).run(...params).changes, 1)
    if (declined) throw new Error('declined')
  })
  assert.throws(() => pay(true), /declined/)
  assert.equal(count(database), 0)
  pay(false)
  assert.deepEqual([count(database), (await outbox.drain()).placed], [1, 1])
  database.close()
})

orms('better-sqlite3', async () => {
  const filename = path()
  const store = DATABASES['better-sqlite3'](filename)
  const own = new Better(filename)
  const end = () => { store.close(); own.close() }
  return { store, knex: { client: 'better-sqlite3', connection: { filename } }, drizzle: require('drizzle-orm/better-sqlite3').drizzle({ client: own }), execute: sql => store.exec(sql), end }
}, true)

test('no warning, and no driver is loaded by the package', async () => {
  const { code, stderr } = await run(['-e', `
    const { Outbox } = require(${JSON.stringify(require.resolve('../..'))})
    try { new Outbox({ prepare () {} }, { accounts: {} }) } catch (error) { if (error.kind !== 'invalid_argument') throw error }
    const loaded = Object.keys(require.cache).filter(file => /node_modules/.test(file))
    if (loaded.length > 0 || process.moduleLoadList.some(name => /sqlite/.test(name))) throw new Error(loaded)`])
  assert.deepEqual([code, stderr], [0, ''])
  assert.throws(() => new Outbox(new (class DatabaseSync { prepare () {} })(), { accounts: {} }), { kind: 'invalid_argument', message: /use Node 22\.16 or newer/ })
})

// The others are run while its rows wait; of those whose times are short another process has some at the same time.
conform(Object.fromEntries(Object.entries(DATABASES).map(([name, make]) => [name, kind(make)])), ends, {}, 1)
