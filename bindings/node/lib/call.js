// A request that is ready to be sent with any HTTP stack, and the reader of its reply.
'use strict'

const { inspect, types } = require('node:util')
const { Prepared } = require('./native.js')
const { ask, failed } = require('./errors.js')
const { argument, headers: pairs, known } = require('./input.js')

class PreparedCall {
  #call
  #answer

  /** Made by the clients alone. `answer` is what becomes of a reply that was read. */
  constructor (call, answer = value => value) {
    if (!(call instanceof Prepared)) throw argument('A PreparedCall is made by prepare() and prepareOrder() alone.')
    const { method, url, headers, signedAt } = JSON.parse(ask(call.members()))
    this.#call = call
    this.#answer = answer
    // Own members all of them, so that `{ ...call, signal }` is as good for fetch as the call itself.
    this.method = method
    this.url = url
    this.headers = Object.fromEntries(headers)
    this.body = call.body()
    this.redirect = 'manual'
    this.signedAt = signedAt
  }

  async readResponse (response) {
    let body
    try {
      body = new Uint8Array(await response.arrayBuffer())
    } catch (cause) {
      // Also of what is no Response: whoever comes here has perhaps sent an order.
      throw this.#failure(false, cause)
    }
    return this.read(response.status, response.headers, body)
  }

  read (status, headers, body) {
    let lines
    let cause
    try {
      lines = pairs(headers ?? {})
    } catch (error) {
      // The native module refuses it, and knows what that means for an order that was sent.
      lines = cause = error
    }
    const answer = this.#call.read(status, cause ? '' : lines, types.isAnyArrayBuffer(body) ? new Uint8Array(body) : body)
    if (Array.isArray(answer)) throw failed(answer, cause)
    return this.#answer(JSON.parse(answer))
  }

  failed (options) {
    let given
    try {
      given = known(options, ['notSent', 'cause'], 'The options')
    } catch (error) {
      // Whoever comes here has perhaps sent an order: a mistake in the options does not make that certain.
      given = { cause: error }
    }
    throw this.#failure(given.notSent === true, given.cause)
  }

  #failure (notSent, cause) {
    return failed(this.#call.failed(notSent), cause)
  }

  /** For logs: no headers, because they carry credentials; of the body its length. */
  toJSON () {
    return { method: this.method, url: this.url, headers: '(hidden)', body: `${this.body?.length ?? 0} bytes`, signedAt: this.signedAt }
  }

  [inspect.custom] (depth, options) {
    return `PreparedCall ${inspect(this.toJSON(), options)}`
  }
}

module.exports = { PreparedCall }
