// What the shop makes of a good day and of a bad one.
import { sandbox } from 'countersign/testing'
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest'
import { Shop } from './shop.js'

let platforms, shop, design
beforeAll(async () => { platforms = await sandbox() })
afterAll(() => platforms?.close())
beforeEach(async () => {
  await platforms.reset()
  // A call gives up after half a second, and what is in doubt need not rest before it is settled.
  const spiff = platforms.spiff({ timeoutMs: 500, settleDelay: 0, settleGap: 0 })
  shop = new Shop({ spiff, outbox: await platforms.outbox(), webhook: platforms.webhook(), callback: platforms.callback() })
  design = (await platforms.transaction()).transactionId
})

test('checkout places the order', async () => {
  expect(await shop.checkout('1001', design)).toBe('placed')
  expect(await platforms.orders('1001')).toMatchObject([{ id: shop.orders.get('1001').id, paid: true }])
})

test('silence is settled, and nothing is sent twice', async () => {
  await platforms.fault('accept_then_hang')
  expect(await shop.checkout('1001', design)).toBe('unknown')
  await shop.settle()
  expect(shop.orders.get('1001').state).toBe('placed')
  expect(await platforms.orders('1001')).toHaveLength(1)
})

test('what never arrived may be placed again', async () => {
  await platforms.fault('hang')
  expect(await shop.checkout('1001', design)).toBe('unknown')
  await shop.settle()
  expect(shop.orders.get('1001').state).toBe('waiting')
  expect(await shop.checkout('1001', design)).toBe('placed')
  expect(await platforms.orders('1001')).toHaveLength(1)
})

test('wrong keys are no doubt', async () => {
  await platforms.fault('401')
  expect(await shop.checkout('1001', design)).toBe('refused')
  expect(await platforms.orders()).toEqual([])
})

test('the outbox delivers once although the platform hangs', async () => {
  const order = await platforms.order('1001')
  await platforms.fault('accept_then_hang')
  await shop.paid(order, 'shop')
  await shop.paid(order, 'shop') // payment providers repeat themselves
  expect(await shop.outbox.drain({ seconds: 20 })).toMatchObject({ unknown: 1, placed: 1 })
  expect(await platforms.orders('1001')).toHaveLength(1)
})

test('a signed webhook settles an order in doubt', async () => {
  await platforms.fault('cut_reply')
  await shop.paid(platforms.signOrder('2001'), 'signs')
  expect(await shop.outbox.drain({ max: 1 })).toMatchObject({ unknown: 1 })
  const [order] = await platforms.orders('2001')
  const body = JSON.stringify({ order: { order_id: order.id, external_id: '2001' } })
  expect(await shop.delivered(platforms.webhook().sign(body), body)).toEqual([200, '{"ok":true}'])
  expect(await shop.outbox.get('2001', { account: 'signs' })).toMatchObject({ state: 'placed' })
})

test('a forged webhook is refused', async () => {
  const body = '{"product":{"product_id":17}}'
  const headers = platforms.callback().sign(body)
  expect(shop.createProduct(headers, body)).toEqual([200, '{"external_id":"shop-17"}'])
  expect(shop.createProduct(headers, body.replace('17', '18'))).toEqual([401, '{}'])
  // Each address has its own secret.
  expect(await shop.delivered(headers, body)).toEqual([401, '{}'])
  expect(shop.createProduct(platforms.webhook().sign(body), body)).toEqual([401, '{}'])
})
