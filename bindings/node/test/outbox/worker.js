// A worker: drains until its standard input ends.
'use strict'

const { setTimeout: sleep } = require('node:timers/promises')
const { Outbox, Spiff } = require('../..')
const { shop } = require('./stores.js')

const { STORE, PREFIX, POLICY } = process.env
const { store } = shop(STORE, PREFIX)
const outbox = new Outbox(store, { accounts: { shop: Spiff.fromEnv() }, prefix: PREFIX, policy: JSON.parse(POLICY), anywhere: true })
const controller = new AbortController()
process.stdin.on('end', () => controller.abort()).resume()

;(async () => {
  while (!controller.signal.aborted) {
    await outbox.drain({ seconds: 0.3, max: 1000, signal: controller.signal }).catch(() => {})
    await sleep(20)
  }
  process.exit(0)
})()
