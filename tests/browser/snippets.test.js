// The short pages of the book, word for word: each block of `sh` is typed into one shell, what stands before a block as `NAME`: is its file,
// and a `text` behind `sh` is what that prints, where … stands for anything. A `text` that begins with $ shows what is typed elsewhere.
'use strict'

const assert = require('node:assert/strict')
const { spawn } = require('node:child_process')
const { mkdirSync, mkdtempSync, readFileSync, readdirSync, rmSync, symlinkSync, writeFileSync } = require('node:fs')
const { createServer } = require('node:http')
const { dirname, join } = require('node:path')
const { after, before, test } = require('node:test')
const { listening } = require('./support')

const ROOT = join(__dirname, '../..')
const COMMAND = process.env.COUNTERSIGN_BIN ?? join(ROOT, 'target/debug/countersign')
const LIBRARY = process.env.COUNTERSIGN_LIBRARY ?? join(ROOT, 'target/release/libcountersign.so')
/** Short pages whole, and of the long ones what is to be typed: a page, or a part of it by its heading. */
const PAGES = ['docs/start', 'docs/questions'].flatMap(folder => readdirSync(join(ROOT, folder)).map(file => `${folder}/${file}`))
  .concat('docs/outbox.md: In five minutes, at a terminal', 'docs/testing.md: A test delivery')

let folder, env, shop
before(async () => {
  // The shop that a delivery is sent to: it answers as one should.
  const server = createServer((request, response) => request.resume().on('end', () => response.setHeader('content-type', 'application/json').end('{"external_id":"shop-17"}')))
  shop = await listening(server)
  folder = mkdtempSync(join(ROOT, 'build/snippets-'))
  const bin = join(folder, 'bin')
  mkdirSync(bin)
  symlinkSync(COMMAND, join(bin, 'countersign'))
  // As installed: the library by the name that programs are linked with.
  symlinkSync(LIBRARY, join(folder, 'libcountersign.so.0'))
  writeFileSync(join(folder, 'countersign.pc'), `Name: countersign\nDescription: as built\nVersion: 0\nCflags: -I${ROOT}/include\nLibs: -L${dirname(LIBRARY)} -lcountersign\n`)
  env = {
    ...process.env,
    PATH: [bin, dirname(process.env.SHOP_PYTHON ?? join(ROOT, 'build/shop/bin/python')), process.env.PATH].join(':'),
    PKG_CONFIG_PATH: folder,
    LD_LIBRARY_PATH: folder,
    COUNTERSIGN_LIBRARY: LIBRARY,
    // A hundred times faster, and wherever this repository lies.
    COUNTERSIGN_OUTBOX_TEST_SCALE: '100',
    COUNTERSIGN_OUTBOX_ANYWHERE: '1',
    COUNTERSIGN_SIGN_CUSTOMISER_WEBHOOK_SECRET: 'of the subscription',
    COUNTERSIGN_SIGN_CUSTOMISER_INTEGRATION_SECRET: 'of the integration'
  }
})
after(() => rmSync(folder, { recursive: true, force: true }))

/** The fenced blocks of a page, with the line of text before each. */
function blocks (page) {
  const found = []
  let open, said = ''
  const [file, heading] = page.split(': ')
  const text = readFileSync(join(ROOT, file), 'utf8')
  const part = heading === undefined ? text : text.split(`\n## ${heading}\n`)[1].split('\n## ')[0]
  for (const line of part.split('\n')) {
    const fence = /^( *)```(\w*)$/.exec(line)
    if (fence && !open) {
      open = { indent: fence[1].length, language: fence[2], said, text: '' }
    } else if (fence) {
      found.push(open)
      open = undefined
      said = '```'
    } else if (open) {
      open.text += line.slice(open.indent) + '\n'
    } else if (line.trim() !== '') {
      said = line
    }
  }
  return found
}

/** What a page types, what its files are, and what it is to print. */
function read (page) {
  const script = ['set -eu']
  const files = {}
  const prints = []
  let typed = 0
  for (const { language, said, text } of blocks(page)) {
    const name = /`([\w.]+)`:$/.exec(said)?.[1]
    if (language === 'sh') {
      // The shell that the sandbox starts is to end at a failure, too.
      script.push(text.replace(/-- bash$/m, '$&\nset -eu').replaceAll('http://127.0.0.1:8000', shop), `echo "<<${typed++}>>"`)
    } else if (language === 'text' && text.startsWith('$ ')) {
      continue
    } else if (language === 'text') {
      assert.equal(said, '```', `${page}: a text behind no command, that begins with no $: ${text}`)
      prints[typed - 1] = text.trim()
    } else if (name) {
      files[name] = text
    } else if (language !== 'rust') { // tests/tests/rust_manual.rs has the program of that page
      assert.fail(`${page}: nobody runs this: ${text}`)
    }
  }
  return { script: script.join('\n') + '\n', files, prints, typed }
}

for (const page of PAGES) {
  test(page, async () => {
    const { script, files, prints, typed } = read(page)
    const cwd = join(folder, page.replace(/\W/g, '-'))
    mkdirSync(join(cwd, 'node_modules'), { recursive: true })
    mkdirSync(join(cwd, 'vendor'))
    symlinkSync(join(ROOT, 'examples/shop/node_modules/countersign'), join(cwd, 'node_modules/countersign'))
    writeFileSync(join(cwd, 'vendor/autoload.php'), `<?php require '${ROOT}/bindings/php/autoload.php';`)
    writeFileSync(join(cwd, 'delivery.json'), '{"order":{"order_id":5,"external_id":"2001"}}')
    for (const [name, text] of Object.entries(files)) writeFileSync(join(cwd, name), text)

    const shell = spawn('bash', ['-c', 'exec bash 2>&1'], { cwd, env, stdio: ['pipe', 'pipe', 'inherit'], timeout: 60_000 })
    shell.stdin.on('error', () => {}) // it ended at a failure
    shell.stdin.end(script)
    let said = ''
    for await (const part of shell.stdout) said += part
    const parts = said.split(/<<\d+>>\n/)
    assert.equal(parts.length, typed + 1, `it stopped: ${said}`)
    for (const [at, expected] of prints.entries()) {
      if (expected === undefined) continue
      const pattern = expected.split('…').map(part => part.replace(/[.*+?^${}()|[\]\\]/g, '\\$&')).join('[^]*?')
      assert.match(parts[at].trim(), new RegExp(`^${pattern}$`), `after: ${parts[at]}`)
    }
  })
}
