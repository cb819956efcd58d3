// The outbox's statement in a transaction of Prisma, over PostgreSQL.
import test from 'node:test'
import assert from 'node:assert/strict'
import { createRequire } from 'node:module'
import { PrismaPg } from '@prisma/adapter-pg'
import { byPrisma } from '../../examples/orms.mjs'
import { Outbox, Spiff } from '../../index.mjs'

const require = createRequire(import.meta.url)
const { PrismaClient } = require('./node_modules/generated')
const { Sandbox } = require('../support.js')
const { Server } = require('../outbox/servers.js')

test('Prisma: payment and order in one transaction', async () => {
  const [sandbox, server] = await Promise.all([Sandbox.start(), Server.start('postgresql')])
  const pool = server.pool()
  const prisma = new PrismaClient({ adapter: new PrismaPg({ connectionString: server.url }) })
  try {
    await pool.query('CREATE TABLE "Payment" (id text PRIMARY KEY)')
    const outbox = new Outbox(pool, { accounts: { shop: new Spiff(sandbox.keys) } })
    await outbox.install()
    const id = "o'1 ? $1 é 🎈"
    const order = await sandbox.order(id)
    const pay = async declined => {
      const statement = await outbox.enqueueStatement(order)
      await prisma.$transaction(async tx => {
        await tx.payment.upsert({ where: { id }, create: { id }, update: {} })
        await byPrisma(tx, statement)
        if (declined) throw new Error('declined')
      })
    }
    await assert.rejects(pay(true), /declined/)
    assert.equal(await outbox.get(id), null)
    await pay()
    await pay()
    assert.equal((await outbox.enqueue(order)).status, 'known')
    assert.equal((await outbox.drain()).placed, 1)
    assert.deepEqual((await sandbox.orders()).map(({ externalId }) => externalId), [id])
  } finally {
    await prisma.$disconnect()
    await pool.end()
    await Promise.all([server.stop(), sandbox.close()])
  }
})
