// SQLite over a connection of the host's own, by better-sqlite3 or node:sqlite: their statements are executed on the thread of the program.
'use strict'

const { setImmediate: turn } = require('node:timers/promises')
const { argument } = require('../input.js')

const isBetter = store => typeof store?.prepare === 'function' && typeof store.pragma === 'function' && 'inTransaction' in store

const isNode = store => typeof store?.prepare === 'function' && ('isTransaction' in store || store.constructor?.name === 'DatabaseSync')

/** These drivers bind a number as a fraction. */
const whole = value => typeof value === 'number' ? BigInt(value) : value

function execute (store, { sql, params, rows }) {
  const statement = store.prepare(sql)
  const values = params.map(whole)
  return rows ? statement.all(...values) : statement.run(...values).changes
}

function open (store) {
  const isOpen = isBetter(store) ? () => store.inTransaction : () => store.isTransaction
  let joined
  return {
    async execute (step, alone) {
      // Between two statements everybody else has his turn; but in a transaction of the host's nobody may come between.
      if (!isOpen()) await turn()
      joined ??= isOpen()
      if (joined && !isOpen() && !step.rows) throw argument('The transaction ended before this was written: better-sqlite3 commits when the function of its transaction() returns, and waits for nothing. Ask enqueueStatement() before, and run that statement in it; or say BEGIN and COMMIT around an await.')
      // As if another connection had it: it will end.
      if (alone && isOpen()) throw Object.assign(new Error('a transaction is open on the connection of the outbox'), { code: 'SQLITE_BUSY' })
      return execute(store, step)
    }
  }
}

module.exports = {
  name: 'SQLite',
  dialect: 'sqlite',
  knows (store) {
    if (isNode(store) && !('isTransaction' in store)) throw argument('node:sqlite of this Node does not tell whether a transaction is open: use Node 22.16 or newer, or better-sqlite3.')
    return isBetter(store) || isNode(store)
  },
  isPool: () => false,
  open
}
