// The examples, as they stand, against the sandbox.
'use strict'

const test = require('node:test')
const assert = require('node:assert/strict')
const { readFileSync, readdirSync } = require('node:fs')
const { Readable } = require('node:stream')
const { join } = require('node:path')
const { SIGN_ORDER, Sandbox, run, serve } = require('./support.js')
const { Server } = require('./outbox/servers.js')

const example = name => import(`../examples/${name}`)

let sandbox
let server
let shop
test.before(async () => {
  [sandbox, server] = await Promise.all([Sandbox.start(), Server.start('postgresql')])
  Object.assign(process.env, sandbox.env, { DATABASE_URL: server.url, CRON_SECRET: 'cron-secret' })
  shop = await example('outbox.mjs')
  await shop.outbox().install()
})
test.after(async () => {
  await shop.pool.end()
  await Promise.all([sandbox.close(), server.stop()])
})
// The sandbox gives the same designs again.
test.beforeEach(() => Promise.all([sandbox.reset(), shop.pool.query('TRUNCATE countersign_outbox, countersign_outbox_design')]))

/** Deliveries to a server, each with the secret that the platform signs it with, with the other one, and with none. */
async function deliver (url) {
  const { webhook_secret: webhook, integration_secret: integration } = sandbox.ready.sign_customiser
  const [hook, create] = [`${url}/hooks/sign-customiser`, `${url}/create-product`]
  for (let i = 0; i < 2; i++) {
    const made = await sandbox.productCreated(create, { productId: 17 })
    assert.deepEqual([made.ok, made.external_id], [true, 'shop-17'], JSON.stringify(made))
    const told = await sandbox.deliver('order:created', hook)
    assert.deepEqual([told.ok, told.body], [true, '{"ok":true}'], JSON.stringify(told))
  }
  for (const wrong of [await sandbox.productCreated(create, { secret: webhook }), await sandbox.deliver('order:created', hook, undefined, { secret: integration })]) {
    assert.deepEqual([wrong.status, wrong.body], [401, 'mismatch'], JSON.stringify(wrong))
  }
  for (const path of [hook, create]) {
    const forged = await fetch(path, { method: 'POST', body: '{"order":{}}', headers: { 'x-webhook-timestamp': '1', 'x-webhook-signature': 'ab'.repeat(32), 'content-type': 'application/json' } })
    assert.deepEqual([forged.status, await forged.text()], [401, 'mismatch'])
  }
}

/** An order in doubt is settled by a delivery that proves it. */
async function settles (url) {
  const id = `signs-${url}`
  await shop.outbox().enqueue({ ...SIGN_ORDER, external_id: id }, { account: 'signs' })
  await sandbox.faults({ fault: 'cut_reply', target: 'order' })
  assert.equal((await shop.outbox().drain({ max: 1 })).unknown, 1)
  const told = await sandbox.deliver('order:created', `${url}/hooks/sign-customiser`, { order: { order_id: `made-${id}`, external_id: id } })
  assert.ok(told.ok, JSON.stringify(told))
  assert.equal((await shop.outbox().get(id, { account: 'signs' })).state, 'placed')
}

async function pay (url, id) {
  const { orderItems } = await sandbox.order()
  const tell = async () => (await fetch(`${url}/paid/${id}`, { method: 'POST', body: JSON.stringify({ items: orderItems }), headers: { 'content-type': 'application/json' } })).json()
  assert.deepEqual(await tell(), { status: 'new' })
  assert.deepEqual(await tell(), { status: 'known' }, 'a payment that is told twice')
  await shop.outbox().drain()
  assert.equal((await sandbox.orders()).filter(({ externalId }) => externalId === id).length, 1)
}

/** A route of cron's drains, and for nobody else. */
async function drains (cron) {
  for (const wrong of ['', 'Bearer x', 'Bearer cron-secreu', 'Bearer undefined']) assert.equal((await cron(wrong)).status, 401)
  await shop.outbox().enqueue(await sandbox.order('cron'), { account: 'shop' })
  assert.deepEqual(await (await cron('Bearer cron-secret')).json(), { placed: 1, held: 0, nextDue: null })
}

test('Express', async () => {
  const { app } = await example('express.mjs')
  const server = await serve(app)
  await deliver(server.url)
  await settles(server.url)
  await pay(server.url, 'e1')
  await server.close()
})

test('Fastify', async () => {
  const { app } = await example('fastify.mjs')
  const url = await app.listen({ port: 0, host: '127.0.0.1' })
  await deliver(url)
  await settles(url)
  await pay(url, 'f1')
  await drains(authorization => fetch(`${url}/cron/drain`, { headers: { authorization } }))
  await app.close()
})

test('Next.js App Router', async () => {
  const { GET, POST, createProduct, maxDuration, runtime } = await example('next-route.mjs')
  assert.equal(runtime, 'nodejs')
  // As Next does: Node's request becomes a web Request.
  const server = await serve(async (incoming, outgoing) => {
    const request = new Request(`http://${incoming.headers.host}${incoming.url}`, { method: incoming.method, headers: incoming.headers, body: Readable.toWeb(incoming), duplex: 'half' })
    const response = await (incoming.url === '/create-product' ? createProduct : POST)(request)
    outgoing.writeHead(response.status, Object.fromEntries(response.headers))
    outgoing.end(await response.text())
  })
  await deliver(server.url)
  await settles(server.url)
  await server.close()
  // Its cron drains, within the time that the host gives it, and for nobody else.
  await drains(authorization => GET(new Request('http://shop/cron/drain', { headers: { authorization } })))
  const [, seconds] = /drain\(\{ seconds: (\d+) \}\)/.exec(readFileSync(join(__dirname, '../examples/next-route.mjs'), 'utf8'))
  assert.ok(Number(seconds) + 2 * 20 < maxDuration)
})

test('a build imports them without secrets', async () => {
  for (const name of ['next-route.mjs', 'outbox.mjs']) {
    const env = Object.fromEntries([...Object.keys(sandbox.env), 'DATABASE_URL', 'CRON_SECRET'].map(variable => [variable, undefined]))
    const program = `await import(${JSON.stringify(join(__dirname, '../examples', name))}); console.log('built')`
    assert.deepEqual(await run(['--input-type=module', '-e', program], { env }), { code: 0, signal: null, stdout: 'built\n', stderr: '' })
  }
})

test('no example drains by a timer but a process that stays', () => {
  const folder = join(__dirname, '../examples')
  for (const name of readdirSync(folder)) assert.doesNotMatch(readFileSync(join(folder, name), 'utf8'), /setInterval/, name)
})

test('a shop settles what is in doubt', async () => {
  const { orders, paid, settleAll } = await example('shop.mjs')
  const { orderItems } = await sandbox.order()
  await sandbox.faults({ fault: 'accept_then_500', target: 'order' })
  const row = await paid('s1', orderItems)
  assert.equal(row.state, 'in doubt')
  assert.equal((await paid('s1', orderItems)).state, 'in doubt', 'not sent again')
  await settleAll()
  assert.equal(row.state, 'in doubt', 'too early')
  await settleAll(row.next)
  assert.equal(row.state, 'placed')

  await sandbox.faults({ fault: '500', target: 'order' })
  const other = await paid('s2', (await sandbox.order()).orderItems)
  other.sentAt -= 1000 // sent long ago
  await settleAll(other.next)
  assert.deepEqual([other.state, typeof other.firstAbsentAt], ['in doubt', 'number'])
  other.firstAbsentAt -= 100
  await settleAll(other.next)
  assert.equal(other.state, 'try again')
  await Promise.all([settleAll(), settleAll()])
  assert.equal(other.state, 'placed')
  // The process dies after it was sent: what is known then is the row as it was kept before.
  const dying = paid('s4', (await sandbox.order()).orderItems)
  const kept = { ...orders.get('s4') }
  await dying
  orders.set('s4', kept)
  await settleAll()
  assert.equal(kept.state, 'placing', 'perhaps still under way')
  await settleAll(kept.next)
  assert.equal(kept.state, 'placed')
  assert.equal((await sandbox.orders()).length, 3)
  orders.clear()
  const refused = await paid('s3', [])
  assert.equal(refused.state, 'refused')
})

test('a shop orders what is left, in whole numbers', async () => {
  const { orders, paid } = await example('shop.mjs')
  const items = async (amountToOrder, refunded) => [{ ...(await sandbox.order()).orderItems[0], amountToOrder, refunded }]
  await paid('l1', [...await items(3, 2), ...await items(2, 2), ...await items(1)])
  const placed = (await sandbox.orders()).find(({ externalId }) => externalId === 'l1')
  assert.deepEqual(placed.items.map(item => item.amountToOrder ?? item.amount), [1, 1])
  for (const [at, [amount, refunded]] of [[1.5, 0], [2, 0.5], [3, NaN]].entries()) {
    const row = await paid(`l2-${at}`, await items(amount, refunded))
    assert.deepEqual([row.state, /no whole number/.test(row.why)], ['refused', true])
  }
  assert.equal((await paid('l3', await items(2, 2))).state, 'refused', 'nothing is left')
  assert.equal((await sandbox.orders()).length, 1)
  orders.clear()
})

test('a shop tries again what was refused for now, and ends', async () => {
  const { orders, paid, settleAll } = await example('shop.mjs')
  await sandbox.faults({ fault: '429', target: 'order', retry_after: 100 })
  const row = await paid('t1', (await sandbox.order()).orderItems)
  assert.equal(row.state, 'try again')
  assert.ok(row.next >= Math.floor(Date.now() / 1000) + 98, 'no sooner than the platform asks for')
  await settleAll()
  assert.equal(row.state, 'try again', 'not yet')
  await settleAll(row.next)
  await settleAll(row.next)
  assert.equal(row.state, 'placed')
  assert.equal((await sandbox.orders()).length, 1)

  let tries = 0
  do {
    await sandbox.faults({ fault: '429', target: 'order' })
    if (tries++ === 0) await paid('t2', (await sandbox.order()).orderItems)
    else await settleAll(Infinity)
  } while (orders.get('t2').state === 'try again' && tries < 20)
  assert.deepEqual([tries, orders.get('t2').state], [6, 'refused'])
  assert.match(orders.get('t2').why, /A person must look/)
  orders.clear()
})

test('a shop never takes a lost time for 0, and settling ends', async () => {
  const { orders, paid, settleAll } = await example('shop.mjs')
  for (const [at, lost] of [undefined, null, 0, NaN, ''].entries()) {
    await sandbox.faults({ fault: '500', target: 'order' })
    const row = await paid(`z${at}`, (await sandbox.order()).orderItems)
    Object.assign(row, { sentAt: lost, firstAbsentAt: 1_700_000_000 })
    await settleAll(Infinity)
    await settleAll(Infinity)
    assert.deepEqual([row.state, /A person must look/.test(row.why)], ['look', true], String(lost))
  }
  await sandbox.faults({ fault: '500', target: 'order' })
  const row = await paid('z9', (await sandbox.order()).orderItems)
  let reads = 0
  for (; row.state === 'in doubt' && reads < 50; reads++) {
    for (let i = 0; i < 3; i++) await sandbox.faults({ fault: '403', target: 'read' })
    await settleAll(Infinity)
    await sandbox.control('DELETE', 'faults')
  }
  assert.deepEqual([reads, row.state], [6, 'look'])
  assert.match(row.why, /A person must look/)
  assert.equal((await sandbox.orders()).length, 0)
  // The design belongs to another order already: no later read can tell.
  const { orderItems } = await sandbox.order()
  await paid('z10', orderItems)
  await sandbox.faults({ fault: '500', target: 'order' })
  const other = await paid('z11', orderItems)
  await settleAll(Infinity)
  assert.deepEqual([other.state, /A person must look/.test(other.why)], ['look', true])
  orders.clear()
})

test('the first order', async () => {
  const { transactionId } = (await sandbox.order()).orderItems[0]
  const { code, stdout, stderr } = await run([join(__dirname, '../examples/first-order.mjs')], { env: { TRANSACTION_ID: transactionId } })
  assert.equal(code, 0, stderr)
  assert.match(stdout, /^placed: /)
})
