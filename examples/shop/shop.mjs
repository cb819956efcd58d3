// A shop with Express and PostgreSQL: mugs by Spiff Commerce, signs by Sign Customiser. README.md says what it does.
//
//   node shop.mjs install   makes the tables
//   node shop.mjs serve     serves the pages
//   node shop.mjs worker    delivers what was paid; start as many as you like, and kill them as you like
import { createHmac, randomBytes, timingSafeEqual } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { InvalidOrderError, Outbox, SignCustomiser, Spiff, VerificationFailedError, Webhook } from 'countersign'
import express from 'express'
import pg from 'pg'

const file = name => readFileSync(new URL(name, import.meta.url), 'utf8')
const TEXTS = JSON.parse(file('texts.json'))
// What the pages name: where the platforms' scripts and the payment are, and the ids that the platforms gave.
const NAMES = ['spiff', 'signs', 'payment', 'mug', 'customiser', 'integration']
const SETTINGS = Object.fromEntries(NAMES.map(name => [name, process.env[`SHOP_${name.toUpperCase()}`]]))

pg.types.setTypeParser(20, Number) // the prices, which pg would hand over as texts
const pool = new pg.Pool({ connectionString: process.env.DATABASE_URL })
pool.on('error', error => console.error(error.message))

const query = async (sql, ...params) => (await pool.query(sql, params)).rows

async function transaction (work) {
  const client = await pool.connect()
  try {
    await client.query('BEGIN')
    await work(async (sql, ...params) => (await client.query(sql, params)).rows, client)
    await client.query('COMMIT')
    client.release()
  } catch (error) {
    client.release(await client.query('ROLLBACK').then(() => undefined, broken => broken))
    throw error
  }
}

const spiff = Spiff.fromEnv()
const accounts = { shop: spiff, signs: SignCustomiser.fromEnv() }
const outbox = new Outbox(pool, { accounts })

/** By its name in texts.json. */
class Problem extends Error {}

const escape = text => text.replace(/[&<>"']/g, sign => `&#${sign.charCodeAt(0)};`)

/** A file of the folder pages. {{…}} is escaped, but for _html, which is a page already; {{…_money}} is in cents. */
function page (name, values = {}) {
  const known = { ...SETTINGS, ...values }
  return file(`pages/${name}.html`).replace(/{{(\w+?)(_money)?}}/g, (all, name, isMoney) => {
    const text = isMoney ? `$${(known[name] / 100).toFixed(2)}` : String(known[name])
    return name.endsWith('_html') ? text : escape(text)
  })
}

function answer (response, title, main, status = 200) {
  response.status(status).type('html').send(page('layout', { title, main_html: main }))
}

/** The lines of a cart with what the platforms say of them now. The browser says which design, and never what it costs. */
async function linesOf (cart) {
  const join = "SELECT * FROM shop_lines LEFT JOIN shop_products ON account = 'signs' AND item = external_id"
  const lines = await query(`${join} WHERE cart = $1 ORDER BY account, item`, cart)
  const ids = lines.filter(line => line.account === 'shop').map(line => line.item)
  const select = 'id designName quantity isOrdered priceModifierTotal previewImageLink product { name basePrice }'
  const designs = ids.length === 0 ? [] : await spiff.transactions(ids, { select }).catch(error => {
    if (error.kind !== 'missing_data') throw new Problem('away', { cause: error })
    return [] // Spiff shows none of them
  })
  for (const line of lines) {
    const design = designs.find(design => design?.id === line.item)
    if (line.account === 'shop' && design && !design.isOrdered) {
      line.title = `${design.product.name}: ${design.designName}`
      line.price = design.product.basePrice + (design.priceModifierTotal ?? 0)
      line.picture = design.previewImageLink
    }
    if (line.price === null) {
      await query('DELETE FROM shop_lines WHERE cart = $1 AND account = $2 AND item = $3', cart, line.account, line.item)
      throw new Problem('design')
    }
    line.together = line.price * line.quantity
  }
  return { lines, cost: lines.reduce((sum, line) => sum + line.together, 0) }
}

/** What each platform is to make, by the account of the outbox. Both get the shop's own number of the order. */
function ordersOf ({ id, email, bought }) {
  const of = account => JSON.parse(bought).filter(line => line.account === account)
  const orderItems = of('shop').map(({ item, quantity }) => ({ amountToOrder: quantity, transactionId: item }))
  const products = of('signs').map(({ item, quantity, price }) => ({ external_id: item, quantity, price }))
  const sign = { integration_id: Number(SETTINGS.integration), external_id: id, external_order_number: id, currency: 'USD', customer: { email }, products }
  return [
    ...(orderItems.length > 0 ? [['shop', { externalId: id, paid: true, orderItems }]] : []),
    ...(products.length > 0 ? [['signs', sign]] : [])
  ]
}

const app = express().disable('x-powered-by')
app.use('/static', express.static(new URL('static', import.meta.url).pathname))
// The bytes as they arrived, because they are signed.
const raw = [express.raw({ type: () => true }), (request, response, next) => { request.body ??= Buffer.alloc(0); next() }]
const form = [...raw, (request, response, next) => { request.body = Object.fromEntries(new URLSearchParams(request.body.toString())); next() }]
const HEX = /^[0-9a-f]+$/
const cartOf = request => /(?:^|; )cart=([0-9a-f]{32})(?:;|$)/.exec(request.headers.cookie ?? '')?.[1]

app.get(['/', '/mug', '/sign'], (request, response) => {
  const name = request.path.slice(1) || 'home'
  answer(response, TEXTS.titles[name], page(name))
})

app.get('/cart', async (request, response) => {
  const cart = cartOf(request)
  const { lines, cost } = await linesOf(cart)
  if (lines.length === 0) throw new Problem('empty')
  answer(response, 'Your cart', page('cart', { lines_html: lines.map(line => page('line', line)).join(''), cart, total: cost }))
})

/** Puts a design into the cart, says how many, or takes it out, however often it is sent. */
app.post('/cart', form, async (request, response) => {
  const { shop, signs, quantity = '1', remove } = request.body
  const [account, item] = shop ? ['shop', shop] : ['signs', signs]
  if (!/^[\w-]{1,64}$/.test(item ?? '')) throw new Problem('design')
  if (!/^[0-9]{1,3}$/.test(quantity)) throw new Problem('quantity')
  const cart = cartOf(request) ?? randomBytes(16).toString('hex')
  if (remove || Number(quantity) === 0) {
    await query('DELETE FROM shop_lines WHERE cart = $1 AND account = $2 AND item = $3', cart, account, item)
  } else {
    const upsert = 'INSERT INTO shop_lines VALUES ($1, $2, $3, $4) ON CONFLICT (cart, account, item) DO UPDATE SET quantity = excluded.quantity'
    await query(upsert, cart, account, item, Number(quantity))
  }
  response.cookie('cart', cart, { httpOnly: true, sameSite: 'lax' }).redirect(303, '/cart')
})

/** Makes one order of a cart, however often the form is sent. */
app.post('/checkout', form, async (request, response) => {
  const { cart = '', total, email = '' } = request.body
  const { lines, cost } = await linesOf(HEX.test(cart) ? cart : '')
  const made = () => query('SELECT id FROM shop_orders WHERE cart = $1', cart)
  if ((await made()).length === 0) {
    if (lines.length === 0) throw new Problem('empty')
    if (!/^[!-?A-~]{1,99}@[!-?A-~]{1,99}$/.test(email)) throw new Problem('email')
    if (total !== String(cost)) throw new Problem('changed')
    await transaction(async query => {
      const insert = 'INSERT INTO shop_orders VALUES ($1, $2, $3, $4, $5, 0) ON CONFLICT (cart) DO NOTHING'
      await query(insert, randomBytes(8).toString('hex'), cart, email, cost, JSON.stringify(lines))
      await query('DELETE FROM shop_lines WHERE cart = $1', cart)
    })
  }
  response.clearCookie('cart').redirect(303, `/orders/${(await made())[0].id}`)
})

app.get('/orders/:number', async (request, response) => {
  const number = request.params.number
  const [order] = HEX.test(number) ? await query('SELECT * FROM shop_orders WHERE id = $1', number) : []
  if (order === undefined) throw new Problem('missing')
  const [states, parts] = [[], []]
  for (const [account] of ordersOf(order)) {
    const row = await outbox.get(order.id, { account })
    // A paid order without a row was refused, as it breaks a rule.
    states.push(row ? TEXTS.outbox[row.state] : order.paid ? 'held' : 'unpaid')
    const word = TEXTS.states[states.at(-1)][0]
    parts.push(page('part', { maker: TEXTS.makers[account], word, remote: row?.remoteId ?? '' }))
  }
  // The whole is as the part that needs the most care.
  const state = Object.keys(TEXTS.states).find(state => states.includes(state))
  const [word, sentence] = TEXTS.states[state]
  const html = {
    parts_html: parts.join(''),
    pay_html: state === 'unpaid' ? page('pay', order) : '',
    bought_html: JSON.parse(order.bought).map(line => page('bought', line)).join('')
  }
  answer(response, 'Your order', page('order', { ...order, state, word, sentence, ...html }))
})

/** What the payment provider calls, and calls again: the order is paid and enqueued, or neither. */
app.post('/payments', raw, async (request, response) => {
  const signature = createHmac('sha256', process.env.SHOP_PAYMENT_SECRET).update(request.body).digest('hex')
  const theirs = Buffer.from(request.headers['x-payment-signature'] ?? '')
  if (theirs.length !== signature.length || !timingSafeEqual(theirs, Buffer.from(signature))) throw new Problem('unsigned')
  const payment = JSON.parse(request.body)
  await transaction(async (query, client) => {
    await query('UPDATE shop_orders SET paid = 1 WHERE id = $1 AND total = $2', payment.order, payment.amount)
    const [order] = await query('SELECT * FROM shop_orders WHERE id = $1 AND paid = 1', payment.order)
    for (const [account, document] of order ? ordersOf(order) : []) {
      await outbox.enqueue(document, { account, client }).catch(error => {
        if (!(error instanceof InvalidOrderError)) throw error
        // Paid is paid: a person has to correct it.
        console.error(`order ${order.id} is not enqueued: ${error.message}`)
      })
    }
  })
  response.json({ ok: true })
})

/** A finished sign: Sign Customiser tells it, perhaps again, and waits for the shop's own id of it. */
app.post('/products', raw, async (request, response) => {
  const event = Webhook.fromEnv({ secret: 'integration' }).verify(request.headers, request.body)
  const { product_id: number, title, price, product_image_url: picture } = event.data
  const insert = 'INSERT INTO shop_products VALUES ($1, $2, $3, $4) ON CONFLICT DO NOTHING'
  await query(insert, `sign-${number}`, title, price, picture)
  response.type('json').send(event.answer(`sign-${number}`))
})

/** That Sign Customiser has an order settles it, if it was in doubt. */
app.post('/webhooks', raw, async (request, response) => {
  await outbox.notify(Webhook.fromEnv().verify(request.headers, request.body))
  response.json({ ok: true })
})

app.use((request, response) => { throw new Problem('missing') })
app.use((error, request, response, next) => {
  if (error instanceof VerificationFailedError) return response.status(401).send(error.kind)
  if (!(error instanceof Problem)) return console.error(error) ?? response.sendStatus(error.status ?? 500)
  const [status, title, sentence] = TEXTS.problems[error.message]
  answer(response, title, page('message', { title, sentence }), status)
})

async function work () {
  const end = new AbortController()
  process.once('SIGTERM', () => end.abort()) // the order under way has its end first
  while (!end.signal.aborted) {
    await outbox.drain({ seconds: 60, signal: end.signal }).catch(error => {
      if (error.kind !== 'aborted') console.error(`nothing is delivered: ${error.message}`)
      return new Promise(resolve => setTimeout(resolve, end.signal.aborted ? 0 : 5000))
    })
  }
}

if (process.argv[2] === 'install') {
  await query(file('schema.sql'))
  await outbox.install()
  await pool.end()
} else if (process.argv[2] === 'worker') {
  await work()
  await pool.end()
} else {
  app.listen(process.env.PORT, '127.0.0.1')
}
