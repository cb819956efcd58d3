// The shop of the examples, as it stands, over a real PostgreSQL and the sandbox.
'use strict'

const test = require('node:test')
const assert = require('node:assert/strict')
const { spawn } = require('node:child_process')
const { join } = require('node:path')
const { setTimeout: sleep } = require('node:timers/promises')
const { SignCustomiser, Spiff } = require('..')
const { SIGN_ORDER, Sandbox } = require('./support.js')
const { Server } = require('./outbox/servers.js')

const until = async (done, what) => {
  for (const end = performance.now() + 30_000; !await done();) {
    if (performance.now() > end) assert.fail(typeof what === 'string' ? what : what())
    await sleep(30)
  }
}

/** The program, until it listens. */
async function start (env) {
  const child = spawn(process.execPath, [join(__dirname, '../examples/express-shop.mjs')], { env: { ...process.env, ...env, PORT: '0' }, stdio: ['ignore', 'pipe', 'pipe'] })
  const shop = { child, said: '', told: '' }
  child.stdout.on('data', data => { shop.said += data })
  child.stderr.on('data', data => { shop.told += data })
  shop.ended = new Promise(resolve => child.once('close', (code, signal) => resolve(signal ?? code)))
  shop.ended.then(() => { shop.over = true })
  await until(() => shop.said.includes('\n') || shop.over, 'the shop does not begin')
  assert.ok(!shop.over, shop.told)
  shop.url = shop.said.trim()
  return shop
}

test('a shop with Express and pg: paid twice, placed once, in doubt, held, and killed meanwhile', async () => {
  const [server, sandbox] = await Promise.all([Server.start('postgresql'), Sandbox.start()])
  const pool = server.pool()
  let shop
  try {
    const env = { ...sandbox.env, DATABASE_URL: server.url, COUNTERSIGN_OUTBOX_TEST_SCALE: '20' }
    shop = await start(env)
    const ordered = (id, account, document) => pool.query('INSERT INTO orders (id, account, document) VALUES ($1, $2, $3)', [id, account, document])
    const paid = async id => (await fetch(`${shop.url}/hooks/payment`, { method: 'POST', headers: { 'content-type': 'application/json' }, body: JSON.stringify({ order: id }) })).status
    const shows = async id => /<b>(\w+)<\/b>/.exec(await (await fetch(`${shop.url}/orders/${id}`)).text())?.[1]
    const placed = id => until(async () => await shows(id) === 'placed', () => `${id} is not placed: ${shop.told}`)
    const accepted = async id => (await sandbox.orders()).filter(({ externalId }) => externalId === id).length

    // Told twice, and at the same moment.
    await ordered('o1', 'shop', await sandbox.order('o1'))
    assert.equal(await shows('o1'), 'unpaid')
    assert.deepEqual(await Promise.all([paid('o1'), paid('o1'), paid('o1')]), [200, 200, 200])
    await placed('o1')
    assert.equal(await paid('o1'), 200)
    assert.equal(await accepted('o1'), 1)
    assert.equal(await paid('nobody'), 500)
    assert.equal((await fetch(`${shop.url}/orders/nobody`)).status, 404)

    // The platform hangs: it waits, and is read back. What becomes of it is looked at in the end.
    await sandbox.faults({ fault: 'accept_then_500', target: 'order' })
    await ordered('o2', 'shop', await sandbox.order('o2'))
    await paid('o2')
    await until(async () => await accepted('o2') === 1, 'it was never sent')
    assert.match(await shows('o2'), /^(waiting|placed)$/)

    // An order that breaks rules is paid all the same; one whose design is ordered already is held.
    await ordered('o3', 'shop', { externalId: 'o3', paid: true, orderItems: [] })
    assert.equal(await paid('o3'), 200)
    assert.equal(await shows('o3'), 'held')
    assert.notEqual((await pool.query("SELECT paid_at FROM orders WHERE id = 'o3'")).rows[0].paid_at, null)
    const other = await sandbox.order('other')
    await new Spiff(sandbox.keys).placeOrder(other)
    await ordered('o4', 'shop', { ...other, externalId: 'o4' })
    await paid('o4')
    await until(async () => await shows('o4') === 'held', 'o4 is not held')
    await until(() => /order o4 needs a person: already_ordered/.test(shop.told), 'nobody is told')

    // Sign Customiser has no read: its webhook settles.
    await new SignCustomiser(sandbox.token).webhooks.create({ topic: 'order:created', url: `${shop.url}/hooks/sign-customiser` })
    await sandbox.faults({ fault: 'cut_reply', target: 'order' })
    await ordered('o5', 'signs', { ...SIGN_ORDER, external_id: 'o5' })
    await paid('o5')
    await placed('o5')

    // A finished design comes to an address of its own, signed with the integration's secret.
    const made = await sandbox.productCreated(`${shop.url}/create-product`, { productId: 17 })
    assert.deepEqual([made.ok, made.external_id], [true, 'shop-17'], JSON.stringify(made))
    const wrong = await sandbox.productCreated(`${shop.url}/create-product`, { secret: sandbox.ready.sign_customiser.webhook_secret })
    assert.deepEqual([wrong.status, wrong.body], [401, 'mismatch'], JSON.stringify(wrong))

    // Killed while an order is under way; another process goes on.
    await sandbox.faults({ fault: 'accept_late', ms: 400, target: 'order' })
    await ordered('o6', 'shop', await sandbox.order('o6'))
    await paid('o6')
    await until(async () => (await pool.query('SELECT 1 FROM countersign_outbox WHERE state = 2')).rowCount === 1, 'it was never sent')
    shop.child.kill('SIGKILL')
    await shop.ended
    shop = await start(env)
    for (const id of ['o2', 'o6']) {
      await placed(id)
      assert.equal(await accepted(id), 1)
    }

    // An orderly end.
    shop.child.kill('SIGTERM')
    assert.equal(await shop.ended, 0, shop.told)
  } finally {
    shop?.child.kill('SIGKILL')
    await pool.end()
    await Promise.all([server.stop(), sandbox.close()])
  }
})
