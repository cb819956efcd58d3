// The test tools: a sandbox that a shop's tests start, what it does for them, how it ends, and what it says when it does not come up.
'use strict'

const test = require('node:test')
const assert = require('node:assert/strict')
const { execFileSync, spawn } = require('node:child_process')
const { chmodSync, existsSync, mkdirSync, mkdtempSync, readFileSync, readdirSync, rmSync, writeFileSync } = require('node:fs')
const { tmpdir } = require('node:os')
const { join } = require('node:path')
const { createInterface } = require('node:readline')
const { buffer } = require('node:stream/consumers')
const { Worker } = require('node:worker_threads')
const { NotPlacedError, OutcomeUnknownError, Spiff, VerificationFailedError } = require('..')
const { SandboxError, sandbox } = require('../testing.js')
const { COMMAND, PACKAGE, run, serve } = require('./support.js')
const { version } = require('../package.json')

const start = options => sandbox({ command: COMMAND, ...options })

let folder
test.before(() => { folder = mkdtempSync(join(tmpdir(), 'countersign-')) })
test.after(() => rmSync(folder, { recursive: true, force: true }))

/** A program of the shell that passes for the command. */
function script (name, text) {
  const file = join(folder, name)
  writeFileSync(file, `#!/bin/sh\n${text}\n`)
  chmodSync(file, 0o755)
  return file
}

/** Whether nobody listens there any more, now or soon. */
async function gone (url) {
  for (const end = Date.now() + 10_000; Date.now() < end; await new Promise(resolve => setTimeout(resolve, 20))) {
    if (await fetch(url).then(() => false, error => error.cause.code === 'ECONNREFUSED')) return true
  }
  return false
}

/** The sandbox, which says where its process is, for tests that kill it. */
async function mortal (options) {
  const file = join(folder, 'pid')
  const made = await start({ command: script('mortal', `echo $$ > ${file}\nexec ${COMMAND} "$@"`), ...options })
  return [made, signal => process.kill(Number(readFileSync(file)), signal)]
}

const refused = (promise, ...parts) => assert.rejects(promise, error => {
  assert.ok(error instanceof SandboxError, String(error))
  assert.equal(error.name, 'SandboxError')
  for (const part of parts) assert.match(error.message, part instanceof RegExp ? part : new RegExp(part.replace(/[.*+?^${}()|[\]\\]/g, '\\$&')))
  return true
})

test('designs, orders, faults, settings, and what arrived', async t => {
  const s = await start()
  t.after(() => s.close())
  assert.equal(s.ready.version, version)
  assert.deepEqual([s.spiffPage, s.signCustomiserPage], [`${s.spiffUrl}/`, `${s.signCustomiserUrl}/`])

  // Orders that break no rule.
  const spiff = s.spiff({ timeoutMs: 5000 })
  const placed = await spiff.placeOrder(await s.order('1001', { amount: 3, designs: 2, paid: false }))
  await s.signCustomiser().placeOrder(s.signOrder('S-1', { product: 'neon', quantity: 2, price: 100 }))
  const [one, two] = await s.orders()
  assert.deepEqual([one.platform, one.id, one.externalId, one.paid, one.items.length], ['spiff', placed.id, '1001', false, 2])
  assert.deepEqual([two.platform, JSON.parse(two.body).products], ['sign_customiser', [{ external_id: 'neon', quantity: 2, price: 100 }]])
  assert.deepEqual((await s.orders('S-1')).map(order => order.externalId), ['S-1'])
  assert.deepEqual(await s.orders('none'), [])
  await s.spiff({ applicationKey: s.ready.spiff.application_key }).check()

  // Designs and bundles.
  const design = await s.transaction({ product: 'shop-shirt', name: 'Ada' })
  const [read] = await spiff.actingFor({ transactionOwnerId: design.transactionOwnerId }).transactions([design.transactionId], { select: 'designName product { name }' })
  assert.deepEqual([read.designName, read.product.name], ['Ada', 'Shirt'])
  const three = await s.transactions(3)
  const { bundleId, bundleOwnerId } = await s.bundle(three.map(({ transactionId }) => transactionId))
  assert.ok(bundleOwnerId)
  const [bundle] = await spiff.bundles([bundleId], { select: 'transactions { id }' })
  assert.equal(bundle.transactions.length, 3)

  // Faults.
  await s.fault('accept_then_500')
  await s.fault('429', { retry_after: 7, target: 'read' })
  assert.deepEqual((await s.faults()).map(({ fault, target }) => [fault, target]), [['accept_then_500', 'order'], ['429', 'read']])
  const order = await s.order('1002')
  const doubt = await spiff.placeOrder(order).catch(error => error)
  assert.ok(doubt instanceof OutcomeUnknownError)
  await assert.rejects(s.spiff({ readRetries: 0 }).orders(['x']), { kind: 'throttled', retryAfter: 7 })
  assert.deepEqual(await s.faults(), [])
  assert.equal((await spiff.settle(order, { sentAt: doubt.sentAt })).verdict, 'placed')
  await s.fault('401')
  await assert.rejects(spiff.placeOrder(await s.order('1003')), NotPlacedError)

  // What arrived, settings, everything anew.
  assert.equal((await s.requests()).find(({ fault }) => fault?.fault === '401').status, 401)
  assert.equal((await s.settings({ dedupe: true })).dedupe, true)
  assert.equal((await s.settings()).dedupe, true)
  assert.equal((await s.control('POST', '/_/past-orders', { count: 3 })).ids.length, 3)
  await s.reset()
  assert.deepEqual([await s.orders(), (await s.settings()).dedupe], [[], false])

  // What it does not take.
  await refused(s.fault('no such fault'), 'There is no fault', 'accept_then_hang')
  await refused(s.settings({ no_such: 1 }), 'There is no setting', 'dedupe')
  await assert.rejects(s.order('1', { pay: true }), { kind: 'invalid_argument', message: /"pay".*paid/ })
})

test('signed webhooks reach the shop', async t => {
  const s = await start()
  t.after(() => s.close())
  const [webhook, callback] = [s.webhook(), s.callback({ tolerance: 60 })]
  const told = []
  const shop = await serve(async (request, response) => {
    try {
      const event = (request.url === '/callback' ? callback : webhook).verify(request.headers, await buffer(request))
      told.push(event.topic)
      response.end(event.topic === 'product:created' ? event.answer(`shop-${event.data.product_id}`) : event.data.external_id)
    } catch (error) {
      response.statusCode = error instanceof VerificationFailedError ? 401 : 500
      response.end()
    }
  })
  t.after(() => shop.close())
  const { ok, body } = await s.deliver('order:created', shop.url, { order: { external_id: 'S-1' } })
  assert.deepEqual([ok, body], [true, 'S-1'])
  const made = await s.productCreated(`${shop.url}/callback`, { customiserId: 3, productId: 12, product: { title: 'Open' } })
  assert.deepEqual([made.ok, made.external_id, made.product_id, made.event.product.title, made.event.product.customiser_id], [true, 'shop-12', 12, 'Open', 3])
  assert.deepEqual(told, ['order:created', 'product:created'])
  const wrong = await s.deliver('form:submitted', shop.url, undefined, { secret: 'another' })
  assert.deepEqual([wrong.ok, wrong.status], [false, 401])
  assert.deepEqual((await s.deliveries()).map(({ topic, state }) => [topic, state]), [['order:created', 'delivered'], ['product:created', 'delivered'], ['form:submitted', 'failed']])
  // Without the sandbox's help: a delivery that the test signs.
  assert.equal(webhook.verify(webhook.sign('{"order":{"external_id":"1"}}'), '{"order":{"external_id":"1"}}').topic, 'order:created')
})

test('an outbox, for which time runs fast, delivers once and is gone with the sandbox', async t => {
  const temporary = join(folder, 'temporary')
  mkdirSync(temporary)
  const before = process.env.TMPDIR
  t.after(() => before === undefined ? delete process.env.TMPDIR : process.env.TMPDIR = before)
  process.env.TMPDIR = temporary
  const s = await start()
  t.after(() => s.close())
  const outbox = await s.outbox()
  const [made] = readdirSync(temporary)
  assert.ok(existsSync(join(temporary, made, 'outbox.db')))
  await outbox.enqueue(await s.order('1001'), { account: 'shop' })
  await outbox.enqueue(s.signOrder('S-1'), { account: 'signs' })
  await s.fault('accept_then_hang', { platform: 'spiff' })
  const began = performance.now()
  const { placed, unknown, nextDue } = await outbox.drain({ seconds: 10 })
  assert.deepEqual([placed, unknown, nextDue], [2, 1, null])
  assert.ok(performance.now() - began < 5000)
  assert.deepEqual((await s.orders()).map(({ externalId }) => externalId).sort(), ['1001', 'S-1'])

  // Never accepted: proven absent, and sent again.
  const own = await s.outbox({ accounts: { shop: s.spiff() }, policy: { resends: 2 } })
  await own.enqueue(await s.order('1002'))
  await s.fault('hang')
  const drained = await own.drain({ seconds: 10 })
  assert.deepEqual([drained.placed, drained.unknown, (await s.orders('1002')).length], [1, 1, 1])

  // In a store of the shop's own; and the times of other outboxes are the manual's.
  const store = `sqlite:${join(folder, 'shop.db')}`
  const mine = await s.outbox({ store, accounts: { shop: s.spiff() }, create: true, anywhere: true })
  await assert.rejects(mine.enqueue(await s.order('1003')), { kind: 'store' })
  await mine.install()
  assert.equal((await mine.enqueue(await s.order('1003'))).status, 'new')
  assert.equal(process.env.COUNTERSIGN_OUTBOX_TEST_SCALE, undefined)

  await s.close()
  assert.deepEqual(readdirSync(temporary), [])
})

test('a shop in another process finds it by its environment', async t => {
  const s = await start()
  t.after(() => s.close())
  const { stdout, stderr } = await run(['-e', `
    const { Spiff, SignCustomiser, Webhook } = require('countersign')
    Webhook.fromEnv(); Webhook.fromEnv({ secret: 'integration' })
    Promise.all([Spiff.fromEnv().check(), SignCustomiser.fromEnv().check()]).then(() => console.log('found'))`], { env: s.env })
  assert.equal(stdout, 'found\n', stderr)
})

test('it comes up at once', async t => {
  const times = []
  for (let at = 0; at < 5; at++) {
    const began = performance.now()
    const s = await start()
    times.push(performance.now() - began)
    await s.close()
  }
  times.sort((a, b) => a - b)
  t.diagnostic(`start: ${times.map(time => Math.round(time)).join(', ')} ms`)
  assert.ok(times[0] < 100, `${times} ms`)
})

test('it ends by close(), and by leaving its block', async () => {
  const s = await start()
  const [first, second] = [s.close(), s.close()]
  await Promise.all([first, second])
  assert.ok(await gone(s.spiffUrl))
  await refused(s.orders(), 'was closed')
  assert.throws(() => s.spiff(), SandboxError)
  assert.throws(() => s.signCustomiser(), SandboxError)
  await refused(s.outbox(), 'was closed')
  const other = await start()
  await other[Symbol.asyncDispose]()
  assert.ok(await gone(other.spiffUrl))
})

const HEAD = `const { sandbox } = require('${PACKAGE}/testing.js')\n`
const ENDS = {
  'the program is through': '',
  'its outbox is still open': 's.outbox().then(outbox => s.order("1").then(order => outbox.enqueue(order, { account: "shop" })))',
  'the program leaves': 'process.exit(0)',
  'the program throws': 'throw new Error("on purpose")',
  'the program is killed': 'process.kill(process.pid, "SIGKILL")',
  'the program is killed, and its other children go on': 'const { pid } = require("child_process").spawn("sleep", ["30"], { stdio: "ignore", detached: true }); require("fs").writeSync(2, String(pid)); process.kill(process.pid, "SIGKILL")'
}
for (const [name, text] of Object.entries(ENDS)) {
  test(`it ends when ${name}`, async () => {
    const program = `${HEAD}sandbox().then(s => { require('fs').writeSync(1, s.spiffUrl + '\\n'); ${text} })`
    const { stdout, stderr, signal } = await run(['-e', program], { env: { COUNTERSIGN_BIN: COMMAND, TMPDIR: folder }, limit: 20_000 })
    assert.match(stdout, /^http/, stderr)
    assert.equal(signal, name.includes('killed') ? 'SIGKILL' : null)
    const ended = await gone(stdout.trim())
    if (name.includes('other children')) process.kill(Number(stderr), 'SIGKILL')
    assert.ok(ended)
    assert.deepEqual(readdirSync(folder).filter(name => name.startsWith('countersign-')), [])
  })
}

for (const [name, ends] of [['ends', ''], ['is terminated', 'setInterval(() => {}, 1000)']]) {
  test(`it ends when the worker thread ${name} that started it`, async () => {
    const program = `${HEAD}
      const { parentPort } = require('node:worker_threads')
      sandbox().then(async s => {
        const outbox = await s.outbox({ accounts: { shop: s.spiff() } })
        await outbox.enqueue(await s.order('1'))
        await s.fault('accept_then_hang')
        const { placed, unknown } = await outbox.drain({ seconds: 5 })
        parentPort.postMessage([s.spiffUrl, placed, unknown])
        ${ends}
      })`
    const worker = new Worker(program, { eval: true, env: { ...process.env, COUNTERSIGN_BIN: COMMAND, TMPDIR: folder } })
    const ended = new Promise(resolve => worker.once('exit', resolve))
    const [url, placed, unknown] = await new Promise((resolve, reject) => worker.once('message', resolve).once('error', reject))
    assert.deepEqual([placed, unknown], [1, 1], 'time runs fast in a thread too')
    if (ends) await worker.terminate()
    await ended
    assert.ok(await gone(url))
  })
}

test('false clocks and a false fetch do not touch it', { timeout: 20_000 }, async t => {
  t.mock.timers.enable()
  t.mock.method(globalThis, 'fetch', () => { throw new Error('the shop must not') })
  const s = await start()
  assert.equal((await s.transactions(2)).length, 2)
  await s.close()
  await refused(start({ command: script('waits', 'exec sleep 60'), timeoutMs: 200 }), 'it printed nothing for 0.2 s')
})

test('which command is started', async t => {
  const project = join(folder, 'project')
  const where = name => `require('fs').appendFileSync(${JSON.stringify(join(folder, 'started'))}, '${name} ')`
  const named = name => script(name, `printf '${name} ' >> ${join(folder, 'started')}\nexec ${COMMAND} "$@"`)
  const path = join(folder, 'path')
  mkdirSync(path)
  writeFileSync(join(path, 'countersign'), readFileSync(named('path-command')))
  chmodSync(join(path, 'countersign'), 0o755)
  const installed = join(project, 'node_modules/countersign-cli')
  mkdirSync(installed, { recursive: true })
  writeFileSync(join(installed, 'package.json'), JSON.stringify({ name: 'countersign-cli', version, main: 'index.js' }))
  writeFileSync(join(installed, 'index.js'), `${where('resolved')}\nmodule.exports = ${JSON.stringify(named('package'))}`)
  const found = async (options, env) => {
    rmSync(join(folder, 'started'), { force: true })
    const { code, stderr } = await run(['-e', `${HEAD}sandbox(${JSON.stringify(options)}).then(s => s.close())`], { cwd: project, env: { COUNTERSIGN_BIN: '', PATH: `${path}:${process.env.PATH}`, ...env } })
    assert.equal(code, 0, stderr)
    return readFileSync(join(folder, 'started'), 'utf8').trim()
  }
  assert.equal(await found({ command: named('argument') }, { COUNTERSIGN_BIN: named('environment') }), 'argument')
  assert.equal(await found({}, { COUNTERSIGN_BIN: named('environment') }), 'environment')
  assert.equal(await found(), 'resolved package')
  writeFileSync(join(installed, 'index.js'), 'throw new Error("nothing for this platform")')
  assert.match((await run(['-e', `${HEAD}sandbox()`], { cwd: project, env: { COUNTERSIGN_BIN: '' } })).stderr, /SandboxError: nothing for this platform/)
  rmSync(installed, { recursive: true })
  assert.equal(await found(), 'path-command')
})

test('no command, and a wrong one', async t => {
  const nowhere = (options, env) => run(['-e', `${HEAD}sandbox(${JSON.stringify(options)}).catch(error => console.log(error.name + ': ' + error.message))`], { cwd: folder, env: { COUNTERSIGN_BIN: '', PATH: '/nowhere', ...env } })
  const install = `npm install --save-dev countersign-cli@${version}`
  assert.equal((await nowhere()).stdout, `SandboxError: The sandbox needs the command countersign, and it is neither installed in this project nor on the PATH: ${install}, or say where it is in COUNTERSIGN_BIN.\n`)
  assert.equal((await nowhere({}, { COUNTERSIGN_BIN: '/no/such' })).stdout, `SandboxError: COUNTERSIGN_BIN names /no/such, which is not there. Correct it, or leave it out: ${install}.\n`)
  assert.equal((await nowhere({ command: '/no/such' })).stdout, `SandboxError: The option command names /no/such, which is not there. Correct it, or leave it out: ${install}.\n`)

  const text = join(folder, 'text')
  writeFileSync(text, 'not a program')
  await refused(start({ command: text }), `names ${text}, which cannot be started`, install)
  chmodSync(text, 0o755)
  await refused(start({ command: text }), `${text}`, install)
  await refused(start({ command: folder }), `names ${folder}, which cannot be started`, install)
  await refused(start({ command: '/bin/echo' }), 'did not come up: /bin/echo, it printed "sandbox --json', `It must be the command countersign ${version}: ${install}`)
  await refused(start({ command: script('dies', 'echo its last words >&2; exit 7') }), 'exit code 7. It said: its last words. It must')
  await refused(start({ command: script('killed', 'kill -9 $$') }), 'killed by SIGKILL. It said nothing on standard error.')
  const began = performance.now()
  await refused(start({ command: script('silent', 'echo still thinking >&2; exec sleep 60'), timeoutMs: 300 }), 'it printed nothing for 0.3 s. It said: still thinking')
  assert.ok(performance.now() - began < 8000, 'one that does not end is killed')
  const old = line => start({ command: script('old', `echo '${line}'; exec cat`) })
  await refused(old('{"ready":true,"version":"0.0.9"}'), `old is countersign 0.0.9, and this package is ${version}: both must be the same`, install)
  await refused(old('{"ready":true}'), 'countersign without a version', install)
  await refused(old('null'), 'it printed "null')
  await assert.rejects(start({ prot: 1 }), { kind: 'invalid_argument', message: /"prot"/ })
})

test('a port in use, and one that is none', async t => {
  const s = await start()
  t.after(() => s.close())
  const port = Number(new URL(s.spiffUrl).port)
  await refused(start({ port }), `Port ${port} on 127.0.0.1 is in use`, '0 takes a free one')
  await refused(start({ signCustomiserPort: port }), `Port ${port} on 127.0.0.1 is in use`)
  await refused(start({ port: 99999 }), "'99999' for '--port <PORT>': it is too large")
  await s.close()
  const again = await start({ port })
  assert.equal(again.spiffUrl, `http://127.0.0.1:${port}`)
  await again.close()
})

test('one that ended in the middle says so, with its last words', async () => {
  const [s, kill] = await mortal()
  kill('SIGKILL')
  await refused(s.orders(), 'The sandbox has ended (killed by SIGKILL)', 'Start another one')
  assert.throws(() => s.spiff(), /has ended \(killed by SIGKILL\)/)
  await s.close()

  // In the middle of a request that waits for its answer.
  const [busy, end] = await mortal()
  const shop = await serve(() => { end('SIGTERM') })
  await refused(busy.productCreated(shop.url), 'The sandbox has ended (killed by SIGTERM)')
  await Promise.all([busy.close(), shop.close()])
})
