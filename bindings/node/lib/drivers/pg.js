// PostgreSQL over the package pg, or what is made in its image: a Pool may give each statement another connection.
'use strict'

/** Texts as the server writes them: what the host set with pg.types.setTypeParser is for the host. A parser may throw: pg makes an error of the statement of that. */
const types = { getTypeParser: (_, format) => format === 'binary' ? inBinary : text => text }

function inBinary () {
  throw new Error('This client of pg reads in binary (its option binary): give the outbox one without it')
}

const isPool = store => typeof store?.query === 'function' && typeof store.totalCount === 'number'

/** `connect` and `query` alone would be a connection to MySQL as well. */
const isClient = store => typeof store?.query === 'function' && typeof store.escapeLiteral === 'function'

/** Without a name: behind a pgbouncer, the next statement may reach another connection. */
async function execute (client, { sql: text, params: values, rows }, alone) {
  const answer = await client.query({ text, values, rowMode: 'array', types })
  // Of a Client that the host works with meanwhile: a Pool has none, and older ones do not know.
  if (alone && client.getTransactionStatus?.() === 'T') throw Object.assign(new Error('a transaction is open'), { code: '25001' })
  return rows ? answer.rows : answer.rowCount ?? 0
}

module.exports = {
  name: 'the package pg',
  dialect: 'postgresql',
  knows: store => isPool(store) || isClient(store),
  isPool,
  open: store => ({ execute: (step, alone) => execute(store, step, alone) })
}
