// MySQL and MariaDB over the package mysql2: a connection, or a pool, of which an operation has one connection for its whole length.
'use strict'

const { errorOf } = require('../errors.js')

/** As mysql2/promise has them, or what callbacks are given to. */
const promised = store => typeof store?.promise === 'function' && typeof store.query === 'function' ? store.promise() : store

const isPool = store => typeof promised(store)?.pool?.getConnection === 'function'

const isConnection = store => typeof promised(store)?.connection?.query === 'function'

// Texts as the server writes them, in the order of the columns: what the host set for its connection is for the host.
const OWN = { values: [], rowsAsArray: true, nestTables: false, namedPlaceholders: false, typeCast: field => field.string('utf8') }

/**
 * A parameter in the words of SQL: whole numbers, ASCII text, null. What a quote or a backslash means, sql_mode says, and what a `?` or a `:name`,
 * the host: a text that has such is written in hexadecimal digits.
 */
function literal (value) {
  if (value === null || typeof value === 'number') return String(value)
  return /^[\w. -]*$/.test(value) ? `'${value}'` : `_ascii X'${Buffer.from(value, 'latin1').toString('hex')}'`
}

async function query (connection, { sql, params }) {
  let at = 0
  const [answer] = await connection.query({ ...OWN, sql: sql.replace(/\?/g, () => literal(params[at++])) })
  return answer
}

// A bit of what the server says of its status after each change: a transaction is open.
const IN_TRANSACTION = 1
const isLeft = (answer, { rows, commit }) => !rows && !commit && (answer.serverStatus & IN_TRANSACTION) !== 0

function over (connection) {
  return {
    async execute (step, alone) {
      const answer = await query(connection, step)
      if (alone && isLeft(answer, step)) throw Object.assign(new Error('a transaction is open'), { errno: 1568, sqlState: '25001' })
      return step.rows ? answer : answer.affectedRows
    }
  }
}

/** A drain sets its wait for locks on its connection, and puts it back there. */
function lent (pool) {
  let connection
  const drop = () => { connection = connection.destroy() }
  return {
    async execute (step) {
      connection ??= await pool.getConnection()
      let answer
      try {
        answer = await query(connection, step)
      } catch (error) {
        // Where the server did not say so, nobody knows what the connection is good for.
        if (!error.sqlState) drop()
        throw error
      }
      if (isLeft(answer, step)) {
        drop()
        throw errorOf({
          kind: 'store',
          number: 80,
          message: 'The connections of this Pool do not commit by themselves (autocommit is off), so what is written over them is gone with the next ROLLBACK. Nothing was written.',
          next_step: 'Give client, the connection that you commit; or a Pool with autocommit.'
        })
      }
      return step.rows ? answer : answer.affectedRows
    },
    end: () => connection?.release()
  }
}

module.exports = {
  name: 'the package mysql2',
  dialect: 'mysql',
  knows: store => isPool(store) || isConnection(store),
  isPool,
  open: store => isPool(store) ? lent(promised(store)) : over(promised(store))
}
