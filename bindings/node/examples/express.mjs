// Express: the payment's webhook enqueues the order; deliveries of Sign Customiser are verified over the raw body. A whole shop with its
// transaction and its worker: express-shop.mjs.
import { VerificationFailedError, Webhook } from 'countersign'
import express from 'express'
import { outbox } from './outbox.mjs'

const webhook = Webhook.fromEnv()
const answered = new Map() // dedupKey to answer; a real shop keeps it in its database

export const app = express()

// express.raw keeps the bytes as they arrived. It stands here, before any express.json() for all routes.
app.post('/hooks/sign-customiser', express.raw({ type: '*/*', limit: '1mb' }), async (request, response) => {
  let event
  try {
    event = webhook.verify(request.headers, request.body)
  } catch (error) {
    if (!(error instanceof VerificationFailedError)) throw error
    return response.status(401).send(error.kind)
  }
  // An order that was in doubt is settled by it; every other delivery is ignored there.
  await outbox().notify(event)
  // Deliveries repeat: a repeated one is answered as the first.
  if (!answered.has(event.dedupKey)) {
    answered.set(event.dedupKey, event.topic === 'product:created' ? event.answer(`shop-${event.data.product_id}`) : '{"ok":true}')
  }
  response.type('json').send(answered.get(event.dedupKey))
})

app.post('/paid/:id', express.json(), async (request, response) => {
  const { status } = await outbox().enqueue({ externalId: request.params.id, paid: true, orderItems: request.body.items }, { account: 'shop' })
  response.json({ status })
})
