// Next.js, App Router. In next.config.js: serverExternalPackages: ['countersign'].
//
// POST stands in app/hooks/sign-customiser/route.js, createProduct as POST in app/create-product/route.js, GET in app/cron/drain/route.js,
// called each minute by the host's cron. On a serverless host nothing runs between two requests: requests of shoppers only enqueue, and this
// route drains.
import { VerificationFailedError, Webhook } from 'countersign'
import { isCron, outbox } from './outbox.mjs'

export const runtime = 'nodejs' // the edge runtime has no native modules
export const dynamic = 'force-dynamic'
export const maxDuration = 60 // seconds; the host ends a function that takes longer

// Made by the first delivery: `next build` imports this file, and has no secrets.
let deliveries // of a subscription
let callback // product:created of a custom integration

export async function POST (request) {
  deliveries ??= Webhook.fromEnv()
  return answered(deliveries, request, async event => {
    await outbox().notify(event) // an order:created settles an order in doubt; as often as it comes
    return '{"ok":true}'
  })
}

/** The same product gets the same id, however often it is told. */
export async function createProduct (request) {
  callback ??= Webhook.fromEnv({ secret: 'integration' })
  return answered(callback, request, event => event.answer(`shop-${event.data.product_id}`))
}

async function answered (webhook, request, answer) {
  let event
  try {
    event = await webhook.verifyRequest(request) // reads the raw body; do not call request.json() before
  } catch (error) {
    if (!(error instanceof VerificationFailedError)) throw error
    return new Response(error.kind, { status: 401 })
  }
  return new Response(await answer(event), { headers: { 'Content-Type': 'application/json' } })
}

export async function GET (request) {
  if (!isCron(request.headers.get('authorization'))) return new Response('no', { status: 401 })
  // What is under way when the time is over ends first: two calls of at most 20 seconds each.
  const { placed, held, nextDue } = await outbox().drain({ seconds: 15 })
  return Response.json({ placed, held, nextDue })
}
