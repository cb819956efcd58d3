// The sandbox as a test has it: `countersign sandbox` as a child of this process, which ends with it, however that ends.
'use strict'

const { spawn } = require('node:child_process')
const { mkdtempSync, rmSync } = require('node:fs')
const http = require('node:http')
const { createRequire } = require('node:module')
const { tmpdir } = require('node:os')
const { join } = require('node:path')
// Taken now: tests put false clocks in their place.
const { clearTimeout, setTimeout } = require('node:timers')
const failures = require('./errors.js')
const { argument, known } = require('./input.js')
const native = require('./native.js')
const { SignCustomiser, Spiff } = require('./client.js')
const { Outbox, SCALE } = require('./outbox.js')
const { Webhook } = require('./webhook.js')
const { version } = require('../package.json')

const CLI = 'countersign-cli'
const INSTALL = `npm install --save-dev ${CLI}@${version}`

// Milliseconds, at most: to come up, to answer, to end, and to say why it ended.
const START = 10_000
const ANSWER = 30_000
const END = 5000
const WHY = 1000
// So much of what it says on standard error is kept, in characters.
const WORDS = 4096

// The outbox of a test: a doubt, which takes minutes, ends within two seconds, because every time of the policy is divided by SPEED.
const SPEED = 100
const POLICY = { deadline: 50, lease: 110, settle: 10, gap: 5, alive: 2_592_000 }

/** The sandbox cannot be started, has ended, or refused what it was told. No CountersignError, which a shop under test may catch. */
class SandboxError extends Error {}
Object.defineProperty(SandboxError.prototype, 'name', { value: 'SandboxError', configurable: true, writable: true })

/** The command, and who says so: the argument, the environment, what npm installed, the PATH. */
function find (given) {
  if (given !== undefined && given !== null) return { command: String(given), by: 'The option command' }
  if (process.env.COUNTERSIGN_BIN) return { command: process.env.COUNTERSIGN_BIN, by: 'COUNTERSIGN_BIN' }
  // Of the project first; where that has only a framework that has it, of this package.
  for (const folder of [process.cwd(), __dirname]) {
    const asker = createRequire(join(folder, 'package.json'))
    let installed
    try {
      installed = asker.resolve(CLI)
    } catch {
      continue
    }
    try {
      return { command: asker(installed), by: `The package ${CLI}` }
    } catch (cause) {
      throw new SandboxError(cause.message, { cause }) // there is none for this platform
    }
  }
  return { command: 'countersign', by: 'The PATH' }
}

/** Why it could not be started. */
function unstarted ({ command, by }, { code, message }) {
  if (code !== 'ENOENT') return new SandboxError(`${by} names ${command}, which cannot be started (${message}). It must be the command countersign ${version}: ${INSTALL}.`)
  if (by !== 'The PATH') return new SandboxError(`${by} names ${command}, which is not there. Correct it, or leave it out: ${INSTALL}.`)
  return new SandboxError(`The sandbox needs the command countersign, and it is neither installed in this project nor on the PATH: ${INSTALL}, or say where it is in COUNTERSIGN_BIN.`)
}

/** The command while it runs, and how it ended. */
class Child {
  #found
  #process
  #said = ''
  #gone
  #first

  /** Null while it runs. */
  end = null

  constructor (found, args) {
    this.#found = found
    try {
      this.#process = spawn(found.command, args, { stdio: 'pipe', windowsHide: true })
    } catch (error) {
      throw unstarted(found, error)
    }
    const { stdin, stdout, stderr } = this.#process
    stdin.on('error', () => {}) // it ended first
    stderr.setEncoding('utf8').on('data', text => { this.#said = (this.#said + text).slice(-WORDS) })
    this.#gone = new Promise(resolve => this.#process.once('close', (code, signal) => {
      this.end = signal === null ? `exit code ${code}` : `killed by ${signal}`
      resolve(true)
    }))
    let text = ''
    this.#first = new Promise(resolve => {
      this.#process.once('error', error => resolve({ error }))
      stdout.setEncoding('utf8').on('data', more => { if ((text += more).includes('\n')) resolve({ text }) })
      this.#gone.then(() => resolve({ text }))
    })
  }

  /** What its ready line says, or an error that says why there is none. */
  async ready (limit) {
    const { error, text: line } = await within(limit, this.#first) ?? {}
    if (error !== undefined) throw unstarted(this.#found, error)
    let told = {}
    try {
      told = JSON.parse(line)
    } catch {}
    if (told?.ready === true) {
      if (told.version === version) return told
      throw new SandboxError(`${this.#found.command} is countersign ${told.version ?? 'without a version'}, and this package is ${version}: both must be the same. ${INSTALL}, or correct what names the other one.`)
    }
    if (told?.error?.message) throw new SandboxError(told.error.message)
    const how = line === undefined ? `it printed nothing for ${limit / 1000} s` : this.end ?? `it printed ${JSON.stringify(line.slice(0, 200))}`
    throw new SandboxError(`The sandbox did not come up: ${this.#found.command}, ${how}. ${this.#words} It must be the command countersign ${version}: ${INSTALL}.`)
  }

  /** From now on it does not keep this process alive. */
  unref () {
    for (const one of [this.#process, ...this.#process.stdio]) one.unref()
  }

  async stop () {
    for (const one of [this.#process, ...this.#process.stdio]) one.ref()
    this.#process.stdin.end()
    if (await within(END, this.#gone)) return
    this.#process.kill('SIGKILL')
    await this.#gone
  }

  /** Refuses what needs it once it ended. */
  there () {
    if (this.end !== null) throw new SandboxError(`The sandbox has ended (${this.end}). ${this.#words} Start another one.`)
  }

  /** The same, where it stopped to answer and its end may not be known yet. */
  async answers () {
    await within(WHY, this.#gone)
    this.there()
  }

  get #words () {
    const words = this.#said.trim()
    return words === '' ? 'It said nothing on standard error.' : `It said: ${words.replace(/\w$/, '$&.')}`
  }
}

/** The promise, or undefined when so many milliseconds have passed. */
async function within (milliseconds, promise) {
  let timer
  const late = new Promise(resolve => { timer = setTimeout(resolve, milliseconds) })
  try {
    return await Promise.race([promise, late])
  } finally {
    clearTimeout(timer)
  }
}

/** Sends a request on a connection of its own, and answers status and text. Without fetch(), which tests like to replace. */
function ask (url, method, body) {
  return new Promise((resolve, reject) => {
    const headers = body === undefined ? {} : { 'Content-Type': 'application/json', 'Content-Length': Buffer.byteLength(body) }
    const request = http.request(url, { method, headers, agent: false, timeout: ANSWER }, response => {
      let text = ''
      response.setEncoding('utf8').on('data', more => { text += more }).on('error', reject).on('end', () => resolve({ status: response.statusCode, text }))
    })
    request.on('error', reject).on('timeout', () => request.destroy(new Error(`no answer within ${ANSWER / 1000} s`)))
    request.end(body)
  })
}

// Folders of outboxes: those of a sandbox that nobody closed are removed when this thread ends.
const folders = new Set()
let watched = false

function scratch () {
  if (!watched) process.once('exit', () => folders.forEach(remove))
  watched = true
  const folder = mkdtempSync(join(tmpdir(), 'countersign-'))
  folders.add(folder)
  return folder
}

function remove (folder) {
  folders.delete(folder)
  rmSync(folder, { recursive: true, force: true })
}

class Sandbox {
  #child
  #closed
  #folders = []

  /** Made by sandbox() alone. */
  constructor (child, ready) {
    if (!(child instanceof Child)) throw argument('A Sandbox is made by sandbox() alone.')
    this.#child = child
    this.ready = ready
    this.env = ready.env
    this.spiffUrl = ready.spiff.url
    this.spiffPage = ready.spiff.page
    this.signCustomiserUrl = ready.sign_customiser.url
    this.signCustomiserPage = ready.sign_customiser.page
  }

  spiff (options) {
    this.#there()
    const { access_key: accessKey, secret_key: secretKey } = this.ready.spiff
    const keys = options?.applicationKey === undefined ? { accessKey, secretKey } : {}
    return new Spiff({ ...keys, baseUrl: this.spiffUrl, ...options })
  }

  signCustomiser (options) {
    this.#there()
    return new SignCustomiser({ apiToken: this.ready.sign_customiser.api_token, baseUrl: this.signCustomiserUrl, ...options })
  }

  webhook (options) {
    return new Webhook(this.ready.sign_customiser.webhook_secret, options)
  }

  callback (options) {
    return new Webhook(this.ready.sign_customiser.integration_secret, options)
  }

  async outbox (options) {
    const { store = this.#file(), accounts, policy, ...more } = options ?? {}
    const own = options?.store === undefined
    const outbox = new Outbox(store, {
      ...own ? { create: true, anywhere: true } : {},
      accounts: accounts ?? { shop: this.spiff(), signs: this.signCustomiser() },
      policy: { ...POLICY, ...policy },
      ...more,
      [SCALE]: SPEED
    })
    if (own) await outbox.install()
    return outbox
  }

  #file () {
    this.#there()
    const folder = scratch()
    this.#folders.push(folder)
    return `sqlite:${join(folder, 'outbox.db')}`
  }

  async transaction (options) {
    const { product, name } = known(options, ['product', 'name'], 'The options')
    return this.control('POST', 'transactions', { product, name })
  }

  async transactions (count, options) {
    const { product, name } = known(options, ['product', 'name'], 'The options')
    return this.control('POST', 'transactions', { count, product, name })
  }

  async bundle (transactionIds) {
    return this.control('POST', 'bundles', { transactionIds })
  }

  async order (externalId, options) {
    const { amount: amountToOrder = 1, designs = 1, paid = true } = known(options, ['amount', 'designs', 'paid'], 'The options')
    const made = await this.transactions(designs)
    return { externalId, paid, orderItems: made.map(({ transactionId }) => ({ amountToOrder, transactionId })) }
  }

  signOrder (externalId, options) {
    const { product = 'shop-sign', quantity = 1, price = 2999 } = known(options, ['product', 'quantity', 'price'], 'The options')
    const products = [{ external_id: product, quantity, price }]
    return { integration_id: 1, external_id: externalId, external_order_number: `#${externalId}`, currency: 'USD', products }
  }

  async fault (name, parameters) {
    await this.control('POST', 'faults', { fault: name, target: 'order', ...parameters })
  }

  async faults () {
    return (await this.control('GET', 'faults')).faults
  }

  async orders (externalId) {
    const { orders } = await this.control('GET', 'orders')
    return externalId === undefined ? orders : orders.filter(order => order.externalId === externalId)
  }

  async requests () {
    return (await this.control('GET', 'requests')).requests
  }

  async settings (changes) {
    return this.control('POST', 'settings', changes ?? {})
  }

  async deliver (topic, url, data, options) {
    const { secret } = known(options, ['secret'], 'The options')
    return this.control('POST', 'deliver', { topic, url, data, secret })
  }

  async productCreated (url, options) {
    const { customiserId, productId, product, secret } = known(options, ['customiserId', 'productId', 'product', 'secret'], 'The options')
    return this.control('POST', 'product-created', { url, customiser_id: customiserId, product_id: productId, product, secret })
  }

  async deliveries () {
    return (await this.control('GET', 'deliveries')).deliveries
  }

  async reset () {
    await this.control('POST', 'reset')
  }

  async control (method, path, body) {
    this.#there()
    const place = `/_/${String(path).replace(/^\/?(_\/)?/, '')}`
    let answer
    try {
      answer = await ask(this.spiffUrl + place, method, body === undefined ? undefined : JSON.stringify(body))
    } catch (cause) {
      await this.#child.answers()
      throw new SandboxError(`The sandbox did not answer ${method} ${place}: ${cause.message}.`, { cause })
    }
    const told = answer.text === '' ? undefined : JSON.parse(answer.text)
    if (answer.status >= 400) throw new SandboxError(`The sandbox refused ${method} ${place}: ${told?.error ?? answer.status}`)
    return told
  }

  close () {
    return this.#closed ??= this.#close()
  }

  async #close () {
    this.#folders.forEach(remove)
    await this.#child.stop()
  }

  async [Symbol.asyncDispose ?? Symbol.for('nodejs.asyncDispose')] () {
    await this.close()
  }

  #there () {
    if (this.#closed !== undefined) throw new SandboxError('This sandbox was closed. Start another one, or close it later.')
    this.#child.there()
  }
}

async function sandbox (options) {
  const { command, port = 0, signCustomiserPort = 0, timeoutMs = START } = known(options, ['command', 'port', 'signCustomiserPort', 'timeoutMs'], 'The options')
  const ports = ['--port', String(port), '--sign-customiser-port', String(signCustomiserPort)]
  const child = new Child(find(command), ['sandbox', '--json', ...ports])
  try {
    const ready = await child.ready(timeoutMs)
    child.unref()
    return new Sandbox(child, ready)
  } catch (error) {
    await child.stop()
    throw error
  }
}

/** The names of the record, in it and in the attempts. */
function snake (value) {
  if (Array.isArray(value)) return value.map(snake)
  if (value === null || typeof value !== 'object') return value
  return Object.fromEntries(Object.entries(value).map(([name, one]) => [name.replace(/[A-Z]/g, letter => `_${letter.toLowerCase()}`), snake(one)]))
}

/** What a client would throw, for a mock: the facts that are given, and what follows from them. */
function error (kind, facts = {}) {
  // Those two are JavaScript's, and stand in what toJSON() of an error says.
  const { name, code, ...own } = facts
  const record = failures.ask(native.errorOf(JSON.stringify(snake({ ...own, kind }))))
  return failures.errorOf(JSON.parse(record), facts.body)
}

module.exports = { Sandbox, SandboxError, error, sandbox }
