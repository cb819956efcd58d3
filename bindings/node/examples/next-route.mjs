// Next.js, App Router: app/hooks/sign-customiser/route.js. In next.config.js: serverExternalPackages: ['countersign'].
import { VerificationFailedError, Webhook } from 'countersign'

export const runtime = 'nodejs' // the edge runtime has no native modules
export const dynamic = 'force-dynamic'

const webhook = Webhook.fromEnv()
const answered = new Map() // dedupKey to answer; a real shop keeps it in its database

export async function POST (request) {
  let event
  try {
    event = await webhook.verifyRequest(request) // reads the raw body; do not call request.json() before
  } catch (error) {
    if (!(error instanceof VerificationFailedError)) throw error
    return new Response(error.kind, { status: 401 })
  }
  if (!answered.has(event.dedupKey)) {
    answered.set(event.dedupKey, event.topic === 'product:created' ? event.answer(`shop-${event.data.product_id}`) : '{"ok":true}')
  }
  return new Response(answered.get(event.dedupKey), { headers: { 'Content-Type': 'application/json' } })
}
