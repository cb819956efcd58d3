// The outbox over pg and a real PostgreSQL: the host's transactions, pools, pgbouncer, isolation, and connections that break.
'use strict'

const test = require('node:test')
const assert = require('node:assert/strict')
const pg = require('pg')
const { Outbox, Spiff } = require('..')
const { Sandbox } = require('./support.js')
const { Server, installed, opened, prefix } = require('./outbox/servers.js')

let server
let sandbox
let pool
test.before(async () => {
  [server, sandbox] = await Promise.all([Server.start('postgresql', '--pgbouncer'), Sandbox.start()])
  pool = server.pool()
})
test.after(async () => {
  await pool.end()
  await Promise.all([server.stop(), sandbox.close()])
})

/** An outbox over the tests' pool, or another store, with tables of its own. */
async function made (store = pool, options = {}) {
  const tables = prefix()
  await (await installed(pool, sandbox, { prefix: tables })).check()
  return Object.assign(opened(store, { accounts: { shop: new Spiff(sandbox.keys) }, ...options, prefix: tables }), { tables })
}

const rows = async ({ tables }, where = 'true') => Number((await pool.query(`SELECT count(*) FROM ${tables}countersign_outbox WHERE ${where}`)).rows[0].count)
const accepted = async id => (await sandbox.orders()).filter(({ externalId }) => externalId === id).length

/** The host's own work in a transaction, and what becomes of it. */
async function transaction (work, { begin = 'BEGIN', end = 'COMMIT', on = pool } = {}) {
  const client = await on.connect()
  try {
    await client.query(begin)
    const done = await work(client)
    await client.query(end)
    return done
  } catch (error) {
    await client.query('ROLLBACK').catch(() => {})
    throw error
  } finally {
    client.release()
  }
}

/** A store that notes its statements, and may be struck before or after one. */
function watched (store) {
  const seen = { texts: [], before: async () => {}, after: async () => {} }
  seen.store = new Proxy(store, {
    get (of, name) {
      const value = Reflect.get(of, name, of)
      if (name !== 'query') return typeof value === 'function' ? value.bind(of) : value
      return async config => {
        seen.texts.push(config)
        await seen.before(config.text)
        const answer = await of.query(config)
        await seen.after(config.text)
        return answer
      }
    }
  })
  seen.words = () => seen.texts.splice(0).map(({ text }) => text.split(/[\s(]/)[0])
  return seen
}

test('an order is in the transaction of the payment, or not at all', async () => {
  const outbox = await made()
  await pool.query(`CREATE TABLE ${outbox.tables}payments (id text PRIMARY KEY)`)
  const pay = (order, how) => transaction(async client => {
    await client.query(`INSERT INTO ${outbox.tables}payments VALUES ($1)`, [order.externalId])
    const { status } = await outbox.enqueue(order, { client })
    assert.equal(await outbox.get(order.externalId), null, 'seen by nobody else yet')
    assert.equal((await outbox.get(order.externalId, { client })).state, 'pending')
    return status
  }, how)
  const order = await sandbox.order('paid')
  const payments = async () => (await pool.query(`SELECT id FROM ${outbox.tables}payments`)).rows
  assert.equal(await pay(order, { end: 'ROLLBACK' }), 'new')
  assert.deepEqual([await rows(outbox), await payments()], [0, []])
  assert.equal(await pay(order), 'new')
  assert.deepEqual([await rows(outbox), await payments()], [1, [{ id: 'paid' }]])
  // Told again.
  assert.equal((await outbox.enqueue(order)).status, 'known')
  await assert.rejects(pay(order), { code: '23505' })
  // What a person or a list does may stand in a transaction as well, and be taken back.
  for (const end of ['ROLLBACK', 'COMMIT']) {
    assert.equal(await transaction(client => outbox.cancel('paid', { client }), { end }), 'cancelled')
    assert.equal((await outbox.get('paid')).state, end === 'ROLLBACK' ? 'pending' : 'cancelled')
  }
  assert.equal((await outbox.enqueue(order)).status, 'revived')
  assert.equal((await outbox.drain()).placed, 1)
  assert.equal(await accepted('paid'), 1)
})

test('a pool with one connection is enough, also while it is in a transaction', async () => {
  const one = server.pool({ max: 1 })
  const outbox = await made(one)
  const order = await sandbox.order('one')
  assert.equal((await transaction(client => outbox.enqueue(order, { client }), { on: one })).status, 'new')
  // No connection is kept while the platform is asked.
  await sandbox.faults({ fault: 'accept_late', ms: 600, target: 'order' })
  const drained = outbox.drain()
  while (await rows(outbox, 'state = 2') === 0) await new Promise(resolve => setTimeout(resolve, 5))
  assert.equal((await one.query('SELECT 1 AS one')).rows[0].one, 1)
  assert.equal((await outbox.get('one')).state, 'sending', 'the order is under way')
  assert.equal((await drained).placed, 1)
  await one.end()
})

test('an enqueue is one look and one insert, without names, and reads what the server wrote', async () => {
  const seen = watched(pool)
  const outbox = await made(seen.store)
  // What the host sets for itself is for the host.
  const own = new Map([16, 20, 23, 25, 1043, 1700].map(oid => [oid, pg.types.getTypeParser(oid)]))
  for (const oid of own.keys()) pg.types.setTypeParser(oid, () => ({ of: 'the host' }))
  try {
    const order = await sandbox.order('look')
    assert.equal((await outbox.enqueue(order)).status, 'new')
    assert.ok(seen.texts.every(config => !('name' in config)))
    assert.deepEqual(seen.words(), ['SELECT', 'INSERT'])
    assert.equal((await outbox.enqueue(order)).status, 'known')
    assert.deepEqual(seen.words(), ['SELECT'])
    order.orderItems[0].amountToOrder = 2
    assert.equal((await outbox.enqueue(order)).status, 'replaced')
    assert.deepEqual(seen.words(), ['SELECT', 'UPDATE'])
    await assert.rejects(outbox.enqueue({ externalId: '3' }), { kind: 'invalid_order', name: 'InvalidOrderError' })
    assert.deepEqual(seen.words(), [], 'refused')
    assert.deepEqual([(await outbox.get('look')).sends, (await outbox.drain()).placed, (await outbox.stats()).shop.open], [0, 1, {}])
    assert.equal((await outbox.check()).ok, true)
  } finally {
    for (const [oid, parser] of own) pg.types.setTypeParser(oid, parser)
  }
})

test('a client that reads in binary is refused', async () => {
  const client = await server.client({ binary: true })
  const outbox = await made(client)
  await assert.rejects(outbox.enqueue(await sandbox.order('binary')), { kind: 'store', message: /option binary/ })
  await client.end()
})

test('behind a pgbouncer in transaction mode, many at the same time, and nothing is left on its connections', async () => {
  const bounced = new pg.Pool({ ...server.address, port: server.pgbouncer, max: 12 })
  const outbox = await made(bounced)
  const orders = await Promise.all(Array.from({ length: 24 }, (_, at) => sandbox.order(`bounced-${at}`)))
  const answers = await Promise.all(orders.map((order, at) => transaction(client => outbox.enqueue(order, { client }), { on: bounced, end: at % 3 ? 'COMMIT' : 'ROLLBACK' })))
  assert.ok(answers.every(({ status }) => status === 'new'))
  assert.equal(await rows(outbox), 16)
  const drained = await Promise.all([1, 2, 3].map(() => outbox.drain({ seconds: 20 })))
  assert.equal(drained.reduce((sum, { placed }) => sum + placed, 0), 16)
  for (let at = 0; at < 24; at++) assert.equal(await accepted(`bounced-${at}`), at % 3 ? 1 : 0)
  const left = await Promise.all(Array.from({ length: 12 }, () => transaction(async client => {
    const { rows: prepared } = await client.query('SELECT name FROM pg_prepared_statements')
    const { rows: [set] } = await client.query("SELECT current_setting('lock_timeout') AS wait, current_setting('synchronous_commit') AS commit")
    return { prepared, ...set }
  }, { on: bounced })))
  for (const one of left) assert.deepEqual(one, { prepared: [], wait: '0', commit: 'on' })
  // A drain in the host's transaction is seen through it.
  await assert.rejects(transaction(client => outbox.drain({ client }), { on: bounced }), { kind: 'store', message: /transaction is open.*commit first/i })
  await bounced.end()
})

test('a snapshot that is older than another enqueue is told clearly, and the transaction repeated', async () => {
  for (const level of ['REPEATABLE READ', 'SERIALIZABLE']) {
    const outbox = await made()
    const order = await sandbox.order(level)
    const begin = `BEGIN ISOLATION LEVEL ${level}`
    await assert.rejects(transaction(async client => {
      await client.query(`SELECT count(*) FROM ${outbox.tables}countersign_outbox`)
      assert.equal((await outbox.enqueue(order)).status, 'new', 'by another session')
      return outbox.enqueue(order, { client })
    }, { begin }), { kind: 'store_busy', retryable: false, message: /took the transaction back.*repeat the whole of it/ })
    assert.equal((await transaction(client => outbox.enqueue(order, { client }), { begin })).status, 'known')
    assert.equal(await rows(outbox), 1)
    // Alone there is nobody to repeat for, and it repeats by itself.
    const serializable = await server.client()
    await serializable.query(`SET default_transaction_isolation = '${level}'`)
    assert.equal((await opened(serializable, { accounts: { shop: new Spiff(sandbox.keys) }, prefix: outbox.tables }).drain()).placed, 1)
    await serializable.end()
  }
})

test('a second enqueue waits for the transaction of the first', async () => {
  for (const [end, due] of [['COMMIT', 'known'], ['ROLLBACK', 'new']]) {
    const outbox = await made()
    const order = await sandbox.order(`second-${end}`)
    let second
    await transaction(async client => {
      await outbox.enqueue(order, { client })
      second = outbox.enqueue(order)
      await new Promise(resolve => setTimeout(resolve, 100))
    }, { end })
    assert.deepEqual([(await second).status, await rows(outbox)], [due, 1])
  }
})

test('enqueueStatement is for a host that runs its SQL itself', async () => {
  const outbox = await made()
  const order = await sandbox.order('statement')
  const { sql, params } = await outbox.enqueueStatement(order)
  await transaction(client => client.query(sql, params), { end: 'ROLLBACK' })
  assert.equal(await rows(outbox), 0)
  assert.equal((await transaction(client => client.query(sql, params))).rowCount, 1)
  assert.equal((await pool.query(sql, params)).rowCount, 0, 'once for ever')
  assert.equal((await outbox.enqueue(order)).status, 'known')
  assert.match((await outbox.enqueueStatement(order, { paramstyle: 'named' })).sql, /:p2\b/)
})

/** Ends the connection that a pg client has, as a server does that is restarted. */
async function cut (client) {
  await pool.query('SELECT pg_terminate_backend($1)', [client.processID])
  await new Promise(resolve => setTimeout(resolve, 10))
}

test('a connection that breaks at any statement of an enqueue', async () => {
  for (const inside of [false, true]) {
    for (const when of ['before', 'after']) {
      for (let at = 1; at <= 2; at++) {
        const client = await server.client()
        client.on('error', () => {})
        const seen = watched(client)
        const outbox = await made()
        const order = await sandbox.order(`broken-${inside}-${when}-${at}`)
        let left = at
        seen[when] = async text => {
          if (/^(SELECT|INSERT)/.test(text) && --left === 0) {
            await cut(client)
            if (when === 'after') throw Object.assign(new Error('Connection terminated unexpectedly'))
          }
        }
        if (inside) await client.query('BEGIN')
        await assert.rejects(outbox.enqueue(order, { client: seen.store }), { kind: 'store', name: 'CountersignError' }, `${inside} ${when} ${at}`)
        const there = await rows(outbox)
        // Alone, an INSERT whose answer was lost may stand; in a transaction nothing does.
        assert.equal(there, !inside && when === 'after' && at === 2 ? 1 : 0)
        assert.equal((await outbox.enqueue(order)).status, there ? 'known' : 'new')
        assert.equal(await rows(outbox), 1)
        await client.end().catch(() => {})
      }
    }
  }
})

test('over a pool an answer that is lost is looked for', async () => {
  const seen = watched(pool)
  const outbox = await made(seen.store)
  const once = word => {
    seen.after = async text => {
      if (!text.startsWith(word)) return
      seen.after = async () => {}
      throw Object.assign(new Error('read ECONNRESET'), { code: 'ECONNRESET', errno: -104, syscall: 'read' })
    }
  }
  const order = await sandbox.order('lost')
  once('INSERT')
  assert.deepEqual([(await outbox.enqueue(order)).status, await rows(outbox)], ['new', 1])
  order.orderItems[0].amountToOrder = 2
  once('UPDATE')
  assert.match((await outbox.enqueue(order)).status, /^(replaced|known)$/)
  once('UPDATE')
  assert.match(await outbox.cancel('lost'), /^(cancelled|ended)$/)
})

test('a connection that breaks at any statement of a drain', async () => {
  const tables = (await made()).tables
  const accounts = { shop: new Spiff(sandbox.keys) }
  const calm = opened(pool, { accounts, prefix: tables, scale: 100 })
  let statements = Infinity
  let ids = 0
  for (let at = 1; at <= statements; at++) {
    const id = `drained-${++ids}`
    await calm.enqueue(await sandbox.order(id))
    const own = server.pool({ max: 1 })
    own.on('error', () => {})
    let connected
    own.on('connect', client => { connected = client })
    const seen = watched(own)
    let count = 0
    // Before the statement, and after it: the first was not done, of the second nobody knows.
    seen.before = async () => { if (++count === at && at % 2) await cut(connected) }
    seen.after = async () => {
      if (count !== at || at % 2) return
      await cut(connected)
      throw new Error('Connection terminated unexpectedly')
    }
    try {
      await opened(seen.store, { accounts, prefix: tables, scale: 100 }).drain({ seconds: 0.5 })
    } catch (error) {
      assert.equal(error.kind, 'store', error.stack)
    }
    if (count < at) statements = at
    await own.end()
  }
  assert.ok(statements > 12 && statements < 60, String(statements))
  for (let tries = 0; tries < 40 && await rows({ tables }, 'state IN (1, 2, 3)') > 0; tries++) await calm.drain({ seconds: 0.5 })
  const held = (await calm.list({ state: 'held' })).orders
  for (let number = 1; number <= ids; number++) {
    const id = `drained-${number}`
    assert.equal(await accepted(id), held.some(({ externalId }) => externalId === id) ? 0 : 1, id)
  }
})

test('a server that is gone is an error, and no rejection is left over', async () => {
  const own = await Server.start('postgresql')
  const program = `
    const pg = require(${JSON.stringify(require.resolve('pg'))})
    const { Outbox, Spiff } = require(${JSON.stringify(require.resolve('..'))})
    const pool = new pg.Pool(${JSON.stringify(own.address)})
    const emitted = []
    pool.on('error', error => emitted.push(error.message)) // the host's business
    const outbox = new Outbox(pool, { accounts: { shop: new Spiff(${JSON.stringify(sandbox.keys)}) } })
    ;(async () => {
      await outbox.install()
      await outbox.enqueue(${JSON.stringify(await sandbox.order('gone'))}, { due: Math.floor(Date.now() / 1000) + 3600 })
      const draining = outbox.drain({ seconds: 5 }).catch(error => error)
      console.log('ready')
      await new Promise(resolve => process.stdin.once('data', resolve))
      for (const call of [() => outbox.drain({ seconds: 1 }), () => outbox.enqueue('{"externalId":"1","paid":true,"orderItems":[{"amountToOrder":1,"transactionId":"t"}]}'), () => outbox.list()]) {
        await call().then(() => console.log('no error'), error => console.log(error.kind, error.name))
      }
      await draining
      await pool.end()
      process.stdin.destroy()
    })()
    process.on('unhandledRejection', error => { console.log('unhandled', error); process.exit(9) })`
  const { spawn } = require('node:child_process')
  const child = spawn(process.execPath, ['-e', program], { stdio: ['pipe', 'pipe', 'inherit'] })
  let said = ''
  child.stdout.on('data', async data => {
    said += data
    if (said === 'ready\n') {
      await own.kill()
      child.stdin.write('go\n')
    }
  })
  const code = await new Promise(resolve => child.on('exit', resolve))
  await own.stop()
  assert.deepEqual([code, said], [0, `ready\n${'store CountersignError\n'.repeat(3)}`])
})

test('a signal ends a drain between two orders, and what is under way is written down first', async () => {
  const outbox = await made()
  for (const id of ['s1', 's2', 's3']) await outbox.enqueue(await sandbox.order(id))
  await sandbox.faults({ fault: 'accept_late', ms: 500, target: 'order' })
  const controller = new AbortController()
  const drained = outbox.drain({ signal: controller.signal })
  while (await rows(outbox, 'state = 2') === 0) await new Promise(resolve => setTimeout(resolve, 2))
  const why = new Error('the process is to end')
  controller.abort(why)
  await assert.rejects(drained, { name: 'CountersignError', kind: 'aborted', cause: why })
  assert.deepEqual([await rows(outbox, 'state = 5'), await rows(outbox, 'state = 1'), await accepted('s1')], [1, 2, 1])
  // In a wait for what is due later, at once; and before it begins.
  assert.equal((await outbox.drain()).placed, 2)
  await outbox.enqueue(await sandbox.order('s4'), { due: Math.floor(Date.now() / 1000) + 10 })
  const began = performance.now()
  await assert.rejects(outbox.drain({ signal: AbortSignal.timeout(100) }), error => error.kind === 'aborted' && error.cause.name === 'TimeoutError')
  assert.ok(performance.now() - began < 5000)
  await assert.rejects(outbox.drain({ signal: AbortSignal.abort() }), error => error.kind === 'aborted' && error.cause.name === 'AbortError')
})

test('the tables of another shop are refused', async () => {
  const tables = prefix()
  await installed(pool, sandbox, { prefix: tables, shop: 'one' })
  const stranger = new Outbox(pool, { accounts: { shop: new Spiff(sandbox.keys) }, prefix: tables, shop: 'two' })
  await assert.rejects(stranger.enqueue(await sandbox.order('x')), { kind: 'store', message: /belongs to the shop "one"/ })
})
