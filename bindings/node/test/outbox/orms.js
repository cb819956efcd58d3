// The statement of an order in the transaction of the payment, by Knex and Drizzle, over one database and in the words of the example.
'use strict'

const test = require('node:test')
const assert = require('node:assert/strict')
const { Outbox, Spiff } = require('../..')
const { Sandbox } = require('../support.js')
const { prefix } = require('./servers.js')

/**
 * `open()` answers `store`, a connection for the outbox; `knex`, its settings; `drizzle`, an object over the same database; `execute(sql)`; and `end()`.
 * Drizzle runs what `sync` says in a transaction that waits for nothing.
 */
function orms (name, open, sync = false) {
  const WAYS = {
    Knex: ({ knex }) => async (tables, id, statement, declined) => {
      const { byKnex } = await import('../../examples/orms.mjs')
      const database = require('knex')({ useNullAsDefault: true, ...knex })
      try {
        await database.transaction(async trx => {
          await trx(`${tables}payments`).insert({ id }).onConflict('id').ignore()
          await byKnex(trx, statement)
          if (declined) throw new Error('declined')
        })
      } finally {
        await database.destroy()
      }
    },
    Drizzle: ({ drizzle }) => async (tables, id, statement, declined) => {
      const { byDrizzle, forDrizzle } = await import('../../examples/orms.mjs')
      const { sql } = require('drizzle-orm')
      const [before, after] = /MariaDB/.test(name) ? ['INSERT IGNORE', ''] : ['INSERT', ' ON CONFLICT DO NOTHING']
      const payment = sql`${sql.raw(`${before} INTO ${tables}payments VALUES (`)}${id}${sql.raw(`)${after}`)}`
      if (sync) {
        drizzle.transaction(tx => {
          tx.run(payment)
          tx.run(forDrizzle(statement))
          if (declined) throw new Error('declined')
        })
      } else {
        await drizzle.transaction(async tx => {
          await tx.execute(payment)
          await byDrizzle(tx, statement)
          if (declined) throw new Error('declined')
        })
      }
    }
  }
  for (const [way, make] of Object.entries(WAYS)) {
    test(`${way} over ${name}: payment and order in one transaction`, async () => {
      const [sandbox, host] = await Promise.all([Sandbox.start(), open()])
      try {
        const tables = prefix()
        const outbox = new Outbox(host.store, { accounts: { shop: new Spiff(sandbox.keys) }, prefix: tables })
        await outbox.install()
        await host.execute(`CREATE TABLE ${tables}payments (id varchar(64) PRIMARY KEY)`)
        const pay = make(host)
        // Quotes, and what an ORM would take for its own.
        const id = "o'1 ?? :id \\? {é} 🎈"
        const order = { ...await sandbox.order(id), externalData: { orderNumber: '#1 ? :id $1 \\' } }
        const statement = await outbox.enqueueStatement(order, { paramstyle: 'qmark' })
        await assert.rejects(pay(tables, id, statement, true), /declined/)
        assert.equal(await outbox.get(id), null)
        await pay(tables, id, statement)
        // Told again, by a statement made anew.
        await pay(tables, id, await outbox.enqueueStatement(order, { paramstyle: 'qmark' }))
        assert.equal((await outbox.enqueue(order)).status, 'known')
        assert.equal((await outbox.drain()).placed, 1)
        assert.deepEqual((await sandbox.orders()).map(({ externalId, externalData }) => [externalId, externalData?.orderNumber]), [[id, '#1 ? :id $1 \\']])
        // Any other error is one.
        await assert.rejects(pay(tables, 'x', { ...statement, sql: statement.sql.replace('INSERT', 'INSRT') }))
      } finally {
        await host.end()
        await sandbox.close()
      }
    })
  }
}

module.exports = { orms }
