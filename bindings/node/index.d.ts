/**
 * Countersign: places orders at customisation platforms. It signs the bytes that it sends, sends an order once, and says
 * what happened: placed, not placed, or unknown.
 *
 * Names of the platforms' data are the platforms' own, so that their documents apply. Moments are whole seconds since 1970
 * (or a `Date`), prices whole minor units; time limits are milliseconds, and their names end in `Ms`. Every method may be
 * called from any worker thread, each with objects of its own.
 *
 * @packageDocumentation
 */

import type { ErrorKind } from './kinds.js'
import type { ClientOptions, SignCustomiserOptions, SpiffOptions } from './options.js'
import type { AddressInput, ExternalDataInput, ProcessExecution, SelectOptions, SpiffOperations } from './spiff-model.js'

export type { ErrorKind } from './kinds.js'
export type { ClientOptions, SpiffOptions, SignCustomiserOptions } from './options.js'
export * from './outbox.js'

/** The types of Spiff's model: `SpiffModel.Transaction` and so on. */
export type * as SpiffModel from './spiff-model.js'

/** A body: a string is sent as UTF-8. Bytes are read where they lie, without a copy. */
export type Body = string | Uint8Array

/** Headers in the forms that Node has them: `request.headers`, `Headers`, a `Map`, pairs, or `request.rawHeaders`. */
export type HeadersLike =
  | Iterable<readonly [string, string | readonly string[]]>
  | { readonly [name: string]: string | readonly string[] | number | undefined }
  | readonly string[]

/** Seconds since 1970, or a Date. */
export type Moment = number | Date

/** What may be said about one call. */
export interface CallOptions {
  /**
   * Ends the call for you. Before it began nothing is sent, and the outcome is `not_placed`; once it is under way, the
   * promise is rejected at once and the outcome of an order is `unknown`. The error has the kind `aborted`, and the
   * signal's reason as its cause.
   */
  signal?: AbortSignal | undefined
  /** The limit for this call in milliseconds, waiting for a thread included. Without it: that of the client. */
  timeoutMs?: number | undefined
}

/** What is known of an order or change that failed: `null` for reads and for what sends nothing. */
export type Outcome = 'not_placed' | 'unknown'

/** One thing that is wrong with an input, and where. */
export interface Problem {
  /** Such as `orderItems[0].amountToOrder`; empty for the whole. */
  readonly path: string
  /** A fixed word for programs, such as `missing`, `type`, `range`, `unknown_key`. */
  readonly code: string
  /** What is wrong and what is right, for a person. */
  readonly message: string
}

/** What one attempt looked like from outside, for a log: never a body, a secret, or a query string. */
export interface Attempt {
  readonly method: string
  /** Without its query. */
  readonly url: string
  /** `null` when no reply arrived. */
  readonly status: number | null
  readonly milliseconds: number
  /** The platform's id of the request. */
  readonly requestId: string | null
  readonly bytesSent: number
  readonly bytesReceived: number
  /** The platform's clock minus ours in seconds, as far as the reply tells. */
  readonly skew: number | null
  /** Which attempt of the call this was, from 1. */
  readonly number: number
  /** How loudly a log tells of it. */
  readonly level: 'debug' | 'info' | 'warning'
}

/**
 * What the tracing channel `countersign:call` of `node:diagnostics_channel` gets for every call of a client, the same object at
 * `start`, `end`, `asyncStart`, `asyncEnd` and `error`: a span can be opened around a call. The answer is not in it.
 */
export interface CallMessage {
  readonly platform: 'spiff' | 'sign_customiser'
  readonly operation: string
  /** Every attempt, from `asyncStart` on. Those of a call that was aborted under way are not known then. */
  readonly attempts: readonly Attempt[]
  /** What the call failed with. */
  readonly error?: unknown
}

/**
 * What the channel `countersign:attempt` of `node:diagnostics_channel` gets for every attempt, in the AsyncLocalStorage of the
 * call; for a call that was aborted, when it has ended.
 */
export interface AttemptMessage {
  readonly platform: 'spiff' | 'sign_customiser'
  readonly operation: string
  readonly attempt: Attempt
  /** Of the last attempt of a call that failed. */
  readonly kind?: ErrorKind
  readonly outcome?: Outcome | null
  readonly retryable?: boolean
}

/**
 * What failed, where, and what to do: the base of all errors of this package. Its message and everything it prints are free
 * of secrets.
 *
 * Look at the class or at `outcome` first: with {@link OutcomeUnknownError} the order may have been placed. Settle it, and
 * never send it again. {@link NotPlacedError} is certain.
 */
export class CountersignError extends Error {
  protected constructor ()
  /** The same as `kind`, where Node's habit looks for it. */
  readonly code: ErrorKind
  readonly kind: ErrorKind
  /** The number of the kind. */
  readonly number: number
  readonly outcome: Outcome | null
  /** Whether the same call may simply be made again later. Never true when the outcome is unknown. */
  readonly retryable: boolean
  /** The HTTP status, when a reply arrived. */
  readonly status: number | null
  /** Every problem of a refused input. */
  readonly problems: readonly Problem[]
  /** What to do about it, in one sentence. */
  readonly nextStep: string
  /** The platform's id of the request. */
  readonly requestId: string | null
  /** How many seconds the platform asks to wait. */
  readonly retryAfter: number | null
  /** When the request was signed, in seconds since 1970, for an unknown outcome: give it to `settle()`. */
  readonly sentAt: number | null
  /** From when on `settle()` may answer `absent`, in seconds since 1970, for an unknown outcome. */
  readonly settleAfter: number | null
  /** The records of all attempts that this package made of the call, in their order. */
  readonly attempts: readonly Attempt[]
  /** The last of them. */
  get attempt (): Attempt | null
  /** The first 64 KiB of the reply's body, as text. It may hold personal data: no log shows it unasked. */
  readonly body: string | null
  /** Everything but the body, for logs. */
  toJSON (): object
}

/** The order, or other change, was certainly not made. `retryable` says whether trying again helps. */
export class NotPlacedError extends CountersignError {
  protected constructor ()
  readonly outcome: 'not_placed'
}

/** The order breaks rules: `problems` has all of them. Nothing was sent. */
export class InvalidOrderError extends NotPlacedError {
  protected constructor ()
  readonly kind: 'invalid_order'
}

/**
 * The order, or other change, may have been made: the reply did not arrive or does not say. Keep `sentAt` with the order, and
 * `settle()` it from `settleAfter` on. Never place it again before it is settled as absent.
 */
export class OutcomeUnknownError extends CountersignError {
  protected constructor ()
  readonly outcome: 'unknown'
  readonly retryable: false
  readonly sentAt: number
  readonly settleAfter: number
}

/** A signature that must not be believed: answer 401. `kind` says why. */
export class VerificationFailedError extends CountersignError {
  protected constructor ()
  readonly kind: 'malformed' | 'unknown_key' | 'mismatch' | 'date_missing' | 'date_malformed' | 'too_old' | 'in_the_future'
}

// Signing

export interface SignerOptions {
  /** `SOA` (default), or `VWS` for `POST /targets`. */
  scheme?: 'SOA' | 'VWS' | undefined
  /** `sha512` or `md5`; without it, the scheme's own. */
  digest?: 'sha512' | 'md5' | undefined
  /** Accept a secret with white space around it. */
  exactSecret?: boolean | undefined
}

export interface SignOptions {
  /** Without it `application/json`; an empty one is signed as an empty line, and no header is sent. */
  contentType?: string | undefined
  /** The value of the Date header that is sent, signed as it is. Without it, that of now. */
  date?: string | undefined
}

/** What `explain()` found. */
export interface Explanation {
  /** `as_sent`, the name of the mistake, or null. */
  readonly matches: string | null
  readonly advice: string
  /** Our string to sign. */
  readonly ours: string
  /** The string to sign that fits the presented signature, if one was found. */
  readonly presented: string | null
}

/**
 * One key pair, ready to sign. Make it once and keep it: it holds the keyed state. It sends nothing; date and path are signed
 * as they are given, and the body's bytes are those that must be sent.
 */
export class Signer {
  /**
   * @param accessKey the access key (key id) of an integration
   * @param secretKey its secret key: raw text or bytes, never decoded
   * @throws {@link CountersignError} `invalid_argument`
   */
  constructor (accessKey: string, secretKey: Body, options?: SignerOptions)

  /**
   * The value of the Authorization header. Give the very `date` that you send; or take {@link Signer.headers}, which has all.
   *
   * @param method such as `POST`
   * @param path the path as it is requested
   * @throws {@link CountersignError} `invalid_argument`
   */
  authorization (method: string, path: string, body?: Body, options?: SignOptions): string

  /** The headers of a signed request. Without `date`, that of `now`; without `now`, the clock's. */
  headers (method: string, path: string, body?: Body, options?: SignOptions & { now?: Moment | undefined }): {
    Authorization: string
    Date: string
    'Content-Type'?: string
  }

  /** The exact text that is signed: the first thing to look at after a 401. */
  stringToSign (method: string, path: string, body?: Body, options?: SignOptions): string

  /**
   * Judges a received request, in constant time.
   *
   * @returns who signed it: 0 for this signer, then `others` in their order
   * @throws {@link VerificationFailedError} the first that applies of malformed, unknown_key, mismatch, date_missing,
   *         date_malformed, too_old, in_the_future
   */
  verify (method: string, path: string, body: Body, headers: HeadersLike, options?: {
    /** Without it, the clock's. */
    now?: Moment | undefined
    /** How many seconds the Date may be from now, either way: 300. `null` leaves the date unjudged. */
    window?: number | null | undefined
    /** More signers that are active, as during a rotation. */
    others?: Iterable<Signer> | undefined
  }): number

  /** The likely reason why a request was refused. `path` as requested, with its query. */
  explain (method: string, path: string, body: Body, headers: HeadersLike): Explanation
}

// Clients

/** An order that was placed. Store `id` with your own order. */
export interface PlacedOrder {
  /** The platform's id; `null` where it answered none (a placed order all the same). */
  readonly id: string | null
  /** The platform's number for people. */
  readonly internalId: string | null
  /** Your own id of the order. */
  readonly externalId: string
  /** GraphQL errors beside the order, as sent. */
  readonly errors: unknown[] | null
  /** The platform's order object, as sent; but numbers beyond 2⁵³ lose digits, as in every JSON of JavaScript. `id` has all. */
  readonly raw: unknown
  /** The record of the attempt; `null` with HTTP of your own. */
  readonly attempt: Attempt | null
}

/** An operation of a platform: its name, what it does there, and the members of its input. */
export interface Operation {
  readonly name: string
  readonly effect: 'read' | 'order' | 'change'
  readonly input: string
}

/** What both clients share. Make one per account and keep it: it keeps its connections. */
declare abstract class Client implements Disposable {
  /**
   * Runs an operation by its name: prepares it, sends it, reads the reply. The methods are made of it.
   *
   * @param input the operation's members; a string is JSON already
   */
  run (operation: string, input?: object | string | null, options?: CallOptions): Promise<unknown>

  /** Prepares an operation by its name without sending it, for HTTP of your own. */
  prepare (operation: string, input?: object | string | null, options?: { now?: Moment | undefined }): PreparedCall<unknown>

  /** Every operation of this platform. */
  operations (): Operation[]

  /** Closes the connections when the calls under way have ended. Afterwards the client refuses calls. */
  close (): void
  [Symbol.dispose] (): void
}

/** What is ordered of one design. */
export type SpiffOrderItem =
  /** How many, 1 to 2³¹−1, of a transaction or of a bundle. */
  | { amountToOrder: number, transactionId: string, bundleId?: never }
  /** Bundles: over GraphQL only. */
  | { amountToOrder: number, bundleId: string, transactionId?: never }

/** An address, by the platform's names. */
export type SpiffAddress = AddressInput

/** What the shop knows about the order besides its designs. One address stands by itself or in a list. */
export type SpiffExternalData = Omit<ExternalDataInput, 'billingAddress' | 'shippingAddress'> & {
  billingAddress?: SpiffAddress | readonly SpiffAddress[] | null | undefined
  shippingAddress?: SpiffAddress | readonly SpiffAddress[] | null | undefined
}

/** An order, the same for every wire. What JSON cannot say (`undefined`, BigInt, NaN) is refused with its path. */
export interface SpiffOrder {
  /** Your id of the order. */
  externalId: string
  /** No default: say what is true. */
  paid: boolean
  orderItems: SpiffOrderItem[]
  /** Addresses and notes for the fulfilment, by the platform's names. */
  externalData?: SpiffExternalData | null
  /** Passed through untouched. */
  extra?: Record<string, unknown>
}

/** What the platform shows of an object: its own fields, as its documents name them. */
export interface PlatformObject {
  readonly id?: string | null
  readonly [name: string]: unknown
}

/** What a read-back says about an order in doubt; as text it is the verdict alone. */
export class Settlement {
  private constructor ()
  /** `placed`; `absent`: place it again; `unclear`: settle again at `againAt`. */
  readonly verdict: 'placed' | 'absent' | 'unclear'
  /** Why, for a person. */
  readonly reason: string
  /** When to settle again, in seconds since 1970; `null` if a person must look: see the reason. */
  readonly againAt: number | null
  /** Hand it to the next `settle()`. */
  readonly firstAbsentAt: number | null
  toString (): string
}

/** Every operation of Spiff's model is a method, such as `spiff.transactions(ids)`. */
export interface Spiff extends SpiffOperations {}

/** Places orders at Spiff Commerce and reads them back. */
export class Spiff extends Client {
  /** @throws {@link CountersignError} `configuration`: what is missing or does not fit */
  constructor (options: SpiffOptions)

  /**
   * A client by the environment: `COUNTERSIGN_SPIFF_ACCESS_KEY`, `_SECRET_KEY`, `_APPLICATION_KEY`, `_REGION`, `_BASE_URL`,
   * each also with `_FILE` for the path of a file that holds the value. More options may be set on top.
   */
  static fromEnv (options?: SpiffOptions): Spiff

  /** The same client for a partner, or with write access to one transaction or bundle. Connections are shared. */
  actingFor (ids: { partnerId?: string, transactionOwnerId?: string, bundleOwnerId?: string }): Spiff

  /**
   * Places an order, once. A string is JSON already.
   *
   * Rejects with {@link InvalidOrderError}: every rule it breaks; {@link NotPlacedError}: certainly not placed;
   * {@link OutcomeUnknownError}: it may have been placed, settle it and never send it again.
   */
  placeOrder (order: SpiffOrder | string, options?: CallOptions): Promise<PlacedOrder>

  /** Prepares an order for HTTP of your own: `fetch(call.url, call)`. */
  prepareOrder (order: SpiffOrder | string, options?: { now?: Moment | undefined }): PreparedCall<PlacedOrder>

  /**
   * Finds out whether an order in doubt was placed, by reading its designs back. Rejects as a read does; the order is then as
   * much in doubt as before.
   */
  settle (order: SpiffOrder | string, options: CallOptions & {
    /** What {@link OutcomeUnknownError.sentAt} said. */
    sentAt: Moment
    /** What an earlier {@link Settlement} said. */
    firstAbsentAt?: Moment | null | undefined
  }): Promise<Settlement>

  /** One harmless read that tells whether credentials, address and clock are right; rejects with what is wrong. */
  check (options?: CallOptions): Promise<{ integration: PlatformObject, skew: number | null, attempt: Attempt }>

  /** Any GraphQL document; fulfilled with its `data`. A mutation that fails has an outcome, a query has none. */
  graphql<T = unknown> (query: string, variables?: object | null, options?: CallOptions & { operationName?: string | undefined }): Promise<T>

  /** The value of a text that is JSON itself, such as a line item's `customFields` or a node's `artifacts`. */
  decode (text: string | null | undefined): unknown

  /**
   * Waits until a run of a flow has ended, well (`completedAt`) or not (`failedAt`), and answers it. That the two members say
   * so is unverified: a first-party client relies on it.
   *
   * It is looked at every `intervalMs` (2000). Rejects (`timeout`) if it has not ended within `timeoutMs` (60000); 0 looks once.
   */
  processExecutionWait (id: string, options?: SelectOptions & { intervalMs?: number | undefined }): Promise<ProcessExecution>
}

/** An address, by the platform's names. */
export interface SignCustomiserAddress {
  first_name?: string
  last_name?: string
  email?: string
  phone?: string
  address_1?: string
  address_2?: string
  city?: string
  province?: string
  postcode?: string
  country?: string
}

/** An order. Prices are whole minor units: {@link minorUnits}. */
export interface SignCustomiserOrder {
  /** The id of the custom integration, from its detail page. */
  integration_id: number
  /** Your id of the order: the only handle by which a webhook can confirm it. */
  external_id: string
  /** The number that people see. */
  external_order_number: string
  /** Such as `USD`. */
  currency: string
  /** `external_id`: the product id that was answered to `product:created`. `price`: per unit, which is *unverified*. */
  products: { external_id: string, quantity: number, price: number }[]
  billing_address?: SignCustomiserAddress
  shipping_address?: SignCustomiserAddress
  shipping_line?: string
  customer?: Record<string, unknown>
  /** Passed through untouched. */
  extra?: Record<string, unknown>
}

/** A webhook subscription. `secret` verifies its deliveries: do not log it. */
export interface Subscription {
  readonly webhook_id: number
  readonly topic: string
  readonly url: string
  readonly status?: string
  readonly secret?: string
  readonly meta?: Record<string, unknown>
  readonly [name: string]: unknown
}

export type Topic = 'product:created' | 'order:created' | 'form:submitted'

/** What a subscription is made of: the topic, where deliveries go, and what is kept with it. */
export interface SubscriptionInput {
  topic: Topic
  url: string
  meta?: Record<string, unknown>
}

/** The webhook subscriptions of an account. A change that fails says by its outcome whether it may have been made. */
export interface Webhooks {
  list (options?: CallOptions): Promise<Subscription[]>
  create (subscription: SubscriptionInput, options?: CallOptions): Promise<Subscription>
  get (id: number, options?: CallOptions): Promise<Subscription>
  update (id: number, subscription: SubscriptionInput, options?: CallOptions): Promise<Subscription>
  delete (id: number, options?: CallOptions): Promise<void>
}

/** Places orders at Sign Customiser, and keeps its webhook subscriptions. */
export class SignCustomiser extends Client {
  /** @throws {@link CountersignError} `configuration`: what is missing or does not fit */
  constructor (options: SignCustomiserOptions)

  /**
   * A client by the environment: `COUNTERSIGN_SIGN_CUSTOMISER_API_TOKEN`, `_INTEGRATION_SECRET`, `_WEBHOOK_SECRET`,
   * `_BASE_URL`, each also with `_FILE`.
   */
  static fromEnv (options?: SignCustomiserOptions): SignCustomiser

  readonly webhooks: Webhooks

  /**
   * Places an order, once; rejects as {@link Spiff.placeOrder}. In doubt wait for the `order:created` webhook with the same
   * `external_id`.
   */
  placeOrder (order: SignCustomiserOrder | string, options?: CallOptions): Promise<PlacedOrder>

  /** Prepares an order for HTTP of your own. */
  prepareOrder (order: SignCustomiserOrder | string, options?: { now?: Moment | undefined }): PreparedCall<PlacedOrder>

  /** There is nothing to read back at this platform: it always rejects (`unsupported`), and says what there is instead. */
  settle (order: SignCustomiserOrder | string, options?: CallOptions): Promise<never>

  /** One harmless read that tells whether token, address and clock are right; rejects with what is wrong. */
  check (options?: CallOptions): Promise<{ subscriptions: number, skew: number | null, attempt: Attempt }>

  /** Any request to the platform, such as `request('GET', '/api/v2/webhooks')`. The body is sent as JSON. */
  request (method: string, path: string, body?: object, options?: CallOptions): Promise<unknown>
}

// HTTP of your own

/** A fetch Response, as far as it is read. */
export interface ResponseLike {
  readonly status: number
  readonly headers: HeadersLike | Headers
  arrayBuffer (): Promise<ArrayBuffer>
}

/**
 * A request that is ready to be sent with any HTTP stack, and the reader of its reply. Send it once, unchanged, without
 * redirects and with a time limit: `fetch(call.url, { ...call, signal: AbortSignal.timeout(30_000) })`. For another attempt
 * prepare another one: the date in it ages.
 */
export class PreparedCall<T = unknown> {
  private constructor ()
  readonly method: string
  readonly url: string
  /** The headers to set. They carry credentials: do not log them. */
  readonly headers: Record<string, string>
  /** The bytes that were signed: a Buffer, or null for none. */
  readonly body: ReturnType<typeof Buffer.from> | null
  /** Redirects must not be followed; fetch reads it here. */
  readonly redirect: 'manual'
  /** When it was signed, in seconds since 1970: what `settle()` wants to know of an order in doubt. */
  readonly signedAt: number

  /**
   * Reads a reply that was received whole.
   *
   * @throws {@link NotPlacedError}, {@link OutcomeUnknownError} or {@link CountersignError}: what it means
   */
  read (status: number, headers: HeadersLike, body: Body): T

  /**
   * Reads a fetch Response; rejects with what {@link PreparedCall.read} throws. One whose body breaks off is no whole reply:
   * the outcome of an order is unknown.
   */
  readResponse (response: ResponseLike): Promise<T>

  /**
   * Says that no whole reply came, and always throws what that means.
   *
   * `notSent` may be true only if it is certain that no byte of the request left: a name that does not resolve, a refused
   * connection, a failed TLS handshake. In doubt leave it out, and the outcome of an order is unknown.
   */
  failed (options?: { notSent?: boolean | undefined, cause?: unknown }): never

  /** For logs: neither headers nor body. */
  toJSON (): object
}

// Webhooks of Sign Customiser

export interface WebhookOptions {
  /** What is signed. The platform's formula is *unverified*; `explain()` tells which one a captured delivery matches. */
  content?: 'timestamp.body' | 'body' | 'timestamp+body' | 'body+timestamp' | 'body.timestamp' | undefined
  /** How the signature is written: `hex` (default) or `base64`. */
  encoding?: 'hex' | 'base64' | undefined
  /** How many seconds a timestamp may be from the clock, either way (300). */
  tolerance?: number | undefined
  /** Accept secrets with white space around them. */
  exactSecret?: boolean | undefined
}

/** What `explain()` found about a delivery. */
export interface WebhookExplanation {
  readonly content: string | null
  readonly encoding: string | null
  /** Whether it is what this Webhook is set to. */
  readonly configured: boolean
  readonly advice: string
}

/** Verifies deliveries with the secrets that are active, in constant time. */
export class Webhook {
  /**
   * @param secret the webhook secret of a subscription, or the integration secret for the `product:created` callback; several
   *        during a rotation
   */
  constructor (secret: Body | readonly Body[], options?: WebhookOptions)

  /**
   * By the environment: `secret: 'webhook'` (default) takes `COUNTERSIGN_SIGN_CUSTOMISER_WEBHOOK_SECRET`, `'integration'`
   * `COUNTERSIGN_SIGN_CUSTOMISER_INTEGRATION_SECRET`, each also with `_FILE`.
   */
  static fromEnv (options?: WebhookOptions & { secret?: 'webhook' | 'integration' | undefined }): Webhook

  /**
   * Verifies a delivery and reads it.
   *
   * @param headers those of the request
   * @param rawBody the body's bytes as they arrived; parsed and written again it would be another text
   * @throws {@link VerificationFailedError} malformed, mismatch, too_old, in_the_future
   * @throws {@link CountersignError} `invalid_json` for a body that is signed but not readable
   */
  verify (headers: HeadersLike | Headers, rawBody: Body | ArrayBuffer, options?: { now?: Moment | undefined }): WebhookEvent

  /** The same for a web Request, as route handlers get it. Its body must not have been read yet. */
  verifyRequest (request: Request, options?: { now?: Moment | undefined }): Promise<WebhookEvent>

  /**
   * The headers that the platform would send with this body: for tests of a shop's own, which need deliveries that verify. Signed with
   * the first secret, by the formula of this object.
   *
   * @param options `timestamp`: when it is stamped; the clock if it is absent
   */
  sign (rawBody: Body | ArrayBuffer, options?: { timestamp?: Moment | undefined }): { 'X-Webhook-Timestamp': string, 'X-Webhook-Signature': string }

  /** Says which formula a captured delivery matches, whatever its age. */
  explain (headers: HeadersLike | Headers, rawBody: Body | ArrayBuffer): WebhookExplanation
}

interface Delivered {
  /** When the platform stamped the delivery, in seconds since 1970. */
  readonly timestamp: number
  /**
   * The same text for every delivery of one happening, such as `product:17`: answer a repeated one as the first. Keep it for
   * twice the tolerance.
   */
  readonly dedupKey: string
  /** Which of the secrets verified it, from 0. */
  readonly secretIndex: number
  /**
   * The JSON body to answer `product:created` with, status 200: the shop's id of the product. The same product must always get
   * the same id. For other topics it throws (`unsupported`): answer them with status 200 and `{"ok":true}`.
   */
  answer (externalId: string): string
}

/** A number or a text, as the platform writes it. */
export type Text = string | number | null

/** `product:created`: a shopper finished a design. */
export interface ProductCreated extends Delivered {
  readonly topic: 'product:created'
  readonly data: {
    readonly product_id: Text
    readonly title?: Text
    readonly price?: Text
    readonly external_data?: Record<string, unknown>
    readonly [name: string]: unknown
  }
}

/** `order:created`: the platform has an order. Its `external_id` settles an unknown outcome. */
export interface OrderCreated extends Delivered {
  readonly topic: 'order:created'
  readonly data: {
    readonly order_id: Text
    readonly external_id?: Text
    readonly external_order_number?: Text
    readonly [name: string]: unknown
  }
}

/** `form:submitted`: somebody sent a form. */
export interface FormSubmitted extends Delivered {
  readonly topic: 'form:submitted'
  readonly data: {
    readonly submission_number: Text
    readonly responses?: unknown[]
    readonly [name: string]: unknown
  }
}

/** A delivery whose signature is right; `topic` tells which. */
export type WebhookEvent = ProductCreated | OrderCreated | FormSubmitted
/** For `instanceof` alone. */
export const WebhookEvent: { readonly prototype: WebhookEvent, [Symbol.hasInstance] (value: unknown): value is WebhookEvent }

/**
 * A decimal price as an integer of minor units: `minorUnits('29.99', 'USD')` is 2999, `minorUnits('500', 'JPY')` is 500. It
 * takes text, because a number has lost cents before it arrives.
 *
 * @throws {@link CountersignError} `invalid_argument`
 */
export function minorUnits (amount: string, currency: string): number
