// What TypeScript must accept, and what it must refuse. Compiled, not run.
import {
  CountersignError, InvalidOrderError, NotPlacedError, Outbox, OutcomeUnknownError, PreparedCall, Settlement, SignCustomiser, Signer, Spiff,
  VerificationFailedError, Webhook, WebhookEvent, minorUnits,
  type Attempt, type AttemptMessage, type CallMessage, type Drained, type Enqueued, type ErrorKind, type OutboxChange, type OutboxDetail,
  type PlacedOrder, type SpiffOrder
} from 'countersign'
import { Sandbox, SandboxError, sandbox, type SandboxDesign, type SandboxOrder } from 'countersign/testing'
import { createPool as createCallbackPool } from 'mysql2'
import { createPool } from 'mysql2/promise'
import { tracingChannel } from 'node:diagnostics_channel'
import { DatabaseSync } from 'node:sqlite'
import * as http from 'node:http'

const signer = new Signer('key', Buffer.from('secret'), { scheme: 'SOA', digest: 'md5' })
const authorization: string = signer.authorization('POST', '/p', new Uint8Array(3), { date: 'x' })
const { Authorization, Date: date, 'Content-Type': type } = signer.headers('POST', '/p', 'body')
const texts: (string | undefined)[] = [authorization, Authorization, date, type, signer.stringToSign('GET', '/')]
// @ts-expect-error a scheme that is none
new Signer('key', 'secret', { scheme: 'AWS' })
// @ts-expect-error a body that is no bytes
signer.authorization('POST', '/p', { a: 1 })

const spiff = new Spiff({ accessKey: 'k', secretKey: 's', region: 'us', timeoutMs: 5000, allowHttp: ['a.test'], threads: 8, queue: 0 })
// @ts-expect-error a region that is none
new Spiff({ accessKey: 'k', secretKey: 's', region: 'eu' })
const order: SpiffOrder = { externalId: '1', paid: true, orderItems: [{ amountToOrder: 1, transactionId: 't' }] }
// @ts-expect-error paid has no default
const unpaid: SpiffOrder = { externalId: '1', orderItems: [] }
// @ts-expect-error either a transaction or a bundle
order.orderItems.push({ amountToOrder: 1, transactionId: 't', bundleId: 'b' })

export async function place (signal: AbortSignal): Promise<string | null> {
  try {
    const placed: PlacedOrder = await spiff.placeOrder(order, { signal, timeoutMs: 1000 })
    const attempt: Attempt | null = placed.attempt
    return attempt ? placed.id : null
  } catch (error) {
    if (error instanceof OutcomeUnknownError) {
      const outcome: 'unknown' = error.outcome
      const sentAt: number = error.sentAt
      const settled: Settlement = await spiff.settle(order, { sentAt, firstAbsentAt: null })
      const verdict: 'placed' | 'absent' | 'unclear' = settled.verdict
      return `${outcome} ${verdict} ${settled}`
    }
    if (error instanceof InvalidOrderError) return error.problems.map(({ path, message }) => `${path}: ${message}`).join()
    if (error instanceof NotPlacedError) return error.retryable ? error.outcome : error.nextStep
    if (error instanceof CountersignError) {
      const kind: ErrorKind = error.kind
      // @ts-expect-error a kind that is none
      const other: boolean = error.kind === 'nonsense'
      return kind + String(other) + error.code
    }
    throw error
  }
}

export async function read (): Promise<void> {
  const orders = await spiff.orders(['a', 'b'])
  const first = orders[0]
  if (first) first.id satisfies string | null | undefined
  const { orders: some } = await spiff.graphql<{ orders: { id: string }[] }>('{ orders { id } }', null, { operationName: 'Q' })
  some[0]?.id satisfies string | undefined
  const { integration, skew } = await spiff.check()
  texts.push(integration.id ?? undefined, String(skew))
}

export async function own (): Promise<PlacedOrder> {
  const call: PreparedCall<PlacedOrder> = spiff.prepareOrder(order, { now: new Date() })
  try {
    return await call.readResponse(await fetch(call.url, { ...call, signal: AbortSignal.timeout(1000) }))
  } catch (cause) {
    if (cause instanceof CountersignError) throw cause
    return call.failed({ notSent: false, cause })
  }
}
export const whole = async (call: PreparedCall): Promise<unknown> => call.readResponse(await fetch(call.url, call))
export const sync = (call: PreparedCall<PlacedOrder>): PlacedOrder => call.read(200, [['a', 'b']], Buffer.alloc(0))

const webhook = new Webhook(['a', Buffer.from('b')], { tolerance: 60, encoding: 'base64' })
export const server = http.createServer((request, response) => {
  try {
    answer(webhook.verify(request.headers, ''))
    answer(webhook.verify(request.rawHeaders, new ArrayBuffer(0)))
    answer(webhook.verify(new Headers(), ''))
    answer(webhook.verify(new Map([['a', 'b']]), ''))
  } catch (error) {
    if (error instanceof VerificationFailedError) response.end(error.kind)
  }
})
export const route = async (request: Request): Promise<Response> => new Response(answer(await webhook.verifyRequest(request)))

function answer (event: WebhookEvent): string {
  switch (event.topic) {
    case 'product:created': return event.answer(`shop-${event.data.product_id}`)
    case 'order:created': return String(event.data.external_id ?? event.dedupKey)
    case 'form:submitted': return String(event.data.responses?.length)
    // @ts-expect-error a topic that is none
    case 'nonsense': return ''
  }
}

const signs = SignCustomiser.fromEnv({ timeoutMs: 1000 })
export async function subscribe (): Promise<string | undefined> {
  const { secret, webhook_id: id } = await signs.webhooks.create({ topic: 'order:created', url: 'https://a.example' })
  await signs.webhooks.delete(id)
  // @ts-expect-error settling never answers there
  const found: Settlement = new Settlement()
  await signs.placeOrder({ integration_id: 1, external_id: '1', external_order_number: '1', currency: 'USD', products: [{ external_id: 'p', quantity: 1, price: minorUnits('29.99', 'USD') }] })
  return secret + String(found)
}

{
  using closing = Spiff.fromEnv()
  closing.operations().map(({ name, effect }) => [name, effect])
}

export const told = (message: AttemptMessage): string => `${message.operation} ${message.attempt.milliseconds} ${message.outcome ?? ''}`
tracingChannel<unknown, CallMessage>('countersign:call').subscribe({
  start: call => { texts.push(call.operation) },
  end: () => {},
  asyncStart: () => {},
  asyncEnd: ({ attempts }) => { texts.push(String(attempts.at(-1)?.status)) },
  error: ({ error }) => { if (error instanceof CountersignError) texts.push(error.kind, String(error.attempts.length), error.attempt?.url) }
})
export const waited = async (id: string): Promise<string | null | undefined> => (await spiff.processExecutionWait(id, { timeoutMs: 5000, intervalMs: 500 })).completedAt
// @ts-expect-error a Response is read with readResponse
export const mistaken = (call: PreparedCall, response: Response): unknown => call.read(response)

// The shape of the package pg.
declare const client: { query (config: { text: string }): Promise<{ rows: unknown[] }>, escapeLiteral (text: string): string, release (): void }
declare const pool: { query (text: string, values?: unknown[]): Promise<{ rows: unknown[] }>, connect (): Promise<typeof client>, readonly totalCount: number }
const outbox = new Outbox(pool, { accounts: { shop: spiff, signs }, prefix: 'shop_', policy: { settle: 10 }, onHeld: async ({ externalId, reason }) => { texts.push(externalId, reason ?? '') } })
new Outbox('sqlite:/o.db', { accounts: { shop: spiff }, create: true })
new Outbox(async (sql, params, rows) => rows ? [[sql.length, params[0]]] : 1n, { accounts: {}, dialect: 'mysql' })
const mysqlPool = createPool('mysql://shop@127.0.0.1/shop')
new Outbox(mysqlPool, { accounts: { shop: spiff } })
new Outbox(createCallbackPool('mysql://shop@127.0.0.1/shop'), { accounts: { shop: spiff } })
new Outbox(new DatabaseSync(':memory:'), { accounts: { shop: spiff }, dialect: 'sqlite' })
// @ts-expect-error a store that is none
new Outbox('postgresql:///shop', { accounts: { shop: spiff } })
// @ts-expect-error an account that is no client
new Outbox(pool, { accounts: { shop: 'key' } })
// @ts-expect-error a number of the policy that is none
new Outbox(pool, { accounts: { shop: spiff }, policy: { leese: 1 } })
export async function delivered (event: WebhookEvent, signal: AbortSignal): Promise<Drained> {
  const { status, state }: Enqueued = await outbox.enqueue(order, { client, due: new Date(), account: 'shop' })
  if (status === 'elsewhere' && state === 'held') await outbox.resolve('1', 'retry', { who: 'ana', why: 'looked' })
  // @ts-expect-error who decides is missing
  await outbox.resolve('1', 'retry', { why: 'looked' })
  // @ts-expect-error a Pool is no client of a transaction
  await outbox.enqueue(order, { client: pool })
  // @ts-expect-error the same
  await outbox.enqueue(order, { client: mysqlPool })
  await outbox.enqueue(order, { client: await mysqlPool.getConnection() })
  const { sql, params } = await outbox.enqueueStatement('{}', { paramstyle: 'format' })
  texts.push(sql, String(params[0]), await outbox.notify(event), await outbox.cancel('1'))
  const detail: OutboxDetail | null = await outbox.get('1', { body: true })
  texts.push(detail?.body, detail?.reason ?? undefined, String(detail?.history[0]?.at))
  const { orders, unlisted } = await outbox.sweep([order, '{}'], { since: 1_700_000_000 })
  for (const one of orders) texts.push(one instanceof Error ? one.kind : one.status)
  const changed: OutboxChange[] = (await outbox.drain({ seconds: 5, max: 10, signal })).changed
  texts.push(changed[0]?.why ?? undefined, unlisted[0]?.flags.join(), (await outbox.stats())['shop']?.pause ?? undefined)
  for (let after: number | null | undefined; after !== null;) ({ next: after } = await outbox.list({ alerts: true, after }))
  return outbox.drain()
}

export async function tested (): Promise<SandboxOrder[]> {
  await using made: Sandbox = await sandbox({ timeoutMs: 5000, command: process.env['COMMAND'] })
  const placed = await made.spiff({ timeoutMs: 500, settleDelay: 0 }).placeOrder(await made.order('1', { designs: 2 }))
  await made.signCustomiser().placeOrder(made.signOrder('2', { price: 100 }))
  await made.fault('429', { retry_after: 3, target: 'read' })
  // @ts-expect-error a fault that is none
  await made.fault('no such fault')
  const design: SandboxDesign = await made.transaction({ product: 'shop-mug' })
  texts.push(placed.id ?? undefined, (await made.bundle([design.transactionId])).bundleId, made.env['HOME'], made.ready.version)
  const other: Outbox = await made.outbox({ accounts: { shop: made.spiff() }, policy: { resends: 0 } })
  await (await made.outbox({ store: pool, prefix: 'shop_' })).enqueue(order, { account: 'shop', client })
  await other.drain({ seconds: 5 })
  const { ok, external_id: id } = await made.productCreated('http://127.0.0.1/', { product: { title: 'Open' } })
  if (!ok || id === undefined) throw new SandboxError('no')
  // @ts-expect-error made by sandbox() alone
  new Sandbox()
  return made.orders('1')
}
export { texts, unpaid }
