// The package as users get it: packed, installed in an empty folder, and used from there by every kind of program.
'use strict'

const test = require('node:test')
const assert = require('node:assert/strict')
const { execFileSync } = require('node:child_process')
const { copyFileSync, cpSync, existsSync, mkdirSync, mkdtempSync, readFileSync, readdirSync, renameSync, rmSync, symlinkSync, writeFileSync } = require('node:fs')
const { tmpdir } = require('node:os')
const { basename, join } = require('node:path')
const { COMMAND, PACKAGE, ROOT, run } = require('./support.js')

const NODE_FILE = readdirSync(PACKAGE).find(name => name.endsWith('.node'))
const ID = NODE_FILE.replace(/^countersign\.|\.node$/g, '')

let work
let tarball
test.before(() => {
  work = mkdtempSync(join(tmpdir(), 'countersign-'))
  tarball = join(work, npm(PACKAGE, 'pack', '--silent', '--pack-destination', work).trim().split('\n').at(-1))
})
test.after(() => rmSync(work, { recursive: true, force: true }))

function npm (cwd, ...args) {
  return execFileSync('npm', args, { cwd, encoding: 'utf8', stdio: ['ignore', 'pipe', 'pipe'] })
}

/** An empty folder in which these packages are installed. No network is needed: the package has no dependencies. */
function install (name, ...tarballs) {
  const folder = join(work, name)
  mkdirSync(folder)
  writeFileSync(join(folder, 'package.json'), '{ "private": true }')
  npm(folder, 'install', '--silent', '--no-audit', '--no-fund', '--offline', ...tarballs)
  return folder
}

// A program over the vectors, the same text for every kind of module; typed where the types are looked at.
const PROGRAM = `
const rows = JSON.parse(readFileSync(process.argv[2] + '/sign.json', 'utf8'))
let signed = 0
for (const row of rows) {
  const bytes = (name: string): string | Buffer => row[name] ?? Buffer.from(row[name + '_base64'] ?? '', 'base64')
  try {
    const signer = new Signer(row.key_id, bytes('secret'), { scheme: row.scheme, digest: row.digest, exactSecret: row.exact_secret })
    const authorization = signer.authorization(row.method, row.path, bytes('body'), { contentType: row.content_type, date: row.date })
    if (authorization !== row.authorization) throw new Error(row.id + ': ' + authorization)
  } catch (error) {
    if (!(error instanceof CountersignError) || error.kind !== row.error) throw error
  }
  signed++
}
for (const row of JSON.parse(readFileSync(process.argv[2] + '/webhook.json', 'utf8'))) {
  const content = ({ A: 'timestamp.body', B: 'body', C: 'timestamp+body', D: 'body+timestamp', E: 'body.timestamp' } as const)[row.scheme as 'A']
  const headers = { 'x-webhook-timestamp': row.timestamp, 'x-webhook-signature': row.signature }
  let result = 'ok'
  try {
    new Webhook(row.active_secrets ?? row.secret, { content, encoding: row.encoding, tolerance: row.tolerance }).verify(headers, row.body ?? Buffer.from(row.body_base64, 'base64'), { now: row.now })
  } catch (error) {
    result = error instanceof CountersignError ? error.kind : String(error)
  }
  if (result !== row.result) throw new Error(row.id + ': ' + result)
  signed++
}
for (const row of JSON.parse(readFileSync(process.argv[2] + '/order.json', 'utf8'))) {
  const options = Object.fromEntries(Object.entries(row.options).map(([name, value]) => [name.replace(/_([a-z])/g, (_, letter) => letter.toUpperCase()), value]))
  let body = 'refused'
  try {
    const client = row.platform === 'spiff' ? new Spiff(options) : new SignCustomiser(options)
    body = String(client.prepareOrder(row.order, { now: row.now }).body)
  } catch (error) {
    if (!(error instanceof CountersignError) || error.kind !== row.error) throw error
  }
  if (body !== (row.error ? 'refused' : row.expect.body)) throw new Error(row.id + ': ' + body)
  signed++
}
console.log(signed)`

const NAMES = 'CountersignError, SignCustomiser, Signer, Spiff, Webhook'
const VECTORS = join(ROOT, 'tests/vectors')
const ROWS = ['sign', 'webhook', 'order'].reduce((sum, name) => sum + JSON.parse(readFileSync(join(VECTORS, `${name}.json`), 'utf8')).length, 0)
const untyped = PROGRAM.replace(/: string \| Buffer/g, '').replace(/\(name: string\)/, '(name)').replace(/ as const/, '').replace(/ as 'A'/, '')

async function succeeds (folder, file) {
  const { code, stdout, stderr } = await run([file, VECTORS], { cwd: folder })
  assert.deepEqual([code, stdout.trim()], [0, String(ROWS)], stderr)
}

test('what is packed is what is needed', () => {
  const files = execFileSync('tar', ['-tzf', tarball], { encoding: 'utf8' }).trim().split('\n').map(name => name.replace('package/', '')).sort()
  assert.ok(files.includes(NODE_FILE))
  for (const name of ['README.md', 'edge.js', 'index.d.mts', 'index.d.ts', 'index.js', 'index.mjs', 'lib/errors.js', 'lib/native.js', 'outbox.d.ts', 'package.json', 'testing.d.mts', 'testing.d.ts', 'testing.js', 'testing.mjs']) assert.ok(files.includes(name), name)
  assert.deepEqual(files.filter(name => /^(test|bench|examples|src|node_modules)\//.test(name)), [])
  const json = JSON.parse(readFileSync(join(PACKAGE, 'package.json'), 'utf8'))
  assert.deepEqual(Object.keys(json.scripts).filter(name => /install|prepare/.test(name)), [], 'nothing runs at installation')
  assert.equal(json.dependencies, undefined)
})

test('CommonJS, ES modules and TypeScript run the vectors in an empty folder', async () => {
  const folder = install('programs', tarball)
  writeFileSync(join(folder, 'common.cjs'), `const { readFileSync } = require('node:fs')\nconst { ${NAMES} } = require('countersign')\n${untyped}`)
  writeFileSync(join(folder, 'module.mjs'), `import { readFileSync } from 'node:fs'\nimport { ${NAMES} } from 'countersign'\n${untyped}`)
  writeFileSync(join(folder, 'typed.mts'), `import { readFileSync } from 'node:fs'\nimport { ${NAMES} } from 'countersign'\n${PROGRAM}`)
  writeFileSync(join(folder, 'typed-common.cts'), `import { readFileSync } from 'node:fs'\nimport countersign = require('countersign')\nconst { ${NAMES} } = countersign\n${PROGRAM}`)
  writeFileSync(join(folder, 'tsconfig.json'), JSON.stringify({
    compilerOptions: { module: 'nodenext', target: 'es2022', lib: ['es2024', 'esnext.disposable'], strict: true, types: ['node'], typeRoots: [join(PACKAGE, 'node_modules/@types')] },
    files: ['typed.mts', 'typed-common.cts']
  }))
  const compiled = await run([require.resolve('typescript/bin/tsc'), '-p', folder], { cwd: folder, limit: 120000 })
  assert.equal(compiled.code, 0, compiled.stdout)
  for (const file of ['common.cjs', 'module.mjs', 'typed.mjs', 'typed-common.cjs']) await succeeds(folder, file)
  // A bundle, with the module left outside.
  for (const [format, file] of [['cjs', 'bundle.cjs'], ['esm', 'bundle.mjs']]) {
    await require('esbuild').build({ entryPoints: [join(folder, 'module.mjs')], bundle: true, platform: 'node', format, external: ['countersign'], outfile: join(folder, 'out', file), logLevel: 'silent' })
    await succeeds(folder, join('out', file))
  }
})

// A test of a shop, whose sandbox ends with its block.
const TEST = `
let url
{
  await using s = await sandbox()
  await s.spiff().placeOrder(await s.order('1001'))
  console.log((await s.orders('1001')).length)
  url = s.spiffUrl
}
console.log(await fetch(url).then(() => 'there', () => 'gone'))`

test('CommonJS, ES modules and TypeScript have the test tools', async () => {
  const folder = install('tools', tarball)
  writeFileSync(join(folder, 'typed.mts'), `import { sandbox } from 'countersign/testing'\n${TEST.replace('let url', "let url = ''")}`)
  writeFileSync(join(folder, 'tsconfig.json'), JSON.stringify({
    compilerOptions: { module: 'nodenext', target: 'es2022', lib: ['es2024', 'esnext.disposable'], strict: true, types: ['node'], typeRoots: [join(PACKAGE, 'node_modules/@types')] },
    files: ['typed.mts']
  }))
  const compiled = await run([require.resolve('typescript/bin/tsc'), '-p', folder], { cwd: folder, limit: 120000 })
  assert.equal(compiled.code, 0, compiled.stdout)
  const written = TEST.replace('await using s = await sandbox()', 'const s = await sandbox()').replace('url = s.spiffUrl', '$&; await s.close()')
  writeFileSync(join(folder, 'module.mjs'), `import { sandbox } from 'countersign/testing'\n${written}`)
  writeFileSync(join(folder, 'common.cjs'), `const { sandbox } = require('countersign/testing')\n;(async () => {${written}})()`)
  for (const file of ['typed.mjs', 'module.mjs', 'common.cjs']) {
    const { stdout, stderr } = await run([file], { cwd: folder, env: { COUNTERSIGN_BIN: COMMAND } })
    assert.equal(stdout, '1\ngone\n', stderr)
  }
})

test('the example for Vitest runs on the packages and their command, in processes and in threads', async () => {
  const folder = join(work, 'vitest')
  const example = join(ROOT, 'examples/tests/vitest')
  assert.ok(existsSync(join(example, 'node_modules')), 'npm ci in examples/tests/vitest, as `make node` does')
  cpSync(example, folder, { recursive: true, verbatimSymlinks: true })
  const dist = process.env.COUNTERSIGN_COMMAND_DIST ?? join(ROOT, 'build/command')
  const command = readdirSync(dist).filter(name => /^countersign-cli-.*\.tgz$/.test(name)).map(name => join(dist, name))
  npm(folder, 'install', '--silent', '--no-audit', '--no-fund', '--offline', '--no-save', tarball, ...command)
  for (const pool of ['forks', 'threads']) {
    const { code, stdout, stderr } = await run(['node_modules/vitest/vitest.mjs', 'run', `--pool=${pool}`], { cwd: folder, env: { COUNTERSIGN_BIN: '', PATH: '/usr/bin:/bin', NO_COLOR: '1' } })
    assert.equal(code, 0, stdout + stderr)
    assert.match(stdout, /Tests +7 passed \(7\)/)
  }
})

test('edge runtimes get a sentence', async () => {
  for (const condition of ['edge-light', 'workerd', 'browser']) {
    for (const args of [['-e', "require('countersign')"], ['--input-type=module', '-e', "import 'countersign'"]]) {
      const { code, stderr } = await run([`--conditions=${condition}`, ...args])
      assert.equal(code, 1)
      assert.match(stderr, /countersign is for the Node runtime only/)
    }
  }
})

test('the published packages: one for all platforms, one for this', async () => {
  const out = join(work, 'published')
  const built = await run([join(PACKAGE, 'build.mjs'), 'pack', out], { limit: 600000 })
  assert.equal(built.code, 0, built.stderr)
  const [own] = readdirSync(out).filter(name => name.startsWith(`countersign-${ID}-`))
  const [front] = readdirSync(out).filter(name => /^countersign-\d/.test(name))
  const json = tgz => JSON.parse(execFileSync('tar', ['-xzOf', join(out, tgz), 'package/package.json'], { encoding: 'utf8' }))
  const { version, optionalDependencies, devDependencies, scripts } = json(front)
  assert.deepEqual([devDependencies, scripts], [undefined, undefined])
  // Every platform that the loader asks for, at this very version.
  const asked = [...readFileSync(join(PACKAGE, 'lib/native.js'), 'utf8').matchAll(/require\('(countersign-[a-z0-9-]+)'\)/g)].map(([, name]) => name)
  assert.deepEqual(optionalDependencies, Object.fromEntries(asked.sort().map(name => [name, version])))
  assert.equal(json(own).version, version)
  assert.deepEqual([json(own).os, json(own).cpu], [[process.platform], [process.arch]])
  if (process.platform === 'linux') assert.deepEqual(json(own).libc, [ID.endsWith('gnu') ? 'glibc' : 'musl'])
  const files = execFileSync('tar', ['-tzf', join(out, front)], { encoding: 'utf8' })
  assert.ok(!files.includes('.node') && files.includes('LICENSE-MIT'))

  // Laid out as npm does; the other platforms' packages stay away.
  const folder = join(work, 'together')
  for (const [name, tgz] of [['countersign', front], [`countersign-${ID}`, own]]) {
    const to = join(folder, 'node_modules', name)
    mkdirSync(to, { recursive: true })
    execFileSync('tar', ['-xzf', join(out, tgz), '--strip-components=1', '-C', to])
  }
  writeFileSync(join(folder, 'common.cjs'), `const { readFileSync } = require('node:fs')\nconst { ${NAMES} } = require('countersign')\n${untyped}`)
  await succeeds(folder, 'common.cjs')

  // Without it, the loader says what is missing, where, and why.
  const platform = join(folder, 'node_modules', `countersign-${ID}`)
  renameSync(platform, `${platform}-away`)
  const { code, stderr } = await run(['-e', "require('countersign')"], { cwd: folder })
  assert.equal(code, 1)
  for (const part of [process.platform, process.arch, /glibc|musl/, `The package countersign-${ID} is not installed`, /a lock file that was written on another platform/, process.version]) assert.match(stderr, part instanceof RegExp ? part : new RegExp(part.replace(/\./g, '\\.')))
  assert.match(stderr, /kind: 'configuration'/)

  // The way out, by hand.
  const named = env => run(['-e', "require('countersign'); console.log('loaded')"], { cwd: folder, env: { COUNTERSIGN_NODE_LIBRARY: env } })
  const file = join(`${platform}-away`, NODE_FILE)
  assert.equal((await named(file)).stdout, 'loaded\n')
  assert.match((await named(join(folder, 'nothing.node'))).stderr, /COUNTERSIGN_NODE_LIBRARY names .*nothing\.node/)
  // A file that does not load.
  const broken = join(work, 'broken.node')
  copyFileSync(__filename, broken)
  mkdirSync(platform)
  writeFileSync(join(platform, 'package.json'), JSON.stringify({ name: basename(platform), main: 'broken.node' }))
  symlinkSync(broken, join(platform, 'broken.node'))
  const { stderr: said } = await run(['-e', "require('countersign')"], { cwd: folder })
  assert.match(said, /The file is there but does not load/)
})

test('the module needs no newer C library than the manual says', { skip: process.platform !== 'linux' }, () => {
  const symbols = execFileSync('readelf', ['--wide', '--dyn-syms', join(PACKAGE, NODE_FILE)], { encoding: 'utf8' })
  const versions = [...symbols.matchAll(/@GLIBC_(\d+)\.(\d+)/g)].map(([, major, minor]) => Number(major) * 1000 + Number(minor))
  const newest = Math.max(...versions)
  const floor = /glibc (\d+)\.(\d+) or newer/.exec(readFileSync(join(ROOT, 'docs/node.md'), 'utf8'))
  assert.equal(newest, Number(floor[1]) * 1000 + Number(floor[2]))
  // It is never unloaded: a call may be under way when the worker that loaded it ends.
  assert.match(execFileSync('readelf', ['--dynamic', join(PACKAGE, NODE_FILE)], { encoding: 'utf8' }), /NODELETE/)
})

test('an older Node is refused at import, in one sentence', async () => {
  const older = "Object.defineProperty(process, 'versions', { value: { ...process.versions, node: '18.20.4' } })\n"
  for (const [type, program] of [['commonjs', "require('countersign')"], ['module', "await import('countersign')"], ['module', "await import('countersign/testing')"]]) {
    const { code, stdout, stderr } = await run([`--input-type=${type}`, '-e', `${older}${program}; console.log('imported')`])
    assert.deepEqual([code, stdout], [1, ''], stderr)
    assert.match(stderr, /^Error: countersign needs Node 20 or newer, and this is Node 18\.20\.4: install a newer one, .*\.$/m)
  }
})
