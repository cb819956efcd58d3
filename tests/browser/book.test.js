// The book of docs/ in a browser, on a desk and on a phone: a search leads to what was searched, every link leads somewhere, and no page scrolls
// sideways. Pictures are in build/pages/book-*.
'use strict'

const assert = require('node:assert/strict')
const { mkdirSync, readFileSync, readdirSync } = require('node:fs')
const http = require('node:http')
const { extname, join } = require('node:path')
const { after, before, describe, test } = require('node:test')
const { launch, listening } = require('./support')

const BOOK = join(__dirname, '../../build/book')
const PICTURES = join(__dirname, '../../build/pages')
const SIZES = { desk: { width: 1280, height: 900 }, phone: { width: 390, height: 844 } }
const TYPES = { '.html': 'text/html; charset=utf-8', '.js': 'text/javascript', '.css': 'text/css', '.svg': 'image/svg+xml', '.png': 'image/png', '.txt': 'text/plain; charset=utf-8', '.woff2': 'font/woff2' }
const PAGES = readdirSync(BOOK, { recursive: true }).filter(file => file.endsWith('.html') && !['404.html', 'index.html', 'toc.html'].includes(file))

let address, browser

before(async () => {
  mkdirSync(PICTURES, { recursive: true })
  const server = http.createServer((request, response) => {
    const { pathname } = new URL(request.url, 'http://book')
    const file = pathname === '/' ? '/index.html' : decodeURIComponent(pathname)
    try {
      response.writeHead(200, { 'content-type': TYPES[extname(file)] }).end(readFileSync(join(BOOK, file)))
    } catch {
      response.writeHead(404).end()
    }
  });
  [address, browser] = await Promise.all([listening(server), launch()])
})

after(() => browser?.close())

/** A tab that remembers what went wrong in it, and every word to another host. */
async function opened (viewport) {
  const context = await browser.newContext({ viewport, reducedMotion: 'reduce' })
  context.setDefaultTimeout(10_000)
  const page = await context.newPage()
  page.wrong = []
  page.on('pageerror', error => page.wrong.push(`${page.url()}: ${error}`))
  page.on('console', message => { if (message.type() === 'error') page.wrong.push(`${page.url()}: ${message.text()}`) })
  page.on('request', request => { if (!request.url().startsWith(address)) page.wrong.push(`a request to ${request.url()}`) })
  return page
}

for (const [where, size] of Object.entries(SIZES)) {
  describe(`on a ${where}`, () => {
    let page
    before(async () => { page = await opened(size) })
    after(async () => {
      await page.context().close()
      assert.deepEqual(page.wrong, [])
    })

    test('who searches OutcomeUnknown and follows the first hit sees it explained', async () => {
      await page.goto(address)
      await page.waitForURL('**/docs/README.html')
      await page.locator('#mdbook-search-toggle').click()
      await page.locator('#mdbook-searchbar').pressSequentially('OutcomeUnknown')
      const first = page.locator('#mdbook-searchresults a').first()
      await first.waitFor()
      await page.screenshot({ path: join(PICTURES, `book-search-${where}.png`) })
      await first.click()
      await page.waitForURL('**/questions/unknown.html?**')
      const found = page.locator('main mark').first()
      assert.match(await found.textContent(), /OutcomeUnknown/)
      await page.screenshot({ path: join(PICTURES, `book-found-${where}.png`) })
      const { y, height } = await found.boundingBox()
      assert.ok(y >= 0 && y + height <= size.height, `it is at ${y} in a window of ${size.height}`)
    })

    test('no page scrolls sideways', async () => {
      for (const file of PAGES) {
        await page.goto(`${address}/${file}`)
        // mdBook lets what stands around the text scroll, where the page does not.
        const wide = await page.evaluate(() => {
          const wide = []
          for (let at = document.querySelector('main'); at; at = at.parentElement) if (at.scrollWidth > at.clientWidth) wide.push(`${at.tagName} ${at.className}: ${at.scrollWidth} > ${at.clientWidth}`)
          return wide
        })
        assert.deepEqual(wide, [], file)
      }
    })
  })
}

test('every link of the book leads somewhere', () => {
  const ids = new Map()
  const idsOf = file => {
    if (!ids.has(file)) ids.set(file, new Set([...readFileSync(join(BOOK, file), 'utf8').matchAll(/\bid="([^"]*)"/g)].map(([, id]) => id)))
    return ids.get(file)
  }
  assert.ok(PAGES.length > 30, `${PAGES.length} pages`)
  const lost = []
  for (const file of PAGES) {
    const [, main] = /<main>([^]*)<\/main>/.exec(readFileSync(join(BOOK, file), 'utf8'))
    for (const [, link] of main.matchAll(/(?:href|src)="([^"]*)"/g)) {
      const to = new URL(link, `http://book/${file}`)
      if (to.host !== 'book') continue
      const path = decodeURIComponent(to.pathname).slice(1)
      try {
        readFileSync(join(BOOK, path))
        if (to.hash !== '' && !idsOf(path).has(decodeURIComponent(to.hash.slice(1)))) lost.push(`${file}: no heading ${link}`)
      } catch {
        lost.push(`${file}: ${link}`)
      }
    }
  }
  assert.deepEqual(lost, [])
})
