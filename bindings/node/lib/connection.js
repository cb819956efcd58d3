// A database connection of the host's, as the outbox uses it: executes one statement, and says what came of it.
'use strict'

const { CountersignError } = require('./errors.js')
const { argument } = require('./input.js')

const DRIVERS = [require('./drivers/pg.js'), require('./drivers/mysql2.js'), require('./drivers/sqlite.js')]
const DIALECTS = ['mysql', 'postgresql', 'sqlite']

/** Whether it gives each statement, or each operation, a connection of its own. */
const isPool = store => DRIVERS.some(driver => driver.isPool(store))

/**
 * The dialect of a store, and what an operation is executed by: `open()` answers `execute(step, alone)`, for rows as lists of values or a count,
 * and perhaps `end()`. What is `alone` is not part of a transaction of the host's: a driver that knows better refuses it.
 */
function connection (store, dialect, what = 'The store') {
  const driver = DRIVERS.find(one => one.knows(store))
  if (driver !== undefined) {
    if ((dialect ?? driver.dialect) !== driver.dialect) throw argument(`${what} is of ${driver.name}: its dialect is ${driver.dialect}, not ${dialect}.`)
    return { dialect: driver.dialect, open: () => driver.open(store) }
  }
  if (typeof store !== 'function') {
    const due = what === 'client' ? 'a connection' : "'sqlite:PATH', a connection or pool"
    throw argument(`${what} is none: give ${due} of pg, mysql2, better-sqlite3 or node:sqlite, or together with its dialect a function (sql, params, rows) of yours.`)
  }
  if (!DIALECTS.includes(dialect)) throw argument(`${what} is a function: say the dialect of its database, one of ${DIALECTS.join(', ')}.`)
  return { dialect, open: () => ({ execute: step => ofFunction(store, step) }) }
}

async function ofFunction (execute, { sql, params, rows }) {
  const answer = await execute(sql, params, rows)
  if (rows && Array.isArray(answer)) return answer
  if (!rows && (typeof answer === 'bigint' || Number.isSafeInteger(answer))) return answer
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

const COMMIT = { sql: 'COMMIT', params: [], rows: false, commit: false }

/** Executes the statement of a step: the answer as the engine takes it. */
async function answered ({ execute }, step, alone) {
  let done = false
  try {
    const answer = await execute(step, alone)
    done = true
    if (step.commit) await execute(COMMIT, alone)
    return step.rows ? { rows: listed(answer) } : { count: Number(answer) }
  } catch (error) {
    if (error instanceof CountersignError) throw error
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
