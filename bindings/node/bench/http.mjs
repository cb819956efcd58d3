// What placing an order costs in Node, from an object to its answer, beside fetch and undici over the same bytes: one at a
// time, and 32 in flight. The server is a process of its own that does as little as it can. Round by round in turn.
import { fork } from 'node:child_process'
import * as crypto from 'node:crypto'
import { createServer } from 'node:net'
import { loadavg } from 'node:os'
import { fileURLToPath } from 'node:url'

if (process.argv[2] === 'server') {
  // No more than bytes in and bytes out, so that the clients are what is measured.
  const body = JSON.stringify({ data: { id: 'o-1', internalId: null, externalId: '1001' } })
  const reply = `HTTP/1.1 201 Created\r\nContent-Type: application/json\r\nContent-Length: ${body.length}\r\n\r\n${body}`
  const server = createServer({ noDelay: true }, socket => {
    let seen = ''
    socket.on('error', () => socket.destroy())
    socket.setEncoding('latin1').on('data', data => {
      seen += data
      const end = seen.indexOf('\r\n\r\n')
      const whole = end < 0 ? Infinity : end + 4 + Number(/content-length: (\d+)/i.exec(seen)[1])
      if (seen.length < whole) return
      seen = seen.slice(whole)
      socket.write(reply)
    })
  })
  server.listen(0, '127.0.0.1', () => process.send(server.address().port))
  process.on('disconnect', () => process.exit())
} else {
  await main()
}

async function main () {
  const { Agent, request } = await import('undici')
  const { Spiff } = await import('countersign')
  const threads = Number(process.env.THREADS ?? 4)
  const server = fork(fileURLToPath(import.meta.url), ['server'])
  const port = await new Promise(resolve => server.once('message', resolve))
  const baseUrl = `http://127.0.0.1:${port}`
  const url = `${baseUrl}/api/v2/orders`
  const order = { externalId: '1001', paid: true, orderItems: [{ amountToOrder: 1, transactionId: 'e3ac7f3a-a117-46d7-a5f0-232fbc7cfe38' }] }

  const key = crypto.createSecretKey(Buffer.from('secret-key'))
  const hash = crypto.hash ?? ((digest, body) => crypto.createHash(digest).update(body).digest('hex'))
  const signed = () => {
    const body = JSON.stringify(order)
    const date = new Date().toUTCString()
    const signature = crypto.createHmac('sha1', key).update(`POST\n${hash('sha512', body)}\napplication/json\n${date}\n/api/v2/orders`).digest('base64')
    return { method: 'POST', body, headers: { Authorization: `SOA access-key:${signature}`, Date: date, 'Content-Type': 'application/json', Accept: 'application/json' } }
  }
  const spiff = new Spiff({ accessKey: 'access-key', secretKey: 'secret-key', baseUrl, ordersApi: 'rest', threads })
  const dispatcher = new Agent()
  const candidates = {
    fetch: async () => (await (await fetch(url, signed())).json()).data.id,
    undici: async () => (await (await request(url, { ...signed(), dispatcher })).body.json()).data.id,
    countersign: async () => (await spiff.placeOrder(order)).id
  }
  for (const work of Object.values(candidates)) if (await work() !== 'o-1') throw new Error('not placed')
  console.log(`\nPlacing an order in Node ${process.version} (body ${JSON.stringify(order).length} B, plain HTTP on loopback), load ${loadavg()[0].toFixed(2)}`)

  const median = list => list.sort((a, b) => a - b)[list.length >> 1]
  const ROUNDS = 7
  async function measure (flight, calls) {
    const seen = Object.fromEntries(Object.keys(candidates).map(name => [name, { rate: [], cpu: [] }]))
    for (let round = -1; round < ROUNDS; round++) {
      for (const [name, work] of Object.entries(candidates)) {
        const cpu = process.cpuUsage()
        const begun = process.hrtime.bigint()
        let left = calls
        await Promise.all(Array.from({ length: flight }, async () => { while (left-- > 0) await work() }))
        const seconds = Number(process.hrtime.bigint() - begun) / 1e9
        const { user, system } = process.cpuUsage(cpu)
        if (round < 0) continue
        seen[name].rate.push(calls / seconds)
        seen[name].cpu.push((user + system) / calls)
      }
    }
    console.log(flight === 1 ? 'one at a time' : `${flight} in flight, ${threads} threads`)
    const rates = {}
    for (const [name, { rate, cpu }] of Object.entries(seen)) {
      rates[name] = median(rate)
      console.log(`  ${name.padEnd(12)} ${rates[name].toFixed(0).padStart(7)} orders/s  ${median(cpu).toFixed(0).padStart(5)} us of processor time each`)
    }
    return { fetch: rates.countersign / rates.fetch, undici: rates.countersign / rates.undici }
  }
  const one = await measure(1, 500)
  console.log(`  x fetch ${one.fetch.toFixed(2)}, target >= 5: ${one.fetch >= 5 ? 'met' : 'MISSED'}; x undici ${one.undici.toFixed(2)}${one.undici < 1 ? ' (slower)' : ''}`)
  const many = await measure(32, 2000)
  console.log(`  x fetch ${many.fetch.toFixed(2)}, x undici ${many.undici.toFixed(2)}${many.undici < 1 ? ' (slower)' : ''}`)
  await dispatcher.close()
  server.disconnect()
}
