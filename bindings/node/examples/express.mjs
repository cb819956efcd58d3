// Express: the payment's webhook places the order; deliveries of Sign Customiser are verified over the raw body.
import { VerificationFailedError, Webhook } from 'countersign'
import express from 'express'
import { paid } from './shop.mjs'

const webhook = Webhook.fromEnv()
const answered = new Map() // dedupKey to answer; a real shop keeps it in its database

export const app = express()

// express.raw keeps the bytes as they arrived. It stands here, before any express.json() for all routes.
app.post('/hooks/sign-customiser', express.raw({ type: '*/*', limit: '1mb' }), (request, response) => {
  let event
  try {
    event = webhook.verify(request.headers, request.body)
  } catch (error) {
    if (!(error instanceof VerificationFailedError)) throw error
    return response.status(401).send(error.kind)
  }
  // Deliveries repeat: a repeated one is answered as the first.
  if (!answered.has(event.dedupKey)) {
    answered.set(event.dedupKey, event.topic === 'product:created' ? event.answer(`shop-${event.data.product_id}`) : '{"ok":true}')
  }
  response.type('json').send(answered.get(event.dedupKey))
})

app.post('/paid/:id', express.json(), async (request, response) => {
  const { state } = await paid(request.params.id, request.body.items)
  response.json({ state })
})
