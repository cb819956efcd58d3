// A thousand random requests, signed by us and by node:crypto.
'use strict'

const test = require('node:test')
const assert = require('node:assert/strict')
const { createHash, createHmac } = require('node:crypto')
const { Signer } = require('..')

/** mulberry32: the same requests every time. */
function random (seed) {
  return () => {
    seed = (seed + 0x6d2b79f5) | 0
    let t = Math.imul(seed ^ (seed >>> 15), 1 | seed)
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t
    return ((t ^ (t >>> 14)) >>> 0) / 4294967296
  }
}

test('1,000 random requests against node:crypto', () => {
  const next = random(20261120)
  const below = n => Math.floor(next() * n)
  const pick = list => list[below(list.length)]
  // Lengths around every edge: of the rooms on the stack, and of the blocks of the hashes.
  const lengths = [0, 1, 14, 15, 16, 17, 55, 56, 62, 63, 64, 65, 111, 112, 127, 128, 129, 254, 255, 256, 257, 1022, 1023, 1024, 1025, 4096, 70000]
  const alphabets = ['abcXYZ0189/-_.~', 'abc/?=&%20 +', 'aé\u00a0ß', 'aあ\u{1f600}\u0141', 'a\ufffd']
  const text = (length, alphabet) => {
    const letters = [...alphabet]
    let out = ''
    while (out.length < length) out += pick(letters)
    return out
  }
  for (let round = 0; round < 1000; round++) {
    const scheme = pick(['SOA', 'SOA', 'VWS'])
    const digest = scheme === 'VWS' ? 'md5' : pick(['sha512', 'md5'])
    const keyId = text(1 + below(40), 'abcXYZ0189-_')
    const secret = `s${text(pick([0, 1, 18, 62, 63, 64, 65, 200]), pick(alphabets.slice(0, 4)))}e`
    const signer = new Signer(keyId, pick([secret, Buffer.from(secret)]), { scheme, digest: scheme === 'VWS' ? pick([undefined, 'md5']) : digest })
    const method = pick(['GET', 'POST', 'PUT', 'DELETE', 'PROPFIND', text(40, 'ABC')])
    const path = text(pick(lengths.slice(0, 20)), pick(alphabets))
    const date = pick(['Wed, 01 Jan 2020 00:00:00 GMT', '', 'Wed, 1 Jan 2020 0:0:0 GMT', text(100, 'abc ')])
    const contentType = pick(['application/json', 'text/plain; charset=utf-8', '', text(80, 'abc/;= ')])
    const words = text(pick(lengths), pick(alphabets))
    const bytes = Buffer.from(words)
    const body = pick([words, bytes, new Uint8Array(bytes)])
    const signed = scheme === 'VWS' ? contentType.split(';')[0].trimEnd() : contentType
    const expected = [method, createHash(digest).update(bytes).digest('hex'), signed, date, path].join('\n')
    const where = `round ${round}`
    assert.equal(signer.stringToSign(method, path, body, { contentType, date }), expected, where)
    const authorization = `${scheme} ${keyId}:${createHmac('sha1', secret).update(expected).digest('base64')}`
    assert.equal(signer.authorization(method, path, body, { contentType, date }), authorization, where)
    assert.equal(signer.headers(method, path, body, { contentType, date }).Authorization, authorization, where)
    assert.equal(signer.verify(method, path, body, { authorization, date, 'content-type': contentType }, { window: null }), 0, where)
  }
})

test('without a date it is that of now', () => {
  const signer = new Signer('key', 'secret')
  const headers = signer.headers('GET', '/', undefined, { now: 1423148112 })
  assert.equal(headers.Date, 'Thu, 05 Feb 2015 14:55:12 GMT')
  assert.equal(signer.headers('GET', '/', '', { contentType: '' })['Content-Type'], undefined)
  const before = Math.floor(Date.now() / 1000)
  const authorization = signer.authorization('GET', '/')
  const after = Math.floor(Date.now() / 1000)
  const candidates = []
  for (let at = before; at <= after; at++) candidates.push(signer.authorization('GET', '/', '', { date: new Date(at * 1000).toUTCString() }))
  assert.ok(candidates.includes(authorization))
})

test('verifying judges the date, and several signers', () => {
  const signer = new Signer('key', 'secret')
  const other = new Signer('key', 'older')
  const now = 1735689599
  const headers = other.headers('POST', '/p', 'body', { now })
  assert.equal(signer.verify('POST', '/p', 'body', headers, { now, others: [other] }), 1)
  assert.throws(() => signer.verify('POST', '/p', 'body', headers, { now }), { kind: 'mismatch', name: 'VerificationFailedError' })
  assert.throws(() => other.verify('POST', '/p', 'body', headers, { now: now + 301 }), { kind: 'too_old' })
  assert.throws(() => other.verify('POST', '/p', 'body', headers, { now: now - 301 }), { kind: 'in_the_future' })
  assert.equal(other.verify('POST', '/p', 'body', headers, { now: now + 301, window: 400 }), 0)
  assert.equal(other.verify('POST', '/p', 'body', headers, { window: null }), 0)
  assert.throws(() => other.verify('POST', '/p', 'body', headers, { window: -5 }), { kind: 'invalid_argument' })
  assert.equal(other.explain('POST', '/p', 'body', headers).matches, 'as_sent')
})
