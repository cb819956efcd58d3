// The conformance script of the outbox over every kind of store that Node has, each with a sandbox of its own.
'use strict'

const test = require('node:test')
const assert = require('node:assert/strict')
const mysql = require('mysql2/promise')
const { IS_NEW, newer } = require('./support.js')
const { conform } = require('./outbox/conform.js')
const { orms } = require('./outbox/orms.js')
const { prefix, scratch } = require('./outbox/servers.js')
const { end, ends, mariadb, postgresql } = require('./outbox/shared.js')

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

// While rows wait, the other tests over these servers are run, and under a newer Node those of drivers that ask for one.
const sqlite = IS_NEW ? undefined : newer([require.resolve('./outbox/sqlite.js')])
require('./outbox/mysql.js')
orms('PostgreSQL', async () => {
  const server = await postgresql
  const pool = server.pool()
  return { store: pool, knex: { client: 'pg', connection: server.address }, drizzle: require('drizzle-orm/node-postgres').drizzle({ client: pool }), execute: sql => pool.query(sql), end: () => pool.end() }
})
orms('MariaDB', async () => {
  const { address } = await mariadb
  const pool = mysql.createPool(address)
  return { store: pool, knex: { client: 'mysql2', connection: address }, drizzle: require('drizzle-orm/mysql2').drizzle({ client: pool }), execute: sql => pool.query(sql), end: () => pool.end() }
})
if (IS_NEW) require('./outbox/sqlite.js')

conform(KINDS, ends, { 'a file of SQLite': 'transaction' })

test('better-sqlite3 and node:sqlite, under a newer Node', async () => {
  if (sqlite === undefined) return
  const { code, stdout, stderr } = await sqlite
  assert.equal(code, 0, stdout.slice(stdout.indexOf('failing tests:')) + stderr)
  assert.match(stdout, /^ℹ pass [7-9]\d$/m)
})

test.after(end)
