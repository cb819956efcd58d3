// Runs an operation of the outbox to its end: step by step over a connection of the host's, or whole in a file of its own.
'use strict'

const { setMaxListeners } = require('node:events')
const { setTimeout: sleep } = require('node:timers/promises')
const { ask, errorOf, failed } = require('./errors.js')
const { answered } = require('./connection.js')
const { work } = require('./pool.js')

/** What a drain is rejected with that was ended by its signal. */
function aborted (cause) {
  return errorOf({
    kind: 'aborted',
    number: 7,
    message: 'The drain was ended by its signal. What was under way is written down.',
    next_step: 'Drain again: it goes on with what is left.'
  }, undefined, cause)
}

/** Over a connection. A signal ends it where nothing is lost, and nobody waits for what it had begun. */
async function stepwise (task, session, signal) {
  let told = ''
  let alone = false
  for (;;) {
    const step = JSON.parse(ask(task.next(told)))
    if (step.stop && signal?.aborted) throw aborted(signal.reason)
    told = ''
    switch (step.step) {
      case 'sql':
        told = await answered(session, step, alone)
        // From here on no transaction of the host's may be around it.
        alone ||= step.name === 'no_transaction' && told.error === undefined
        told = JSON.stringify(told)
        break
      case 'call': {
        const { failure } = await work(task)
        if (failure !== undefined) throw failed(failure)
        break
      }
      case 'wait':
        await sleep(step.ms, undefined, step.stop && signal ? { signal } : {}).catch(error => { if (!signal?.aborted) throw error })
        if (step.stop && signal?.aborted) throw aborted(signal.reason)
        break
      default:
        return step.answer
    }
  }
}

/** In a file, on a thread of the native module. */
async function whole (task, signal) {
  const stop = () => task.stop()
  if (signal instanceof AbortSignal) setMaxListeners(0, signal)
  signal?.addEventListener('abort', stop, { once: true })
  try {
    const { answer, failure } = await work(task)
    if (failure !== undefined) throw failed(failure)
    if (answer === '') throw aborted(signal.reason)
    return JSON.parse(answer)
  } finally {
    signal?.removeEventListener?.('abort', stop)
  }
}

module.exports = { aborted, stepwise, whole }
