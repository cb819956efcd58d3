/**
 * The outbox: a shop enqueues a paid order and is done. What its states, answers and rules mean: docs/outbox.md.
 *
 * Moments are seconds since 1970 (or a `Date`), durations seconds.
 */

import type { CountersignError, Moment, OrderCreated, ProductCreated, FormSubmitted, SignCustomiser, SignCustomiserOrder, Spiff, SpiffOrder } from './index.js'

/** A Pool of the package `pg`, or of one that is made in its image. */
export interface PgPoolLike {
  query (...args: any[]): any
  readonly totalCount: number
}

/** A Client of the package `pg`, also one that a Pool lends. */
export interface PgClientLike {
  query (...args: any[]): any
  escapeLiteral (text: string): string
}

/** A Pool of the package `mysql2`. An operation has one of its connections for its whole length, so a drain keeps one busy. */
export interface Mysql2PoolLike {
  query (...args: any[]): any
  getConnection (...args: any[]): any
}

/** A connection of the package `mysql2`, also one that a Pool lends; with promises or callbacks. */
export interface Mysql2ConnectionLike {
  query (...args: any[]): any
  beginTransaction (...args: any[]): any
  readonly threadId: number | null
  /** A Pool has it. */
  getConnection?: never
}

/**
 * A database of `better-sqlite3` (Node 22 or newer), or of `node:sqlite` (22.16 or newer). Each statement is executed on the thread of your
 * program; outside of a transaction, everything else has its turn between two.
 */
export type SqliteLike =
  | { prepare (sql: string): any, pragma (...args: any[]): any, readonly inTransaction: boolean }
  | { prepare (sql: string): any, readonly isTransaction: boolean }

/**
 * Executes one statement on a connection of yours, as it stands and without a transaction of its own, and answers its rows (lists of
 * values, or objects whose members are in the order of the columns) or how many rows it changed; `rows` says which of both is due.
 *
 * `?` stands for a parameter (`$1`, `$2` … for PostgreSQL): whole numbers, ASCII text, null. It throws what the driver threw: the
 * outbox reads SQLSTATE (`code` of pg, `sqlState` of mysql2), the server's own number (`errno`, `errcode`), SQLite's names
 * (`code: 'SQLITE_BUSY'`) and the words (`message`), also of a `cause`. Where none of them is there, nobody knows whether the
 * statement was executed, and the outbox looks.
 *
 * A drain of MySQL or MariaDB needs one connection for its whole length: a pool behind this function would set a lock's wait on one
 * connection and put it back on another. Hand a function over that connection to `drain({ client })`.
 */
export type OutboxFunction = (sql: string, params: (string | number | null)[], rows: boolean) =>
  readonly object[] | number | bigint | Promise<readonly object[] | number | bigint>

/** Where the orders are: a file of the outbox's own, or the shop's own database by its connection. */
export type OutboxStore = `sqlite:${string}` | PgPoolLike | Mysql2PoolLike | OutboxClient

/** The connection on which the host's transaction is open. */
export type OutboxClient = PgClientLike | Mysql2ConnectionLike | SqliteLike | OutboxFunction

/** The numbers that `policy` sets; docs/outbox.md has their meanings and limits. */
export type OutboxNumber =
  | 'deadline' | 'lease' | 'settle' | 'settle_growth' | 'gap' | 'clock_tolerance' | 'resends' | 'unknown' | 'reads' | 'webhook_wait'
  | 'backoff' | 'backoff_most' | 'max_age' | 'crashes' | 'quota' | 'quota_throttle' | 'quota_transient' | 'pause'
  | 'check_integration' | 'check_every' | 'alive' | 'poll' | 'keep_bodies' | 'strip'

export interface OutboxOptions {
  /** Clients by names of your own: 1 to 64 of a-z, 0-9, ".", "_" and "-". A name is part of the key of each order: never rename it. */
  accounts: { readonly [name: string]: Spiff | SignCustomiser }
  /** Of the database behind a function; MariaDB is `mysql`. */
  dialect?: 'mysql' | 'postgresql' | 'sqlite' | undefined
  /** In front of the names of the tables. */
  prefix?: string | undefined
  /** Whose tables these are: any name, the same in every process. */
  shop?: string | undefined
  /** Where the shop stands, such as its host name: a copy of it elsewhere is noticed by that. */
  site?: string | undefined
  /** Times and numbers. */
  policy?: { readonly [name in OutboxNumber]?: number | undefined } | undefined
  /** How parameters stand in the SQL; without it as the database wants them. */
  paramstyle?: OutboxParamstyle | undefined
  /** Makes the file of `sqlite:PATH` where it is missing. */
  create?: boolean | undefined
  /** Takes a file also where it would be lost, or seen by everybody. */
  anywhere?: boolean | undefined
  /**
   * Hears of each order that a drain of this object held: a person must look. The drain waits for it; what it throws becomes a
   * warning of the process. It is told when the drain has ended; of one that is killed or aborted, `check()` and `changes()` tell.
   */
  onHeld?: ((order: OutboxChange) => unknown) | undefined
}

/** `?`, `:1`, `$1`, `:p1`, `%s`, `%(p1)s`. */
export type OutboxParamstyle = 'qmark' | 'numeric' | 'numeric_dollar' | 'named' | 'format' | 'pyformat'

/** What can be said of every operation. */
export interface OutboxCall {
  /** The connection on which your transaction is open: what is written is there if that is committed. Without it, the store's. */
  client?: OutboxClient | undefined
}

/** The same, and whose order it is. */
export interface OutboxOrderCall extends OutboxCall {
  /** The account; without it the only one. */
  account?: string | undefined
}

/**
 * `pending` waits to be sent, `sending` is being sent, `unknown` may have arrived and is read back, `held` needs a person; `placed`,
 * `rejected` and `cancelled` have ended.
 */
export type OutboxState = 'pending' | 'sending' | 'unknown' | 'held' | 'placed' | 'rejected' | 'cancelled'

/** Why an order is held. */
export type OutboxReason =
  | 'malformed' | 'crashed' | 'too_old' | 'already_ordered' | 'partly_ordered' | 'already_ours' | 'other_order' | 'partial' | 'not_shown'
  | 'resends_spent' | 'no_read' | 'baseline'

/** What became of an order that was enqueued. */
export interface Enqueued {
  /**
   * `new`: it is in the outbox now; `known`: it was; `replaced`: its goods or data were; `revived`: it had ended, and waits again;
   * `conflict`: it is too late to change it, and a person must look; `elsewhere`: another account has it, nothing was written.
   */
  readonly status: 'new' | 'known' | 'replaced' | 'revived' | 'conflict' | 'elsewhere'
  /** The account that has it. */
  readonly account: string
  readonly externalId: string
  /** The state that it is in now. */
  readonly state: OutboxState
}

/** An order whose state a drain changed. The channel `countersign:order` of `node:diagnostics_channel` gets each. */
export interface OutboxChange {
  readonly account: string
  readonly externalId: string
  readonly state: OutboxState
  /** Why it is held. */
  readonly reason: OutboxReason | null
  /** The platform's id of the order. */
  readonly remoteId: string | null
  /** What happened, in words. */
  readonly why: string | null
}

/** What one drain did. */
export interface Drained {
  /** Orders that are placed now. */
  readonly placed: number
  /** Orders that came into doubt. */
  readonly unknown: number
  /** Orders that a person must look at now. */
  readonly held: number
  /** Orders that the platform refused. */
  readonly rejected: number
  /** Orders that were cancelled in time. */
  readonly cancelled: number
  /** When the next one is due, in seconds since 1970; null if nothing is open that is due by itself. */
  readonly nextDue: number | null
  /** The orders that changed their state; the last thousand. */
  readonly changed: OutboxChange[]
}

/** One order in the outbox, without its body, which may hold personal data. */
export interface OutboxRow {
  readonly account: string
  /** Empty once it is forgotten. */
  readonly externalId: string
  readonly state: OutboxState
  /** Why it is held. */
  readonly reason: OutboxReason | null
  /** What else is to be known, such as `possible_duplicate`. */
  readonly flags: string[]
  /** The platform's id of the order. */
  readonly remoteId: string | null
  /** When something is done about it next, in seconds since 1970. */
  readonly dueAt: number | null
  /** How often it was sent. */
  readonly sends: number
  /** In seconds since 1970. */
  readonly createdAt: number
  /** In seconds since 1970. */
  readonly updatedAt: number
}

/** The same with all that is known of it. */
export interface OutboxDetail extends OutboxRow {
  /** What happened to it, the oldest first; `at` in milliseconds since 1970. */
  readonly history: { readonly event: string, readonly at?: number, readonly [name: string]: unknown }[]
  /** When it was sent first, in milliseconds since 1970. */
  readonly firstSentAt: number | null
  /** And last. */
  readonly lastSentAt: number | null
  /** The order as it is sent; where it was asked for and is still kept. */
  readonly body?: string
}

/** Counts of one account. Moments are seconds since 1970, to the minute. */
export interface OutboxCounts {
  /** Orders by open state. */
  readonly open: { readonly [state in OutboxState]?: number }
  /** How old the oldest order is that waits to be sent, in seconds. */
  readonly oldestPending: number | null
  /** Orders with an alert. */
  readonly alerts: number
  /** Why it pauses. */
  readonly pause: string | null
  /** In words. */
  readonly pauseWhy: string | null
  readonly pausedUntil: number | null
  /** When an order was last placed. */
  readonly successAt: number | null
  /** When somebody last drained it. */
  readonly aliveAt: number | null
}

/** Whether a person must look. */
export interface Checked {
  readonly ok: boolean
  /** What is wrong, in sentences. */
  readonly problems: string[]
  /** What is not as it should be and does no harm yet. */
  readonly warnings: string[]
  /** `reduced` where the database may lose what it acknowledged. */
  readonly durability: 'full' | 'reduced'
}

/**
 * Paid orders, kept in the shop's own database and delivered once in effect, whatever crashes: {@link Outbox.enqueue} where a payment
 * is confirmed, {@link Outbox.drain} in the background. It makes no table by itself: call {@link Outbox.install} once.
 *
 * A file of SQLite, and every call to a platform, is worked at on threads of this package, never libuv's. Statements go over your own
 * connection, on the thread of your program. Each object belongs to the worker thread that made it; any number of threads and
 * processes may have one over the same store.
 *
 * Every method rejects with a {@link CountersignError}: kind `store` for a database that failed or cannot be used, `store_busy` where
 * somebody holds a lock or the database took the transaction back, `invalid_argument` for a mistake in the call.
 */
export class Outbox {
  /**
   * It opens nothing: what is wrong with the store, the first call says.
   *
   * @param store the connection must lead to the primary server. The outbox never ends it; what it emits (`error` of a Pool) is yours.
   * @throws {@link CountersignError} `invalid_argument`, `configuration`
   */
  constructor (store: OutboxStore, options: OutboxOptions)

  /**
   * Runs an operation by its name, with its input and its answer as the engine has them. The methods are made of it.
   *
   * @param input the operation's members; a string is JSON already
   */
  run (operation: string, input?: object | string | null, options?: OutboxCall & { signal?: AbortSignal | undefined }): Promise<unknown>

  /** Every operation, the members of its input, and what it does. */
  operations (): { name: string, input: string, what: string }[]

  /** Makes the tables where they are missing. Not inside a transaction. */
  install (options?: OutboxCall): Promise<void>

  /** The statements that `install()` runs, for a migration of your own. */
  schema (): Promise<string[]>

  /**
   * Enqueues a paid order. With `client`, in the transaction that is open there: then the order is there if the payment is. Call it as
   * often as the payment is told, also twice at once: there is one row. Once the transaction is committed, or this fulfilled without
   * one, nothing loses it.
   *
   * @param order as for `placeOrder()` of the account's client; a string is JSON already
   *
   * Rejects with {@link InvalidOrderError} with every problem, and then nothing is written; with `store_busy` where the database took
   * the transaction back (40001): repeat the whole of it.
   */
  enqueue (order: SpiffOrder | SignCustomiserOrder | string, options?: OutboxOrderCall & {
    /** When it may be sent at the earliest: a time of grace for cancelling. */
    due?: Moment | null | undefined
    /** It was placed by another way before: its id at the platform, or true. It is never sent. */
    already?: string | boolean | null | undefined
    /** Enqueue it also where another account has an order with this id. */
    anyway?: boolean | undefined
  }): Promise<Enqueued>

  /**
   * The one statement that enqueues an order unless it is there, for a shop that runs its SQL itself. MySQL answers error 1062 where it
   * is. That an order has other goods than before is then not noticed.
   */
  enqueueStatement (order: SpiffOrder | SignCustomiserOrder | string, options?: {
    account?: string | undefined
    due?: Moment | null | undefined
    already?: string | boolean | null | undefined
    paramstyle?: OutboxParamstyle | undefined
  }): Promise<{ sql: string, params: (string | number | null)[] }>

  /**
   * Enqueues what is missing of a shop's paid orders, given whole; what was cancelled stays so, and an order that breaks rules stops no
   * other. Once a night it repairs what was forgotten between payment and enqueue.
   */
  sweep (orders: Iterable<SpiffOrder | SignCustomiserOrder | string>, options?: OutboxOrderCall & {
    /** The list has every paid order since then: what the outbox has of that time and the list lacks is answered. */
    since?: Moment | null | undefined
  }): Promise<{
    /** One for each, in their order. */
    orders: (Enqueued | CountersignError)[]
    /** Orders of that time on which the list lacks; empty without `since`. */
    unlisted: OutboxRow[]
  }>

  /** Writes down an order that was placed before the outbox was there: it is never sent. */
  import (externalId: string, options?: OutboxOrderCall & {
    /** The platform's id of it. */
    remoteId?: string | null | undefined
  }): Promise<Enqueued>

  /**
   * Sends and reads back what is due. Safe to overlap, in any number of processes; never inside a transaction. It keeps the process
   * until it has ended.
   */
  drain (options?: OutboxCall & {
    /** How long it may take (20); a call that is under way then ends first, so it may be two deadlines more. */
    seconds?: number | undefined
    /** How many orders it may send or read back (100). */
    max?: number | undefined
    /** Whether it waits, within its time, for what is due later (true). A process that stays does not need that: it comes again. */
    waits?: boolean | undefined
    /**
     * Ends it: an order that is under way is finished and written down first, then the promise is rejected, kind `aborted`, with
     * the signal's reason as its cause.
     */
    signal?: AbortSignal | undefined
  }): Promise<Drained>

  /**
   * Cancels an order as far as that is possible, and says how far. `cancelled`: the platform will not get it. `wanted`: it is under way
   * or in doubt. `placed`: a person must cancel it at the platform. `ended`: it had ended otherwise. `unknown`: there is none.
   */
  cancel (externalId: string, options?: OutboxOrderCall): Promise<'cancelled' | 'wanted' | 'placed' | 'ended' | 'unknown'>

  /**
   * Takes a delivery of Sign Customiser that {@link Webhook.verify} answered: its `order:created` settles an order in doubt. Every other
   * one is `ignored`, so hand over all.
   */
  notify (event: ProductCreated | OrderCreated | FormSubmitted, options?: OutboxCall): Promise<'placed' | 'unknown' | 'ignored'>

  /** Writes down what a person decides about an order. Rejects with `store_busy` while a worker is at it. */
  resolve (externalId: string, decision: 'placed' | 'retry' | 'drop', options: OutboxOrderCall & {
    /** Who decides, kept with the order like the reason. */
    who: string
    why: string
  }): Promise<OutboxRow>

  /** Sends nothing of an account until it is resumed; what is in doubt is read back all the same. */
  pause (account: string, options: OutboxCall & { why: string }): Promise<void>

  /** Ends a pause. */
  resume (account: string, options?: OutboxCall): Promise<void>

  /** A person says that this store is the newest, and stands where it should: after a move, a copy or a restored backup. */
  adopt (options?: OutboxCall): Promise<void>

  /** Strips what is personal of an order that has ended, or is held. Its key, its state and its times stay: never delete a row. */
  forget (externalId: string, options?: OutboxOrderCall): Promise<void>

  /** One order with its history; null if the outbox has none with this id. */
  get (externalId: string, options?: OutboxOrderCall & {
    /** Also the order as it is sent. */
    body?: boolean | undefined
  }): Promise<OutboxDetail | null>

  /** Some orders, in the order of their enqueueing. */
  list (options?: OutboxOrderCall & {
    state?: OutboxState | undefined
    /** Only those that a person must look at. */
    alerts?: boolean | undefined
    /** Where to go on: `next` of the last list. */
    after?: number | string | null | undefined
    /** 1 to 1000 (100). */
    limit?: number | undefined
  }): Promise<{
    orders: OutboxRow[]
    /** null at the end. */
    next: number | null
  }>

  /** Counts, pauses, and when something last went well, by account. */
  stats (options?: OutboxCall): Promise<Record<string, OutboxCounts>>

  /** Whether a person must look: too many orders held, one that waits too long, an account that pauses. */
  check (options?: OutboxCall & {
    /** How many held orders are none too many (0). */
    maxHeld?: number | undefined
    /** How long an order may wait, in seconds (3600). */
    maxAge?: number | undefined
  }): Promise<Checked>

  /** The orders that changed since a cursor, the earliest change first. A change is told two seconds after it happened. */
  changes (options?: OutboxCall & {
    /** `cursor` of the last call; nothing for everything. */
    after?: string | null | undefined
    limit?: number | undefined
  }): Promise<{
    /** As they are now. */
    orders: OutboxRow[]
    /** For the next call. */
    cursor: string
  }>
}
