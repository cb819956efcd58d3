// The outbox over mysql2 and a real MariaDB: the host's transactions, pools, sessions that do not commit by themselves, and connections that break.
'use strict'

const test = require('node:test')
const assert = require('node:assert/strict')
const callbacks = require('mysql2')
const mysql = require('mysql2/promise')
const { Outbox, Spiff } = require('../..')
const { Sandbox } = require('../support.js')
const { mariadb, ends } = require('./shared.js')
const { installed, opened, prefix } = require('./servers.js')

let server
let sandbox
let pool
test.before(async () => {
  [server, sandbox] = await Promise.all([mariadb, Sandbox.start()])
  pool = mysql.createPool(server.address)
  ends.push(() => sandbox.close(), () => pool.end())
})

/** An outbox over the tests' pool, or another store, with tables of its own. */
async function made (store = pool, options = {}) {
  const tables = prefix()
  await installed(pool, sandbox, { prefix: tables })
  return Object.assign(opened(store, { accounts: { shop: new Spiff(sandbox.keys) }, ...options, prefix: tables }), { tables })
}

const count = async sql => (await pool.query(sql))[0][0].count
const rows = ({ tables }, where = 'true') => count(`SELECT count(*) AS count FROM ${tables}countersign_outbox WHERE ${where}`)
const accepted = async id => (await sandbox.orders()).filter(({ externalId }) => externalId === id).length

async function transaction (work, { end = 'commit', on = pool } = {}) {
  const connection = await on.getConnection()
  try {
    await connection.beginTransaction()
    const done = await work(connection)
    await connection[end]()
    return done
  } catch (error) {
    await connection.rollback().catch(() => {})
    throw error
  } finally {
    connection.release()
  }
}

/** Drains until nothing is open. */
async function rest (calm, outbox) {
  for (const end = performance.now() + 20_000; await rows(outbox, 'state IN (1, 2, 3)') > 0 && performance.now() < end;) await calm.drain({ seconds: 0.5 })
}

/** A connection that is told of its statements, and may be struck before or after one. */
function watched (connection) {
  const seen = { before: async () => {}, after: async () => {} }
  seen.store = new Proxy(connection, {
    get (of, name) {
      const value = Reflect.get(of, name, of)
      if (name !== 'query') return typeof value === 'function' ? value.bind(of) : value
      return async config => {
        await seen.before(config.sql)
        const answer = await of.query(config)
        await seen.after(config.sql)
        return answer
      }
    }
  })
  return seen
}

test('an order is in the transaction of the payment, or not at all', async () => {
  const outbox = await made()
  await pool.query(`CREATE TABLE ${outbox.tables}payments (id varchar(64) PRIMARY KEY)`)
  const pay = (order, how) => transaction(async client => {
    await client.query(`INSERT INTO ${outbox.tables}payments VALUES (?)`, [order.externalId])
    const { status } = await outbox.enqueue(order, { client })
    assert.equal(await outbox.get(order.externalId), null, 'seen by nobody else yet')
    assert.equal((await outbox.get(order.externalId, { client })).state, 'pending')
    await assert.rejects(outbox.drain({ client }), { kind: 'store', message: /transaction is open.*commit first/i })
    return status
  }, how)
  const order = await sandbox.order('paid')
  const payments = () => count(`SELECT count(*) AS count FROM ${outbox.tables}payments`)
  assert.equal(await pay(order, { end: 'rollback' }), 'new')
  assert.deepEqual([await rows(outbox), await payments()], [0, 0])
  assert.equal(await pay(order), 'new')
  assert.deepEqual([await rows(outbox), await payments()], [1, 1])
  // Told again.
  assert.equal((await outbox.enqueue(order)).status, 'known')
  await assert.rejects(pay(order), { errno: 1062 })
  assert.equal((await outbox.drain()).placed, 1)
  assert.equal(await accepted('paid'), 1)
  assert.equal((await outbox.check()).ok, true)
})

test('a connection with callbacks, and one of the other API, are the same', async () => {
  const own = callbacks.createPool(server.address)
  const outbox = await made(own)
  const order = await sandbox.order('callbacks')
  await transaction(client => outbox.enqueue(order, { client: client.connection }))
  assert.equal((await outbox.enqueue(order)).status, 'known')
  assert.equal((await outbox.drain({ client: await own.promise().getConnection() })).placed, 1)
  await own.promise().end()
})

test('what is no connection for a call is refused', async () => {
  const outbox = await made()
  await assert.rejects(outbox.enqueue(await sandbox.order('x'), { client: pool }), { kind: 'invalid_argument', message: /client is a Pool/ })
  assert.throws(() => new Outbox(pool, { accounts: { shop: new Spiff(sandbox.keys) }, dialect: 'postgresql' }), { kind: 'invalid_argument', message: /of the package mysql2: its dialect is mysql, not postgresql/ })
})

test('a drain has one connection of the pool for its whole length, and gives it back as it was', async () => {
  const two = mysql.createPool({ ...server.address, connectionLimit: 2 })
  const outbox = await made(two)
  const order = await sandbox.order('one')
  assert.equal((await transaction(client => outbox.enqueue(order, { client }), { on: two })).status, 'new')
  await sandbox.faults({ fault: 'accept_late', ms: 600, target: 'order' })
  const drained = outbox.drain()
  while (await rows(outbox, 'state = 2') === 0) await new Promise(resolve => setTimeout(resolve, 5))
  // The other one is free while the platform is asked.
  assert.equal((await outbox.get('one')).state, 'sending')
  assert.equal((await drained).placed, 1)
  const waits = await Promise.all([1, 2].map(() => transaction(async client => (await client.query('SELECT @@innodb_lock_wait_timeout AS wait'))[0][0].wait, { on: two })))
  assert.deepEqual(waits, [50, 50])
  await two.end()
})

test('a host that commits by itself', async () => {
  const [own, other] = await Promise.all([1, 2].map(() => mysql.createConnection(server.address)))
  await own.query('SET SESSION autocommit = 0')
  const outbox = await made(own)
  // What it does not commit is not there.
  const order = await sandbox.order('committed')
  for (const end of ['rollback', 'commit']) {
    assert.equal((await outbox.enqueue(order)).status, 'new')
    assert.equal(await rows(outbox), 0, 'seen by others')
    await assert.rejects(outbox.drain({ seconds: 1 }), { kind: 'store', message: /transaction is open.*commit first/i })
    await own[end]()
  }
  // A drain commits each step all the same.
  assert.deepEqual([(await outbox.drain()).placed, await rows(outbox, 'state = 5 AND sends = 1')], [1, 1])
  await own.rollback()
  assert.equal((await outbox.get('committed')).state, 'placed')
  await Promise.all([own.end(), other.end()])
})

test('a pool whose connections do not commit is refused: nobody would', async () => {
  const own = mysql.createPool({ ...server.address, connectionLimit: 1 })
  own.on('connection', connection => connection.query('SET SESSION autocommit = 0'))
  const outbox = await made(own)
  const order = await sandbox.order('uncommitted')
  await assert.rejects(outbox.enqueue(order), error => error.kind === 'store' && /autocommit is off/.test(error.message) && /client/.test(error.nextStep))
  await assert.rejects(outbox.enqueue(order), { kind: 'store', message: /autocommit is off/ }, 'over the next connection')
  assert.equal(await rows(outbox), 0)
  assert.equal((await transaction(client => outbox.enqueue(order, { client }), { on: own })).status, 'new')
  assert.equal((await outbox.drain()).placed, 1, 'each step is committed')
  assert.equal(await rows(outbox, 'state = 5'), 1)
  await own.end()
})

test('a host that begins a transaction on the connection of a drain ends the drain, and nothing is sent twice', async () => {
  const own = await mysql.createConnection(server.address)
  const seen = watched(own)
  const outbox = await made(seen.store, { scale: 100 })
  const calm = opened(pool, { accounts: { shop: new Spiff(sandbox.keys) }, prefix: outbox.tables, scale: 100 })
  // Before it is sent; and before it is written down what came of it.
  for (const [at, word] of [/SET state = 1/, /SET state = 2/, /SET state = 5/].entries()) {
    const id = `between-${at}`
    await calm.enqueue(await sandbox.order(id))
    seen.before = async sql => { if (word.test(sql)) await own.query('BEGIN') }
    await assert.rejects(outbox.drain(), { kind: 'store', message: /transaction is open.*commit first/i })
    assert.equal(await accepted(id), at === 2 ? 1 : 0)
    await own.query('ROLLBACK')
    seen.before = async () => {}
    await rest(calm, outbox)
    assert.deepEqual([await accepted(id), (await calm.get(id)).state], [1, 'placed'], id)
  }
  await own.end()
})

/** Ends a connection, as a server does that is restarted. */
async function cut (connection) {
  await pool.query(`KILL CONNECTION ${connection.threadId}`)
  await new Promise(resolve => setTimeout(resolve, 10))
}

test('a connection that breaks at any statement of an enqueue', async () => {
  for (const inside of [false, true]) {
    for (const when of ['before', 'after']) {
      for (let at = 1; at <= 2; at++) {
        const client = await mysql.createConnection(server.address)
        client.on('error', () => {})
        const seen = watched(client)
        const outbox = await made()
        const order = await sandbox.order(`broken-${inside}-${when}-${at}`)
        let left = at
        seen[when] = async sql => {
          if (/^(SELECT|INSERT)/.test(sql) && --left === 0) {
            await cut(client)
            if (when === 'after') throw Object.assign(new Error('Connection lost: The server closed the connection.'), { code: 'PROTOCOL_CONNECTION_LOST', fatal: true })
          }
        }
        if (inside) await client.beginTransaction()
        await assert.rejects(outbox.enqueue(order, { client: seen.store }), { kind: 'store', name: 'CountersignError' }, `${inside} ${when} ${at}`)
        const there = await rows(outbox)
        // Alone, an INSERT whose answer was lost may stand; in a transaction nothing does.
        assert.equal(there, !inside && when === 'after' && at === 2 ? 1 : 0)
        assert.equal((await outbox.enqueue(order)).status, there ? 'known' : 'new')
        assert.equal(await rows(outbox), 1)
        client.destroy()
      }
    }
  }
})

test('a connection of a pool that breaks at any statement of a drain: the next one takes its place', async () => {
  const { tables } = await made()
  const accounts = { shop: new Spiff(sandbox.keys) }
  const calm = opened(pool, { accounts, prefix: tables, scale: 100 })
  const failed = []
  let statements = Infinity
  let ids = 0
  for (let at = 1; at <= statements; at++) {
    await calm.enqueue(await sandbox.order(`drained-${++ids}`))
    const own = mysql.createPool({ ...server.address, connectionLimit: 1 })
    let count = 0
    const store = new Proxy(own, {
      get (of, name) {
        if (name !== 'getConnection') return Reflect.get(of, name, of)
        return async () => {
          const connection = await of.getConnection()
          const seen = watched(connection)
          // Before the statement, and after it: the first was not done, of the second nobody knows.
          seen.before = async () => { if (++count === at && at % 2) await cut(connection) }
          seen.after = async () => {
            if (count !== at || at % 2) return
            await cut(connection)
            throw Object.assign(new Error('read ECONNRESET'), { code: 'ECONNRESET', errno: -104, fatal: true })
          }
          return seen.store
        }
      }
    })
    try {
      await opened(store, { accounts, prefix: tables, scale: 100 }).drain({ seconds: 0.5 })
    } catch (error) {
      assert.equal(error.kind, 'store', error.stack)
      failed.push(at)
    }
    if (count < at) statements = at
    await own.end()
  }
  assert.ok(statements > 12 && statements < 60, String(statements))
  assert.deepEqual(failed, [])
  await rest(calm, { tables })
  const held = (await calm.list({ state: 'held' })).orders
  for (let number = 1; number <= ids; number++) {
    const id = `drained-${number}`
    assert.equal(await accepted(id), held.some(({ externalId }) => externalId === id) ? 0 : 1, id)
  }
})

test('a server that is gone is an error, also of a pool that cannot connect', async () => {
  const nobody = mysql.createPool({ ...server.address, port: 1 })
  const outbox = opened(nobody, { accounts: { shop: new Spiff(sandbox.keys) } })
  for (const call of [() => outbox.drain({ seconds: 1 }), () => outbox.list()]) await assert.rejects(call(), { kind: 'store', name: 'CountersignError' })
  const stranger = opened(mysql.createPool({ ...server.address, password: 'wrong' }), { accounts: { shop: new Spiff(sandbox.keys) } })
  await assert.rejects(stranger.list(), { kind: 'store', message: /Access denied/ })
  await nobody.end()
})
