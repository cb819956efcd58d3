// The clients of both platforms. Every operation passes through `run`; the methods only give it names.
'use strict'

const { setTimeout: sleep } = require('node:timers/promises')
const native = require('./native.js')
const { argument, ask, camel, failed } = require('./errors.js')
const { environment, json, known, seconds } = require('./input.js')
const { PreparedCall } = require('./call.js')
const { start } = require('./pool.js')
const { withOperations } = require('./operations.js')
const { run } = require('./pages.js')

// Members of the constructor's options that only this package can name.
const FROM_ENV = Symbol('from the environment')
const HANDLE = Symbol('handle')
const ACTING_FOR = Symbol('acting for')

/** Options as the native module takes them: names and texts in turn. */
function flat (options) {
  const list = []
  for (const [name, value] of Object.entries(options)) {
    if (value === undefined || value === null) continue
    const milliseconds = name === 'timeoutMs' || name === 'connectTimeoutMs'
    if (milliseconds && options[name.slice(0, -2)] !== undefined) throw argument(`${name} and ${name.slice(0, -2)} are both given: give one.`)
    if (milliseconds && typeof value !== 'number') throw argument(`${name} is not a number of milliseconds.`)
    list.push((milliseconds ? name.slice(0, -2) : name).replace(/[A-Z]/g, letter => `_${letter.toLowerCase()}`))
    if (typeof value === 'string' || ArrayBuffer.isView(value)) list.push(value)
    else if (typeof value === 'boolean') list.push(String(value))
    else if (typeof value === 'number') list.push(String(milliseconds ? value / 1000 : value))
    else if (Array.isArray(value) && value.every(one => typeof one === 'string')) list.push(value.join(','))
    else throw argument(`The option ${name} is not usable: a string, number, boolean or list of strings is due.`)
  }
  return list
}

/** The native client of a constructor's options. */
function made (platform, { threads, queue, ...options }) {
  const variables = options[FROM_ENV] ? environment() : undefined
  return ask(native.client(platform, flat(options), variables, threads, queue))
}

class Client {
  #platform
  #client
  #effects
  #limit

  constructor (platform, options) {
    if (options === null || typeof options !== 'object') throw argument('The options are missing: an object is due, such as { accessKey, secretKey, region }.')
    this.#platform = platform
    this.#client = options[HANDLE] ?? made(platform, options)
    this.#effects = new Map(this.operations().map(({ name, effect }) => [name, effect]))
    this.#limit = this.#client.timeout()
  }

  operations () {
    return JSON.parse(ask(native.operations(this.#platform)))
  }

  async run (operation, input, options) {
    return (await this.#run(operation, input, options)).value
  }

  prepare (operation, input, options) {
    const { now } = known(options, ['now'], 'The options', this.#changes(operation))
    const text = this.#input(operation, input)
    return new PreparedCall(ask(this.#open(operation).prepare(operation, text, seconds(now, 'now'))))
  }

  /** The one way to the platform: operation, input and options in, the answer and the record of its attempt out. */
  async #run (operation, input, options) {
    const { answer, failure, attempt, cause } = await start({
      client: this.#open(operation),
      operation,
      input: this.#input(operation, input),
      options,
      limit: this.#limit,
      changes: this.#changes(operation)
    })
    if (failure !== undefined) throw failed(failure, cause)
    return { value: JSON.parse(answer), attempt }
  }

  #input (operation, input) {
    return json(input, this.#effects.get(operation) === 'order' ? 'order' : 'input', this.#changes(operation))
  }

  #changes (operation) {
    const effect = this.#effects.get(operation)
    return effect !== undefined && effect !== 'read'
  }

  #open (operation) {
    if (this.#client === undefined) throw argument('This client was closed: make a new one.', this.#changes(operation))
    return this.#client
  }

  async placeOrder (order, options) {
    const { value, attempt } = await this.#run('place_order', order, options)
    return { ...value, attempt }
  }

  prepareOrder (order, options) {
    return this.prepare('place_order', order, options)
  }

  async check (options) {
    const { value } = await this.#run('check', undefined, options)
    return { ...value, attempt: camel(value.attempt) }
  }

  async settle (order, given) {
    const { sentAt, firstAbsentAt, ...options } = known(given, ['sentAt', 'firstAbsentAt', 'signal', 'timeoutMs'], 'The options')
    const [sent, first] = [seconds(sentAt, 'sentAt'), seconds(firstAbsentAt, 'firstAbsentAt')]
    const input = `{"order":${json(order, 'order', false) || 'null'},"sent_at":${sent ?? null},"first_absent_at":${first ?? null}}`
    return new Settlement((await this.#run('settle', input, options)).value)
  }

  close () {
    this.#client?.close()
    this.#client = undefined
  }

  [Symbol.dispose ?? Symbol.for('Symbol.dispose')] () {
    this.close()
  }

  [ACTING_FOR] (...ids) {
    return ask(this.#open().actingFor(...ids))
  }
}

class Settlement {
  /** Made by settle() alone. */
  constructor ({ verdict, reason, again_at: againAt, first_absent_at: firstAbsentAt }) {
    this.verdict = verdict
    this.reason = reason
    this.againAt = againAt
    this.firstAbsentAt = firstAbsentAt
  }

  toString () {
    return this.verdict
  }
}

class Spiff extends withOperations(Client) {
  constructor (options) {
    super('spiff', options)
  }

  static fromEnv (options = {}) {
    return new Spiff({ ...options, [FROM_ENV]: true })
  }

  actingFor (ids) {
    const { partnerId, transactionOwnerId, bundleOwnerId } = known(ids, ['partnerId', 'transactionOwnerId', 'bundleOwnerId'], 'The ids')
    return new Spiff({ [HANDLE]: this[ACTING_FOR](partnerId, transactionOwnerId, bundleOwnerId) })
  }

  async graphql (query, variables, given) {
    const { operationName, ...options } = given ?? {}
    const input = { query }
    if (variables !== undefined && variables !== null) input.variables = variables
    if (operationName !== undefined) input.operationName = operationName
    return this.run('graphql', input, options)
  }

  decode (text) {
    return text === null || text === undefined ? null : JSON.parse(text)
  }

  async processExecutionWait (id, { wait = 60, interval = 2, ...options } = {}) {
    // Look by look: waiting takes no thread away from orders. What is no number of seconds is refused by the first look.
    const input = { id, timeout: wait > 0 && Number.isFinite(wait) ? 0 : wait, interval }
    const until = performance.now() + wait * 1000
    for (;;) {
      try {
        return await run(this, 'process_execution_wait', input, options)
      } catch (error) {
        const left = until - performance.now()
        if (error.kind !== 'timeout' || !(left > 0)) throw error
        // An abort is told by the next look.
        await sleep(Math.min(interval * 1000, left), undefined, { signal: options.signal }).catch(() => {})
      }
    }
  }
}

class SignCustomiser extends Client {
  constructor (options) {
    super('sign_customiser', options)
    Object.defineProperty(this, 'webhooks', { value: new Webhooks(this), enumerable: true })
  }

  static fromEnv (options = {}) {
    return new SignCustomiser({ ...options, [FROM_ENV]: true })
  }

  request (method, path, body, options) {
    const input = { method, path }
    if (body !== undefined) input.body = body
    return this.run('request', input, options)
  }
}

const SUBSCRIPTION = ['topic', 'url', 'meta']

class Webhooks {
  #client

  constructor (client) {
    this.#client = client
  }

  list (options) {
    return this.#client.run('webhooks_list', undefined, options)
  }

  async create (subscription, options) {
    return this.#client.run('webhooks_create', { ...known(subscription, SUBSCRIPTION, 'The members of a subscription', true) }, options)
  }

  get (id, options) {
    return this.#client.run('webhooks_get', { id }, options)
  }

  async update (id, subscription, options) {
    return this.#client.run('webhooks_update', { id, ...known(subscription, SUBSCRIPTION, 'The members of a subscription', true) }, options)
  }

  async delete (id, options) {
    await this.#client.run('webhooks_delete', { id }, options)
  }
}

module.exports = { Settlement, SignCustomiser, Spiff }
