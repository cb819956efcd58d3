// A payment hook: takes an event in each line of its standard input, and answers "ack ID" once payment and order are kept, or "no ID".
// It ends with its standard input, so that none is left behind.
'use strict'

const { createInterface } = require('node:readline')
const { Outbox, Spiff } = require('../..')
const { shop } = require('./stores.js')

const { STORE, PREFIX, POLICY } = process.env
const { store, pay } = shop(STORE, PREFIX)
const outbox = new Outbox(store, { accounts: { shop: Spiff.fromEnv() }, prefix: PREFIX, policy: JSON.parse(POLICY), anywhere: true })

;(async () => {
  for await (const line of createInterface(process.stdin)) {
    const [id, order] = line.split('\t')
    const said = await pay(outbox, id, order).then(() => 'ack', () => new Promise(resolve => setTimeout(resolve, 20, 'no')))
    process.stdout.write(`${said} ${id}\n`)
  }
  process.exit(0)
})()
