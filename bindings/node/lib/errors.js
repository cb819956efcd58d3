// What went wrong, what is known about the order, and what to do next. The native module answers failures as arrays of a
// record (JSON) and the reply's body; here they become errors of the class that fits.
'use strict'

const spellings = new Map()

function spelling (name) {
  if (!spellings.has(name)) spellings.set(name, name.replace(/_([a-z])/g, (_, letter) => letter.toUpperCase()))
  return spellings.get(name)
}

/** A record in JavaScript's spelling. */
function camel (record) {
  if (record === null || record === undefined) return null
  return Object.fromEntries(Object.entries(record).map(([name, value]) => [spelling(name), value]))
}

class CountersignError extends Error {
  #body

  /** Made by this package alone. */
  constructor (record, body, cause) {
    super(record.message, cause === undefined ? undefined : { cause })
    this.code = record.kind
    this.kind = record.kind
    this.number = record.number
    this.outcome = record.outcome ?? null
    this.retryable = record.retryable ?? false
    this.status = record.status ?? null
    this.problems = record.problems ?? []
    this.nextStep = record.next_step
    this.requestId = record.request_id ?? null
    this.retryAfter = record.retry_after ?? null
    this.sentAt = record.sent_at ?? null
    this.settleAfter = record.settle_after ?? null
    this.attempts = (record.attempts ?? []).map(camel)
    this.#body = body ?? null
  }

  get attempt () {
    return this.attempts.at(-1) ?? null
  }

  // Not a property of its own, so that no log shows it unasked.
  get body () {
    return this.#body
  }

  toJSON () {
    return { name: this.name, message: this.message, ...this }
  }
}

class NotPlacedError extends CountersignError {}
class InvalidOrderError extends NotPlacedError {}
class OutcomeUnknownError extends CountersignError {}
class VerificationFailedError extends CountersignError {}

for (const one of [CountersignError, NotPlacedError, InvalidOrderError, OutcomeUnknownError, VerificationFailedError]) {
  Object.defineProperty(one.prototype, 'name', { value: one.name, configurable: true, writable: true })
}

/** The error of a record, of the class that fits: by outcome first, then by kind. */
function errorOf (record, body, cause) {
  const Class = record.outcome === 'unknown'
    ? OutcomeUnknownError
    : record.kind === 'invalid_order'
      ? InvalidOrderError
      : record.outcome === 'not_placed'
        ? NotPlacedError
        : record.band === 'signature'
          ? VerificationFailedError
          : CountersignError
  return new Class(record, body, cause)
}

/** The error of a failure. */
function failed ([record, body], cause) {
  return errorOf(JSON.parse(record), body, cause)
}

/** What the native module answered, if it is no failure. */
function ask (answer) {
  if (Array.isArray(answer)) throw failed(answer)
  return answer
}

module.exports = {
  CountersignError,
  InvalidOrderError,
  NotPlacedError,
  OutcomeUnknownError,
  VerificationFailedError,
  ask,
  camel,
  errorOf,
  failed
}
