// Runs the rows of tests/vectors/outbox.json over one kind of store.
'use strict'

const assert = require('node:assert/strict')
const { createHmac } = require('node:crypto')
const { setTimeout: sleep } = require('node:timers/promises')
const { CountersignError, SignCustomiser, Spiff, Webhook } = require('../..')
const { opened } = require('./servers.js')

/** Members as the methods want them: their own arguments first, then the options. */
const ARGUMENTS = {
  enqueue: ['order'], enqueueStatement: ['order'], sweep: ['orders'], import: ['externalId'], cancel: ['externalId'], resolve: ['externalId', 'decision'],
  pause: ['account'], resume: ['account'], forget: ['externalId'], get: ['externalId']
}

const camel = name => name.replace(/_([a-z])/g, (_, letter) => letter.toUpperCase())

/** Answers as the engine's own JSON. */
function plain (value) {
  if (value instanceof CountersignError) return { error: { kind: value.kind } }
  if (Array.isArray(value)) return value.map(plain)
  if (value === null || typeof value !== 'object') return value
  return Object.fromEntries(Object.entries(value).map(([name, member]) => [name.replace(/[A-Z]/g, letter => `_${letter.toLowerCase()}`), plain(member)]))
}

class Script {
  /**
   * A host has `store` and `options` of an empty outbox, `needs` that it lacks, and where it has transactions `execute(sql, params)`
   * on its own connection and `client()`, that connection for the outbox.
   */
  constructor (sandbox, row, host) {
    Object.assign(this, { sandbox, row, host, now: Math.floor(Date.now() / 1000), designs: {}, kept: {} })
  }

  static async run (sandbox, row, host) {
    const script = new Script(sandbox, row, host)
    await sandbox.reset()
    const accounts = Object.fromEntries(Object.entries(row.accounts ?? { shop: 'spiff' }).map(([name, platform]) => [name, platform === 'spiff' ? new Spiff(sandbox.keys) : new SignCustomiser(sandbox.token)]))
    script.outbox = opened(host.store, { accounts, policy: row.policy, scale: row.scale, ...host.options })
    for (const [at, step] of row.steps.entries()) {
      try {
        await script.step(step)
      } catch (error) {
        error.message = `step ${at} (${JSON.stringify(step)}): ${error.message}`
        throw error
      }
    }
  }

  async step (step) {
    const { host, sandbox } = this
    const [kind] = Object.keys(step)
    switch (kind) {
      case 'do': return this.perform(step)
      case 'begin': case 'commit': case 'rollback': return host.execute(kind.toUpperCase(), [])
      case 'execute': return host.execute(...await this.filled(step.execute))
      case 'sandbox': return sandbox.faults(step.sandbox)
      case 'wait': return sleep(step.wait * 1000)
      case 'accepted': {
        const ids = (await sandbox.orders()).map(({ externalId }) => externalId)
        for (const [id, times] of Object.entries(step.accepted)) assert.equal(ids.filter(one => one === id).length, times, `how often ${id} was accepted`)
        return
      }
      case 'received': {
        const orders = await sandbox.orders()
        for (const [id, due] of Object.entries(step.received)) await this.fits(orders.find(({ externalId }) => externalId === id), due, id)
        return
      }
      default: assert.fail('this runner does not know the step')
    }
  }

  async perform (step) {
    let answer
    try {
      answer = await this.call(step.do, await this.filled(step.input ?? {}))
    } catch (error) {
      if (!step.error || !(error instanceof CountersignError)) throw error
      assert.equal(error.kind, step.error.kind, error.message)
      assert.ok(`${error.message} ${error.nextStep}`.includes(step.error.contains ?? ''), `${error.message} ${error.nextStep}`)
      if (step.error.problems) assert.deepEqual(error.problems.map(({ path }) => path).sort(), [...step.error.problems].sort())
      return
    }
    answer = plain(answer ?? null)
    assert.equal(step.error, undefined, `no error, but ${JSON.stringify(answer)}`)
    if ('answer' in step) await this.fits(answer, step.answer, step.do)
    for (const name of step.lacks ?? []) assert.equal(answer[name] ?? null, null, name)
    for (const [name, member] of Object.entries(step.keep ?? {})) this.kept[name] = answer[member]
  }

  /** An operation through the method that a shop calls; what no method lets through, by its name. */
  async call (operation, input) {
    const client = this.host.client?.()
    if (this.row.needs?.includes('raw')) return this.outbox.run(operation, input, { client })
    const name = camel(operation)
    if (name === 'notify') return this.outbox.notify(this.event(input), { client })
    const options = Object.fromEntries(Object.entries(input).map(([member, value]) => [camel(member), value]))
    const given = (ARGUMENTS[name] ?? []).map(argument => {
      const value = options[argument]
      delete options[argument]
      return value
    })
    return this.outbox[name](...given, ...name === 'schema' ? [] : [{ ...options, client }])
  }

  /** A delivery as the platform signs it. */
  event ({ topic, data, timestamp }) {
    const secret = this.sandbox.ready.sign_customiser.webhook_secret
    const body = JSON.stringify({ [{ 'order:created': 'order', 'form:submitted': 'form_submission' }[topic]]: data })
    const signature = createHmac('sha256', secret).update(`${timestamp}.${body}`).digest('hex')
    return new Webhook(secret).verify({ 'x-webhook-timestamp': String(timestamp), 'x-webhook-signature': signature }, body, { now: timestamp })
  }

  /** An object has at least these members, a list as many items; the rest is the value itself. */
  async fits (got, due, where) {
    due = typeof due === 'string' ? await this.filled(due) : due
    if (due === '{any}') return assert.notEqual(got ?? null, null, where)
    if (Array.isArray(due)) {
      assert.ok(Array.isArray(got) && got.length === due.length, `${where}: ${JSON.stringify(got)}, due are ${due.length}`)
      for (const [at, one] of due.entries()) await this.fits(got[at], one, `${where}[${at}]`)
    } else if (due !== null && typeof due === 'object') {
      assert.ok(got !== null && typeof got === 'object', `${where}: ${JSON.stringify(got)} is no object`)
      for (const [name, value] of Object.entries(due)) await this.fits(got[name] ?? null, value, `${where}.${name}`)
    } else {
      assert.deepEqual(got, due, where)
    }
  }

  async filled (value) {
    if (Array.isArray(value)) return Promise.all(value.map(one => this.filled(one)))
    if (value !== null && typeof value === 'object') {
      const filled = {}
      for (const [name, member] of Object.entries(value)) filled[name] = await this.filled(member)
      return filled
    }
    const part = typeof value === 'string' && /^\{(?:(now)([+-]\d+)?|design:(\w+)|(\w+))\}$/.exec(value)
    if (!part) return value
    if (part[1]) return this.now + Number(part[2] ?? 0)
    if (part[3]) return await (this.designs[part[3]] ??= this.sandbox.order().then(({ orderItems }) => orderItems[0].transactionId))
    return this.kept[part[4]] ?? value
  }
}

module.exports = { Script }
