// Fastify: a parser of its own keeps the raw body of deliveries; everything else is parsed as usual. The payment's webhook enqueues the order,
// and a route that cron calls each minute drains.
import { VerificationFailedError, Webhook } from 'countersign'
import Fastify from 'fastify'
import { isCron, outbox } from './outbox.mjs'

const deliveries = Webhook.fromEnv() // of a subscription
const callback = Webhook.fromEnv({ secret: 'integration' }) // product:created of a custom integration

export const app = Fastify()

// Within this plugin alone, so that JSON is still parsed elsewhere.
app.register(async hooks => {
  hooks.removeAllContentTypeParsers()
  hooks.addContentTypeParser('*', { parseAs: 'buffer' }, (request, body, done) => done(null, body))
  hooks.setErrorHandler((error, request, reply) => {
    if (!(error instanceof VerificationFailedError)) throw error
    reply.code(401).send(error.kind)
  })
  hooks.post('/hooks/sign-customiser', async request => {
    await outbox().notify(deliveries.verify(request.headers, request.body)) // an order:created settles an order in doubt; as often as it comes
    return { ok: true }
  })
  // The same product gets the same id, however often it is told.
  hooks.post('/create-product', async (request, reply) => {
    const event = callback.verify(request.headers, request.body)
    return reply.type('application/json').send(event.answer(`shop-${event.data.product_id}`))
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
