// Producers and workers over one store, killed and stopped at random, together with their database where it has a server, while the
// platform misbehaves.
'use strict'

const assert = require('node:assert/strict')
const { spawn } = require('node:child_process')
const { join } = require('node:path')
const { setTimeout: sleep } = require('node:timers/promises')
const { Spiff } = require('../..')
const { opened } = require('./servers.js')

/** As in outbox/tests/kills.rs: the times of production divided by fifty, shorter where that keeps their order. */
const POLICY = { deadline: 20, lease: 60, settle: 60, settle_growth: 2, gap: 15, backoff_most: 50, pause: 5 }
const SCALE = 50
const LATE = 800
/** Longer than a lease. */
const STOPPED = 1800
const PATIENCE = 120_000

/** The same numbers for the same seed. */
function generator (seed) {
  return (least, most) => {
    seed = (seed + 0x6d2b79f5) | 0
    let mixed = Math.imul(seed ^ (seed >>> 15), 1 | seed)
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed
    return least + ((mixed ^ (mixed >>> 14)) >>> 0) % (most - least + 1)
  }
}

/** A process that is talked to by its pipes. */
class Part {
  constructor (script, env) {
    Object.assign(this, { script, env })
    this.#start()
  }

  #start () {
    this.child = spawn(process.execPath, [join(__dirname, this.script)], { env: { ...process.env, ...this.env }, stdio: ['pipe', 'pipe', 'inherit'] })
    this.child.stdin.on('error', () => {}) // It was killed.
    this.text = ''
    this.event = null
    this.child.stdout.on('data', data => { this.text += data })
    this.ended = new Promise(resolve => this.child.once('close', resolve))
  }

  /** Whole lines that it said. */
  hear () {
    const lines = this.text.split('\n')
    this.text = lines.pop()
    return lines
  }

  give (event, order) {
    this.event = event
    this.child.stdin.write(`${event}\t${order}\n`)
  }

  /** Kills it, and starts another one in its place. The answer is what it was at, and what it said last. */
  async kill () {
    this.child.kill('SIGKILL')
    await this.ended
    const last = { event: this.event, lines: this.hear() }
    this.#start()
    return last
  }

  async end () {
    this.child.kill('SIGCONT')
    this.child.stdin.end()
    await this.ended
  }
}

class Storm {
  /** A store has `url`, `prefix`, `outbox(options)`, and where it has a server `server`. */
  constructor (store, sandbox, blows, seed) {
    Object.assign(this, { store, sandbox, blows, random: generator(seed), seed, waiting: [], acknowledged: new Set(), released: 0, deliveries: 0 })
    this.count = { kills: 0, stops: 0, servers: 0 }
  }

  async run () {
    const began = performance.now()
    const { sandbox, store, blows, seed } = this
    await sandbox.reset()
    const accounts = { shop: new Spiff(sandbox.keys) }
    this.outbox = () => opened(store.store(), { accounts, prefix: store.prefix, policy: POLICY, scale: SCALE, anywhere: true, ...store.options })
    await this.outbox().install()
    this.orders = new Map()
    for (let at = 0; at < 2 * blows; at++) {
      const order = await sandbox.order(`e${at}`)
      order.orderItems[0].amountToOrder = 1 + at % 3
      this.orders.set(`e${at}`, JSON.stringify({ ...order, externalData: { orderNumber: `#${at} é 🎈` } }))
    }
    this.ids = [...this.orders.keys()]
    const profile = { accept_then_hang: 8, accept_late: { percent: 8, ms: LATE }, cut_reply: 5, accept_then_500: 5, 500: 4, 503: 4, 429: 5 }
    await sandbox.faults({ profile, target: 'order', seed: seed + 1, count: 1_000_000_000 }, { profile: { 500: 3 }, target: 'read', seed: seed + 2, count: 1_000_000_000 })
    const env = { ...sandbox.env, STORE: store.url, PREFIX: store.prefix ?? '', POLICY: JSON.stringify(POLICY), COUNTERSIGN_OUTBOX_TEST_SCALE: String(SCALE) }
    this.producers = [0, 1].map(() => new Part('producer.js', env))
    this.workers = [0, 1, 2].map(() => new Part('worker.js', env))
    let rested, held
    try {
      await this.#rage()
      await sandbox.control('DELETE', 'faults')
      await this.#until(() => this.acknowledged.size === this.orders.size, 'events that nobody acknowledges')
      rested = await this.#rests()
      held = await this.#answer()
      await sleep(LATE + 500)
      rested = await this.#rests() && rested
    } finally {
      await Promise.all([...this.producers, ...this.workers].map(part => part.end()))
    }
    return { ...await this.#compare(), held, stuck: rested ? 0 : await this.#open(), seconds: Math.round((performance.now() - began) / 1000) }
  }

  async #rage () {
    for (let blow = 0; blow < this.blows; blow++) {
      this.#release(2 * blow)
      await this.#deliver(this.random(50, 350))
      if (blow % 15 === 11) {
        // It sleeps longer than its lease, wherever it stands.
        const { child } = this.workers[this.random(0, 2)]
        child.kill('SIGSTOP')
        setTimeout(() => child.kill('SIGCONT'), STOPPED)
        this.count.stops++
      }
      if (this.store.server && blow % 17 === 8) {
        await this.store.server.kill()
        // Whoever is at work sees it gone.
        await this.#deliver(this.random(0, 200))
        await this.store.server.again()
        this.count.servers++
      } else if (blow % 3 === 0) {
        await this.#killed(this.producers[this.random(0, 1)])
      } else {
        await this.#killed(this.workers[this.random(0, 2)])
      }
      this.count.kills++
    }
    this.#release(this.orders.size)
  }

  /** Events happen as the storm goes on; one in ten is delivered twice. */
  #release (most) {
    for (; this.released < Math.min(most, this.ids.length); this.released++) {
      this.waiting.push(this.ids[this.released])
      if (this.random(0, 9) === 0) this.waiting.push(this.ids[this.released])
    }
  }

  async #killed (part) {
    if (this.producers.includes(part)) {
      // It is killed while it does something: before, in the middle, or when it has just said so.
      this.#release(this.released + 2)
      for (let tries = 0; part.event === null && tries < 30; tries++) await this.#deliver(2)
      await sleep(this.random(0, 12))
    }
    const { event, lines } = await part.kill()
    if (event === null) return
    // What it said before its end was heard; without an answer it is delivered again: the payment provider knows no more than that.
    if (lines.includes(`ack ${event}`)) this.acknowledged.add(event)
    else this.waiting.unshift(event)
  }

  /** Delivers for so many milliseconds. */
  async #deliver (ms) {
    for (const end = performance.now() + ms; ;) {
      for (const producer of this.producers) {
        for (const line of producer.hear()) {
          const [said, id] = line.split(' ')
          producer.event = null
          if (said === 'ack') this.acknowledged.add(id)
          else this.waiting.unshift(id)
        }
        if (producer.event === null && this.waiting.length > 0) {
          this.deliveries++
          const id = this.waiting.shift()
          producer.give(id, this.orders.get(id))
        }
      }
      if (performance.now() > end) return
      await sleep(2)
    }
  }

  async #until (done, otherwise) {
    for (const end = performance.now() + PATIENCE; !done();) {
      assert.ok(performance.now() < end, otherwise)
      await this.#deliver(5)
    }
  }

  async #open () {
    const { shop } = await this.outbox().stats()
    return ['pending', 'sending', 'unknown'].reduce((sum, state) => sum + (shop.open[state] ?? 0), 0)
  }

  /** Whether every order comes to an end. */
  async #rests () {
    for (const end = performance.now() + PATIENCE; await this.#open() > 0;) {
      if (performance.now() > end) return false
      await sleep(100)
    }
    return true
  }

  /** A person answers what is held: look again, and send it if it is not there. */
  async #answer () {
    const held = {}
    const outbox = this.outbox()
    for (const { externalId, reason } of (await outbox.list({ state: 'held', limit: 1000 })).orders) {
      held[reason] = (held[reason] ?? 0) + 1
      await outbox.resolve(externalId, 'retry', { who: 'ana', why: 'look again' })
    }
    return held
  }

  async #compare () {
    const accepted = (await this.sandbox.orders()).map(({ externalId }) => externalId)
    const targets = (await this.sandbox.requests()).map(({ target }) => target)
    const came = { ...this.count, events: this.orders.size, again: this.deliveries - this.orders.size, posts: targets.filter(one => one === 'order').length, reads: targets.filter(one => one === 'read').length, lost: 0, doubled: 0, told: [] }
    const outbox = this.outbox()
    for (const id of this.ids) {
      const times = accepted.filter(one => one === id).length
      if (times === 0) came.lost++
      if (times > 1) came.doubled++
      if (times !== 1 && came.told.length < 5) came.told.push(`${id} was accepted ${times} times: ${JSON.stringify(await outbox.get(id))}`)
    }
    return came
  }
}

module.exports = { Storm }
