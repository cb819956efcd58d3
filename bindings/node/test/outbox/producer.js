// A payment hook: takes an event in each line of its standard input, and answers "ack ID" once payment and order are kept, or "no ID".
// It ends with its standard input, so that none is left behind.
'use strict'

const { createInterface } = require('node:readline')
const pg = require('pg')
const { Outbox, Spiff } = require('../..')

const { STORE, PREFIX, POLICY } = process.env
const options = { accounts: { shop: Spiff.fromEnv() }, prefix: PREFIX, policy: JSON.parse(POLICY), anywhere: true }
const file = STORE.startsWith('sqlite:')
const pool = file ? undefined : new pg.Pool({ connectionString: STORE, max: 2, connectionTimeoutMillis: 3000 })
pool?.on('error', () => {})
// Of one that is lent: without a listener its end would be that of this process.
pool?.on('connect', client => client.on('error', () => {}))
const outbox = new Outbox(file ? STORE : pool, options)

async function paid (id, order) {
  if (file) return outbox.enqueue(order)
  const client = await pool.connect()
  try {
    await client.query('BEGIN')
    await client.query(`INSERT INTO ${PREFIX}payments (id) VALUES ($1) ON CONFLICT DO NOTHING`, [id])
    await outbox.enqueue(order, { client })
    await client.query('COMMIT')
    client.release()
  } catch (error) {
    client.release(error) // Nobody knows what a connection is good for that failed.
    throw error
  }
}

;(async () => {
  for await (const line of createInterface(process.stdin)) {
    const [id, order] = line.split('\t')
    const said = await paid(id, order).then(() => 'ack', () => new Promise(resolve => setTimeout(resolve, 20, 'no')))
    process.stdout.write(`${said} ${id}\n`)
  }
  process.exit(0)
})()
