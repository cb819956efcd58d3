// What is rejected, refused or dropped leaves nothing behind.
'use strict'

const test = require('node:test')
const assert = require('node:assert/strict')
const { join } = require('node:path')
const { run } = require('./support.js')

/** How many bytes `work` leaves behind in a process of its own, once the heaps have found their size. */
async function growth (work, rounds) {
  const { code, stdout, stderr } = await run(['--expose-gc', '--max-semi-space-size=1', '-e', `
    const countersign = require(${JSON.stringify(join(__dirname, '..'))})
    const work = ${work}
    const settle = async () => { for (let at = 0; at < 5; at++) { gc(); await new Promise(resolve => setTimeout(resolve, 20)) } }
    ;(async () => {
      const state = await work.prepare?.(countersign)
      for (let at = 0; at < 6; at++) { await work.once(countersign, ${rounds}, state); await settle() }
      const before = process.memoryUsage().rss
      for (let at = 0; at < 3; at++) await work.once(countersign, ${rounds}, state)
      await settle()
      console.log(process.memoryUsage().rss - before)
    })()`], { limit: 120000, env: { MALLOC_ARENA_MAX: '1' } })
  assert.equal(code, 0, stderr)
  return Number(stdout)
}

const MEGABYTE = 1024 * 1024

test('10,000 rejected calls', async () => {
  const bytes = await growth(`{
    prepare: ({ Spiff }) => new Spiff({ accessKey: 'k', secretKey: 's', baseUrl: 'http://127.0.0.1:1' }),
    once: async (_, rounds, spiff) => {
      const order = { externalId: '1', paid: true, orderItems: [{ amountToOrder: 1, transactionId: 't' }] }
      const aborted = AbortSignal.abort()
      for (let at = 0; at < rounds; at += 4) {
        await Promise.all([
          spiff.placeOrder(order).catch(() => {}), // refused connection
          spiff.placeOrder({}).catch(() => {}),
          spiff.placeOrder(order, { signal: aborted }).catch(() => {}),
          spiff.placeOrder(order, { signal: AbortSignal.timeout(1) }).catch(() => {})
        ])
      }
    }
  }`, 3400)
  assert.ok(bytes < 6 * MEGABYTE, `${bytes} bytes more after 10,200 calls`)
})

test('objects that are dropped', async () => {
  const bytes = await growth(`{
    once: async ({ Signer, Spiff, Webhook }, rounds) => {
      for (let at = 0; at < rounds; at++) {
        new Signer('key', 'secret').authorization('GET', '/', Buffer.alloc(100))
        const spiff = new Spiff({ accessKey: 'k', secretKey: 's', region: 'us' })
        const call = spiff.prepareOrder({ externalId: '1', paid: true, orderItems: [{ amountToOrder: 1, transactionId: 't' }] })
        try { call.failed() } catch {}
        if (at % 2 === 0) spiff.close()
        try { new Webhook('secret').verify([], 'x') } catch {}
        if (at % 100 === 0) await new Promise(resolve => setTimeout(resolve))
      }
    }
  }`, 3000)
  assert.ok(bytes < 6 * MEGABYTE, `${bytes} bytes more after 9,000 rounds`)
})

test('clients that made a call, closed or dropped', async () => {
  const bytes = await growth(`{
    once: async ({ Spiff }, rounds) => {
      for (let at = 0; at < rounds; at++) {
        const spiff = new Spiff({ accessKey: 'k', secretKey: 's', baseUrl: 'http://127.0.0.1:1', readRetries: 0 })
        await spiff.check().catch(() => {})
        if (at % 2 === 0) spiff.close()
        if (at % 50 === 0) gc()
      }
    }
  }`, 500)
  assert.ok(bytes < 6 * MEGABYTE, `${bytes} bytes more after 1,500 clients`)
})
