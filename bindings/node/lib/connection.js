// A database connection of the host's, as the outbox uses it: executes one statement, and says what came of it.
'use strict'

const { argument } = require('./input.js')

const DIALECTS = ['mysql', 'postgresql', 'sqlite']

/** Whether it is a Pool of the package pg, or of what is made in its image. */
const isPool = store => typeof store?.query === 'function' && typeof store.totalCount === 'number'

/** The same for a Client; `connect` and `query` alone would be a connection to MySQL as well. */
const isClient = store => typeof store?.query === 'function' && typeof store.escapeLiteral === 'function'

/** The dialect of a store, and how it executes: `execute(sql, params, rows)` answers rows as lists of values, or a count. */
function connection (store, dialect, what = 'The store') {
  if (isPool(store) || isClient(store)) {
    if ((dialect ?? 'postgresql') !== 'postgresql') throw argument(`${what} is of the package pg: its dialect is postgresql, not ${dialect}.`)
    return { dialect: 'postgresql', execute: (sql, params, rows) => ofPg(store, sql, params, rows) }
  }
  if (typeof store !== 'function') {
    const due = what === 'client' ? 'a Client of the package pg, or a function' : "'sqlite:PATH', a Pool or Client of the package pg, or together with its dialect a function"
    throw argument(`${what} is none: give ${due} (sql, params, rows) of yours.`)
  }
  if (!DIALECTS.includes(dialect)) throw argument(`${what} is a function: say the dialect of its database, one of ${DIALECTS.join(', ')}.`)
  return { dialect, execute: (sql, params, rows) => ofFunction(store, sql, params, rows) }
}

// Texts as the server writes them: what the host set with pg.types.setTypeParser is for the host.
// A parser may throw: pg makes an error of the statement of that.
const types = { getTypeParser: (_, format) => format === 'binary' ? inBinary : text => text }

function inBinary () {
  throw new Error('This client of pg reads in binary (its option binary): give the outbox one without it')
}

/** Without a name: behind a pgbouncer, the next statement may reach another connection. */
async function ofPg (client, text, values, rows) {
  const answer = await client.query({ text, values, rowMode: 'array', types })
  return rows ? listed(answer.rows) : answer.rowCount ?? 0
}

async function ofFunction (execute, sql, params, rows) {
  const answer = await execute(sql, params, rows)
  if (rows && Array.isArray(answer)) return listed(answer)
  if (!rows && (typeof answer === 'bigint' || Number.isSafeInteger(answer))) return Number(answer)
  const due = rows ? 'a list of rows' : 'how many rows were changed, a number'
  throw new Error(`The function of the store answered ${Array.isArray(answer) ? 'a list' : answer === null ? 'null' : `a value of type ${typeof answer}`}, and ${due}, is due`)
}

/** Rows as lists of values, in the order of their columns. */
function listed (rows) {
  return rows.map(row => (Array.isArray(row) ? row : Object.values(row)).map(cell))
}

/** A value as JSON can say it. */
function cell (value) {
  if (typeof value === 'bigint') return String(value)
  return ArrayBuffer.isView(value) ? Buffer.from(value.buffer, value.byteOffset, value.byteLength).toString() : value ?? null
}

/** Executes the statement of a step: the answer as the engine takes it. */
async function answered (execute, { sql, params, rows, commit }) {
  let done = false
  try {
    const answer = await execute(sql, params, rows)
    done = true
    if (commit) await execute('COMMIT', [], false)
    return rows ? { rows: answer } : { count: answer }
  } catch (error) {
    const told = fault(error)
    // Whether it stands, nobody knows.
    return { error: { ...told, lost: told.lost || done } }
  }
}

// SQLite's result codes, for drivers that give their names alone.
const SQLITE = [['SQLITE_CONSTRAINT', 19], ['SQLITE_LOCKED', 6], ['SQLITE_BUSY', 5], ['SQLITE', 1]]

/** A SQLSTATE, and not `EPIPE` or an error of Prisma's such as `P2010`. */
const isState = code => typeof code === 'string' && /^(?!P[1-9])(?=.*\d)[0-9A-Z]{5}$/.test(code)

/** What a driver's error says. Where the database itself said nothing, nobody knows whether the statement was executed. */
function fault (error) {
  for (let told = error, depth = 0; typeof told === 'object' && told !== null && depth < 8; told = told.cause, depth++) {
    const sqlstate = [told.sqlState, told.code].find(isState) ?? ''
    // Those of the operating system are negative.
    const number = [told.errno, told.errcode].find(one => Number.isSafeInteger(one) && one > 0) ??
      SQLITE.find(([name]) => typeof told.code === 'string' && told.code.startsWith(name))?.[1] ?? 0
    if (sqlstate !== '' || number !== 0) return { code: number, sqlstate, message: words(told), lost: false }
  }
  return { code: 0, sqlstate: '', message: words(error), lost: true }
}

/** Node tells of a host with several addresses by an error without words. */
function words (error) {
  const text = error?.message || error?.errors?.[0]?.message || error?.code || error
  return String(text).toWellFormed()
}

module.exports = { answered, connection, isPool }
