// Calls under way: hands them to the native pool of threads, and what comes back to whoever waits.
'use strict'

const diagnostics = require('node:diagnostics_channel')
const { setMaxListeners } = require('node:events')
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
  let id
  const onAbort = () => end(id, native.abort(id), signal.reason)
  const aborted = signal?.aborted === true
  // One signal may well end many calls, and Node 20 warns from the eleventh on.
  if (signal instanceof AbortSignal) setMaxListeners(0, signal)
  // First: what throws in a signal that is not Node's own must not leave an order on its way unwatched.
  signal?.addEventListener('abort', onAbort, { once: true })
  id = native.submit(client, operation, input, timeoutMs, aborted)
  // A failure here is one of the call: busy, an argument, an abort that came first.
  if (Array.isArray(id)) {
    unwatch(signal, onAbort)
    return { failure: id, cause: aborted ? signal.reason : undefined }
  }
  return new Promise(resolve => {
    // Whoever waits for a thread hears in time that none became free. Calls that were aborted under way may still hold them.
    const timer = setTimeout(() => end(id, native.expire(id)), timeoutMs ?? limit)
    pending.set(id, { resolve, signal, onAbort, timer })
  })
}

function unwatch (signal, onAbort) {
  signal?.removeEventListener?.('abort', onAbort)
}

/** A call ends before its answer is there, unless the answer is on the way already. */
function end (id, failure, cause) {
  if (failure !== undefined) settle(id, { failure, cause })
}

function settle (id, result) {
  const job = pending.get(id)
  if (job === undefined) return
  pending.delete(id)
  job.resolve(result)
  clearTimeout(job.timer)
  unwatch(job.signal, job.onAbort)
}

/** Called by the native module for every call that ended, also for those that were aborted under way. */
function deliver (id, answer, failure, made) {
  const record = made === '' ? undefined : JSON.parse(made)
  const attempts = record?.attempts.map(camel) ?? []
  // Waiters first. In a microtask, because Node throws what a listener throws when these are done: whoever waits has the
  // answer by then.
  settle(id, { answer, failure, attempt: attempts.at(-1) ?? null })
  if (channel.hasSubscribers && attempts.length > 0) queueMicrotask(() => publish(record, attempts, failure))
}

function publish ({ platform, operation }, attempts, failure) {
  attempts.forEach((attempt, at) => {
    const message = { platform, operation, attempt }
    if (failure !== undefined && at === attempts.length - 1) {
      const { kind, outcome, retryable } = JSON.parse(failure[0])
      Object.assign(message, { kind, outcome, retryable })
    }
    channel.publish(message)
  })
}

module.exports = { configure, start }
