// Calls under way: hands them to the native pool of threads, and what comes back to whoever waits.
'use strict'

const diagnostics = require('node:diagnostics_channel')
const native = require('./native.js')
const { argument, ask, camel } = require('./errors.js')
const { known } = require('./input.js')

const channel = diagnostics.channel('countersign:attempt')
const pending = new Map()
let settings = { threads: 4, queue: 1000 }
let opened = false

/** How many calls may be under way at once, and how many more may wait. Before the first call. */
function configure (given) {
  const { threads = settings.threads, queue = settings.queue } = known(given, ['threads', 'queue'], 'The settings')
  const check = (value, what, least, most) => {
    if (!Number.isInteger(value) || value < least || value > most) throw argument(`${what} is not usable: a whole number from ${least} to ${most} is due.`)
  }
  check(threads, 'threads', 1, 1024)
  check(queue, 'queue', 0, 1000000)
  if (opened) throw argument('configure() comes too late: a call was made already, and the threads are there.')
  settings = { threads, queue }
}

/**
 * Starts a call. Fulfilled with `{ answer, failure, attempt, cause }`: JSON text or a failure, never rejected, so that the
 * error is made where the caller's stack is known.
 */
function start ({ client, operation, input, options, limit, changes }) {
  const { signal, timeoutMs } = known(options, ['signal', 'timeoutMs'], 'The options of a call', changes)
  if (signal !== undefined && signal !== null && typeof signal.addEventListener !== 'function') throw argument('signal is not an AbortSignal.', changes)
  if (!opened) {
    ask(native.open(deliver, settings.threads, settings.queue))
    opened = true
  }
  const submitted = native.submit(client, operation, input, timeoutMs, signal?.aborted === true)
  // A failure here is one of the call: busy, an argument, an abort that came first.
  if (Array.isArray(submitted)) return { failure: submitted, cause: signal?.aborted ? signal.reason : undefined }
  const id = submitted
  return new Promise(resolve => {
    const job = { resolve, signal, onAbort: undefined, timer: undefined }
    pending.set(id, job)
    if (signal) {
      job.onAbort = () => end(id, native.abort(id), signal.reason)
      signal.addEventListener('abort', job.onAbort, { once: true })
    }
    // Whoever waits for a thread hears in time that none became free. Calls that were aborted under way may still hold them.
    job.timer = setTimeout(() => end(id, native.expire(id)), timeoutMs ?? limit)
  })
}

/** A call ends before its answer is there, unless the answer is on the way already. */
function end (id, failure, cause) {
  if (failure !== undefined) settle(id, { failure, cause })
}

function settle (id, result) {
  const job = pending.get(id)
  if (job === undefined) return
  pending.delete(id)
  clearTimeout(job.timer)
  if (job.onAbort !== undefined) job.signal.removeEventListener('abort', job.onAbort)
  job.resolve(result)
}

/** Called by the native module for every call that ended, also for those that were aborted under way. */
function deliver (id, answer, failure, made) {
  const record = made === '' ? undefined : JSON.parse(made)
  const attempts = record?.attempts.map(camel) ?? []
  // Waiters first: what listens to the channel must not keep an answer from them.
  settle(id, { answer, failure, attempt: attempts.at(-1) ?? null })
  if (!channel.hasSubscribers) return
  attempts.forEach((attempt, at) => {
    const message = { platform: record.platform, operation: record.operation, attempt }
    if (failure !== undefined && at === attempts.length - 1) {
      const { kind, outcome, retryable } = JSON.parse(failure[0])
      Object.assign(message, { kind, outcome, retryable })
    }
    channel.publish(message)
  })
}

module.exports = { configure, start }
