// Fastify: a parser of its own keeps the raw body of deliveries; everything else is parsed as usual. The payment's webhook enqueues the order,
// and a route that cron calls each minute drains.
import { VerificationFailedError, Webhook } from 'countersign'
import Fastify from 'fastify'
import { isCron, outbox } from './outbox.mjs'

const webhook = Webhook.fromEnv()
const answered = new Map() // dedupKey to answer; a real shop keeps it in its database

export const app = Fastify()

// Within this plugin alone, so that JSON is still parsed elsewhere.
app.register(async hooks => {
  hooks.removeAllContentTypeParsers()
  hooks.addContentTypeParser('*', { parseAs: 'buffer' }, (request, body, done) => done(null, body))
  hooks.post('/hooks/sign-customiser', async (request, reply) => {
    let event
    try {
      event = webhook.verify(request.headers, request.body)
    } catch (error) {
      if (!(error instanceof VerificationFailedError)) throw error
      return reply.code(401).send(error.kind)
    }
    await outbox().notify(event) // an order:created settles an order in doubt
    if (!answered.has(event.dedupKey)) {
      answered.set(event.dedupKey, event.topic === 'product:created' ? event.answer(`shop-${event.data.product_id}`) : '{"ok":true}')
    }
    return reply.type('application/json').send(answered.get(event.dedupKey))
  })
})

app.post('/paid/:id', async request => {
  const { status } = await outbox().enqueue({ externalId: request.params.id, paid: true, orderItems: request.body.items }, { account: 'shop' })
  return { status }
})

app.get('/cron/drain', async (request, reply) => {
  if (!isCron(request.headers.authorization)) return reply.code(401).send('no')
  // What is under way when the time is over ends first: cron and proxies have to wait for two calls of at most 20 seconds each.
  const { placed, held, nextDue } = await outbox().drain({ seconds: 15 })
  return { placed, held, nextDue }
})
