// The outbox: a shop enqueues a paid order and is done.
'use strict'

const diagnostics = require('node:diagnostics_channel')
const native = require('./native.js')
const { ask, camel, errorOf } = require('./errors.js')
const { argument, json, known, seconds } = require('./input.js')
const { handleOf } = require('./client.js')
const { connection, isPool } = require('./connection.js')
const { aborted, stepwise, whole } = require('./steps.js')
const { deliveredJson } = require('./webhook.js')

const OPTIONS = ['accounts', 'dialect', 'shop', 'prefix', 'site', 'policy', 'paramstyle', 'create', 'anywhere', 'onHeld']

const changes = diagnostics.channel('countersign:order')

// A member of the options that only this package can name: by how much every time of the policy is divided.
const SCALE = Symbol('scale')

class Outbox {
  #outbox
  #dialect
  /** Opens the shop's connection for an operation; none for a file. */
  #open
  #onHeld

  constructor (store, options) {
    const { accounts, dialect, onHeld, ...settings } = known(options, OPTIONS, 'The options')
    if (accounts === null || typeof accounts !== 'object') throw argument('The accounts are missing: give { shop: spiff }, a client under a name of yours.')
    if (onHeld !== undefined && onHeld !== null && typeof onHeld !== 'function') throw argument('onHeld is no function.')
    const file = typeof store === 'string' ? store : undefined
    if (file !== undefined && !file.startsWith('sqlite:')) throw argument('The store is a text, but not sqlite:PATH. For a database give a connection or pool of its driver.')
    if (file === undefined) ({ dialect: this.#dialect, open: this.#open } = connection(store, dialect))
    const clients = Object.entries(accounts).map(([name, client]) => {
      const handle = handleOf(client)
      if (handle === undefined) throw argument(`The account ${name} is no client: give a Spiff or a SignCustomiser.`)
      return [name, handle]
    })
    const given = Object.fromEntries(Object.entries(settings).filter(([, value]) => value !== undefined && value !== null))
    this.#outbox = ask(native.outbox(file ?? this.#dialect, json(given), clients.map(([name]) => name), clients.map(([, handle]) => handle), options[SCALE] ?? 0))
    this.#onHeld = onHeld
  }

  operations () {
    return JSON.parse(ask(native.outboxOperations()))
  }

  async run (operation, input, options) {
    const { client, signal } = known(options, ['client', 'signal'], 'The options')
    return this.#run(operation, json(input), client ?? undefined, signal ?? undefined)
  }

  async install (options) {
    await this.#call('install', options, [])
  }

  async schema () {
    return this.#call('schema', undefined, [])
  }

  async enqueue (order, options) {
    return camel(await this.#call('enqueue', options, ['account', 'due', 'already', 'anyway'], {}, { order: orderJson(order) }))
  }

  async enqueueStatement (order, options) {
    return this.#call('enqueue_statement', options, ['account', 'due', 'already', 'paramstyle'], {}, { order: orderJson(order) })
  }

  async sweep (orders, options) {
    if (typeof orders?.[Symbol.iterator] !== 'function' || typeof orders === 'string') throw argument('The orders are no list.')
    const texts = `[${Array.from(orders, orderJson)}]`
    const swept = await this.#call('sweep', options, ['account', 'since'], {}, { orders: texts })
    return { orders: swept.orders.map(one => one.error === undefined ? camel(one) : errorOf(one.error)), unlisted: swept.unlisted.map(row) }
  }

  async import (externalId, options) {
    return camel(await this.#call('import', options, ['remoteId', 'account'], { external_id: externalId }))
  }

  async drain (options) {
    const drained = camel(await this.#call('drain', options, ['seconds', 'max', 'waits']))
    drained.changed = drained.changed.map(changed => ({ reason: null, why: null, ...camel(changed) }))
    for (const changed of drained.changed) {
      if (changes.hasSubscribers) changes.publish(changed)
      if (changed.state === 'held' && this.#onHeld) await told(this.#onHeld, changed)
    }
    return drained
  }

  async cancel (externalId, options) {
    return this.#call('cancel', options, ['account'], { external_id: externalId })
  }

  async notify (event, options) {
    const text = deliveredJson(event)
    if (text === undefined) throw argument('The event is none: give what verify() of a Webhook answered. What nobody verified proves nothing.')
    return this.#call('notify', options, [], { topic: event.topic, timestamp: event.timestamp }, { data: text })
  }

  async resolve (externalId, decision, options) {
    return row(await this.#call('resolve', options, ['who', 'why', 'account'], { external_id: externalId, decision }))
  }

  async pause (account, options) {
    await this.#call('pause', options, ['why'], { account })
  }

  async resume (account, options) {
    await this.#call('resume', options, [], { account })
  }

  async adopt (options) {
    await this.#call('adopt', options, [])
  }

  async forget (externalId, options) {
    await this.#call('forget', options, ['account'], { external_id: externalId })
  }

  async get (externalId, options) {
    const found = await this.#call('get', options, ['account', 'body'], { external_id: externalId })
    return found === null ? null : row(found)
  }

  async list (options) {
    const { orders, next } = await this.#call('list', options, ['state', 'account', 'alerts', 'after', 'limit'])
    return { orders: orders.map(row), next }
  }

  async stats (options) {
    const stats = await this.#call('stats', options, [])
    return Object.fromEntries(Object.entries(stats).map(([account, counts]) => [account, camel(counts)]))
  }

  async check (options) {
    return this.#call('check', options, ['maxHeld', 'maxAge'])
  }

  async changes (options) {
    const { orders, cursor } = await this.#call('changes', options, ['after', 'limit'])
    return { orders: orders.map(row), cursor }
  }

  /** An operation by its name, with the caller's options, the names of those that are its own, members, and JSON texts. */
  #call (operation, options, names, members = {}, texts = {}) {
    const { client, signal, ...rest } = known(options, [...names, 'client', ...operation === 'drain' ? ['signal'] : []], 'The options')
    return this.#run(operation, input({ ...members, ...rest }, texts), client ?? undefined, signal ?? undefined)
  }

  /** The one way: operation and input in, its answer out. */
  async #run (operation, input, client, signal) {
    if (signal !== undefined && typeof signal.addEventListener !== 'function') throw argument('signal is not an AbortSignal.')
    if (signal?.aborted) throw aborted(signal.reason)
    const open = this.#over(client)
    const task = ask(this.#outbox.begin(operation, input))
    if (open === undefined) return whole(task, signal)
    const session = open()
    try {
      return await stepwise(task, session, signal)
    } finally {
      session.end?.()
    }
  }

  /** The connection of one call: the caller's own, or the store's. */
  #over (client) {
    if (client === undefined) return this.#open
    if (this.#open === undefined) {
      // Rule R15.
      throw errorOf({
        kind: 'store',
        number: 80,
        message: 'This outbox stands in a file of its own and cannot take part in your transaction: the order would stay if the payment was rolled back.',
        next_step: 'Commit first and call it then, without client; or give the outbox the database that the transaction is open in.'
      })
    }
    if (isPool(client)) throw argument('client is a Pool, which gives each statement a connection of its own: give the client on which the transaction is open.')
    return connection(client, this.#dialect, 'client').open
  }
}

/** The input of an operation as JSON. */
function input (members, texts) {
  const given = {}
  for (const [name, value] of Object.entries(members)) {
    if (value === undefined || value === null) continue
    given[name.replace(/[A-Z]/g, letter => `_${letter.toLowerCase()}`)] = name === 'due' || name === 'since' ? seconds(value, name) : value
  }
  const parts = [json(given).slice(1, -1), ...Object.entries(texts).map(([name, text]) => `"${name}":${text}`)]
  return `{${parts.filter(part => part !== '')}}`
}

/** The JSON of an order; a text is JSON already, and the engine says what it is worth. */
function orderJson (order) {
  return json(typeof order === 'string' ? Object(order) : order, 'order') || 'null'
}

function row (record) {
  const spelled = { reason: null, ...camel(record) }
  if (spelled.history !== undefined) spelled.history = spelled.history.map(camel)
  return spelled
}

/** What the host does with it must not look like an order that failed. */
async function told (hear, changed) {
  try {
    await hear(changed)
  } catch (error) {
    process.emitWarning(`onHeld failed for the order ${changed.externalId}: ${error?.stack ?? error}`, 'CountersignWarning')
  }
}

module.exports = { Outbox, SCALE }
