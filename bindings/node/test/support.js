// What the tests share: the vectors, the sandbox, small programs in processes of their own.
'use strict'

const { spawn } = require('node:child_process')
const { readFileSync } = require('node:fs')
const http = require('node:http')
const { join, resolve } = require('node:path')
const testing = require('../testing.js')

const ROOT = join(__dirname, '../../..')
const PACKAGE = join(__dirname, '..')
const COMMAND = resolve(process.env.COUNTERSIGN_BIN ?? join(ROOT, 'target/debug/countersign'))

function vectors (name) {
  return JSON.parse(readFileSync(join(ROOT, 'tests/vectors', name), 'utf8'))
}

/** Bytes of a row: text, or base64. */
function bytes (row, name) {
  return name in row ? row[name] : Buffer.from(row[`${name}_base64`] ?? '', 'base64')
}

/** Options of the core as Node spells them. */
function camel (options) {
  return Object.fromEntries(Object.entries(options).map(([name, value]) => [name.replace(/_([a-z])/g, (_, letter) => letter.toUpperCase()), value]))
}

/** The sandbox of the test tools, as these tests speak to it. */
class Sandbox extends testing.Sandbox {
  static async start () {
    const made = await testing.sandbox({ command: COMMAND })
    return Object.setPrototypeOf(made, Sandbox.prototype)
  }

  /** Several at once, whatever they strike. */
  faults (...faults) {
    return this.control('POST', 'faults', faults)
  }

  order (externalId = '1001') {
    return super.order(externalId)
  }

  get keys () {
    return { accessKey: this.ready.spiff.access_key, secretKey: this.ready.spiff.secret_key, baseUrl: this.spiffUrl }
  }

  get token () {
    return { apiToken: this.ready.sign_customiser.api_token, baseUrl: this.signCustomiserUrl }
  }
}

const SIGN_ORDER = {
  integration_id: 1,
  external_id: '1001',
  external_order_number: '1',
  currency: 'USD',
  products: [{ external_id: 'p', quantity: 1, price: 2999 }]
}

/** Runs a program in a node of its own; bounded in time. */
function run (args, { env = {}, cwd = PACKAGE, input = undefined, command = process.execPath, limit = 60000 } = {}) {
  return new Promise((resolve, reject) => {
    const child = spawn(command, args, { cwd, env: { ...process.env, ...env }, stdio: ['pipe', 'pipe', 'pipe'] })
    const out = { stdout: '', stderr: '' }
    child.stdout.on('data', data => { out.stdout += data })
    child.stderr.on('data', data => { out.stderr += data })
    const timer = setTimeout(() => child.kill('SIGKILL'), limit)
    child.on('error', reject)
    child.on('close', (code, signal) => {
      clearTimeout(timer)
      resolve({ code, signal, ...out })
    })
    child.stdin.end(input)
  })
}

const [MAJOR, MINOR] = process.versions.node.split('.').map(Number)

/** Whether this Node has what better-sqlite3 and node:sqlite ask for. */
const IS_NEW = MAJOR > 22 || (MAJOR === 22 && MINOR >= 16)

/** Runs a program of the tests under a newer Node: that of the environment, or of tests/runtimes. */
function newer (args, options) {
  const command = process.env.COUNTERSIGN_NODE ?? join(ROOT, 'tests/runtimes/node_modules/node24/bin/node')
  // Tests of another runner tell in words.
  return run(args, { command, limit: 600_000, ...options, env: { NODE_TEST_CONTEXT: undefined, ...options?.env } })
}

/** An HTTP server on loopback. */
async function serve (handler) {
  const server = http.createServer(handler)
  await new Promise(resolve => server.listen(0, '127.0.0.1', resolve))
  const url = `http://127.0.0.1:${server.address().port}`
  return { url, server, close: () => new Promise(resolve => { server.closeAllConnections(); server.close(resolve) }) }
}

module.exports = { COMMAND, IS_NEW, PACKAGE, ROOT, SIGN_ORDER, Sandbox, bytes, camel, newer, run, serve, vectors }
