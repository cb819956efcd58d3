// Every program of docs/node.md and of the package's README, as it stands, against the sandbox.
'use strict'

const test = require('node:test')
const assert = require('node:assert/strict')
const { spawn } = require('node:child_process')
const { mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } = require('node:fs')
const http = require('node:http')
const { tmpdir } = require('node:os')
const { join } = require('node:path')
const { COMMAND, IS_NEW, PACKAGE, ROOT, Sandbox, newer, run } = require('./support.js')
const { Server } = require('./outbox/servers.js')

const blocks = file => readFileSync(file, 'utf8').split('```js\n').slice(1).map(rest => rest.split('```')[0])
const MANUAL = blocks(join(ROOT, 'docs/node.md'))

let folder
let sandbox
let servers
test.before(async () => {
  [sandbox, ...servers] = await Promise.all([Sandbox.start(), Server.start('postgresql'), Server.start('mariadb')])
  const pool = servers[0].pool()
  await pool.query('CREATE TABLE orders (id int PRIMARY KEY, paid boolean); INSERT INTO orders VALUES (1001, false)')
  await pool.end()
  folder = mkdtempSync(join(tmpdir(), 'countersign-'))
  mkdirSync(join(folder, 'node_modules'))
  symlinkSync(PACKAGE, join(folder, 'node_modules/countersign'))
  for (const name of ['better-sqlite3', 'knex', 'mysql2', 'pg']) symlinkSync(join(PACKAGE, 'node_modules', name), join(folder, 'node_modules', name))
})
test.after(async () => {
  rmSync(folder, { recursive: true, force: true })
  await Promise.all([sandbox.close(), ...servers.map(server => server.stop())])
})

async function program (text) {
  // A program that others import says its name.
  const file = join(folder, /^\/\/ (\w+\.mjs)\b/.exec(text)?.[1] ?? 'program.mjs')
  writeFileSync(file, text)
  const { transactionId } = (await sandbox.order()).orderItems[0]
  const [postgresql, mariadb] = servers
  const stores = {
    DATABASE_URL: postgresql.url,
    MYSQL_URL: mariadb.url,
    OUTBOX_FILE: join(folder, 'outbox.db'),
    SHOP_FILE: join(folder, 'shop.db'),
    COUNTERSIGN_OUTBOX_ANYWHERE: '1'
  }
  // A program that is a test itself is none of this one's.
  return { file, env: { ...sandbox.env, ...stores, TRANSACTION_ID: transactionId, COUNTERSIGN_BIN: COMMAND, NODE_TEST_CONTEXT: undefined } }
}

/** What each program prints, in the order of the manual; the server is tried by deliveries. */
const PRINTS = [/^placed: /, /^settle again at \d+, with firstAbsentAt \d+/, /^check 200 \d+ ms ok\ncredentials and region are right; the clocks differ by -?\d s/, /^check: 1 attempts, \d+ ms\n$/, /^aborted unknown true/, /^false\n[^]*\[ null \]\n$/, 'server', /^$/, /^$/, /^new\n$/, /^1001: placed\n$/, /^1001: placed\nnull\n$/, /^new\n1 placed\n$/, /^new\n1 placed\n$/, /^1 placed\n$/, /^new\n1 placed\n$/, /# pass 2\n# fail 0\n/, /^\{\n {2}Authorization: 'SOA access-key:[^]*\}\nSOA access-key:/, /^placed: /]

test('the manual has as many programs as are tried', () => {
  assert.equal(MANUAL.length, PRINTS.length)
})

for (const [at, text] of MANUAL.entries()) {
  test(`program ${at + 1} of the manual`, async () => {
    const { file, env } = await program(text)
    if (PRINTS[at] !== 'server') {
      if (text.includes('AbortSignal.timeout(300)')) await sandbox.faults({ fault: 'hang', ms: 2000, target: 'order' })
      const { code, stdout, stderr } = await (text.includes('better-sqlite3') && !IS_NEW ? newer : run)([file], { env, cwd: folder })
      await sandbox.control('DELETE', 'faults') // should the abort have come before the request, the next program would meet it
      assert.equal(code, 0, stderr)
      assert.match(stdout, PRINTS[at])
      return
    }
    const probe = http.createServer().listen(0, '127.0.0.1')
    await new Promise(resolve => probe.once('listening', resolve))
    const { port } = probe.address()
    await new Promise(resolve => probe.close(resolve))
    const child = spawn(process.execPath, [file], { env: { ...process.env, ...env, PORT: String(port) }, stdio: ['ignore', 'inherit', 'inherit'] })
    try {
      const url = `http://127.0.0.1:${port}/`
      for (let tries = 0; tries < 100; tries++) {
        if (await fetch(url).then(() => true, () => false)) break
        await new Promise(resolve => setTimeout(resolve, 50))
      }
      assert.ok((await sandbox.productCreated(`${url}create-product`)).ok)
      assert.ok(!(await sandbox.productCreated(url)).ok, 'the other secret')
      assert.ok((await sandbox.deliver('order:created', url)).ok)
      const refused = await fetch(url, { method: 'POST', body: '{}', headers: { 'x-webhook-timestamp': '1', 'x-webhook-signature': '0'.repeat(64) } })
      assert.deepEqual([refused.status, await refused.text()], [401, 'mismatch'])
    } finally {
      child.kill()
      await new Promise(resolve => child.once('exit', resolve))
    }
  })
}

test('the first order is that of the examples, and the README of the package runs', async () => {
  assert.ok(readFileSync(join(PACKAGE, 'examples/first-order.mjs'), 'utf8').endsWith(`\n${MANUAL[0]}`))
  const [text] = blocks(join(PACKAGE, 'README.md'))
  const { accessKey, secretKey, baseUrl } = sandbox.keys
  const { file, env } = await program(text
    .replace("accessKey: '…', secretKey: '…', region: 'us'", `accessKey: '${accessKey}', secretKey: '${secretKey}', baseUrl: '${baseUrl}'`)
    .replace(/'[0-9a-f-]{36}'/, 'process.env.TRANSACTION_ID'))
  const { code, stderr } = await run([file], { env, cwd: folder })
  assert.equal(code, 0, stderr)
})
