// The clients of both platforms. Every operation passes through `run`; the methods only give it names.
'use strict'

const diagnostics = require('node:diagnostics_channel')
const { setTimeout: sleep } = require('node:timers/promises')
const native = require('./native.js')
const { ask, camel, failed } = require('./errors.js')
const { argument, environment, json, known, milliseconds, seconds } = require('./input.js')
const { PreparedCall } = require('./call.js')
const { publish, start } = require('./pool.js')
const { withOperations } = require('./operations.js')
const { run } = require('./pages.js')

// Members of the constructor's options that only this package can name.
const FROM_ENV = Symbol('from the environment')
const HANDLE = Symbol('handle')
const ACTING_FOR = Symbol('acting for')
const LIMIT = Symbol('limit')

// A span can be opened around a call here.
const calls = diagnostics.tracingChannel('countersign:call')

// Seconds in the core, milliseconds here: by these names, and no others.
const LIMITS = { timeoutMs: 'timeout', connectTimeoutMs: 'connect_timeout' }

/** Options as the native module takes them: names and texts in turn. */
function flat (options) {
  const list = []
  for (const [name, value] of Object.entries(options)) {
    if (value === undefined || value === null) continue
    if (Object.hasOwn(LIMITS, `${name}Ms`)) throw argument(`${name} is said in milliseconds here: give ${name}Ms.`)
    if (Object.hasOwn(LIMITS, name)) {
      list.push(LIMITS[name], String(milliseconds(value, name, 1) / 1000))
      continue
    }
    list.push(name.replace(/[A-Z]/g, letter => `_${letter.toLowerCase()}`))
    if (typeof value === 'string' || ArrayBuffer.isView(value)) list.push(value)
    else if (typeof value === 'boolean' || typeof value === 'number') list.push(String(value))
    else if (Array.isArray(value) && value.every(one => typeof one === 'string')) list.push(value.join(','))
    else throw argument(`The option ${name} is not usable: a string, number, boolean or list of strings is due.`)
  }
  return list
}

/** The native client of a client; undefined for anything else. */
let handleOf

class Client {
  #platform
  #client
  #operations
  #effects
  #limit

  static {
    handleOf = client => #client in Object(client) ? client.#client : undefined
  }

  constructor (platform, options) {
    if (options === null || typeof options !== 'object') throw argument('The options are missing: an object is due, such as { accessKey, secretKey, region }.')
    this.#platform = platform
    const { threads, queue, [FROM_ENV]: fromEnv, [HANDLE]: handle, ...given } = options
    this.#client = handle ?? ask(native.client(platform, flat(given), fromEnv ? environment() : undefined, threads, queue))
    this.#operations = ask(native.operations(platform))
    this.#effects = new Map(this.operations().map(({ name, effect }) => [name, effect]))
    this.#limit = ask(this.#client.timeout())
  }

  operations () {
    return JSON.parse(this.#operations)
  }

  async run (operation, input, options) {
    return (await this.#run(operation, input, options)).value
  }

  prepare (operation, input, options) {
    return new PreparedCall(this.#prepared(operation, input, options))
  }

  #prepared (operation, input, options) {
    const effect = this.#effects.get(operation)
    const { now } = known(options, ['now'], 'The options', effect)
    return ask(this.#client.prepare(operation, json(input, effect), seconds(now, 'now')))
  }

  /** The one way to the platform: operation, input and options in, the answer and the records of its attempts out. */
  async #run (operation, input, options) {
    const call = { platform: this.#platform, operation, attempts: [] }
    let value
    // Without an answer of its own: it may hold personal data, which no trace shows unasked.
    await calls.tracePromise(async () => { value = await this.#traced(call, input, options) }, call)
    return { value, attempt: call.attempts.at(-1) ?? null }
  }

  async #traced (call, input, options) {
    const { platform, operation } = call
    const effect = this.#effects.get(operation)
    const { answer, failure, attempts, cause } = await start({
      client: this.#client,
      operation,
      input: json(input, effect),
      options,
      limit: this.#limit,
      effect
    })
    call.attempts = attempts
    publish(platform, operation, attempts, failure)
    if (failure !== undefined) throw failed(failure, cause)
    return JSON.parse(answer)
  }

  async placeOrder (order, options) {
    const { value, attempt } = await this.#run('place_order', order, options)
    return { ...value, attempt }
  }

  prepareOrder (order, options) {
    return new PreparedCall(this.#prepared('place_order', order, options), placed => ({ ...placed, attempt: null }))
  }

  async check (options) {
    const { value } = await this.#run('check', undefined, options)
    return { ...value, attempt: camel(value.attempt) }
  }

  async settle (order, given) {
    const { sentAt, firstAbsentAt, ...options } = known(given, ['sentAt', 'firstAbsentAt', 'signal', 'timeoutMs'], 'The options', 'read')
    const members = [`"order":${json(order, 'read', 'order') || 'null'}`]
    for (const [name, given, moment] of [['sent_at', 'sentAt', sentAt], ['first_absent_at', 'firstAbsentAt', firstAbsentAt]]) {
      const at = seconds(moment, given, true)
      if (at !== undefined) members.push(`"${name}":${at}`)
    }
    return new Settlement((await this.#run('settle', `{${members}}`, options)).value)
  }

  close () {
    this.#client.close()
  }

  [Symbol.dispose ?? Symbol.for('Symbol.dispose')] () {
    this.close()
  }

  [ACTING_FOR] (...ids) {
    return ask(this.#client.actingFor(...ids))
  }

  get [LIMIT] () {
    return this.#limit
  }
}

class Settlement {
  /** Made by settle() alone. */
  constructor (record) {
    Object.assign(this, camel(record))
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

  async settle (order, options) {
    if ((options?.sentAt ?? null) === null) throw argument('sentAt is missing: give what the error said.', 'read')
    return super.settle(order, options)
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

  async processExecutionWait (id, { timeoutMs = 60_000, intervalMs = 2000, ...options } = {}) {
    milliseconds(timeoutMs, 'timeoutMs', 0)
    milliseconds(intervalMs, 'intervalMs', 100)
    const begun = performance.now()
    const pace = () => native.pace(timeoutMs, intervalMs, performance.now() - begun)
    // Look by look, at the core's pace: waiting takes no thread away from orders.
    for (;;) {
      try {
        const [look] = pace()
        return await run(this, 'process_execution_wait', { id, timeout: 0 }, { ...options, timeoutMs: Math.min(look ?? Infinity, this[LIMIT]) })
      } catch (error) {
        const [, rest] = pace()
        if (error.kind !== 'timeout' || (rest ?? null) === null) throw error
        // An abort is told by the next look.
        await sleep(rest, undefined, { signal: options.signal }).catch(() => {})
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
    return this.#client.run('webhooks_create', { ...known(subscription, SUBSCRIPTION, 'The members of a subscription', 'change') }, options)
  }

  get (id, options) {
    return this.#client.run('webhooks_get', { id }, options)
  }

  async update (id, subscription, options) {
    return this.#client.run('webhooks_update', { id, ...known(subscription, SUBSCRIPTION, 'The members of a subscription', 'change') }, options)
  }

  async delete (id, options) {
    await this.#client.run('webhooks_delete', { id }, options)
  }
}

module.exports = { handleOf, Settlement, SignCustomiser, Spiff }
