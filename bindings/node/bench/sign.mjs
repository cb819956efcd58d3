// What signing costs in Node, beside node:crypto in the same process: the customary way, and the best it offers.
// Round by round in turn; ratios of medians. Where we are slower it says so.
import { readFileSync } from 'node:fs'
import * as crypto from 'node:crypto'
import { cpus, loadavg } from 'node:os'
import { Signer } from 'countersign'

const [KEY, SECRET, DATE, PATH, TYPE] = ['access-key', 'secret-key', 'Wed, 01 Jan 2020 00:00:00 GMT', '/api/v2/orders', 'application/json']
const keyObject = crypto.createSecretKey(Buffer.from(SECRET))

const naive = digest => body => {
  const hash = crypto.createHash(digest).update(body).digest('hex')
  return `SOA ${KEY}:${crypto.createHmac('sha1', SECRET).update(`POST\n${hash}\n${TYPE}\n${DATE}\n${PATH}`).digest('base64')}`
}
// crypto.hash came with Node 20.12.
const oneShot = crypto.hash ?? ((digest, body) => crypto.createHash(digest).update(body).digest('hex'))
const best = digest => body => {
  const hash = oneShot(digest, body)
  return `SOA ${KEY}:${crypto.createHmac('sha1', keyObject).update(`POST\n${hash}\n${TYPE}\n${DATE}\n${PATH}`).digest('base64')}`
}
const ours = digest => {
  const signer = new Signer(KEY, SECRET, { digest })
  const options = { date: DATE }
  return body => signer.authorization('POST', PATH, body, options)
}
const withDate = digest => body => {
  const date = new Date().toUTCString()
  const hash = oneShot(digest, body)
  return { Authorization: `SOA ${KEY}:${crypto.createHmac('sha1', keyObject).update(`POST\n${hash}\n${TYPE}\n${date}\n${PATH}`).digest('base64')}`, Date: date, 'Content-Type': TYPE }
}
const headers = digest => {
  const signer = new Signer(KEY, SECRET, { digest })
  return body => signer.headers('POST', PATH, body)
}

const median = list => list.sort((a, b) => a - b)[list.length >> 1]
const ROUNDS = 15

/** Nanoseconds per call of each candidate, the median of the rounds. */
function measure (candidates, body, calls) {
  const times = candidates.map(() => [])
  for (let round = -2; round < ROUNDS; round++) {
    for (const [at, work] of candidates.entries()) {
      const begun = process.hrtime.bigint()
      for (let call = 0; call < calls; call++) work(body)
      if (round >= 0) times[at].push(Number(process.hrtime.bigint() - begun) / calls)
    }
  }
  return times.map(median)
}

// At 150 bytes, against the customary way and the best.
const TARGETS = { 'sha512 150': [3.5, 2.7] }
const missed = []

console.log(`\nSigning in Node ${process.version}, ${cpus()[0]?.model}, load ${loadavg()[0].toFixed(2)}`)
console.log('digest  body      node:crypto  its best  countersign  as string   x customary  x best   target')
for (const digest of ['sha512', 'md5']) {
  for (const size of [150, 1024, 4096, 16384, 65536]) {
    const body = Buffer.alloc(size, '{"externalId":"1001"}')
    const text = body.toString()
    const sign = ours(digest)
    if (sign(body) !== naive(digest)(body) || sign(text) !== best(digest)(body)) throw new Error('The candidates sign differently.')
    const [customary, tuned, native, asText] = measure([naive(digest), best(digest), sign, () => sign(text)], body, size > 8192 ? 300 : 5000)
    const [x, y] = [customary / native, tuned / native]
    const target = TARGETS[`${digest} ${size}`]
    const met = target && x >= target[0] && y >= target[1]
    if (target && !met) missed.push(`${digest}, ${size} bytes: ${x.toFixed(2)} and ${y.toFixed(2)} instead of ${target.join(' and ')}`)
    const verdict = target ? `${target.map(one => `>= ${one}`).join(', ')}: ${met ? 'met' : 'MISSED'}` : y < 1 ? 'slower than node:crypto' : ''
    const column = (value, width) => value.toFixed(0).padStart(width)
    console.log(`${digest.padEnd(6)} ${String(size).padStart(6)} B ${column(customary, 9)} ns ${column(tuned, 6)} ns ${column(native, 9)} ns ${column(asText, 7)} ns ${x.toFixed(2).padStart(11)} ${y.toFixed(2).padStart(9)}   ${verdict}`)
  }
}
{
  const body = Buffer.alloc(150, 'x')
  const [customary, native] = measure([withDate('sha512'), headers('sha512')], body, 5000)
  console.log(`all headers with the date of now, 150 B: node:crypto at its best ${customary.toFixed(0)} ns, countersign ${native.toFixed(0)} ns, x ${(customary / native).toFixed(2)}`)
}
console.log(missed.length ? `targets missed: ${missed.join('; ')}` : 'targets met')
const { version } = JSON.parse(readFileSync(new URL('../package.json', import.meta.url), 'utf8'))
console.log(`countersign ${version}; time on the wall, so a busy machine shows: the ratios hold better than the figures`)
