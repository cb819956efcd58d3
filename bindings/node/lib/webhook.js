// Deliveries of Sign Customiser: verify, read, answer; and prices in minor units.
'use strict'

const native = require('./native.js')
const { ask, camel } = require('./errors.js')
const { argument, environment, headers: pairs, known, raw, seconds } = require('./input.js')

const HANDLE = Symbol('handle')
const FORMAT = ['content', 'encoding', 'tolerance', 'exactSecret']

class Webhook {
  #webhook

  constructor (secret, options) {
    const { content, encoding, tolerance, exactSecret = false, [HANDLE]: handle } = known(options, FORMAT, 'The options')
    const secrets = Array.isArray(secret) ? [...secret] : [secret]
    this.#webhook = handle ?? ask(native.webhook(secrets, exactSecret === true, content, encoding, tolerance))
  }

  static fromEnv (options) {
    const { secret = 'webhook', content, encoding, tolerance, exactSecret = false } = known(options, ['secret', ...FORMAT], 'The options')
    const handle = ask(native.webhookFromEnv(environment(), secret, exactSecret === true, content, encoding, tolerance))
    return new Webhook('', { [HANDLE]: handle })
  }

  verify (headers, rawBody, options) {
    const { now } = known(options, ['now'], 'The options')
    return new WebhookEvent(ask(this.#webhook.verify(pairs(headers), raw(rawBody), seconds(now, 'now'))))
  }

  async verifyRequest (request, options) {
    if (typeof request?.arrayBuffer !== 'function') {
      throw argument('request is not a web Request. For Node\'s own requests, collect the raw body and call verify(request.headers, rawBody).')
    }
    if (request.bodyUsed) {
      throw argument('The body of this request was read already: verify first, and then use event.data instead of request.json().')
    }
    return this.verify(request.headers, new Uint8Array(await request.arrayBuffer()), options)
  }

  sign (rawBody, options) {
    const { timestamp } = known(options, ['timestamp'], 'The options')
    return JSON.parse(ask(this.#webhook.sign(raw(rawBody), seconds(timestamp, 'timestamp'))))
  }

  explain (headers, rawBody) {
    return JSON.parse(ask(this.#webhook.explain(pairs(headers), raw(rawBody))))
  }
}

/** The data of a delivery that was verified as JSON, in which numbers have all their digits; undefined for anything else. */
let deliveredJson

class WebhookEvent {
  #event

  static {
    deliveredJson = event => #event in Object(event) ? ask(event.#event.data()) : undefined
  }

  /** Made by Webhook alone. */
  constructor (event) {
    if (!(event instanceof native.Event)) throw argument('A WebhookEvent is made by verify() alone.')
    this.#event = event
    Object.assign(this, camel(JSON.parse(ask(event.members()))))
  }

  answer (externalId) {
    return ask(this.#event.answer(externalId))
  }
}

function minorUnits (amount, currency) {
  return ask(native.minorUnits(amount, currency))
}

module.exports = { deliveredJson, Webhook, WebhookEvent, minorUnits }
