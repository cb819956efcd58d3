// The stores of the kill loops as a shop opens them, by their address: what the outbox is over, and how payment and order become one.
'use strict'

const DRIVERS = {
  // A file of the outbox's own: it takes part in no transaction.
  sqlite: url => ({ store: url, pay: async (outbox, id, order) => outbox.enqueue(order) }),

  postgresql (url, prefix) {
    const pg = require('pg')
    const pool = new pg.Pool({ connectionString: url, max: 2, connectionTimeoutMillis: 3000 })
    pool.on('error', () => {})
    // Of one that is lent: without a listener its end would be that of this process.
    pool.on('connect', client => client.on('error', () => {}))
    return {
      store: pool,
      async pay (outbox, id, order) {
        const client = await pool.connect()
        try {
          await client.query('BEGIN')
          await client.query(`INSERT INTO ${prefix}payments (id) VALUES ($1) ON CONFLICT DO NOTHING`, [id])
          await outbox.enqueue(order, { client })
          await client.query('COMMIT')
          client.release()
        } catch (error) {
          client.release(error) // Nobody knows what a connection is good for that failed.
          throw error
        }
      }
    }
  },

  mysql (url, prefix) {
    const pool = require('mysql2/promise').createPool({ uri: url, connectionLimit: 2, connectTimeout: 3000 })
    return {
      store: pool,
      async pay (outbox, id, order) {
        const client = await pool.getConnection()
        try {
          await client.beginTransaction()
          await client.query(`INSERT INTO ${prefix}payments (id) VALUES (?) ON DUPLICATE KEY UPDATE id = id`, [id])
          await outbox.enqueue(order, { client })
          await client.commit()
          client.release()
        } catch (error) {
          client.destroy()
          throw error
        }
      }
    }
  },

  'better-sqlite3' (url, prefix) {
    const database = new (require('better-sqlite3'))(url.slice('better-sqlite3:'.length), { timeout: 200 })
    return {
      store: database,
      async pay (outbox, id, order) {
        const { sql, params } = await outbox.enqueueStatement(order)
        database.transaction(() => {
          database.prepare(`INSERT INTO ${prefix}payments (id) VALUES (?) ON CONFLICT DO NOTHING`).run(id)
          database.prepare(sql).run(...params)
        }).immediate()
      }
    }
  },

  'node:sqlite' (url, prefix) {
    const { DatabaseSync } = require('node:sqlite')
    const database = new DatabaseSync(url.slice('node:sqlite:'.length), { timeout: 200 })
    return {
      store: database,
      async pay (outbox, id, order) {
        try {
          database.exec('BEGIN IMMEDIATE')
          database.prepare(`INSERT INTO ${prefix}payments (id) VALUES (?) ON CONFLICT DO NOTHING`).run(id)
          await outbox.enqueue(order)
          database.exec('COMMIT')
        } catch (error) {
          if (database.isTransaction) database.exec('ROLLBACK')
          throw error
        }
      }
    }
  }
}

/** `store`, and `pay(outbox, id, order)`: there is never a payment without its order. */
function shop (url, prefix) {
  const [driver] = Object.keys(DRIVERS).filter(name => url.startsWith(`${name}:`))
  return DRIVERS[driver](url, prefix)
}

module.exports = { shop }
