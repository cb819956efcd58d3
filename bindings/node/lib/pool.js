// Calls under way: hands them to the threads of a client or an outbox, and what comes back to whoever waits.
'use strict'

const { AsyncResource } = require('node:async_hooks')
const diagnostics = require('node:diagnostics_channel')
const { setMaxListeners } = require('node:events')
const { camel } = require('./errors.js')
const { argument, known } = require('./input.js')

const channel = diagnostics.channel('countersign:attempt')
const pending = new Map()
// How attempts are told of calls whose caller did not wait for them, by their number.
const left = new Map()
let last = 0

/**
 * Starts a call. Fulfilled with `{ answer, failure, attempts, cause }`: JSON text or a failure, never rejected, so that the
 * error is made where the caller's stack is known.
 */
function start ({ client, operation, input, options, limit, effect }) {
  const { signal, timeoutMs } = known(options, ['signal', 'timeoutMs'], 'The options of a call', effect)
  if (signal !== undefined && signal !== null && typeof signal.addEventListener !== 'function') throw argument('signal is not an AbortSignal.', effect)
  const id = last = (last + 1) >>> 0
  const onAbort = () => end(id, client.abort(id), signal.reason)
  const aborted = signal?.aborted === true
  // One signal may well end many calls, and Node 20 warns from the eleventh on.
  if (signal instanceof AbortSignal) setMaxListeners(0, signal)
  // First: what throws in a signal that is not Node's own must not leave an order on its way unwatched.
  signal?.addEventListener('abort', onAbort, { once: true })
  const failure = client.submit(deliver, id, operation, input, timeoutMs, aborted)
  // One of the call: busy, an argument, an abort that came first.
  if (failure !== undefined) {
    unwatch(signal, onAbort)
    return { failure, attempts: [], cause: aborted ? signal.reason : undefined }
  }
  return new Promise(resolve => {
    // Whoever waits for a thread hears in time that none became free; calls that were aborted under way may still hold them.
    // And the process stays until the answer is there.
    const timer = setInterval(() => end(id, client.expire(id)), timeoutMs ?? limit)
    // An abort comes from anywhere, and what it left behind from a native thread: what is told of it belongs to the caller.
    const tell = signal && channel.hasSubscribers ? AsyncResource.bind(publish) : publish
    pending.set(id, { resolve, signal, onAbort, timer, tell, limit: timeoutMs ?? limit })
  })
}

/**
 * Does on a thread what blocks of a task of the outbox. Fulfilled with `{ answer, failure }`, never rejected. Who waits keeps
 * the task, and the process.
 */
function work (task) {
  const id = last = (last + 1) >>> 0
  const failure = task.submit(deliver, id)
  if (failure !== undefined) return Promise.resolve({ failure })
  return new Promise(resolve => pending.set(id, { resolve, task, timer: setInterval(() => {}, 2 ** 30) }))
}

function unwatch (signal, onAbort) {
  signal?.removeEventListener?.('abort', onAbort)
}

/** A call ends before its answer is there, unless the answer is on the way already. */
function end (id, failure, cause) {
  const job = pending.get(id)
  if (failure === undefined || !settle(id, { failure, attempts: [], cause })) return
  // What is under way ends within its limit; what waited never comes.
  left.set(id, job.tell)
  setTimeout(() => left.delete(id), 2 * job.limit).unref()
}

/** Whether somebody waits for it. */
function settle (id, result) {
  const job = pending.get(id)
  if (job === undefined) return false
  pending.delete(id)
  job.resolve(result)
  clearInterval(job.timer)
  unwatch(job.signal, job.onAbort)
  return true
}

/** Called by the native module for every call that ended, also for those that were aborted under way. */
function deliver (id, result, told) {
  const { platform, operation, attempts = [] } = told === '' ? {} : JSON.parse(told)
  const failure = Array.isArray(result) ? result : undefined
  const records = attempts.map(camel)
  // Whoever waits publishes the attempts where it is, so that listeners find its AsyncLocalStorage.
  if (settle(id, { answer: result, failure, attempts: records })) return
  const tell = left.get(id) ?? publish
  left.delete(id)
  tell(platform, operation, records, failure)
}

/** Tells the log about the attempts of a call. */
function publish (platform, operation, attempts, failure) {
  if (!channel.hasSubscribers) return
  attempts.forEach((attempt, at) => {
    const message = { platform, operation, attempt }
    if (failure !== undefined && at === attempts.length - 1) {
      const { kind, outcome, retryable } = JSON.parse(failure[0])
      Object.assign(message, { kind, outcome, retryable })
    }
    channel.publish(message)
  })
}

module.exports = { publish, start, work }
