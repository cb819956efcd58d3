// Knex, Drizzle and Prisma lend no connection of theirs: the outbox makes the one statement that enqueues an order, and the transaction of the payment
// runs it. That the order was there with other goods is then not noticed: a nightly sweep() does.
//
//   const statement = await outbox.enqueueStatement(order, { paramstyle: 'qmark' })  // for Prisma without paramstyle
//   await knex.transaction(async trx => {
//     await trx('orders').where({ id }).update({ paid: true })
//     await byKnex(trx, statement)
//   })
//
// `outbox` is over a connection or pool of its own to the same database: it drains there.
import { sql as raw } from 'drizzle-orm'

/** Knex, over each of its databases. */
export const byKnex = (trx, { sql, params }) => trx.raw(sql, params).catch(unlessThere)

/** Drizzle over pg or mysql2. */
export const byDrizzle = (tx, statement) => tx.execute(forDrizzle(statement)).catch(unlessThere)

/** Drizzle's `sql`. Over better-sqlite3, whose transactions wait for nothing: `tx.run(forDrizzle(statement))`. */
export const forDrizzle = ({ sql, params }) => raw.join(sql.split('?').flatMap((part, at) => at === 0 ? [raw.raw(part)] : [raw`${params[at - 1]}`, raw.raw(part)]))

/** Prisma; a statement without paramstyle has what the database wants. */
export const byPrisma = (tx, { sql, params }) => tx.$executeRawUnsafe(sql, ...params).catch(unlessThere)

/** An order that is there is nothing new, and MySQL says so by an error: the transaction goes on. */
function unlessThere (error) {
  if (!/Duplicate entry .*countersign_outbox_key/.test(`${error.message} ${error.cause?.message}`)) throw error
}
