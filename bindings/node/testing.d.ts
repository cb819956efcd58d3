/**
 * Test tools: both platforms on loopback, for the tests of a shop. They run the command `countersign` of this version, which
 * `npm install --save-dev countersign-cli` brings.
 *
 * @packageDocumentation
 */

import type {
  Attempt, CountersignError, ErrorKind, Outbox, OutboxOptions, OutboxStore, SignCustomiser, SignCustomiserOptions, SignCustomiserOrder, Spiff, SpiffOptions, SpiffOrder, Topic,
  Webhook, WebhookOptions
} from './index.js'

export interface SandboxOptions {
  /**
   * The path of the command. Without it: what `COUNTERSIGN_BIN` names, else what the package `countersign-cli` installed, else
   * `countersign` on the PATH.
   */
  command?: string | undefined
  /** Where Spiff listens, on 127.0.0.1; without it a free port. */
  port?: number | undefined
  /** The same for Sign Customiser. */
  signCustomiserPort?: number | undefined
  /** How long it may take to come up, in milliseconds (10,000). */
  timeoutMs?: number | undefined
}

/**
 * Starts a sandbox and waits until it answers, some ten milliseconds. It does not keep the process alive, and ends with it however that
 * ends, also with the worker thread that started it.
 *
 * @throws {@link SandboxError} it is not installed, of another version, or did not come up: the message says why and what to do
 */
export function sandbox (options?: SandboxOptions): Promise<Sandbox>

/**
 * The sandbox cannot be started, has ended, or refused what it was told. It is no `CountersignError`, so that a shop under test does not
 * catch it.
 */
export class SandboxError extends Error {}

/** What is known of an error; what follows from the other facts may be left out, and must not contradict them. */
export interface ErrorFacts {
  /** What it struck: `order`, which it is if nothing is said, `change`, `read`, or null for what sends nothing. */
  effect?: 'order' | 'change' | 'read' | null | undefined
  /**
   * For an order or a change. `timeout`, `aborted` and `internal` are `unknown` if nothing is said; of the others all but `throttled`
   * have one outcome alone.
   */
  outcome?: 'not_placed' | 'unknown' | null | undefined
  message?: string | undefined
  problems?: ReadonlyArray<{ path: string, code: string, message: string }> | undefined
  status?: number | null | undefined
  requestId?: string | null | undefined
  /** Seconds. */
  retryAfter?: number | null | undefined
  /** Seconds since 1970; now, where the outcome is unknown and nothing is said. */
  sentAt?: number | null | undefined
  settleAfter?: number | null | undefined
  attempts?: ReadonlyArray<Partial<Attempt>> | undefined
  /** The reply's body. */
  body?: string | undefined
  // These follow: what toJSON() of an error says makes the same error.
  name?: string | undefined
  code?: string | undefined
  kind?: string | undefined
  number?: number | undefined
  retryable?: boolean | undefined
  nextStep?: string | undefined
}

/**
 * The error that a client would throw, for a mock: `spiff.placeOrder = async () => { throw error('timeout') }`. It is of the class
 * that fits, and outcome, `retryable`, `nextStep` and times follow from its kind and what it struck, as for a client's own.
 *
 * @throws {@link CountersignError} `invalid_argument`: what is no fact or contradicts the others, such as a refused order that is retryable
 */
export function error (kind: ErrorKind, facts?: ErrorFacts): CountersignError

/** A design of one customised product, as the shopper's browser makes it. */
export interface SandboxDesign {
  /** What an order names. */
  readonly transactionId: string
  /** Write access to it: the option `transactionOwnerId`. */
  readonly transactionOwnerId: string
  /** Minor units, as the next one. */
  readonly baseCost: number
  readonly optionsCost: number
  readonly previewImage: string
  readonly createdAt: string
}

export interface SandboxDesignOptions {
  /** The id of a product, the shop's or the platform's: `shop-mug` without it, or `shop-shirt`. */
  product?: string | undefined
  /** What the shopper calls it. */
  name?: string | undefined
}

/** An order that was accepted. */
export interface SandboxOrder {
  readonly platform: 'spiff' | 'sign_customiser'
  /** The platform's id of it. */
  readonly id: string
  readonly externalId: string
  readonly paid: boolean
  /** More, such as the `body` as it arrived. */
  readonly [member: string]: any
}

/** A request that arrived. */
export interface SandboxRequest {
  readonly id: string
  readonly platform: 'spiff' | 'sign_customiser'
  readonly method: string
  readonly path: string
  readonly accepted: boolean
  /** Why it was refused. */
  readonly why: string | null
  /** The fault that struck it, as it was made. */
  readonly fault: { readonly fault: string, readonly [parameter: string]: unknown } | null
  /** Null where nothing was answered. */
  readonly status: number | null
  /** More, such as `headers`, `body`, `string_to_sign` and `auth`. */
  readonly [member: string]: any
}

/** A fault by its name; what it does and which parameters it takes stands in the sandbox's manual. */
export type SandboxFault =
  | 'accept_then_hang' | 'hang' | 'accept_late' | 'cut_request' | 'cut_reply' | 'accept_then_500' | '500' | '503' | '429' | '401' | '403'
  | 'status' | 'redirect' | 'html' | 'truncated_json' | 'oversized' | 'not_json' | 'order_null' | 'data_null' | 'no_data' | 'partial_errors'
  | 'field_error' | 'no_introspection' | 'missing_items' | 'empty_body' | 'skewed_date' | 'slow' | 'wrong_echo'

export interface SandboxFaultParameters {
  /** Which requests it strikes: those that place an order (default), that read, that change something else, or all. */
  target?: 'order' | 'read' | 'other' | 'any' | undefined
  /** How many (1). */
  count?: number | undefined
  platform?: 'spiff' | 'sign_customiser' | undefined
  /** Whether the request is carried out. */
  accept?: boolean | undefined
  /** Milliseconds, for faults that wait. */
  ms?: number | undefined
  /** Seconds, for `429` and `503`. */
  retry_after?: number | undefined
  /** What else the fault takes. */
  [parameter: string]: unknown
}

/** What became of a delivery. */
export interface SandboxDelivered {
  /** Whether the shop answered as it must. */
  readonly ok: boolean
  /** The status that the shop answered. */
  readonly status?: number | null
  /** Its body. */
  readonly body?: string | null
  /** What is wrong, where something is. */
  readonly why?: string | null
  /** What was delivered. */
  readonly event: any
}

export interface SandboxOutboxOptions extends Partial<OutboxOptions> {
  /** Where the orders are; without it a file of its own with its tables, which `close()` removes. */
  store?: OutboxStore | undefined
  /** Without it: `shop`, a client of Spiff, and `signs`, one of Sign Customiser. */
  accounts?: OutboxOptions['accounts']
}

/**
 * Both platforms on loopback, in a process of their own. They verify signatures, remember what arrived, and misbehave on demand.
 * Everything it is asked is rejected with a {@link SandboxError}: for what it refuses, and once it has ended.
 */
export class Sandbox {
  private constructor ()
  /** What the command said when it was ready: addresses, keys and secrets, by their names there. */
  readonly ready: any
  /** The environment variables by which a shop finds it: in another process, or `Object.assign(process.env, sandbox.env)` before `fromEnv()`. */
  readonly env: { readonly [name: string]: string }
  readonly spiffUrl: string
  /** For a browser: shows what arrived. */
  readonly spiffPage: string
  readonly signCustomiserUrl: string
  readonly signCustomiserPage: string

  /**
   * A client with the sandbox's keys. Options come on top: `timeoutMs` where a fault lets it wait, `settleDelay: 0, settleGap: 0` where
   * a doubt is settled at once. With an `applicationKey` (`ready.spiff.application_key`) it has no key pair.
   */
  spiff (options?: SpiffOptions): Spiff
  /** A client with the sandbox's token. Options come on top. */
  signCustomiser (options?: SignCustomiserOptions): SignCustomiser
  /** Verifies what the sandbox delivers, and signs what a test delivers itself: `webhook().sign(body)` answers the headers. */
  webhook (options?: WebhookOptions): Webhook
  /** The same with the integration secret, for the `product:created` callback. */
  callback (options?: WebhookOptions): Webhook

  /**
   * An outbox for which time runs a hundred times faster: a call that hangs is given up after half a second, and a doubt is settled some
   * two seconds later, by the same `drain({ seconds: 5 })`.
   *
   * @param options `policy`: other numbers, in the seconds of the manual, of which a hundredth passes; the rest as for {@link Outbox}
   */
  outbox (options?: SandboxOutboxOptions): Promise<Outbox>

  /** A new design, as the shopper's browser makes it. */
  transaction (options?: SandboxDesignOptions): Promise<SandboxDesign>
  /** So many of them. */
  transactions (count: number, options?: SandboxDesignOptions): Promise<SandboxDesign[]>
  /** A bundle of these designs. `bundleOwnerId` is write access to it. */
  bundle (transactionIds: readonly string[]): Promise<{ readonly bundleId: string, readonly bundleOwnerId: string }>
  /**
   * An order for Spiff that breaks no rule, of new designs.
   *
   * @param options `amount`: how many of each design (1); `designs`: how many designs (1); `paid`: true
   */
  order (externalId: string, options?: { amount?: number | undefined, designs?: number | undefined, paid?: boolean | undefined }): Promise<SpiffOrder>
  /**
   * An order for Sign Customiser that breaks no rule.
   *
   * @param options `product`: the shop's id of it; `quantity`: 1; `price`: in minor units
   */
  signOrder (externalId: string, options?: { product?: string | undefined, quantity?: number | undefined, price?: number | undefined }): SignCustomiserOrder

  /** Lets something go wrong with the next request that places an order, or with others that the parameters name. */
  fault (name: SandboxFault, parameters?: SandboxFaultParameters): Promise<void>
  /** The faults that have not struck yet. */
  faults (): Promise<any[]>
  /** Changes settings by their names in the sandbox's manual, such as `{ dedupe: true }`, and answers all of them. */
  settings (changes?: { readonly [name: string]: unknown }): Promise<{ [name: string]: any }>
  /** The orders that were accepted, oldest first; only those with this id of the shop's, if one is given. */
  orders (externalId?: string): Promise<SandboxOrder[]>
  /** What arrived, oldest first. */
  requests (): Promise<SandboxRequest[]>

  /**
   * Delivers a signed webhook to the shop, waits for its answer and tells it.
   *
   * @param url where, on this machine
   * @param data what is delivered, such as `{ order: { … } }`; without it a sample
   * @param options `secret`: it is signed with, instead of that of {@link Sandbox.webhook}
   */
  deliver (topic: Topic, url: string, data?: object, options?: { secret?: string | undefined }): Promise<SandboxDelivered>
  /**
   * Delivers the callback that has a shop create a product, and tells the answer.
   *
   * @param url where, on this machine
   * @param options `product`: members of it that are to be others than the sample's; `secret`: it is signed with, instead of that of
   *        {@link Sandbox.callback}
   */
  productCreated (url: string, options?: {
    customiserId?: number | undefined
    productId?: number | undefined
    product?: object | undefined
    secret?: string | undefined
  }): Promise<SandboxDelivered & { readonly external_id?: string | null, readonly product_id: number }>
  /** The webhooks that were sent, oldest first: `topic`, `url`, `body`, `state`, `attempts`. */
  deliveries (): Promise<any[]>

  /** Forgets everything: orders, requests, designs, faults, settings. Ids begin anew. */
  reset (): Promise<void>
  /** Asks for anything else of the control interface: `control('POST', 'past-orders', { count: 3 })`. */
  control (method: string, path: string, body?: unknown): Promise<any>

  /** Ends it, and removes the files of its outboxes. Once closed it refuses everything; closing it again does nothing. */
  close (): Promise<void>
  [Symbol.asyncDispose] (): Promise<void>
}
