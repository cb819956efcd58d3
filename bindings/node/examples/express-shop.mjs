// A shop with Express and PostgreSQL. The payment's webhook writes down that an order is paid and enqueues it, in one transaction; a worker in
// this resident process delivers it, once in effect; a page shows how far it is.
//
//   DATABASE_URL=postgresql://… PORT=3000 node express-shop.mjs      with the credentials of both platforms in the environment
import { setTimeout as sleep } from 'node:timers/promises'
import { InvalidOrderError, VerificationFailedError, Webhook } from 'countersign'
import express from 'express'
import { outbox, pool, withTransaction } from './outbox.mjs'

// A real shop does this in its migrations; `outbox.schema()` has the statements.
await pool.query('CREATE TABLE IF NOT EXISTS orders (id text PRIMARY KEY, account text NOT NULL, document jsonb NOT NULL, paid_at timestamptz, problem text)')
await outbox().install()

const deliveries = Webhook.fromEnv() // of a subscription
const callback = Webhook.fromEnv({ secret: 'integration' }) // product:created of a custom integration
const app = express()

/** The payment provider says so, perhaps twice. Its signature is to be verified first, as its manual says. */
app.post('/hooks/payment', express.json(), async (request, response) => {
  await withTransaction(async client => {
    const order = await markPaid(client, request.body.order)
    try {
      await outbox().enqueue(order.document, { account: order.account, client })
    } catch (error) {
      // Paid is paid. Nothing was enqueued, and nothing else of the transaction is lost: an order is checked before the database is asked.
      if (!(error instanceof InvalidOrderError)) throw error
      await client.query('UPDATE orders SET problem = $2 WHERE id = $1', [request.body.order, error.message])
    }
  })
  response.sendStatus(200) // after the commit: any error is a 500, and the payment is told again
})

async function markPaid (client, id) {
  const { rows: [order] } = await client.query('UPDATE orders SET paid_at = coalesce(paid_at, now()) WHERE id = $1 RETURNING account, document', [id])
  if (order === undefined) throw new Error(`There is no order ${id}.`)
  return order
}

// express.raw keeps the bytes as they arrived.
const raw = express.raw({ type: '*/*', limit: '1mb' })

/** What is signed otherwise is answered with 401; else the event is in `response.locals`. */
const verified = webhook => (request, response, next) => {
  try {
    response.locals.event = webhook.verify(request.headers, request.body)
  } catch (error) {
    if (!(error instanceof VerificationFailedError)) throw error
    return response.status(401).send(error.kind)
  }
  next()
}

app.post('/hooks/sign-customiser', raw, verified(deliveries), async (request, response) => {
  await outbox().notify(response.locals.event) // an order:created settles an order in doubt; as often as it comes
  response.json({ ok: true })
})

// The same product gets the same id, however often it is told.
app.post('/create-product', raw, verified(callback), (request, response) => {
  const { event } = response.locals
  response.type('json').send(event.answer(`shop-${event.data.product_id}`))
})

const WORDS = { pending: 'waiting', sending: 'waiting', unknown: 'waiting', placed: 'placed', held: 'held', rejected: 'held', cancelled: 'cancelled' }

app.get('/orders/:id', async (request, response) => {
  const { rows: [order] } = await pool.query('SELECT paid_at, problem, account FROM orders WHERE id = $1', [request.params.id])
  if (order === undefined) return response.sendStatus(404)
  const row = await outbox().get(request.params.id, { account: order.account })
  const state = row === null ? (order.problem === null ? (order.paid_at === null ? 'unpaid' : 'waiting') : 'held') : WORDS[row.state]
  response.type('html').send(`<!doctype html><title>Your order</title><p>Your order is <b>${state}</b>${row?.remoteId ? ', and made as ' + escape(row.remoteId) : ''}.</p>\n`)
})

const escape = text => text.replace(/[&<>"]/g, sign => `&#${sign.charCodeAt(0)};`)

/** Any number of processes may do this at the same time. A drain that waits for nothing tells of held orders at once. */
async function work (signal) {
  while (!signal.aborted) {
    await outbox().drain({ waits: false, signal }).catch(error => {
      if (error.kind !== 'aborted') console.error(`the drain failed, and goes on in a moment: ${error.message}`)
    })
    await sleep(1000, undefined, { signal }).catch(() => {})
  }
}

const end = new AbortController()
const working = work(end.signal)
const server = app.listen(process.env.PORT ?? 3000, '127.0.0.1', () => console.log(`http://127.0.0.1:${server.address().port}`))
process.once('SIGTERM', async () => {
  server.close()
  end.abort() // the order under way is finished first
  await working
  await pool.end()
})
