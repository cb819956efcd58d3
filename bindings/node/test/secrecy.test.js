// A canary secret in every place that takes one, looked for in everything that Node can print.
'use strict'

const test = require('node:test')
const assert = require('node:assert/strict')
const { join } = require('node:path')
const { Sandbox, run } = require('./support.js')

const CANARY = 'CANARY-5f3c'

test('no output shows a secret', async () => {
  const sandbox = await Sandbox.start()
  const { code, stdout, stderr } = await run(['-e', `
    const { inspect } = require('node:util')
    const diagnostics = require('node:diagnostics_channel')
    const { createHmac } = require('node:crypto')
    const { Outbox, Spiff, SignCustomiser, Signer, Webhook } = require(${JSON.stringify(join(__dirname, '..'))})
    const c = ['CAN', 'ARY-5f3c'].join('') // not written out, so that no quoted source line shows it
    diagnostics.subscribe('countersign:attempt', message => console.log(message, JSON.stringify(message)))
    const order = { externalId: '1', paid: true, orderItems: [{ amountToOrder: 1, transactionId: 't' }] }
    const other = { integration_id: 1, external_id: '1', external_order_number: '1', currency: 'USD', products: [{ external_id: 'p', quantity: 1, price: 1 }] }
    const [spiffUrl, signsUrl] = ${JSON.stringify([sandbox.spiffUrl, sandbox.signCustomiserUrl])}
    const app = new Spiff({ applicationKey: c, baseUrl: spiffUrl })
    const signed = new Spiff({ accessKey: 'key', secretKey: c, baseUrl: spiffUrl })
    const signs = new SignCustomiser({ apiToken: c, integrationSecret: c, webhookSecret: Buffer.from(c), baseUrl: signsUrl })
    const proxied = new Spiff({ accessKey: 'key', secretKey: c, region: 'us', proxy: 'http://user:' + c + '@127.0.0.1:9', timeoutMs: 2000 })
    const webhook = new Webhook([c, 'x' + c])
    const signer = new Signer('key', c)
    const body = '{"product":{"product_id":1,"title":"t","price":1,"external_data":{}}}'
    const event = webhook.verify({ 'x-webhook-timestamp': '5', 'x-webhook-signature': createHmac('sha256', c).update('5.' + body).digest('hex') }, body, { now: 5 })
    const outbox = new Outbox(async () => { throw new Error('away') }, { dialect: 'postgresql', accounts: { app, signed, signs } })
    const things = { outbox, app, signed, signs, proxied, webhook, signer, event, webhooks: signs.webhooks, acting: app.actingFor({ partnerId: 'p' }), appCall: app.prepareOrder(order), signedCall: signed.prepareOrder(order), signsCall: signs.prepareOrder(other) }
    const attempts = [
      () => new Signer('key', ' ' + c), () => new Signer('k k', c), () => new Signer('key', c, { scheme: 'VWS', digest: 'sha512' }), () => new Signer('key', c + '\\ud800'), () => new Signer('key', [c]), () => new Signer('key', { toString: () => c }),
      () => new Webhook([c + ' ', c]), () => new Webhook(c, { content: 'nonsense' }), () => new Webhook([[c]]),
      () => new Spiff({ secretKey: c, region: 'us' }), () => new Spiff({ accessKey: 'k', secretKey: c, region: 'eu' }), () => new Spiff({ accessKey: 'k', secretKey: c + '\\n', region: 'us' }),
      () => new Spiff({ applicationKey: c + '\\n', region: 'us' }), () => new Spiff({ applicationKey: c, secretKey: c, region: 'us' }), () => new Spiff({ accessKey: 'k', secretKey: c, region: 'us', proxy: 'nonsense ' + c }), () => new Spiff({ secretKey: { c } }),
      () => new Spiff({ accessKey: 'k', secretKey: c, regoin: c }), () => Spiff.fromEnv({ secretKey: c + ' ' }), () => SignCustomiser.fromEnv({ apiToken: c + '\\r\\nX: y' }), () => new SignCustomiser({ apiToken: c, baseUrl: 'nonsense' }),
      () => app.placeOrder(order), () => signed.placeOrder(order), () => signs.placeOrder(other), () => proxied.placeOrder(order), () => signed.check(), () => app.check(), () => signs.check(), () => signed.run('__panic'),
      () => outbox.enqueue(order, { account: 'signed' }), () => outbox.enqueue({ ...order, extra: { c: 1n } }, { account: 'app' }), () => outbox.drain(), () => outbox.enqueueStatement(order, { account: 'app' }), () => new Outbox('sqlite:/none/x.db', { accounts: { app } }).list(), () => new Outbox('x', { accounts: { app: { secretKey: c } } }),
      () => signed.placeOrder(order, { signal: AbortSignal.abort() }), () => signed.placeOrder({}), () => app.placeOrder({ externalId: 1n }),
      () => signer.verify('POST', '/', '', { Authorization: 'SOA key:x' }), () => signer.authorization('\\n', '/'), () => webhook.verify({}, ''), () => webhook.explain({ 'x-webhook-timestamp': '5', 'x-webhook-signature': 'x' }, body), () => signer.explain('POST', '/', '', { Authorization: 'SOA key:x' }),
      () => signed.prepareOrder(order).read(500, [], ''), () => signs.prepareOrder(other).failed(), () => app.prepareOrder(order).read(200, 7, 7)
    ]
    ;(async () => {
      for (const [at, attempt] of attempts.entries()) {
        try { things['answer ' + at] = await attempt() } catch (error) { things['attempt ' + at] = error }
      }
      for (const [name, thing] of Object.entries(things)) {
        console.log('==', name)
        console.log(thing)
        for (const options of [{ showHidden: true, depth: 9 }, { getters: true, depth: 9 }]) console.log(inspect(thing, options))
        console.log(JSON.stringify(thing), String(thing))
        if (thing instanceof Error) console.error(thing, thing.stack, thing.cause, thing.body)
        else console.log(Object.getOwnPropertyNames(thing), Reflect.ownKeys(Object.getPrototypeOf(thing)))
      }
      console.log('ALL SHOWN')
      new Signer('key', ' ' + c) // uncaught: Node prints it
    })()`], { env: { RUST_BACKTRACE: 'full' } })
  await sandbox.close()
  assert.equal(code, 1, stderr)
  assert.match(stdout, /ALL SHOWN/)
  assert.match(stderr, /white space/)
  for (const form of [CANARY, Buffer.from(CANARY).toString('base64').slice(0, -4), Buffer.from(CANARY).toString('hex'), Buffer.from(CANARY).toString('hex').match(/../g).join(' ')]) {
    assert.ok(!stdout.includes(form), stdout.slice(Math.max(0, stdout.indexOf(form) - 500), stdout.indexOf(form) + 50))
    assert.ok(!stderr.includes(form), stderr.slice(Math.max(0, stderr.indexOf(form) - 500), stderr.indexOf(form) + 50))
  }
  // The canary would be seen where it is shown.
  const call = JSON.stringify({ headers: { 'X-Application-Key': CANARY } })
  assert.ok(call.includes(CANARY))
})
