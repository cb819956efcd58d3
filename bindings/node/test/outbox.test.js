// The conformance script of the outbox over every kind of store that Node has, each with a sandbox of its own.
'use strict'

const test = require('node:test')
const assert = require('node:assert/strict')
const { setTimeout: sleep } = require('node:timers/promises')
const mysql = require('mysql2/promise')
const { Sandbox, vectors } = require('./support.js')
const { Server, prefix, scratch } = require('./outbox/servers.js')
const { Script } = require('./outbox/script.js')

const ROWS = vectors('outbox.json')

/** What makes a host for a row, by kind. */
const KINDS = {
  async 'a file of SQLite' () {
    const folder = scratch()
    let number = 0
    return async () => ({ store: `sqlite:${folder}/o${++number}.db`, options: { create: true, anywhere: true } })
  },

  async 'a Pool of pg' () {
    return overPool((await postgresql).pool())
  },

  // Each transaction may have another connection to the server than the one before.
  async 'a Pool of pg behind a pgbouncer' () {
    const server = await postgresql
    return overPool(server.pool({ port: server.pgbouncer }))
  },

  async 'a Client of pg' () {
    const client = await (await postgresql).client()
    ends.push(() => client.end())
    return async () => ({ store: client, options: { prefix: prefix() }, execute: (sql, params) => client.query(sql, params) })
  },

  // Rows as objects, numbers as BigInt, as a host may have set its parsers.
  async 'a function over pg' () {
    const server = await postgresql
    const types = { getTypeParser: oid => text => oid === 20 ? BigInt(text) : oid === 23 ? Number(text) : text }
    const client = await server.client({ types })
    ends.push(() => client.end())
    const store = async (sql, params, rows) => {
      const answer = await client.query(sql, params)
      return rows ? answer.rows : BigInt(answer.rowCount ?? 0)
    }
    return async () => ({ store, options: { dialect: 'postgresql', prefix: prefix() }, execute: (sql, params) => client.query(sql, params) })
  },

  async 'a Pool of mysql2' () {
    return overPool(mysql.createPool({ ...(await mariadb).address, connectionLimit: 4 }))
  },

  // Whatever the host has set for its own statements.
  async 'a connection of mysql2' () {
    const own = {
      dateStrings: true, supportBigNumbers: true, bigNumberStrings: true, decimalNumbers: true, nestTables: '_', namedPlaceholders: true, disableEval: true,
      typeCast: () => 'the host', queryFormat: (sql, values) => mysql.format(sql, values).replace(/:(\w+)|\?/g, 'the host')
    }
    const connection = await mysql.createConnection({ ...(await mariadb).address, ...own })
    await connection.query("SET SESSION sql_mode = 'NO_BACKSLASH_ESCAPES,ANSI_QUOTES'")
    ends.push(() => connection.end())
    return async () => ({ store: connection, options: { prefix: prefix() }, execute: (sql, params) => connection.execute({ sql, values: params, namedPlaceholders: false }) })
  },

  async 'a function over mysql2' () {
    const connection = await mysql.createConnection((await mariadb).address)
    ends.push(() => connection.end())
    const store = async (sql, params) => {
      const [answer] = await connection.query(sql, params)
      return Array.isArray(answer) ? answer : answer.affectedRows
    }
    return async () => ({ store, options: { dialect: 'mysql', prefix: prefix() }, execute: (sql, params) => connection.query(sql, params) })
  }
}

/** The host's transaction is on a client of the pool; everything else may go over any connection. */
function overPool (pool) {
  ends.push(() => pool.end())
  return async () => {
    let client
    return {
      store: pool,
      options: { prefix: prefix() },
      client: () => client,
      async execute (sql, params) {
        if (sql === 'BEGIN') client = await (pool.connect ?? pool.getConnection).call(pool)
        await (client ?? pool).query(sql, params)
        if (sql === 'COMMIT' || sql === 'ROLLBACK') client = client.release()
      }
    }
  }
}

// Rows wait more than they work: those of a kind are done in so many lanes at the same time. Of rows whose times are short, not more than
// so many: a busy machine must keep them.
const LANES = 2
const SHORT = 3
let short = 0
const ends = []
const postgresql = Server.start('postgresql', '--pgbouncer')
const mariadb = Server.start('mariadb')

/** The rows that a kind can do, and what became of each. */
const results = new Map(Object.keys(KINDS).map(kind => {
  const rows = ROWS.filter(({ needs = [] }) => !(kind === 'a file of SQLite' && needs.includes('transaction')))
  return [kind, new Map(rows.map(row => {
    const done = { row }
    done.promise = new Promise((resolve, reject) => Object.assign(done, { resolve, reject }))
    done.promise.catch(() => {})
    return [row.id, done]
  }))]
}))

async function lane (kind, rows) {
  const sandbox = await Sandbox.start()
  ends.push(() => sandbox.close())
  const host = await KINDS[kind]()
  for (const { row, resolve, reject } of rows) {
    const own = row.scale ? 1 : 0
    while (own && short === SHORT) await sleep(20)
    short += own
    await Script.run(sandbox, row, await host()).then(resolve, reject)
    short -= own
  }
}

test.before(() => {
  for (const [kind, all] of results) {
    for (let at = 0; at < LANES; at++) {
      const rows = [...all.values()].filter((_, number) => number % LANES === at)
      lane(kind, rows).catch(error => { for (const { reject } of rows) reject(error) })
    }
  }
})
test.after(async () => {
  for (const end of ends.reverse()) await end()
  await (await postgresql).stop()
  await (await mariadb).stop()
})

for (const [kind, rows] of results) {
  for (const [id, { promise }] of rows) test(`outbox script over ${kind}: ${id}`, () => promise)
}

test('the script has rows', () => assert.ok(ROWS.length >= 29))
