// Producers and workers in Node over one PostgreSQL, and over one file of SQLite: killed and stopped at random, and the server with them.
//
// Environment: COUNTERSIGN_KILLS, how many blows each (30).
'use strict'

const test = require('node:test')
const assert = require('node:assert/strict')
const { Sandbox } = require('./support.js')
const { Server, prefix, scratch } = require('./outbox/servers.js')
const { Storm } = require('./outbox/storm.js')

const KILLS = Number(process.env.COUNTERSIGN_KILLS ?? 30)
const SEED = 20_260_101
/** Longer storms are several, each with a sandbox that remembers nothing. */
const ROUND = 200

const STORES = {
  async PostgreSQL () {
    const server = await Server.start('postgresql')
    return {
      server,
      url: server.url,
      async begin () {
        this.prefix = prefix()
        // The pools of before died with the server.
        const pool = server.pool()
        pool.on('error', () => {})
        await pool.query(`CREATE TABLE ${this.prefix}payments (id text PRIMARY KEY)`)
        this.store = () => pool
        this.end = async () => {
          // Payment and order were one transaction: there is never one without the other.
          const join = side => pool.query(`SELECT count(*) FROM ${this.prefix}payments p ${side} JOIN ${this.prefix}countersign_outbox o ON o.external_id = p.id WHERE p.id IS NULL OR o.id IS NULL`)
          const { rows: [{ count }] } = await join('FULL')
          await pool.end()
          return Number(count)
        }
      },
      stop: () => server.stop()
    }
  },

  async SQLite () {
    const folder = scratch()
    let number = 0
    return {
      begin () {
        this.url = `sqlite:${folder}/o${++number}.db`
        this.options = { create: true }
        this.store = () => this.url
      },
      end: () => 0,
      stop () {}
    }
  }
}

async function storms (t, name, make) {
  const [store, sandbox] = await Promise.all([make(), Sandbox.start()])
  try {
    for (let left = KILLS, round = 0; left > 0; left -= ROUND, round++) {
      await store.begin()
      const blows = Math.min(left, ROUND)
      const came = await new Storm(store, sandbox, blows, SEED + round).run()
      const apart = await store.end()
      const held = Object.entries(came.held).map(([reason, count]) => `${count} ${reason}`).join(', ') || '0'
      t.diagnostic(`| outbox in ${name}, Node | ${came.kills} | ${came.stops} | ${came.servers} | ${came.events} | ${came.again} | ${came.posts} | ${came.reads} | ${came.lost} | ${came.doubled} | ${held} | ${came.stuck} | ${came.seconds} s`)
      assert.deepEqual([came.lost, came.doubled, came.stuck, apart], [0, 0, 0, 0], `lost, doubled, stuck, payments without order: ${came.told.join('\n')}`)
      // Sent twice in vain, or three workers died over it: nothing else may need a person here.
      assert.deepEqual(Object.keys(came.held).filter(reason => !['resends_spent', 'crashed'].includes(reason)), [], held)
      assert.ok(Object.values(came.held).reduce((sum, count) => sum + count, 0) <= 5 + came.events / 10, held)
      // Otherwise the storm was none.
      assert.ok(came.posts > came.events && came.stops >= Math.floor(blows / 20) && (!store.server || came.servers >= Math.floor(blows / 20)), JSON.stringify(came))
    }
  } finally {
    await store.stop()
    await sandbox.close()
  }
}

test('outbox kills: processes are killed and stopped at random, and every order arrives once', { concurrency: 2 }, async t => {
  t.diagnostic('| | kills | stops | of them the server | events | delivered again | POSTs | reads | lost | doubled | held | stuck |')
  await Promise.all(Object.entries(STORES).map(([name, make]) => t.test(name, () => storms(t, name, make))))
})
