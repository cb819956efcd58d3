// Database servers of the tests' own, and what the tests of the outbox share over them.
'use strict'

const { spawn } = require('node:child_process')
const { mkdtempSync, rmSync } = require('node:fs')
const { tmpdir } = require('node:os')
const { join } = require('node:path')
const { createInterface } = require('node:readline')
const pg = require('pg')
const { Outbox, Spiff } = require('../..')
const { ROOT } = require('../support.js')

/** A server process: it can be killed, started again on the same data, frozen; it ends with this process. */
class Server {
  static async start (kind, ...options) {
    const server = Object.assign(new Server(), { scheme: kind === 'mariadb' ? 'mysql' : kind })
    server.child = spawn('python3', [join(ROOT, `tests/${kind}.py`), ...options], { stdio: ['pipe', 'pipe', 'inherit'] })
    server.lines = createInterface(server.child.stdout)[Symbol.asyncIterator]()
    await server.#ready()
    return server
  }

  async #ready () {
    const { value, done } = await this.lines.next()
    if (done) throw new Error('The database server did not start: see standard error.')
    Object.assign(this, JSON.parse(value))
  }

  /** As when the machine fails. */
  async kill () {
    const { pid } = this
    this.child.stdin.write('kill\n')
    for (let there = true; there;) {
      await new Promise(resolve => setTimeout(resolve, 2))
      try { process.kill(pid, 0) } catch { there = false }
    }
  }

  async again () {
    this.child.stdin.write('start\n')
    await this.#ready()
  }

  stop () {
    this.child.stdin.end()
    return new Promise(resolve => this.child.once('exit', resolve))
  }

  /** For pg and mysql2. */
  get address () {
    const { host, port, user, password, database } = this
    return { host, port, user, password, database }
  }

  get url () {
    return `${this.scheme}://${this.user}:${this.password}@${this.host}:${this.port}/${this.database}`
  }

  pool (options) {
    return new pg.Pool({ max: 8, ...this.address, ...options })
  }

  async client (options) {
    const client = new pg.Client({ ...this.address, ...options })
    await client.connect()
    return client
  }
}

let number = 0

/** A prefix that no other test has. */
function prefix () {
  return `t${++number}_`
}

/** With every time of the policy divided by the scale. */
function opened (store, { scale = 1, ...options }) {
  process.env.COUNTERSIGN_OUTBOX_TEST_SCALE = String(scale)
  try {
    return new Outbox(store, options)
  } finally {
    delete process.env.COUNTERSIGN_OUTBOX_TEST_SCALE
  }
}

/** An outbox whose tables are there, over a connection of its own prefix. */
async function installed (store, sandbox, options = {}) {
  const outbox = opened(store, { accounts: { shop: new Spiff(sandbox.keys) }, prefix: prefix(), ...options })
  await outbox.install()
  return outbox
}

/** A folder that is gone with this process. */
function scratch () {
  const folder = mkdtempSync(join(tmpdir(), 'countersign-'))
  process.on('exit', () => rmSync(folder, { recursive: true, force: true }))
  return folder
}

module.exports = { Server, installed, opened, prefix, scratch }
