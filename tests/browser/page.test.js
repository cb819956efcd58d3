// The sandbox's page in a browser: with and without scripts, by mouse and by keyboard, on a desk and on a phone.
'use strict'

const assert = require('node:assert/strict')
const http = require('node:http')
const { after, before, beforeEach, describe, test } = require('node:test')
const { PHONE, Sandbox, closed, isSound, launch, listening, open, picture, receiver, unfolded } = require('./support')

const EVIL = '<img src=x onerror=alert(1)>'

let sandbox, browser

before(async () => {
  [sandbox, browser] = await Promise.all([Sandbox.start(), launch()])
})

after(async () => {
  await browser?.close()
  await sandbox?.stop()
})

beforeEach(() => sandbox.ask('POST', '/_/reset'))

/** A day at the shop: an order that stands twice, two mistakes in signing, a fault, a body that is no text. */
async function day () {
  const mug = await sandbox.design({ name: 'Ada’s mug' })
  const shirt = await sandbox.design({ product: 'shop-shirt' })
  assert.equal(await sandbox.order('shop-1001', mug), 201)
  assert.equal(await sandbox.order('shop-1002', shirt), 201)
  assert.equal(await sandbox.order('shop-1001', mug), 201)
  const body = JSON.stringify({ externalId: 'shop-1003', orderItems: [] })
  const path = '/api/v2/orders'
  assert.equal(await sandbox.send(path, body, sandbox.signed(body, 'application/json', `${path}/`)), 401)
  assert.equal(await sandbox.send(path, body, sandbox.signed(`${body}\n`, 'application/json', path)), 401)
  await sandbox.ask('POST', '/_/faults', [{ fault: '503', retry_after: 3, target: 'order' }, { profile: { hang: { percent: 20, ms: 5000 } }, count: 50 }])
  assert.equal(await sandbox.order('shop-1004', shirt), 503)
  assert.equal(await sandbox.send('/upload', Buffer.from([0xff, 0xd8, 0xff, 0xe0, 0, 16])), 404)
}

/** The same at the other platform: a product, its order, a delivery that nobody takes. */
async function signDay (shop) {
  await sandbox.ask('POST', '/_/product-created', { url: shop.url, product: { title: 'Open late' } })
  assert.equal(await sandbox.signOrder('sign-1', 'shop-17'), 200)
  await sandbox.ask('POST', '/_/deliver', { url: 'http://127.0.0.1:1/', topic: 'form:submitted' })
}

const section = (page, id) => page.locator(`#${id}`)

/** Opens what folds a form away. */
async function unfold (page, name) {
  const work = page.locator(`#${name}-work`)
  if (await work.getAttribute('open') === null) await work.locator('summary').click()
}

for (const javaScriptEnabled of [true, false]) {
  const how = javaScriptEnabled ? 'with scripts' : 'without scripts'
  const name = javaScriptEnabled ? 'scripts' : 'plain'

  describe(how, () => {
    test('what arrived is shown whole', async () => {
      await day()
      const shop = await receiver(200, '{"external_id":"shop-17"}')
      await signDay(shop)
      const page = await open(browser, sandbox, { javaScriptEnabled })
      await page.goto(sandbox.spiff.page)
      assert.match(await page.title(), /^1 doubled, 3 orders, 7 requests, 4 refused, 1 fault waiting – Spiff Commerce/)
      const orders = section(page, 'orders').locator('tbody tr')
      assert.match(await orders.nth(0).innerText(), /shop-1001\s+2 times doubled/)
      assert.match(await orders.nth(1).innerText(), /shop-1002\s+once/)
      const requests = section(page, 'requests').locator('li')
      assert.equal(await requests.count(), 7)
      assert.match(await requests.nth(0).innerText(), /POST \/upload → 404 refused/)
      assert.match(await requests.nth(1).innerText(), /→ 503 refused fault 503/)
      const wrong = requests.filter({ hasText: 'slash' })
      await wrong.locator('summary').click()
      assert.deepEqual(await wrong.locator('mark').allInnerTexts(), ['⟨nothing⟩', '/'])
      assert.match(await wrong.innerText(), /What differs\s+The path\./)
      assert.match(await section(page, 'designs').innerText(), /Ada’s mug[\s\S]+price 17.50 USD\s+ordered\s+by shop-1001/)
      await isSound(page)
      await picture(page, `spiff-${name}`)
      await unfolded(page)
      await isSound(page)
      await page.goto(sandbox.sign_customiser.page)
      assert.match(await section(page, 'designs').innerText(), /Open late[\s\S]+shop-17[\s\S]+ordered\s+by sign-1/)
      assert.match(await section(page, 'webhooks').innerText(), /form:submitted → http:\/\/127.0.0.1:1\/ failed/)
      await isSound(page)
      await picture(page, `sign-${name}`)
      await closed(page)
    })

    test('a design is made, and the form comes back when it is wrong', async () => {
      const page = await open(browser, sandbox, { javaScriptEnabled })
      await page.goto(sandbox.spiff.page)
      await unfold(page, 'design')
      await page.getByLabel('Product', { exact: true }).selectOption({ label: 'Shirt (shop-shirt)' })
      await page.getByLabel('Name').fill(EVIL)
      await page.getByLabel('How many').fill('0')
      await page.getByRole('button', { name: 'Make the design' }).click()
      assert.match(await page.title(), /^Not done/)
      const count = page.getByLabel('How many')
      assert.equal(await count.evaluate(field => document.getElementById(field.getAttribute('aria-describedby').split(' ')[0]).innerText), 'Give a whole number from 1 to 100.')
      assert.equal(await page.evaluate(() => document.activeElement.id), 'design-count')
      assert.equal(await page.getByLabel('Name').inputValue(), EVIL)
      assert.equal(await page.locator('#design-product option:checked').innerText(), 'Shirt (shop-shirt)')
      await isSound(page)
      await picture(page, `refused-${name}`)
      await count.fill('2')
      await page.getByRole('button', { name: 'Make the design' }).click()
      await page.getByText('ready to be ordered').waitFor()
      assert.equal(await section(page, 'designs').locator('tbody th', { hasText: EVIL }).count(), 2)
      assert.equal(await page.locator('img:not([src^="/images/"])').count(), 0)
      // Reloading sends nothing twice.
      await page.reload()
      assert.equal(await section(page, 'designs').locator('tbody th', { hasText: EVIL }).count(), 2)
      await isSound(page)
      await closed(page)
    })

    test('a fault is added, strikes, and is taken away', async () => {
      const page = await open(browser, sandbox, { javaScriptEnabled })
      await page.goto(sandbox.spiff.page)
      await unfold(page, 'fault')
      await page.getByLabel('Fault', { exact: true }).selectOption('slow')
      await page.getByLabel('Milliseconds per byte').fill('soon')
      await page.getByLabel('Strikes').selectOption('order')
      await page.getByLabel('How often').fill('2')
      await page.getByRole('button', { name: 'Add the fault' }).click()
      await page.locator('.field .wrong', { hasText: 'Give a whole number' }).waitFor()
      await isSound(page)
      await page.getByLabel('Milliseconds per byte').fill('1')
      await page.getByRole('button', { name: 'Add the fault' }).click()
      await page.getByText('Added: it waits').waitFor()
      assert.match(await section(page, 'faults').locator('li').first().innerText(), /slow; 2 left.*ms_per_byte 1/)
      assert.equal(await sandbox.order('slow', await sandbox.design()), 201)
      await page.reload()
      assert.match(await section(page, 'requests').innerText(), /fault slow/)
      assert.match(await section(page, 'faults').locator('li').first().innerText(), /slow; 1 left/)
      await unfold(page, 'fault')
      await picture(page, `fault-${name}`)
      await page.getByRole('button', { name: 'Take all away' }).click()
      await page.getByText('No fault waits any more').waitFor()
      assert.deepEqual(await sandbox.ask('GET', '/_/faults'), { faults: [] })
      await closed(page)
    })

    test('a product and a test delivery reach the shop', async () => {
      const shop = await receiver(200, '{"external_id":"shop-17"}')
      const page = await open(browser, sandbox, { javaScriptEnabled })
      await page.goto(sandbox.sign_customiser.page)
      await unfold(page, 'product')
      const product = page.locator('#product-work')
      await product.getByLabel('URL').fill(shop.url)
      await product.getByLabel('Title').fill(EVIL)
      await product.getByRole('button').click()
      await page.getByText('The shop took the product').waitFor()
      assert.equal(JSON.parse(shop.got[0].body).product.title, EVIL)
      await unfold(page, 'delivery')
      const delivery = page.locator('#delivery-work')
      await delivery.getByLabel('Topic').selectOption('form:submitted')
      await delivery.getByLabel('URL').fill('http://example.com/')
      await delivery.getByLabel('Body').fill('{"a":')
      await delivery.getByRole('button').click()
      await page.locator('.field .wrong', { hasText: 'is not on this machine' }).waitFor()
      assert.equal(await delivery.getByLabel('Body').inputValue(), '{"a":')
      await isSound(page)
      await picture(page, `delivery-refused-${name}`)
      await delivery.getByLabel('URL').fill(shop.url)
      await delivery.getByLabel('Body').fill(`{"a":"${EVIL}"}`)
      await delivery.getByRole('button').click()
      await page.getByText('The delivery ended: answered 200.').waitFor()
      assert.deepEqual(JSON.parse(shop.got[1].body), { a: EVIL })
      assert.equal(await delivery.getByLabel('URL').inputValue(), shop.url, 'for the next one')
      // It is open, with the answer in it.
      await page.locator('#webhooks pre', { hasText: 'shop-17' }).first().waitFor()
      await isSound(page)
      await picture(page, `delivery-${name}`)
      await closed(page)
    })

    test('settings are changed, and everything is forgotten', async () => {
      const page = await open(browser, sandbox, { javaScriptEnabled })
      await page.goto(sandbox.spiff.page)
      await page.getByLabel('What the application key may not do').fill('orderCreate everything')
      await page.getByLabel('The same external id places no second order').check()
      await page.getByRole('button', { name: 'Change the settings' }).click()
      await page.locator('.field .wrong', { hasText: 'no query or mutation everything' }).waitFor()
      assert.equal((await sandbox.ask('GET', '/_/settings')).dedupe, false)
      await page.getByLabel('What the application key may not do').fill('orderCreate')
      await page.getByRole('button', { name: 'Change the settings' }).click()
      await page.getByText('The settings hold from now on').waitFor()
      const { dedupe, forbidden } = await sandbox.ask('GET', '/_/settings')
      assert.deepEqual([dedupe, forbidden], [true, ['orderCreate']])
      await unfold(page, 'reset')
      await page.getByRole('button', { name: 'Reset the sandbox' }).click()
      await page.locator('.field .wrong', { hasText: 'Tick this box' }).waitFor()
      await page.getByLabel('Forget orders').check()
      await page.getByRole('button', { name: 'Reset the sandbox' }).click()
      await page.getByText('Everything is as it was at the start').waitFor()
      assert.equal((await sandbox.ask('GET', '/_/settings')).dedupe, false)
      await closed(page)
    })
  })
}

test('a phone, the dark, and whoever wants no motion', async () => {
  await day()
  const shop = await receiver(200, '{"external_id":"shop-17"}')
  await signDay(shop)
  for (const [name, options] of [
    ['light', { viewport: PHONE, hasTouch: true, isMobile: true, reducedMotion: 'no-preference' }],
    ['dark', { viewport: PHONE, colorScheme: 'dark' }]
  ]) {
    const page = await open(browser, sandbox, options)
    for (const [platform, url] of [['spiff', sandbox.spiff.page], ['sign', sandbox.sign_customiser.page]]) {
      await page.setViewportSize(PHONE)
      await page.goto(url)
      await isSound(page)
      const widths = await page.evaluate(() => [...document.querySelectorAll('section')].map(section => section.offsetWidth))
      assert.ok(widths.every(width => width > 300), `one column: ${widths}`)
      await unfolded(page)
      await isSound(page)
      await picture(page, `${platform}-unfolded-${name}`)
    }
    const motion = await page.evaluate(() => getComputedStyle(document.documentElement).scrollBehavior)
    assert.equal(motion, name === 'light' ? 'smooth' : 'auto')
    await closed(page)
  }
})

test('what is new arrives by itself, and the reader keeps what is theirs', async () => {
  const mug = await sandbox.design()
  for (let at = 0; at < 30; at++) await sandbox.order(`before-${at}`, mug)
  const page = await open(browser, sandbox)
  await page.goto(sandbox.spiff.page)
  const loaded = await page.evaluate(() => { window.loaded = 1; return document.querySelectorAll('#requests li').length })
  assert.equal(loaded, 30)
  // Something is open, something is typed, something is chosen, and the reader is in the middle.
  const reading = page.locator('#requests li').nth(20)
  await reading.locator('summary').click()
  const id = await reading.getAttribute('id')
  await unfold(page, 'fault')
  await page.getByLabel('Fault', { exact: true }).selectOption('hang')
  await page.getByLabel('How often').fill('7')
  await page.locator(`#${id} summary`).focus()
  await page.evaluate(id => document.getElementById(id).scrollIntoView({ behavior: 'instant', block: 'center' }), id)
  const place = () => page.evaluate(id => Math.round(document.getElementById(id).getBoundingClientRect().top), id)
  const before = await place()
  await sandbox.order('before-0', mug)
  await sandbox.order(EVIL, mug)
  await page.locator('#requests li').nth(31).waitFor({ state: 'attached' })
  assert.equal(await page.evaluate(() => window.loaded), 1, 'it was not loaded anew')
  assert.match(await page.title(), /^1 doubled, 32 orders, 32 requests/)
  assert.match(await section(page, 'orders').locator('tbody tr').first().innerText(), /before-0\s+2 times doubled/)
  assert.equal(await section(page, 'orders').locator('code', { hasText: EVIL }).count(), 1)
  assert.ok(Math.abs(await place() - before) <= 1, `the place: ${before}, then ${await place()}`)
  assert.equal(await page.evaluate(() => document.activeElement.closest('li')?.id), id, 'the focus')
  assert.equal(await page.locator('#requests details[open]').count(), 1)
  assert.equal(await page.getByLabel('How often').inputValue(), '7')
  assert.equal(await page.getByLabel('Fault', { exact: true }).inputValue(), 'hang')
  // A setting that changes elsewhere is shown, unless it is being changed here.
  await page.getByLabel('How long a process execution takes').fill('9')
  await sandbox.ask('POST', '/_/settings', { process_ms: 5, date_window_seconds: 60, dedupe: true })
  await page.waitForFunction(() => document.getElementById('settings-dedupe').checked)
  assert.equal(await page.getByLabel('How far a signed Date may be from now').inputValue(), '60')
  assert.equal(await page.getByLabel('How long a process execution takes').inputValue(), '9')
  await isSound(page)
  await closed(page)
})

test('a link leads into what it names', async () => {
  await sandbox.order('linked', await sandbox.design())
  const page = await open(browser, sandbox)
  await page.goto(sandbox.spiff.page)
  assert.equal(await page.locator('#requests details[open]').count(), 0)
  await section(page, 'orders').getByRole('link').click()
  await page.locator('#requests details[open]').waitFor()
  await page.reload()
  await page.locator('#requests details[open]').waitFor()
  await closed(page)
})

test('it can be held, and then goes on', async () => {
  const page = await open(browser, sandbox)
  await page.goto(sandbox.spiff.page)
  await page.getByRole('button', { name: 'Pause' }).click()
  await sandbox.send('/none', '')
  await page.waitForTimeout(1300)
  assert.equal(await page.locator('#requests li').count(), 0)
  await page.getByRole('button', { name: 'Go on' }).click()
  await page.locator('#requests li').waitFor()
  await closed(page)
})

test('the keyboard is enough', async () => {
  const page = await open(browser, sandbox)
  await page.goto(sandbox.spiff.page)
  const press = key => page.keyboard.press(key)
  const at = () => page.evaluate(() => document.activeElement.innerText || document.activeElement.id)
  await press('Tab')
  assert.equal(await at(), 'Skip to what arrived')
  await picture(page, 'keyboard')
  await press('Enter')
  for (let presses = 0; await at() !== 'New design'; presses++) {
    assert.ok(presses < 10, `after ${presses} it is at ${await at()}`)
    await press('Tab')
  }
  await press('Enter')
  await press('Tab')
  assert.equal(await page.evaluate(() => document.activeElement.id), 'design-product')
  await press('ArrowDown')
  await press('Tab')
  await page.keyboard.type('By keyboard')
  const outline = await page.evaluate(() => getComputedStyle(document.activeElement).outlineStyle)
  assert.notEqual(outline, 'none', 'the focus is seen')
  await press('Enter')
  await page.getByText('ready to be ordered').waitFor()
  assert.match(await section(page, 'designs').locator('tbody tr').first().innerText(), /By keyboard[\s\S]+32.49 USD/)
  await closed(page)
})

test('a fault shows the parameters that it has', async () => {
  const page = await open(browser, sandbox)
  await page.goto(sandbox.spiff.page)
  await unfold(page, 'fault')
  const shown = () => page.locator('#fault-work [data-only]:visible label').allInnerTexts()
  assert.deepEqual(await shown(), ['Milliseconds'])
  await page.getByLabel('Milliseconds', { exact: true }).fill('5')
  await page.getByLabel('Fault', { exact: true }).selectOption('redirect')
  assert.deepEqual(await shown(), ['Status', 'Location'])
  // What is hidden is not sent.
  await page.getByRole('button', { name: 'Add the fault' }).click()
  await page.getByText('Added: it waits').waitFor()
  assert.equal((await sandbox.ask('GET', '/_/faults')).faults[0].ms, undefined)
  await closed(page)
})

test('a sandbox that ends and one that begins in its place', async t => {
  let other = await Sandbox.start()
  t.after(() => other.stop())
  const page = await open(browser, other)
  await page.goto(other.spiff.page)
  const port = new URL(other.spiff.url).port
  await other.stop()
  await page.getByText('The sandbox does not answer').waitFor()
  await picture(page, 'ended')
  other = await Sandbox.start(port)
  // Sent before the page notices, it is shown again and not lost; sent again, it is done.
  await page.getByText('The sandbox does not answer').waitFor({ state: 'hidden' })
  await page.evaluate(() => { document.querySelector('#design-work [name=token]').value = 'that of the one that ended' })
  await unfold(page, 'design')
  await page.getByLabel('Name').fill('kept')
  await page.getByRole('button', { name: 'Make the design' }).click()
  await page.getByText('This page is older than the sandbox').waitFor()
  assert.equal(await page.getByLabel('Name').inputValue(), 'kept')
  await page.getByRole('button', { name: 'Make the design' }).click()
  await page.getByText('ready to be ordered').waitFor()
  assert.deepEqual(page.complaints.filter(complaint => !complaint.includes('net::ERR_')), [])
  await page.context().close()
})

test('a page elsewhere cannot send its forms', async () => {
  await sandbox.order('kept', await sandbox.design())
  const form = `<form id=f method=post action="${sandbox.spiff.url}/_/page/reset"><input name=sure value=yes><input name=token value=x></form><script>f.submit()</script>`
  const foreign = http.createServer((_, response) => response.setHeader('content-type', 'text/html').end(form))
  const { port } = new URL(await listening(foreign))
  const page = await browser.newPage()
  page.setDefaultTimeout(10_000)
  for (const host of ['127.0.0.1', 'localhost']) {
    const refused = page.waitForResponse(response => response.url().endsWith('/_/page/reset'))
    await page.goto(`http://${host}:${port}/`)
    assert.equal((await refused).status(), 403)
  }
  await page.close()
  assert.equal((await sandbox.ask('GET', '/_/orders')).orders.length, 1)
})
