// What the tests of the page share: the sandbox, the browser, a receiver of webhooks, pictures, and what holds of any page.
'use strict'

const assert = require('node:assert/strict')
const { spawn } = require('node:child_process')
const { createHash, createHmac } = require('node:crypto')
const { accessSync, constants, mkdirSync } = require('node:fs')
const http = require('node:http')
const { delimiter, join } = require('node:path')
const { createInterface } = require('node:readline')
const { chromium } = require('playwright-core')

const ROOT = join(__dirname, '../..')
const PICTURES = join(ROOT, 'build/pages')
/** How long anything may take that the page does, in milliseconds. */
const PATIENCE = 10_000
const DESK = { width: 1280, height: 900 }
const PHONE = { width: 360, height: 740 }

/** The distribution's browser. */
function executable () {
  for (const directory of (process.env.PATH ?? '').split(delimiter)) {
    for (const name of ['chromium', 'chromium-browser', 'google-chrome']) {
      const path = join(directory, name)
      try {
        accessSync(path, constants.X_OK)
        return path
      } catch {}
    }
  }
  throw new Error('There is no chromium in PATH: install the package chromium of the distribution.')
}

function launch (...more) {
  return chromium.launch({ executablePath: executable(), args: ['--disable-background-networking', '--disable-gpu', ...more] })
}

/** Both platforms on loopback: `countersign sandbox`. It ends with this process, because its standard input closes then. */
class Sandbox {
  static async start (port = 0) {
    const command = process.env.COUNTERSIGN_BIN ?? join(ROOT, 'target/debug/countersign')
    const child = spawn(command, ['sandbox', '--port', String(port), '--json'], { stdio: ['pipe', 'pipe', 'inherit'] })
    const line = await new Promise((resolve, reject) => {
      child.on('error', reject)
      child.on('exit', code => reject(new Error(`${command} ended with ${code}.`)))
      createInterface(child.stdout).once('line', resolve)
    })
    return Object.assign(new Sandbox(), JSON.parse(line), { child })
  }

  stop () {
    if (this.child.exitCode !== null) return
    const ended = new Promise(resolve => this.child.once('exit', resolve))
    this.child.stdin.end()
    return ended
  }

  async ask (method, path, body) {
    const response = await fetch(this.spiff.url + path, { method, body: body === undefined ? undefined : JSON.stringify(body) })
    const text = await response.text()
    assert.ok(response.ok, `${path}: ${text}`)
    return JSON.parse(text)
  }

  /** A design as a browser makes it; answers its id. */
  async design (more = {}) {
    return (await this.ask('POST', '/_/transactions', more)).transactionId
  }

  /** Sends to Spiff with the application key. */
  async send (path, body, headers = { 'x-application-key': this.spiff.application_key }) {
    const response = await fetch(this.spiff.url + path, { method: 'POST', body, headers: { 'content-type': 'application/json', ...headers } })
    await response.arrayBuffer()
    return response.status
  }

  /** Places an order over REST; answers the status. */
  async order (externalId, design, headers) {
    const body = JSON.stringify({ externalId, paid: true, orderItems: [{ amountToOrder: 1, transactionId: design }] })
    return this.send('/api/v2/orders', body, headers)
  }

  /** The headers of a request that is signed as if its body, content type and path were these. */
  signed (body, contentType, path) {
    const date = new Date().toUTCString()
    const string = ['POST', createHash('sha512').update(body).digest('hex'), contentType, date, path].join('\n')
    const signature = createHmac('sha1', this.spiff.secret_key).update(string).digest('base64')
    return { authorization: `SOA ${this.spiff.access_key}:${signature}`, date }
  }

  async signOrder (externalId, product) {
    const body = { integration_id: 1, external_id: externalId, external_order_number: '1', currency: 'USD', products: [{ external_id: product, quantity: 1, price: 2999 }] }
    const headers = { authorization: `Bearer ${this.sign_customiser.api_token}`, accept: 'application/json', 'content-type': 'application/json' }
    const response = await fetch(`${this.sign_customiser.url}/api/v2/orders`, { method: 'POST', headers, body: JSON.stringify(body) })
    await response.arrayBuffer()
    return response.status
  }
}

/** A shop that takes webhooks, and answers each with this. */
async function receiver (status, answer) {
  const got = []
  const server = http.createServer((request, response) => {
    const parts = []
    request.on('data', part => parts.push(part))
    request.on('end', () => {
      got.push({ headers: request.headers, body: Buffer.concat(parts).toString() })
      response.writeHead(status, { 'content-type': 'application/json' }).end(answer)
    })
  })
  return { url: `${await listening(server)}/hooks`, got }
}

/** The address of a server, which ends with the test that needs it, whatever becomes of it. */
async function listening (server) {
  await new Promise(resolve => server.listen(0, '127.0.0.1', resolve))
  server.unref()
  return `http://127.0.0.1:${server.address().port}`
}

/** A tab that fails the test for anything it complains of, and for any word to a host that is not ours. */
async function open (browser, sandbox, { shop, ...options } = {}) {
  // Where nothing moves, no test waits for it.
  const context = await browser.newContext({ viewport: DESK, reducedMotion: 'reduce', ...options })
  context.setDefaultTimeout(PATIENCE)
  const page = await context.newPage()
  const complaints = []
  const ours = [sandbox.spiff.url, sandbox.sign_customiser.url, shop ?? sandbox.spiff.url].map(url => new URL(url).host)
  page.on('pageerror', error => complaints.push(`error: ${error}`))
  page.on('console', message => {
    // A form that comes back says so by its status, and the browser repeats it.
    const refusal = message.text().includes('status of 422') || message.text().includes('status of 403')
    if (!refusal || message.type() !== 'error') complaints.push(`console: ${message.text()}`)
  })
  page.on('dialog', dialog => {
    complaints.push(`dialog: ${dialog.message()}`)
    dialog.dismiss()
  })
  page.on('request', request => {
    if (!ours.includes(new URL(request.url()).host)) complaints.push(`a request to ${request.url()}`)
  })
  page.complaints = complaints
  return page
}

async function closed (page) {
  await page.context().close()
  assert.deepEqual(page.complaints, [])
}

/** Pictures of the whole page, or of what fills the window, for people to look at, on a desk and on a phone, where nothing may scroll sideways. */
async function picture (page, name, fullPage = true) {
  mkdirSync(PICTURES, { recursive: true })
  // Those further down too; where the sandbox has ended, there are none.
  await page.evaluate(() => Promise.all([...document.images].map(image => {
    image.loading = 'eager'
    return image.decode().catch(() => {})
  })))
  for (const [where, size] of [['phone', PHONE], ['desk', DESK]]) {
    await page.setViewportSize(size)
    for (const frame of page.frames()) {
      assert.ok(await frame.evaluate(() => document.documentElement.scrollWidth <= document.documentElement.clientWidth), `${name} scrolls sideways on a ${where}`)
    }
    await page.screenshot({ path: join(PICTURES, `${name}-${where}.png`), fullPage, caret: 'initial' })
  }
}

/** What is wrong with a page for those who do not see it, or see it small: run in the page. */
function faultsOfThePage (landmarks) {
  const wrong = []
  const text = element => (element?.textContent ?? '').trim()
  const all = selector => [...document.querySelectorAll(selector)]
  const say = (what, element) => wrong.push(`${what}: ${element.outerHTML.slice(0, 120)}`)
  if (document.documentElement.lang !== 'en') wrong.push('no language')
  if (text(document.querySelector('title')) === '') wrong.push('no title')
  if (all('h1').length !== 1) wrong.push(`${all('h1').length} h1`)
  for (const landmark of landmarks) if (all(landmark).length !== 1) wrong.push(`${all(landmark).length} ${landmark}`)
  let level = 1
  for (const heading of all('h1, h2, h3, h4')) {
    const own = Number(heading.tagName[1])
    if (own > level + 1) say('a heading that skips a level', heading)
    level = own
  }
  const ids = all('[id]').map(element => element.id)
  for (const id of ids) if (ids.indexOf(id) !== ids.lastIndexOf(id)) wrong.push(`the id ${id} twice`)
  for (const control of all('input:not([type=hidden]), select, textarea')) {
    if (!control.labels?.length || text(control.labels[0]) === '') say('no label', control)
  }
  for (const attribute of ['aria-describedby', 'aria-labelledby']) {
    for (const element of all(`[${attribute}]`)) {
      for (const id of element.getAttribute(attribute).split(' ')) if (!text(document.getElementById(id))) say(`nothing at ${id}`, element)
    }
  }
  for (const link of all('a[href^="#"]')) if (!document.getElementById(link.hash.slice(1))) say('a link to nothing', link)
  for (const element of all('a, button, summary, legend')) {
    if (text(element) === '' && !element.querySelector('img[alt]:not([alt=""])')) say('no name', element)
  }
  for (const image of all('img')) {
    if (!image.hasAttribute('alt')) say('no alt', image)
    if (image.complete && image.naturalWidth === 0) say('a broken picture', image)
  }
  for (const table of all('table')) {
    for (const header of table.querySelectorAll('th')) if (!header.scope) say('no scope', header)
    if (!table.querySelector('thead th')) say('no heads', table)
  }
  for (const element of all('*')) {
    if (element.tabIndex > 0) say('a place of its own in the order of the keyboard', element)
    // An element that a script defines may shape itself.
    const own = element.tagName.includes('-')
    for (const { name } of element.attributes) if (name.startsWith('on') || (name === 'style' && !own)) say('an inline handler or style', element)
  }
  for (const script of all('script')) if (script.textContent !== '' || new URL(script.src).origin !== location.origin) say('a script', script)
  const { scrollWidth, clientWidth } = document.documentElement
  if (scrollWidth > clientWidth) {
    wrong.push(`it scrolls sideways: ${scrollWidth} > ${clientWidth}`)
    for (const element of all('body *')) if (element.getBoundingClientRect().right > clientWidth + 1) say('too wide', element)
  }
  return [...new Set(wrong)]
}

/** Text that stands out too little from what is behind it: run in the page. */
function faintText () {
  const channel = value => (value /= 255) <= 0.04045 ? value / 12.92 : ((value + 0.055) / 1.055) ** 2.4
  const light = ([r, g, b]) => 0.2126 * channel(r) + 0.7152 * channel(g) + 0.0722 * channel(b)
  const read = colour => colour.match(/[\d.]+/g).map(Number)
  const behind = element => {
    for (let at = element; at; at = at.parentElement) {
      const colour = read(getComputedStyle(at).backgroundColor)
      if (colour.length === 3 || colour[3] === 1) return colour
    }
    return matchMedia('(prefers-color-scheme: dark)').matches ? [0, 0, 0] : [255, 255, 255]
  }
  const faint = new Set()
  const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT)
  for (let node = walker.nextNode(); node; node = walker.nextNode()) {
    const element = node.parentElement
    if (node.nodeValue.trim() === '' || element.closest('noscript') || !element.checkVisibility()) continue
    const [a, b] = [light(read(getComputedStyle(element).color)), light(behind(element))]
    const ratio = (Math.max(a, b) + 0.05) / (Math.min(a, b) + 0.05)
    if (ratio < 4.5) faint.add(`${ratio.toFixed(2)}: ${element.outerHTML.slice(0, 80)}`)
  }
  return [...faint]
}

/** Holds a page, or a frame, to both. */
async function isSound (page, landmarks = ['header', 'nav', 'main']) {
  assert.deepEqual(await page.evaluate(faultsOfThePage, landmarks), [])
  assert.deepEqual(await page.evaluate(faintText), [])
}

/** Opens everything that is folded away. */
function unfolded (page) {
  return page.evaluate(() => document.querySelectorAll('details').forEach(details => { details.open = true }))
}

module.exports = { PHONE, Sandbox, closed, isSound, launch, listening, open, picture, receiver, unfolded }
