// Express: the payment's webhook enqueues the order; deliveries of Sign Customiser are verified over the raw body. A whole shop with its
// transaction and its worker: express-shop.mjs.
import { VerificationFailedError, Webhook } from 'countersign'
import express from 'express'
import { outbox } from './outbox.mjs'

const deliveries = Webhook.fromEnv() // of a subscription
const callback = Webhook.fromEnv({ secret: 'integration' }) // product:created of a custom integration

export const app = express()

// express.raw keeps the bytes as they arrived. It stands here, before any express.json() for all routes.
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

// Deliveries repeat. An order that was in doubt is settled by it, as often as it comes; every other delivery is ignored there.
app.post('/hooks/sign-customiser', raw, verified(deliveries), async (request, response) => {
  await outbox().notify(response.locals.event)
  response.json({ ok: true })
})

// The same product gets the same id, however often it is told.
app.post('/create-product', raw, verified(callback), (request, response) => {
  const { event } = response.locals
  response.type('json').send(event.answer(`shop-${event.data.product_id}`))
})

app.post('/paid/:id', express.json(), async (request, response) => {
  const { status } = await outbox().enqueue({ externalId: request.params.id, paid: true, orderItems: request.body.items }, { account: 'shop' })
  response.json({ status })
})
