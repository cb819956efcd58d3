// The examples, as they stand, against the sandbox.
'use strict'

const test = require('node:test')
const assert = require('node:assert/strict')
const { Readable } = require('node:stream')
const { join } = require('node:path')
const { Sandbox, run, serve } = require('./support.js')

const example = name => import(`../examples/${name}`)

let sandbox
test.before(async () => {
  sandbox = await Sandbox.start()
  Object.assign(process.env, sandbox.env)
})
test.after(() => sandbox.stop())
test.beforeEach(() => sandbox.reset())

/** Deliveries to a server, true and false ones. */
async function deliver (url) {
  const secret = sandbox.sign_customiser.webhook_secret
  const hook = `${url}/hooks/sign-customiser`
  const made = await sandbox.ask('POST', '/_/product-created', { url: hook, secret })
  assert.ok(made.ok && /^shop-/.test(made.external_id), JSON.stringify(made))
  const told = await sandbox.ask('POST', '/_/deliver', { topic: 'order:created', url: hook })
  assert.ok(told.ok, JSON.stringify(told))
  const forged = await fetch(hook, { method: 'POST', body: '{"order":{}}', headers: { 'x-webhook-timestamp': '1', 'x-webhook-signature': 'ab'.repeat(32), 'content-type': 'application/json' } })
  assert.deepEqual([forged.status, await forged.text()], [401, 'mismatch'])
}

async function pay (url, id) {
  const { orderItems } = await sandbox.order()
  const place = async () => (await fetch(`${url}/paid/${id}`, { method: 'POST', body: JSON.stringify({ items: orderItems }), headers: { 'content-type': 'application/json' } })).json()
  assert.deepEqual(await place(), { state: 'placed' })
  assert.deepEqual(await place(), { state: 'placed' }, 'a payment that is told twice')
  assert.equal((await sandbox.orders()).filter(({ externalId }) => externalId === id).length, 1)
}

test('Express', async () => {
  const { app } = await example('express.mjs')
  const server = await serve(app)
  await deliver(server.url)
  await pay(server.url, 'e1')
  await server.close()
})

test('Fastify', async () => {
  const { app } = await example('fastify.mjs')
  const url = await app.listen({ port: 0, host: '127.0.0.1' })
  await deliver(url)
  await pay(url, 'f1')
  await app.close()
})

test('Next.js App Router', async () => {
  const { POST, runtime } = await example('next-route.mjs')
  assert.equal(runtime, 'nodejs')
  // As Next does: Node's request becomes a web Request.
  const server = await serve(async (incoming, outgoing) => {
    const request = new Request(`http://${incoming.headers.host}${incoming.url}`, { method: incoming.method, headers: incoming.headers, body: Readable.toWeb(incoming), duplex: 'half' })
    const response = await POST(request)
    outgoing.writeHead(response.status, Object.fromEntries(response.headers))
    outgoing.end(await response.text())
  })
  await deliver(server.url)
  await server.close()
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
  await settleAll(row.settleFrom)
  assert.equal(row.state, 'placed')

  await sandbox.faults({ fault: '500', target: 'order' })
  const other = await paid('s2', (await sandbox.order()).orderItems)
  other.sentAt -= 1000 // sent long ago
  await settleAll(other.settleFrom)
  assert.deepEqual([other.state, typeof other.firstAbsentAt], ['in doubt', 'number'])
  other.firstAbsentAt -= 100
  await settleAll(other.settleFrom)
  assert.equal(other.state, 'try again')
  assert.equal((await paid('s2', other.order.orderItems)).state, 'placed')
  // The process dies after it was sent: what is known then is the row as it was kept before.
  const dying = paid('s4', (await sandbox.order()).orderItems)
  const kept = { ...orders.get('s4') }
  await dying
  orders.set('s4', kept)
  await settleAll()
  assert.equal(kept.state, 'placing', 'perhaps still under way')
  await settleAll(kept.settleFrom)
  assert.equal(kept.state, 'placed')
  assert.equal((await sandbox.orders()).length, 3)
  orders.clear()
  const refused = await paid('s3', [])
  assert.equal(refused.state, 'refused')
})

test('the first order', async () => {
  const { transactionId } = (await sandbox.order()).orderItems[0]
  const { code, stdout, stderr } = await run([join(__dirname, '../examples/first-order.mjs')], { env: { TRANSACTION_ID: transactionId } })
  assert.equal(code, 0, stderr)
  assert.match(stdout, /^placed: /)
})
