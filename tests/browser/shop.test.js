// A whole purchase, from the design in the browser to the order at the platform, in the example shop in each of its languages: one list of
// what has to hold, walked by a browser as a person would. Pictures of each step are in build/pages/shop-*.
'use strict'

const assert = require('node:assert/strict')
const { execFileSync, spawn } = require('node:child_process')
const { createHmac } = require('node:crypto')
const { join } = require('node:path')
const { createInterface } = require('node:readline')
const { setTimeout: sleep } = require('node:timers/promises')
const { after, before, describe, test } = require('node:test')
const { Sandbox, closed, isSound, launch, open, picture } = require('./support')

const ROOT = join(__dirname, '../..')
const EVIL = '<img src=x onerror=alert(1)>'
/** Statements for the shop's database, and the rows of the last one, over another connection than the shop's. */
const SQLITE = 'import json, sqlite3, sys; db = sqlite3.connect(sys.argv[1], isolation_level=None); print(json.dumps([db.execute(sql).fetchall() for sql in sys.argv[2:]][-1]))'
/** What refuses every new sign in the outbox, which comes after the mugs, and allows it again. */
const REFUSING = {
  sqlite: ["CREATE TRIGGER refusing BEFORE INSERT ON countersign_outbox WHEN NEW.account = 'signs' BEGIN SELECT RAISE(ABORT, 'of the test'); END"],
  postgresql: [
    "CREATE FUNCTION refuse() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RAISE EXCEPTION 'of the test'; END $$",
    "CREATE TRIGGER refusing BEFORE INSERT ON countersign_outbox FOR EACH ROW WHEN (NEW.account = 'signs') EXECUTE FUNCTION refuse()"
  ]
}
const ALLOWING = { sqlite: ['DROP TRIGGER refusing'], postgresql: ['DROP TRIGGER refusing ON countersign_outbox'] }
/** How long an order may be in doubt, in milliseconds: twelve seconds at best, on a machine that does nothing else. */
const SETTLED = 40_000

/** Sandbox, payment and shop, as `make shop` starts them. */
class Shop extends Sandbox {
  static async start (language) {
    const child = spawn(process.env.SHOP_PYTHON ?? 'python3', [join(ROOT, 'examples/shop/run.py'), language, '--json'], { stdio: ['pipe', 'pipe', 'pipe'] })
    let said = ''
    child.stderr.on('data', part => { said += part })
    const line = await new Promise((resolve, reject) => {
      child.once('close', code => reject(new Error(`The shop in ${language} ended with ${code}: ${said}`)))
      createInterface(child.stdout).once('line', resolve)
    })
    const { sandbox, ...more } = JSON.parse(line)
    return Object.assign(new Shop(), sandbox, more, { child, language, said: () => said })
  }

  /** Sends a form as a browser does, or a body; follows nothing. */
  post (path, body, headers = {}) {
    return fetch(this.shop + path, { method: 'POST', redirect: 'manual', body: typeof body === 'string' ? body : new URLSearchParams(body), headers })
  }

  /** A cart with these in it; answers its cookie, and the fields of its checkout. */
  async cart (...lines) {
    let cookie = ''
    for (const line of lines) {
      const reply = await this.post('/cart', line, { cookie })
      assert.equal(reply.status, 303, await reply.text())
      cookie = reply.headers.get('set-cookie').split(';')[0]
    }
    const page = await (await fetch(`${this.shop}/cart`, { headers: { cookie } })).text()
    const [cart, total] = ['cart', 'total'].map(name => new RegExp(`name="${name}" value="(\\w+)"`).exec(page)?.[1])
    return { cookie, page, form: { cart, total, email: 'ada@example.com' } }
  }

  /** An order that is not paid; answers its number and its sum. */
  async order (...lines) {
    const { form } = await this.cart(...lines)
    const reply = await this.post('/checkout', form)
    assert.equal(reply.status, 303, await reply.text())
    return { order: reply.headers.get('location').split('/').at(-1), amount: Number(form.total) }
  }

  /** The webhook of the payment provider. */
  pay (payment, secret = this.payment_secret) {
    const body = JSON.stringify(payment)
    return this.post('/payments', body, { 'content-type': 'application/json', 'x-payment-signature': createHmac('sha256', secret).update(body).digest('hex') })
  }

  get dialect () {
    return this.database.includes('://') ? 'postgresql' : 'sqlite'
  }

  async sql (...statements) {
    if (this.dialect === 'sqlite') return JSON.parse(execFileSync('python3', ['-c', SQLITE, this.database, ...statements]))
    const { Client } = require(join(ROOT, 'examples/shop/node_modules/pg'))
    const client = new Client({ connectionString: this.database })
    await client.connect()
    try {
      let answer
      for (const text of statements) answer = await client.query({ text, rowMode: 'array' })
      return answer.rows
    } finally {
      await client.end()
    }
  }

  async state (order) {
    return /data-state="(\w+)"/.exec(await (await fetch(`${this.shop}/orders/${order}`)).text())?.[1]
  }

  async becomes (order, due, patience = SETTLED) {
    const until = Date.now() + patience
    let state
    while ((state = await this.state(order)) !== due) {
      assert.ok(Date.now() < until, `the order is ${state}, and not ${due}: ${this.said()}`)
      await sleep(100)
    }
  }

  /** What the platforms have under a number of the shop's. */
  async accepted (order) {
    return (await this.ask('GET', '/_/orders')).orders.filter(one => one.externalId === order)
  }

  sign (more = {}) {
    return this.ask('POST', '/_/product-created', { url: `${this.shop}/products`, ...more })
  }
}

let browser
before(async () => { browser = await launch() })
after(() => browser?.close())

// They wait more than they work, so they are walked side by side.
describe('a whole purchase', { concurrency: true }, () => {
  for (const language of ['python', 'node', 'php']) describe(language, { concurrency: false }, () => purchase(language))
})

function purchase (language) {
  let shop
  before(async () => { shop = await Shop.start(language) })
  after(async () => {
    await shop?.stop()
    if (shop) await assert.rejects(fetch(shop.shop), 'nothing of it is left')
  })

  async function visit (path, options = {}) {
    const page = await open(browser, shop, { shop: shop.shop, ...options })
    await page.goto(shop.shop + path)
    return page
  }

  /** Ends a visit in which nothing went wrong. The payment was no foreign host. */
  function left (page) {
    page.complaints.splice(0, Infinity, ...page.complaints.filter(complaint => !complaint.startsWith(`a request to ${shop.payment}/`)))
    return closed(page)
  }

  /** The pages are the same in each language, so one shop sits for the pictures. */
  const shown = (page, name) => language === 'python' && picture(page, `shop-${name}`)

  /** Holds a page to what any page is held to, but for the platform's script, which comes from elsewhere. */
  async function sound (page) {
    await page.evaluate(() => document.querySelectorAll('main script').forEach(script => script.remove()))
    await isSound(page)
  }

  /** The designer's frame. */
  async function designer (page) {
    const frame = await (await page.locator('iframe').elementHandle()).contentFrame()
    await frame.locator('#finish').waitFor()
    return frame
  }

  /** From the cart to the order's page that says it is placed; answers the number of the order. */
  async function bought (page, sum) {
    await page.getByText(`Together ${sum}`, { exact: true }).waitFor()
    await page.getByLabel('Your e-mail address').fill('ada@example.com')
    await page.getByRole('button', { name: 'Order and pay' }).click()
    await page.getByText('Nothing is made before you have paid.').waitFor()
    await sound(page)
    await shown(page, 'unpaid')
    await page.getByRole('button', { name: `Pay ${sum}` }).click()
    await page.getByRole('heading', { name: 'Pay for order' }).waitFor()
    await sound(page)
    await page.getByRole('button', { name: 'Pay' }).click()
    await page.waitForURL(`${shop.shop}/orders/*`)
    // It says so by itself, without being loaded again.
    await page.locator('#state[data-state=placed]').waitFor()
    await page.getByText('the maker has the order').waitFor()
    await sound(page)
    return page.url().split('/').at(-1)
  }

  test('a mug: designed, left, designed again, and two are bought', async () => {
    const page = await visit('/')
    await sound(page)
    await shown(page, 'home')
    await page.getByRole('link', { name: 'A mug' }).click()
    const design = page.getByRole('button', { name: 'Design your mug' })
    await design.click()
    let frame = await designer(page)
    await frame.getByLabel('Text').fill('Never mind')
    await frame.getByRole('button', { name: 'Quit' }).click()
    await page.getByText('You left the designer. Nothing is in your cart.').waitFor()
    await sound(page)
    await shown(page, 'left')
    await design.click()
    frame = await designer(page)
    await frame.getByLabel('Text').fill('Ada & Zoë')
    await frame.getByLabel('Gold').check()
    await frame.getByLabel('Quantity').fill('2')
    await frame.getByText('20.50 USD each, 41.00 USD in all').waitFor()
    await shown(page, 'mug')
    await frame.getByRole('button', { name: 'Finish' }).click()
    await page.waitForURL('**/cart')
    await page.getByRole('heading', { name: 'Mug: Ada & Zoë' }).waitFor()
    await page.getByText('$20.50 each, together $41.00').waitFor()
    await sound(page)
    await shown(page, 'cart')
    const order = await bought(page, '$41.00')
    await shown(page, 'placed')
    const [one, ...others] = await shop.accepted(order)
    assert.deepEqual([one.platform, one.paid, one.items.map(item => item.amountToOrder), others], ['spiff', true, [2], []])
    assert.ok((await page.locator('#state').innerText()).includes(one.id), 'the page has the platform’s number')
    assert.equal((await shop.ask('GET', '/_/state')).objects.Transaction.filter(design => design.designName === 'Never mind').length, 0)
    await left(page)
  })

  test('a sign: designed, left, designed again, and two are bought', async () => {
    const page = await visit('/sign')
    let frame = await designer(page)
    await frame.getByLabel('Text').fill('Never mind')
    await page.getByRole('link', { name: 'Cart' }).click()
    await page.getByText('There is nothing to order.').waitFor()
    await sound(page)
    await page.getByRole('link', { name: 'Sign', exact: true }).click()
    frame = await designer(page)
    await frame.getByLabel('Text').fill('Open late')
    await frame.getByLabel('Red').check()
    await frame.getByText('100.00').waitFor()
    await sound(page)
    await shown(page, 'sign')
    await frame.getByRole('button', { name: 'Finish the sign' }).click()
    await page.waitForURL('**/cart')
    await page.getByText('$100.00 each, together $100.00').waitFor()
    await page.getByLabel('How many', { exact: true }).fill('2')
    await page.getByRole('button', { name: 'Change how many' }).click()
    await page.getByText('$100.00 each, together $200.00').waitFor()
    const order = await bought(page, '$200.00')
    const [one, ...others] = await shop.accepted(order)
    assert.deepEqual([one.platform, one.items.map(({ quantity, price }) => [quantity, price]), others], ['sign_customiser', [[2, 10000]], []])
    assert.equal((await shop.ask('GET', '/_/deliveries')).deliveries.at(-1).state, 'delivered', 'order:created')
    await left(page)
  })

  test('the keyboard is enough, on a phone too', async () => {
    const page = await visit('/mug', { viewport: { width: 360, height: 740 } })
    const press = key => page.keyboard.press(key)
    const focused = () => page.evaluate(() => document.activeElement.textContent || document.activeElement.id)
    await page.locator('button:enabled').waitFor()
    while (await focused() !== 'Design your mug') await press('Tab')
    await press('Enter')
    const frame = await designer(page)
    await frame.waitForFunction(() => document.activeElement.id === 'title')
    await press('Tab')
    await press('Tab')
    await page.keyboard.type('Grace')
    await press('Enter')
    await page.waitForURL('**/cart')
    while (await focused() !== 'email') await press('Tab')
    await page.keyboard.type('grace@example.com')
    await press('Enter')
    await page.waitForURL('**/orders/*')
    while (!(await focused()).startsWith('Pay')) await press('Tab')
    await press('Enter')
    await page.waitForURL('**/pay?*')
    while (!(await focused()).startsWith('Pay')) await press('Tab')
    await press('Enter')
    await page.waitForURL(`${shop.shop}/orders/*`)
    await page.locator('#state[data-state=placed]').waitFor()
    await left(page)
  })

  test('the platform hangs after it accepted, and the worker is killed: there is one order, and the page says so', async () => {
    const sign = await shop.sign()
    const paid = await shop.order({ shop: await shop.design() }, { signs: sign.external_id, quantity: '2' })
    await shop.ask('POST', '/_/faults', { fault: 'accept_then_hang', platform: 'spiff', target: 'order' })
    assert.equal((await shop.pay(paid)).status, 200)
    const page = await visit(`/orders/${paid.order}`)
    while (!(await shop.accepted(paid.order)).some(one => one.platform === 'spiff')) await sleep(20)
    process.kill(shop.worker, 'SIGKILL')
    assert.equal(await shop.state(paid.order), 'waiting')
    await shown(page, 'waiting')
    await page.locator('#state[data-state=placed]').waitFor({ timeout: SETTLED })
    assert.deepEqual((await shop.accepted(paid.order)).map(one => one.platform).sort(), ['sign_customiser', 'spiff'])
    assert.match(shop.said(), /The worker ended with -9: another one goes on\./)
    await left(page)
  })

  test('what a platform refuses is held, and the page says so', async () => {
    const paid = await shop.order({ shop: await shop.design() })
    await shop.ask('POST', '/_/faults', { fault: 'status', status: 400, target: 'order', count: 5 })
    await shop.pay(paid)
    await shop.becomes(paid.order, 'held')
    await shop.ask('DELETE', '/_/faults')
    const page = await visit(`/orders/${paid.order}`)
    await page.getByText('a person of ours looks into it').waitFor()
    await sound(page)
    await shown(page, 'held')
    await left(page)
  })

  test('a payment is told twice, twice at once, wrongly and unsigned', async () => {
    const paid = await shop.order({ shop: await shop.design() })
    assert.equal((await shop.pay(paid, 'another secret')).status, 401)
    assert.equal((await shop.post('/payments', JSON.stringify(paid))).status, 401)
    assert.ok((await shop.pay({ ...paid, amount: 1 })).ok)
    assert.ok((await shop.pay({ ...paid, order: 'none' })).ok)
    assert.equal(await shop.state(paid.order), 'unpaid')
    const replies = await Promise.all([1, 2, 3, 4].map(() => shop.pay(paid)))
    assert.deepEqual(replies.map(reply => reply.status), [200, 200, 200, 200])
    await shop.becomes(paid.order, 'placed')
    assert.equal((await shop.pay(paid)).status, 200)
    assert.equal((await shop.accepted(paid.order)).length, 1)
  })

  test('an order is paid and enqueued, or neither', async () => {
    const paid = await shop.order({ shop: await shop.design() }, { signs: (await shop.sign()).external_id })
    const payment = async () => (await shop.sql(`SELECT paid FROM shop_orders WHERE id = '${paid.order}'`))[0][0]
    const rows = async () => Number((await shop.sql(`SELECT count(*) FROM countersign_outbox WHERE external_id = '${paid.order}'`))[0][0])
    await shop.sql(...REFUSING[shop.dialect])
    assert.equal((await shop.pay(paid)).status, 500)
    assert.deepEqual([await payment(), await rows()], [0, 0])
    assert.equal(await shop.state(paid.order), 'unpaid')
    await shop.sql(...ALLOWING[shop.dialect])
    assert.equal((await shop.pay(paid)).status, 200)
    assert.deepEqual([await payment(), await rows()], [1, 2])
    await shop.becomes(paid.order, 'placed')
  })

  test('the browser’s word for a price, a design or a number is not taken', async () => {
    const design = await shop.design()
    const { cookie, form, page } = await shop.cart({ shop: design, price: '1', total: '1' })
    assert.match(page, /\$17\.50 each, together <b>\$17\.50<\/b>/)
    const status = async (path, body) => (await shop.post(path, body, { cookie })).status
    assert.equal(await status('/checkout', { ...form, total: '1' }), 409)
    assert.equal(await status('/checkout', { ...form, email: 'nobody' }), 422)
    for (const quantity of ['-1', '1.5', '1000', 'many']) assert.equal(await status('/cart', { shop: design, quantity }), 422, quantity)
    for (const item of [EVIL, '', 'x'.repeat(65)]) assert.equal(await status('/cart', { shop: item }), 422, item)
    // What no platform knows is told when the cart is looked at, and is gone from it then.
    for (const line of [{ shop: '5a000000-0000-4000-8000-0000000000ff' }, { shop: 'nonsense' }, { signs: 'sign-9999' }]) {
      assert.equal(await status('/cart', line), 303)
      const look = () => fetch(`${shop.shop}/cart`, { headers: { cookie } })
      assert.equal((await look()).status, 422)
      assert.match(await (await look()).text(), /Mug: Mug design/)
    }
    // Ordered before: that of the first customer's.
    assert.equal(await status('/cart', { shop: '5a000000-0000-4000-8000-000000000040' }), 303)
    assert.equal((await shop.post('/checkout', form)).status, 422)
    const [one, two, three] = await Promise.all([1, 2, 3].map(() => shop.post('/checkout', form)))
    const again = await shop.post('/checkout', form)
    const orders = [one, two, three, again].map(reply => [reply.status, reply.headers.get('location')])
    assert.deepEqual(orders, Array(4).fill([303, one.headers.get('location')]))
    for (const path of ['/orders/none', '/orders/%00', '/orders/', '/nothing', '/shop.py', '/static/../shop.py']) assert.equal((await fetch(shop.shop + path)).status, 404, path)
    assert.equal((await shop.post('/checkout', { cart: 'none', total: '0', email: 'ada@example.com' })).status, 200)
    assert.equal((await shop.post('/checkout', '')).status, 200)
  })

  test('the platform is away while the cart is looked at: nothing of it is lost', async () => {
    const { cookie } = await shop.cart({ shop: await shop.design() })
    await shop.ask('POST', '/_/faults', { fault: '503', target: 'read', count: 10 })
    const look = () => fetch(`${shop.shop}/cart`, { headers: { cookie } })
    const reply = await look()
    assert.deepEqual([reply.status, /What you chose is kept/.test(await reply.text())], [503, true])
    await shop.ask('DELETE', '/_/faults')
    assert.match(await (await look()).text(), /Mug: Mug design/)
  })

  test('Sign Customiser is answered the same twice, and nobody else is', async () => {
    const first = await shop.sign({ product_id: 4711 })
    assert.deepEqual([first.status, first.external_id], [200, 'sign-4711'])
    assert.equal((await shop.sign({ product_id: 4711 })).external_id, 'sign-4711')
    const forged = await shop.sign({ secret: 'another secret' })
    assert.equal(forged.status, 401)
    const body = JSON.stringify({ product: { product_id: 1, title: 'Forged', price: 1 } })
    for (const path of ['/products', '/webhooks']) assert.equal((await shop.post(path, body, { 'content-type': 'application/json' })).status, 401)
    // The callback's secret is not that of the subscriptions.
    const crossed = await shop.ask('POST', '/_/deliver', { topic: 'order:created', url: `${shop.shop}/webhooks`, secret: shop.sign_customiser.integration_secret })
    assert.equal(crossed.status, 401)
    assert.equal((await shop.ask('POST', '/_/deliver', { topic: 'order:created', url: `${shop.shop}/webhooks` })).status, 200)
  })

  test('what others wrote is text', async () => {
    const sign = await shop.sign({ product: { title: EVIL, price: 100 } })
    const { cookie } = await shop.cart({ signs: sign.external_id })
    const page = await open(browser, shop, { shop: shop.shop })
    const [name, value] = cookie.split('=')
    await page.context().addCookies([{ name, value, url: shop.shop }])
    await page.goto(`${shop.shop}/cart`)
    await page.getByRole('heading', { name: EVIL }).waitFor()
    await bought(page, '$1.00')
    await page.getByText(EVIL).waitFor()
    await left(page)
  })

  test('where the script of the platform does not come, the page says so', async () => {
    const page = await open(browser, shop, { shop: shop.shop })
    await page.route('**/api.js', route => route.abort())
    await page.goto(`${shop.shop}/mug`)
    await page.getByText('The designer cannot be loaded at the moment.').waitFor()
    assert.ok(await page.getByRole('button').isDisabled())
    page.complaints.splice(0, Infinity, ...page.complaints.filter(complaint => !complaint.includes('net::ERR_FAILED')))
    await left(page)
  })
}
