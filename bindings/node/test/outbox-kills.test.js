// Producers and workers in Node over one store, by each of its drivers: killed and stopped at random, and where there is a server that with them.
//
// Environment: COUNTERSIGN_KILLS, how many blows each (30). COUNTERSIGN_PAIRS=all, every driver beside the two that are always run, and not only the
// one of the day (UTC); or the names of some.
'use strict'

const test = require('node:test')
const assert = require('node:assert/strict')
const { IS_NEW, Sandbox, newer } = require('./support.js')
const { Server, prefix, scratch } = require('./outbox/servers.js')
const { shop } = require('./outbox/stores.js')
const { Storm } = require('./outbox/storm.js')

const KILLS = Number(process.env.COUNTERSIGN_KILLS ?? 30)
const SEED = 20_260_101
/** Longer storms are several, each with a sandbox that remembers nothing. */
const ROUND = 200

/** Payment and order were one transaction: there is never one without the other. */
const unmatched = prefix => `SELECT (SELECT count(*) FROM ${prefix}payments p WHERE NOT EXISTS (SELECT 1 FROM ${prefix}countersign_outbox o WHERE o.external_id = p.id))
  + (SELECT count(*) FROM ${prefix}countersign_outbox o WHERE NOT EXISTS (SELECT 1 FROM ${prefix}payments p WHERE p.id = o.external_id)) AS apart`

/** In the shop's own database, which is killed as well. */
async function server (kind) {
  const server = await Server.start(kind)
  return {
    server,
    url: server.url,
    async begin () {
      this.prefix = prefix()
      const { store } = shop(this.url, this.prefix)
      await store.query(`CREATE TABLE ${this.prefix}payments (id varchar(64) PRIMARY KEY)`)
      this.store = () => store
      this.end = async () => {
        const answer = await store.query(unmatched(this.prefix))
        await store.end()
        return Number((answer.rows ?? answer[0])[0].apart)
      }
    },
    stop: () => server.stop()
  }
}

/** In a file of the shop's own. */
async function file (driver) {
  const folder = scratch()
  let number = 0
  return {
    begin () {
      this.url = `${driver}:${folder}/o${++number}.db`
      this.prefix = prefix()
      const { store } = shop(this.url, this.prefix)
      store.exec('PRAGMA journal_mode = WAL')
      store.exec(`CREATE TABLE ${this.prefix}payments (id TEXT PRIMARY KEY)`)
      this.store = () => store
      this.end = () => {
        const { apart } = store.prepare(unmatched(this.prefix)).get()
        store.close()
        return apart
      }
    },
    stop () {}
  }
}

/** In a file of the outbox's own. */
async function own () {
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

const ALWAYS = {
  'PostgreSQL, Node': () => server('postgresql'),
  'SQLite, Node': own
}
const BY_DAY = {
  'MariaDB, Node by mysql2': () => server('mariadb'),
  'SQLite, Node by better-sqlite3': () => file('better-sqlite3'),
  'SQLite, Node by node:sqlite': () => file('node:sqlite')
}
const ALL = { ...ALWAYS, ...BY_DAY }

const ofTheDay = Object.keys(BY_DAY)[Math.floor(Date.now() / 86_400_000) % Object.keys(BY_DAY).length]
const { COUNTERSIGN_PAIRS: asked } = process.env
const PAIRS = asked === 'all' ? Object.keys(ALL) : asked?.split(';') ?? [...Object.keys(ALWAYS), ofTheDay]

async function storms (t, name, make) {
  const [store, sandbox] = await Promise.all([make(), Sandbox.start()])
  try {
    for (let left = KILLS, round = 0; left > 0; left -= ROUND, round++) {
      await store.begin()
      const blows = Math.min(left, ROUND)
      const came = await new Storm(store, sandbox, blows, SEED + round).run()
      const apart = await store.end()
      const held = Object.entries(came.held).map(([reason, count]) => `${count} ${reason}`).join(', ') || '0'
      t.diagnostic(`| outbox in ${name} | ${came.kills} | ${came.stops} | ${came.servers} | ${came.events} | ${came.again} | ${came.posts} | ${came.reads} | ${came.lost} | ${came.doubled} | ${held} | ${came.stuck} | ${came.seconds} s`)
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

/** By a driver that asks for a newer Node. */
async function elsewhere (t, name) {
  const { code, stdout, stderr } = await newer([__filename], { env: { COUNTERSIGN_PAIRS: name }, limit: Math.min(600_000 + 2000 * KILLS, 2 ** 31 - 1) })
  for (const [row] of stdout.matchAll(/\| outbox in .*/g)) t.diagnostic(row)
  assert.equal(code, 0, stdout + stderr)
}

test('outbox kills: processes are killed and stopped at random, and every order arrives once', { concurrency: PAIRS.length }, async t => {
  t.diagnostic('| | kills | stops | of them the server | events | delivered again | POSTs | reads | lost | doubled | held | stuck |')
  await Promise.all(PAIRS.map(name => t.test(name, t => /sqlite/.test(name) && !IS_NEW ? elsewhere(t, name) : storms(t, name, ALL[name]))))
})
