// The browser phase in a shop's page: designing by mouse and by keyboard, on a desk and on a phone, to the end or not.
'use strict'

const assert = require('node:assert/strict')
const http = require('node:http')
const { after, before, beforeEach, describe, test } = require('node:test')
const { PHONE, Sandbox, closed, isSound, launch, listening, open, picture, receiver } = require('./support')

const EVIL = '<img src=x onerror=alert(1)>'
const MUG = '5a000000-0000-4000-8000-000000000005'
const POSTER = '5a000000-0000-4000-8000-000000000021'
const LANDMARKS = ['header', 'main']

let sandbox, browser, shop, page

before(async () => {
  [sandbox, browser] = await Promise.all([Sandbox.start(), launch()])
  // Every page of the shop is what the test wants of it.
  const pages = http.createServer((request, response) => {
    const body = new URL(request.url, 'http://shop').searchParams.get('body') ?? ''
    response.setHeader('content-type', 'text/html; charset=utf-8')
    response.end(`<!DOCTYPE html><html lang="en"><meta name="viewport" content="width=device-width, initial-scale=1"><title>Shop</title>${body}</html>`)
  })
  shop = await listening(pages)
})

after(async () => {
  await browser?.close()
  await sandbox?.stop()
})

beforeEach(() => sandbox.ask('POST', '/_/reset'))

/** A shop's page with this in it. */
async function visit (body, options = {}) {
  page = await open(browser, sandbox, { shop, ...options })
  await page.goto(`${options.shop ?? shop}/?${new URLSearchParams({ body })}`)
  return page
}

/** A page that designs at Spiff with a button, and writes down what it hears. */
function spiff (options = {}, { kind = 'HostedExperience', events = ['complete', 'quit'], execute = '' } = {}) {
  return visit(`<h1>Mug</h1><p><button id="go">Design</button></p><p style="height:150vh">Below</p>
    <script src="${sandbox.spiff.url}/api.js"></script>
    <script>
      window.heard = []
      window.addEventListener('SpiffApiReady', () => {
        window.Spiff.setRegion('us')
        const product = new window.Spiff.IntegrationProduct('${MUG}')
        window.experience = new window.Spiff.${kind}({ product, presentmentCurrency: 'USD', ...${JSON.stringify(options)} })
        for (const event of ${JSON.stringify(events)}) experience.on(event, result => heard.push([event, result]))
        document.getElementById('go').addEventListener('click', () => experience.execute(${execute}))
        product.on('invalid', () => heard.push(['invalid']))
        product.on('ready', () => heard.push(['ready']))
        product.confirmActive()
      })
    </script>`)
}

/** The next thing that the page hears. */
async function hears (event) {
  await page.waitForFunction(() => window.heard.length > 0)
  const [heard, result] = await page.evaluate(() => window.heard.shift())
  assert.equal(heard, event)
  return result
}

/** Opens the frame. */
async function begin () {
  await page.locator('#go').click()
  return inside()
}

async function inside (id = 'finish') {
  const handle = await page.locator('iframe').elementHandle()
  const frame = await handle.contentFrame()
  await frame.locator(`#${id}`).waitFor()
  // Its script listens then.
  await frame.waitForLoadState('load')
  return frame
}

async function gone () {
  await page.locator('iframe').waitFor({ state: 'detached' })
}

async function transaction (id) {
  const query = `{ transactions(ids: ["${id}"]) { id designName quantity priceModifierTotal previewImageLink workflowId product { basePrice sku } } }`
  const headers = { 'content-type': 'application/json', 'x-application-key': sandbox.spiff.application_key }
  const reply = await fetch(`${sandbox.spiff.url}/graphql`, { method: 'POST', headers, body: JSON.stringify({ query }) })
  return (await reply.json()).data.transactions[0]
}

/** Takes the warnings that were due from what the tab complains of. */
function warned (...texts) {
  for (const text of texts) {
    const at = page.complaints.findIndex(complaint => complaint.includes(text))
    assert.ok(at >= 0, `${text}: ${page.complaints}`)
    page.complaints.splice(at, 1)
  }
}

describe('Spiff', () => {
  test('a design is finished, and the platform knows what the page is told', async () => {
    await spiff()
    await hears('ready')
    const frame = await begin()
    assert.equal(await frame.locator('#price').innerText(), 'Price: 15.00 USD')
    await frame.getByLabel('Text').fill('Ada & Zoë')
    await frame.getByLabel('Gold').check()
    await frame.getByLabel('Quantity').fill('2')
    await frame.getByText('20.50 USD each, 41.00 USD in all').waitFor()
    await frame.locator('img[alt="“Ada & Zoë” in Gold"]').waitFor()
    await isSound(frame, LANDMARKS)
    await picture(page, 'customiser-spiff', false)
    await frame.getByRole('button', { name: 'Finish' }).click()
    const result = await hears('complete')
    await gone()
    const { transactionId, transactionOwnerId, previewImage } = result
    assert.match(transactionOwnerId, /^[0-9a-f-]{36}$/)
    assert.equal(previewImage, `${sandbox.spiff.url}/images/${transactionId}.svg`)
    assert.deepEqual(result, {
      transactionId,
      transactionOwnerId,
      baseCost: 1500,
      optionsCost: 550,
      exportedData: { Text: { value: 'Ada & Zoë', priceModifier: 250 }, Colour: { value: 'Gold', priceModifier: 300 } },
      previewImage,
      lineItemImageUrl: previewImage,
      quantity: 2,
      sku: 'MUG',
      weight: 0.4,
      metadata: [{ key: 'Text', value: 'Ada & Zoë' }, { key: 'Colour', value: 'Gold' }],
      selectedVariants: [{ key: 'Colour', ids: ['gold'] }],
      workflowViewerLink: `${sandbox.spiff.url}/designs/${transactionId}`,
      workflowViewerReadOnlyLink: `${sandbox.spiff.url}/designs/${transactionId}?readOnly=true`,
      externalCartProductId: 'shop-mug',
      externalCartProductVariantId: 'shop-mug-default',
      additionalExternalProductId: null,
      additionalExternalVariantId: null,
      designExternalVariants: [],
      processExecutionId: null
    })
    const known = await transaction(transactionId)
    assert.deepEqual(
      [known.product.basePrice, known.priceModifierTotal, known.previewImageLink, known.quantity, known.designName],
      [1500, 550, previewImage, 2, 'Ada & Zoë'])
    const drawn = await (await fetch(previewImage)).text()
    assert.match(drawn, />Ada &amp; Zoë<\/text>/)
    // The focus is where it was, and the picture may stand in the shop.
    assert.equal(await page.evaluate(() => document.activeElement.id), 'go')
    await page.evaluate(src => {
      const image = Object.assign(new Image(), { src, alt: 'Ada' })
      document.body.prepend(image)
      return image.decode()
    }, previewImage)
    assert.deepEqual((await sandbox.ask('GET', '/_/requests')).requests.map(request => request.path), ['/graphql'])
    await closed(page)
  })

  test('it is left by button and by Escape, and begun again', async () => {
    await spiff()
    await hears('ready')
    for (const leave of [frame => frame.getByRole('button', { name: 'Quit' }).click(), () => page.keyboard.press('Escape')]) {
      const frame = await begin()
      await frame.getByLabel('Text').fill('Never mind')
      await leave(frame)
      assert.equal(await hears('quit'), undefined)
      await gone()
      assert.equal(await page.evaluate(() => document.activeElement.id), 'go')
    }
    const frame = await begin()
    assert.equal(await frame.getByLabel('Text').inputValue(), '')
    await frame.getByLabel('Text').fill('Now')
    await frame.getByRole('button', { name: 'Finish' }).click()
    await hears('complete')
    await closed(page)
  })

  test('what is wrong is said at its field, and nothing is made', async () => {
    await spiff()
    await hears('ready')
    const frame = await begin()
    await frame.getByLabel('Quantity').fill('0')
    await frame.getByRole('button', { name: 'Finish' }).click()
    await frame.getByText('Write what it is to say.').waitFor()
    await frame.getByText('Give a whole number from 1 to 999.').waitFor()
    assert.equal(await frame.evaluate(() => document.activeElement.id), 'text')
    assert.equal(await frame.getByLabel('Text').getAttribute('aria-invalid'), 'true')
    await isSound(frame, LANDMARKS)
    await picture(page, 'customiser-wrong', false)
    await frame.getByLabel('Text').fill('x'.repeat(31))
    await frame.getByLabel('Quantity').fill('3')
    await frame.getByRole('button', { name: 'Finish' }).click()
    await frame.getByText('Write at most 30 characters.').waitFor()
    await frame.getByText('Give a whole number').waitFor({ state: 'hidden' })
    assert.equal((await sandbox.ask('GET', '/_/state')).objects.Transaction.length, 5, 'those that are ready-made')
    await frame.getByLabel('Text').fill(EVIL)
    await frame.locator(`img[alt="“${EVIL}” in Black"]`).waitFor()
    await frame.getByRole('button', { name: 'Finish' }).click()
    const result = await hears('complete')
    assert.equal(result.exportedData.Text.value, EVIL)
    assert.ok(!(await (await fetch(result.previewImage)).text()).includes('<img'))
    await closed(page)
  })

  test('the keyboard is enough', async () => {
    await spiff()
    await hears('ready')
    const press = key => page.keyboard.press(key)
    await press('Tab')
    await press('Enter')
    const frame = await inside()
    const at = () => frame.evaluate(() => document.activeElement.id || document.activeElement.value)
    await frame.waitForFunction(() => document.activeElement.id === 'title')
    // What is behind is not reached.
    assert.equal(await page.evaluate(() => document.activeElement.tagName), 'IFRAME')
    await press('Tab')
    assert.equal(await at(), 'quit')
    await press('Tab')
    assert.equal(await at(), 'text')
    assert.notEqual(await frame.evaluate(() => getComputedStyle(document.activeElement).outlineStyle), 'none', 'the focus is seen')
    await page.keyboard.type('Ada')
    await press('Tab')
    await press('ArrowDown')
    assert.equal(await at(), 'red')
    await press('Tab')
    await press('Control+A')
    await page.keyboard.type('2')
    await frame.getByText('17.50 USD each, 35.00 USD in all').waitFor()
    await press('Enter')
    const { exportedData, quantity } = await hears('complete')
    assert.deepEqual([exportedData.Text.value, exportedData.Colour.value, quantity], ['Ada', 'Red', 2])
    await gone()
    assert.equal(await page.evaluate(() => document.activeElement.id), 'go')
    await closed(page)
  })

  test('a phone, and the dark', async () => {
    for (const [name, options] of [['light', { viewport: PHONE, hasTouch: true, isMobile: true }], ['dark', { viewport: PHONE, colorScheme: 'dark' }]]) {
      await visit(`<button id="go">Design</button><script src="${sandbox.spiff.url}/api.js"></script><script>
        const product = new Spiff.IntegrationProduct('${MUG}')
        go.onclick = () => { const one = new Spiff.HostedExperience({ product, presentmentCurrency: 'usd' }); one.on('quit', () => {}); one.execute() }
      </script>`, options)
      const frame = await begin()
      await frame.getByLabel('Text').fill('W'.repeat(30))
      await frame.locator('img[alt^="“WWW"]').waitFor()
      await isSound(frame, LANDMARKS)
      assert.deepEqual(await page.evaluate(() => {
        const { x, y, width, height } = document.querySelector('iframe').getBoundingClientRect()
        return [x, y, width, height]
      }), [0, 0, PHONE.width, PHONE.height])
      const small = await frame.evaluate(() => [...document.querySelectorAll('button, input:not([type=hidden], [type=radio]), label.colour')].filter(one => one.offsetHeight < 36).map(one => one.outerHTML))
      assert.deepEqual(small, [], 'large enough for a thumb')
      await picture(page, `customiser-${name}`, false)
      await closed(page)
    }
  })

  test('a product that is not there, or is switched off, is invalid', async () => {
    await visit(`<script src="${sandbox.spiff.url}/api.js"></script><script>
      window.heard = []
      const ask = (name, product) => {
        for (const event of ['ready', 'invalid']) product.on(event, () => heard.push([name, event]))
        product.confirmActive()
      }
      window.addEventListener('SpiffApiReady', () => {
        ask('mug', new Spiff.IntegrationProduct('${MUG}'))
        ask('shirt', new Spiff.Product({ integrationId: 'sandbox-shop', productId: 'shop-shirt' }))
        ask('poster', new Spiff.IntegrationProduct('${POSTER}'))
        ask('none', new Spiff.IntegrationProduct('<none>'))
        ask('nothing', new Spiff.IntegrationProduct())
        ask('elsewhere', new Spiff.Product({ integrationId: 'other', productId: 'shop-shirt' }))
      })
    </script>`)
    await page.waitForFunction(() => window.heard.length === 6)
    assert.deepEqual(Object.fromEntries(await page.evaluate(() => window.heard)),
      { mug: 'ready', shirt: 'ready', poster: 'invalid', none: 'invalid', nothing: 'invalid', elsewhere: 'invalid' })
    warned('is switched off', 'no integration product "<none>"', 'The page names no product.', 'The integration "other" has no product')
    // Asked to design it all the same, the frame says why not, and is left.
    await page.evaluate(id => {
      window.heard = []
      window.experience = new window.Spiff.HostedExperience({ product: new window.Spiff.IntegrationProduct(id), presentmentCurrency: 'USD' })
      window.experience.on('quit', () => window.heard.push(['quit']))
      window.experience.execute()
    }, EVIL)
    const frame = page.frameLocator('iframe')
    await frame.getByText(`There is no integration product "${EVIL}".`).waitFor()
    await isSound(await (await page.locator('iframe').elementHandle()).contentFrame(), LANDMARKS)
    await picture(page, 'customiser-invalid', false)
    await frame.getByRole('button', { name: 'Quit' }).click()
    await hears('quit')
    await closed(page)
  })

  test('what the page asks for wrongly is said in the frame', async () => {
    for (const [options, execute, why] of [
      [{ presentmentCurrency: 'dollars' }, '', 'presentmentCurrency is three letters'],
      [{ applicationKey: 'none' }, '', 'The application key is not known.'],
      [{}, '{ workflowId: "none" }', 'no workflow "none"']
    ]) {
      await spiff(options, { execute })
      await hears('ready')
      await page.locator('#go').click()
      const frame = await inside('quit')
      await frame.getByText(why).waitFor()
      await page.keyboard.press('Escape')
      await hears('quit')
      await closed(page)
    }
    await spiff({ applicationKey: sandbox.spiff.application_key }, { execute: '{ workflowId: "5a000000-0000-4000-8000-000000000007" }' })
    const frame = await begin()
    assert.ok(await frame.evaluate(() => document.getElementById('preview').decode().then(() => true)))
    await assert.rejects(page.evaluate(() => new window.Spiff.HostedExperience({ presentmentCurrency: 'USD' })), /HostedExperience takes an object with a product/)
    await closed(page)
  })

  test('a second execute() is ignored while the frame is open', async () => {
    await spiff()
    await hears('ready')
    const frame = await begin()
    await frame.getByLabel('Text').fill('first')
    await page.evaluate(() => {
      window.experience.execute()
      const other = new window.Spiff.HostedExperience({ product: new window.Spiff.IntegrationProduct('x'), presentmentCurrency: 'USD' })
      other.on('quit', () => window.heard.push(['other']))
      other.execute()
    })
    warned('It is open already', 'Another one fills the window')
    assert.equal(await page.locator('iframe').count(), 1)
    assert.equal(await frame.getByLabel('Text').inputValue(), 'first')
    await frame.getByRole('button', { name: 'Quit' }).click()
    await hears('quit')
    await begin()
    await closed(page)
  })

  test('words that are not from the frame are not heard', async () => {
    await spiff()
    await hears('ready')
    const frame = await begin()
    const forged = { countersign: 'complete', result: { transactionId: 'forged' } }
    // From the page itself, and from another page of the sandbox's own origin.
    await page.evaluate(forged => window.postMessage(forged, '*'), forged)
    await page.evaluate(async ([forged, src]) => {
      const other = document.createElement('iframe')
      const told = new Promise(resolve => window.addEventListener('message', event => event.source === other.contentWindow && resolve(event.data.countersign)))
      document.body.append(Object.assign(other, { src }))
      await told
      window.postMessage(forged, '*')
    }, [forged, `${frame.url()}&embedded=yes`])
    const second = page.frames().find(one => one !== frame && one.url().startsWith(sandbox.spiff.url))
    await second.evaluate(([forged, shop]) => window.parent.postMessage(forged, shop), [forged, shop])
    await page.waitForTimeout(200)
    assert.deepEqual(await page.evaluate(() => window.heard), [])
    assert.equal(await page.locator('dialog').count(), 1)
    await closed(page)
  })

  test('without a handler for quit, and when the page takes the frame away, nothing stays stuck', async () => {
    await spiff({}, { events: ['complete'] })
    await hears('ready')
    let frame = await begin()
    await frame.getByRole('button', { name: 'Quit' }).click()
    await gone()
    await page.waitForTimeout(100)
    warned("Nobody listens for 'quit'")
    await page.evaluate(() => {
      window.experience.on('quit', () => { throw new Error('of the shop') })
      window.experience.on('quit', () => window.heard.push(['quit']))
    })
    for (const take of [
      () => document.querySelector('iframe').remove(),
      () => document.querySelector('dialog').remove(),
      () => document.querySelector('dialog').close()
    ]) {
      frame = await begin()
      await page.evaluate(take)
      await hears('quit')
      assert.equal(await page.locator('dialog').count(), 0)
      warned('of the shop')
    }
    frame = await begin()
    await frame.getByLabel('Text').fill('still works')
    await frame.getByRole('button', { name: 'Finish' }).click()
    await hears('complete')
    await closed(page)
  })

  test('several designs are finished as a bundle in a portal, one as a transaction', async () => {
    await spiff({ portalMode: true })
    await hears('ready')
    let frame = await begin()
    await frame.getByLabel('Text').fill('alone')
    await frame.getByRole('button', { name: 'Finish' }).click()
    assert.equal((await hears('complete')).type, 'transaction')
    frame = await begin()
    for (const text of ['one', 'two']) {
      await frame.getByLabel('Text').fill(text)
      await frame.getByRole('button', { name: 'Add to ' }).click()
      await frame.getByText(`In the bundle: ${text === 'one' ? 1 : 2}.`).waitFor()
    }
    await isSound(frame, LANDMARKS)
    await picture(page, 'customiser-bundle', false)
    await frame.getByLabel('Text').fill('three')
    await frame.getByRole('button', { name: 'Finish the bundle' }).click()
    const { items, bundleId, bundleOwnerId, ...bundle } = await hears('complete')
    assert.deepEqual(bundle, { type: 'bundle', name: 'Bundle', collectionId: null, collectionName: null, dispatchDate: null, purchaseOrder: null, cartAddMode: 'Default' })
    assert.deepEqual(items.map(item => item.exportedData.Text.value), ['one', 'two', 'three'])
    const { objects } = await sandbox.ask('GET', '/_/state')
    const known = objects.Bundle.find(one => one.id === bundleId)
    assert.equal(known['@owner'], bundleOwnerId)
    assert.deepEqual(known.transactionIds, items.map(item => item.transactionId))
    await closed(page)
  })

  test('a Transaction gets what transactions had, also in an element of the page', async () => {
    await spiff({}, { kind: 'Transaction' })
    await hears('ready')
    await page.evaluate(id => {
      const embedElement = document.body.appendChild(document.createElement('div'))
      const product = new window.Spiff.IntegrationProduct(id)
      window.embedded = new window.Spiff.Transaction({ product, presentmentCurrency: 'USD', embedElement })
      window.embedded.on('complete', result => window.heard.push(['complete', result]))
      window.embedded.execute()
    }, MUG)
    const frame = await inside()
    assert.equal(await frame.locator('#quit').count(), 0)
    await page.waitForFunction(() => document.querySelector('iframe').offsetHeight > 400)
    assert.ok(await frame.evaluate(() => document.documentElement.scrollHeight <= window.innerHeight), 'no scrolling in the frame')
    await frame.getByLabel('Text').fill('old')
    await frame.getByLabel('Text').press('Escape')
    await frame.getByRole('button', { name: 'Finish' }).click()
    const result = await hears('complete')
    assert.deepEqual(Object.keys(result).sort(), ['baseCost', 'designProductId', 'designProductVariantId', 'exportedData', 'optionsCost', 'previewImage', 'transactionId'])
    await gone()
    await closed(page)
  })

  test('a sandbox that ends in the middle loses nothing, and one that is not there is quit', async t => {
    const [lasting, ending] = [sandbox, await Sandbox.start()]
    t.after(() => {
      sandbox = lasting
      return ending.stop()
    })
    sandbox = ending
    await spiff()
    await hears('ready')
    const frame = await begin()
    await frame.getByLabel('Text').fill('kept')
    await sandbox.stop()
    await frame.getByRole('button', { name: 'Finish' }).click()
    await frame.getByText('The sandbox does not answer').waitFor()
    assert.equal(await frame.getByLabel('Text').inputValue(), 'kept')
    await page.keyboard.press('Escape')
    await hears('quit')
    await page.locator('#go').click()
    await hears('quit')
    await gone()
    warned('does not come up')
    assert.deepEqual(page.complaints.filter(complaint => !complaint.includes('net::ERR_')), [])
    await page.context().close()
  })

  test('a page of another machine gets no frame', async t => {
    // A name that leads here, so that nothing but the sandbox keeps it away.
    const other = await launch('--host-resolver-rules=MAP shop.example 127.0.0.1')
    t.after(() => other.close())
    const foreign = await other.newPage()
    foreign.setDefaultTimeout(10_000)
    const body = `<script src="${sandbox.spiff.url}/api.js"></script>`
    await foreign.goto(`http://shop.example:${new URL(shop).port}/?${new URLSearchParams({ body })}`)
    const told = await foreign.evaluate(async ([id, sandbox]) => {
      const product = new window.Spiff.IntegrationProduct(id)
      const heard = []
      const wait = (speaker, event) => new Promise(resolve => speaker.on(event, () => resolve(heard.push(event))))
      const invalid = wait(product, 'invalid')
      product.confirmActive()
      await invalid
      const experience = new window.Spiff.HostedExperience({ product, presentmentCurrency: 'USD' })
      const quit = wait(experience, 'quit')
      experience.execute()
      await quit
      // It says that it is another.
      const frame = document.createElement('iframe')
      frame.src = `${sandbox}/_/customiser/frame?from=${encodeURIComponent('http://127.0.0.1')}&product=${id}&currency=USD`
      const loaded = new Promise(resolve => { frame.onload = resolve })
      document.documentElement.append(frame)
      await loaded
      return heard
    }, [MUG, sandbox.spiff.url])
    assert.deepEqual(told, ['invalid', 'quit'])
    for (const frame of foreign.frames().slice(1)) assert.ok(!frame.url().startsWith(sandbox.spiff.url), frame.url())
  })
})

describe('Sign Customiser', () => {
  /** A page with the element, which writes down what it hears. */
  function signs (attributes = 'customiser-id="7" integration-id="42" driver="custom"', options) {
    return visit(`<h1>Signs</h1><p><button id="before">Before</button></p>
      <script>window.heard = []; document.addEventListener('sign-customiser:product-created', event => heard.push(['created', event.detail]))</script>
      <script src="${sandbox.sign_customiser.url}/sign-customiser-embed.js"></script>
      <sign-customiser-embed ${attributes}></sign-customiser-embed>`, options)
  }

  test('a sign is finished: the shop takes it, and the page hears what it is called there', async () => {
    const taker = await receiver(200, '{"external_id":"shop-17"}')
    await sandbox.ask('POST', '/_/settings', { create_product_url: taker.url })
    await signs()
    assert.equal(await page.evaluate(() => window.signCustomiserEmbedScript), true)
    const frame = await inside()
    // It stands among other things: the focus stays where it is.
    assert.equal(await page.evaluate(() => document.activeElement.tagName), 'BODY')
    await frame.getByLabel('Text').fill(`Zoë & ${EVIL.slice(0, 9)}`)
    await frame.getByLabel('Red').check()
    await frame.getByText('120.00').waitFor()
    await isSound(frame, LANDMARKS)
    await picture(page, 'customiser-sign')
    await frame.getByRole('button', { name: 'Finish the sign' }).click()
    const product = await hears('created')
    assert.equal(product.external_id, 'shop-17')
    const [{ headers, body }] = taker.got
    assert.match(headers['x-webhook-signature'], /^[0-9a-f]{64}$/)
    const sent = JSON.parse(body).product
    assert.deepEqual({ ...sent, external_id: 'shop-17' }, product)
    assert.deepEqual([sent.title, sent.price, sent.customiser_id, sent.description, sent.external_id],
      ['Custom Neon: Zoë & <img src=', 12000, 7, 'Text: Zoë & <img src=\nColour: Red', null])
    assert.equal(sent.description_html, '<p>Text: Zoë &amp; &lt;img src=</p><p>Colour: Red</p>')
    assert.match(await (await fetch(sent.product_image_url)).text(), /fill="#ff6b5e">Zoë &amp; &lt;img src=<\/text>/)
    await frame.getByText('The shop has your sign “Zoë & <img src=”.').waitFor()
    // Another one is another product.
    await frame.getByLabel('Text').fill('Open')
    await frame.getByRole('button', { name: 'Finish the sign' }).click()
    assert.equal((await hears('created')).product_id, product.product_id + 1)
    await closed(page)
  })

  test('a shop that does not take it: the person is told, and tries again with the same sign', async () => {
    await signs()
    const frame = await inside()
    const send = () => frame.getByRole('button', { name: 'Finish the sign' }).click()
    await frame.getByLabel('Text').fill('Open late')
    await send()
    await frame.getByText('No create-product URL is set').waitFor()
    await isSound(frame, LANDMARKS)
    await picture(page, 'customiser-not-taken')
    await sandbox.ask('POST', '/_/settings', { create_product_url: 'http://127.0.0.1:1/' })
    await send()
    await frame.getByText('No reply from http://127.0.0.1:1/').waitFor()
    const refuser = await receiver(500, '{}')
    await sandbox.ask('POST', '/_/settings', { create_product_url: refuser.url })
    await send()
    await frame.getByText('The answer has to be status 200').waitFor()
    assert.equal(await frame.getByLabel('Text').inputValue(), 'Open late')
    const { products } = await sandbox.ask('GET', '/_/state')
    assert.deepEqual(products, [{ product_id: 1, external_id: null }])
    const taker = await receiver(200, '{"external_id":"shop-1"}')
    await sandbox.ask('POST', '/_/settings', { create_product_url: taker.url })
    await send()
    const { product_id: id, external_id: external } = await hears('created')
    assert.deepEqual([id, external, JSON.parse(refuser.got[0].body).product.product_id], [1, 'shop-1', 1])
    assert.deepEqual((await sandbox.ask('GET', '/_/state')).products, [{ product_id: 1, external_id: 'shop-1' }])
    assert.deepEqual(page.complaints.filter(complaint => !complaint.includes('status of 502')), [])
    await page.context().close()
  })

  test('the keyboard is enough, also on a phone', async () => {
    const taker = await receiver(200, '{"external_id":"shop-17"}')
    await sandbox.ask('POST', '/_/settings', { create_product_url: taker.url })
    await signs(undefined, { viewport: PHONE, colorScheme: 'dark' })
    const frame = await inside()
    await isSound(frame, LANDMARKS)
    assert.ok(await frame.evaluate(() => document.documentElement.scrollHeight <= window.innerHeight), 'no scrolling in the frame')
    await page.locator('#before').focus()
    const press = key => page.keyboard.press(key)
    await press('Tab')
    assert.equal(await frame.evaluate(() => document.activeElement.id), 'text')
    await page.keyboard.type('Bar')
    await press('Tab')
    await press('ArrowDown')
    await press('Enter')
    const { description } = await hears('created')
    assert.equal(description, 'Text: Bar\nColour: Pink')
    await frame.waitForFunction(() => document.activeElement.id === 'title')
    await picture(page, 'customiser-sign-keyboard')
    // And out of it again.
    await press('Shift+Tab')
    assert.equal(await page.evaluate(() => document.activeElement.id), 'before')
    await closed(page)
  })

  test('wrong attributes are said in the place of the sign, and right ones put it there', async () => {
    await signs('customiser-id="x" integration-id="42" driver="shopify"')
    await page.getByText('The attribute driver is "custom", not "shopify".').waitFor()
    const element = page.locator('sign-customiser-embed')
    await element.evaluate(one => one.setAttribute('driver', 'custom'))
    await page.frameLocator('iframe').getByText('The attribute customiser-id is a number, not "x".').waitFor()
    await element.evaluate(one => one.setAttribute('customiser-id', '9'))
    await page.frameLocator('iframe').getByLabel('Text').waitFor()
    await element.evaluate(one => one.remove())
    await closed(page)
  })
})
