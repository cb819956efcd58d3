// A worker: drains until its standard input ends.
'use strict'

const { setTimeout: sleep } = require('node:timers/promises')
const pg = require('pg')
const { Outbox, Spiff } = require('../..')

const { STORE, PREFIX, POLICY } = process.env
const options = { accounts: { shop: Spiff.fromEnv() }, prefix: PREFIX, policy: JSON.parse(POLICY), anywhere: true }
const pool = STORE.startsWith('sqlite:') ? undefined : new pg.Pool({ connectionString: STORE, max: 2, connectionTimeoutMillis: 3000 })
pool?.on('error', () => {})
const outbox = new Outbox(pool ?? STORE, options)
const controller = new AbortController()
process.stdin.on('end', () => controller.abort()).resume()

;(async () => {
  while (!controller.signal.aborted) {
    await outbox.drain({ seconds: 0.3, max: 1000, signal: controller.signal }).catch(() => {})
    await sleep(20)
  }
  process.exit(0)
})()
