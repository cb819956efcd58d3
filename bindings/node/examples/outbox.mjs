// The outbox of the examples, in the shop's own PostgreSQL: the pool, the transaction, what is told to people, and who may have it drained.
import { timingSafeEqual } from 'node:crypto'
import { Outbox, SignCustomiser, Spiff } from 'countersign'
import pg from 'pg'

export const pool = new pg.Pool({ connectionString: process.env.DATABASE_URL })
// A connection that ends while nobody asks anything would end the process: idle ones tell the pool, those that are lent themselves.
const told = error => console.error(`a connection to the database ended: ${error.message}`)
pool.on('error', told)
pool.on('connect', client => client.on('error', told))

let made
/** Made when it is first needed: `next build` and its like import this file without secrets. */
export const outbox = () => made ??= new Outbox(pool, {
  accounts: { shop: Spiff.fromEnv(), signs: SignCustomiser.fromEnv() }, // names of your own, part of every key: never rename them
  site: process.env.SHOP_HOST, // a copy of the database on another machine is noticed by it
  onHeld: ({ externalId, reason }) => console.error(`order ${externalId} needs a person: ${reason}`)
})

/** Payment and order are there together, or neither. */
export async function withTransaction (work) {
  const client = await pool.connect()
  try {
    await client.query('BEGIN')
    const done = await work(client)
    await client.query('COMMIT')
    client.release()
    return done
  } catch (error) {
    const broken = await client.query('ROLLBACK').then(() => undefined, cause => cause)
    client.release(broken)
    throw error
  }
}

/** Whether a request comes from the host's cron, by its header Authorization: nobody else has it drained. */
export function isCron (authorization) {
  const [due, given] = [`Bearer ${process.env.CRON_SECRET}`, authorization ?? ''].map(text => Buffer.from(text))
  return Boolean(process.env.CRON_SECRET) && due.length === given.length && timingSafeEqual(due, given)
}
