// What an enqueue adds to the transaction of a payment over pg, beside a bare INSERT of the same order through the same client. On a real
// PostgreSQL of its own, once as durable as a shop's should be and once without fsync, where nothing but the work is left. In turn.
import { spawn } from 'node:child_process'
import { loadavg } from 'node:os'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'
import { Outbox, Spiff } from 'countersign'
import pg from 'pg'

const COUNT = Number(process.env.COUNT ?? 1000)
const TARGET = 2
const median = list => list.sort((a, b) => a - b)[list.length >> 1]

async function measure (...options) {
  const server = spawn('python3', [fileURLToPath(new URL('../../../tests/postgresql.py', import.meta.url)), ...options], { stdio: ['pipe', 'pipe', 'inherit'] })
  const { host, port, user, password, database } = JSON.parse(await new Promise(resolve => createInterface(server.stdout).once('line', resolve)))
  const client = new pg.Client({ host, port, user, password, database })
  await client.connect()
  try {
    // One that counts, and is nothing else.
    let statements = 0
    const counted = { escapeLiteral: text => client.escapeLiteral(text), query: config => { statements++; return client.query(config) } }
    const outbox = new Outbox(counted, { accounts: { shop: new Spiff({ accessKey: 'k', secretKey: 's', region: 'us' }) } })
    await outbox.install()
    await client.query('CREATE TABLE bare (id bigserial PRIMARY KEY, external_id text NOT NULL UNIQUE, body text NOT NULL); CREATE TABLE payment (id bigserial PRIMARY KEY, order_id text NOT NULL)')
    const candidates = {
      ours: order => outbox.enqueue(order),
      'a bare INSERT': order => client.query('INSERT INTO bare (external_id, body) VALUES ($1, $2)', [order.externalId, JSON.stringify(order)])
    }
    const times = Object.fromEntries(Object.keys(candidates).map(name => [name, { whole: [], own: [] }]))
    statements = 0
    const warm = COUNT / 10
    for (let at = -warm; at < COUNT; at++) {
      const order = { externalId: `o${at}`, paid: true, orderItems: [{ amountToOrder: 1, transactionId: `e3ac7f3a-a117-46d7-a5f0-${String(at + warm).padStart(12, '0')}` }] }
      for (const [name, work] of Object.entries(candidates)) {
        const began = performance.now()
        await client.query('BEGIN')
        await client.query('INSERT INTO payment (order_id) VALUES ($1)', [order.externalId])
        const paid = performance.now()
        await work(order)
        const done = performance.now()
        await client.query('COMMIT')
        if (at < 0) continue
        times[name].own.push(done - paid)
        times[name].whole.push(performance.now() - began)
      }
    }
    console.log(`\nEnqueue in the transaction of a payment, pg on PostgreSQL${options.length ? ` (${options.join(' ')})` : ''}, ${COUNT} orders, ${(statements / (COUNT + warm)).toFixed(1)} statements each, load ${loadavg()[0].toFixed(2)}`)
    for (const [name, { whole, own }] of Object.entries(times)) console.log(`  ${name.padEnd(14)} ${(median(whole) * 1000).toFixed(0).padStart(6)} us the transaction, of these its own ${(median(own) * 1000).toFixed(0)}`)
    const ratio = median(times.ours.whole) / median(times['a bare INSERT'].whole)
    console.log(`  ratio ${ratio.toFixed(2)}, target at most ${TARGET}: ${ratio <= TARGET ? 'met' : 'MISSED'}`)
  } finally {
    await client.end()
    server.stdin.end()
  }
}

await measure()
await measure('--option', 'fsync=off')
