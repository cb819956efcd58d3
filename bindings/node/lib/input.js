// What callers hand over, in the forms in which it crosses to the native module: JSON text, pairs, seconds.
'use strict'

const { types } = require('node:util')
const native = require('./native.js')
const { ask, failed } = require('./errors.js')

const DEPTH = 64
// So many problems are enough to read.
const MANY = 100

/** An argument that is not usable; `effect` is that of the call that it stopped: an order or other change is then not made. */
function argument (message, effect) {
  return failed(native.refused(message, effect))
}

/**
 * The JSON text of an input, or of the part of it at `path`. A string is JSON already, undefined no input.
 *
 * What JSON.stringify would drop or change without a word is refused, every place of it. `effect` is that of the call, which
 * is then certainly not made.
 */
function json (value, effect, path = '') {
  if (typeof value === 'string') return value
  if (value === undefined || value === null) return ''
  const problems = []
  let cause
  try {
    look(value, path, '', [], problems)
    if (problems.length === 0) return JSON.stringify(value)
  } catch (error) {
    cause = error
    problems.push({ path, code: 'type', message: 'a getter, a toJSON() or a proxy in it threw: see the cause.' })
  }
  throw failed(native.unusable(effect ?? 'read', JSON.stringify(problems)), cause)
}

/** `key`: the value's own name, for a toJSON(). `within`: the objects that the value is in, outermost first. */
function look (value, path, key, within, problems) {
  if (problems.length === MANY) return
  const problem = message => problems.push({ path: path.toWellFormed(), code: 'type', message: message.toWellFormed() })
  switch (typeof value) {
    case 'string':
      if (!value.isWellFormed()) problem('it has half of a surrogate pair: a character was cut in two. Give the text whole.')
      return
    case 'boolean':
      return
    case 'number':
      if (!Number.isFinite(value)) problem(`${value} cannot be written as JSON. Give a number, or leave it out.`)
      return
    case 'undefined':
      return problem('undefined cannot be written as JSON. Give a value, or leave it out.')
    case 'bigint':
      return problem('a BigInt cannot be written as JSON. Give a number, or a string.')
    case 'function':
    case 'symbol':
      return problem(`a ${typeof value} cannot be written as JSON.`)
  }
  if (value === null) return
  if (within.includes(value)) return problem('it refers to itself.')
  if (within.length === DEPTH) return problem(`it is deeper than ${DEPTH} levels.`)
  if (types.isDate(value) && Number.isNaN(value.getTime())) return problem('this Date is none: what it was made of is no date. Give a date such as 2026-12-31.')
  within = [...within, value]
  const bytes = ArrayBuffer.isView(value) // Buffers have a toJSON.
  if (!bytes && typeof value.toJSON === 'function') {
    const form = value.toJSON(key)
    // As JSON.stringify does it: a form is asked for once, and what it is made of is looked at like anything else.
    if (form === null) return problem(`the toJSON() of a ${called(value)} answered null: a date that is none? Give a value, or null itself.`)
    return typeof form?.toJSON === 'function' ? problem(`the toJSON() of a ${called(value)} answered what has a toJSON() itself, which JSON drops.`) : look(form, path, key, within, problems)
  }
  // A string, number or boolean in an object's clothes is what it holds.
  if (types.isBoxedPrimitive(value)) return look(value.valueOf(), path, key, within, problems)
  const names = Object.keys(value)
  if (Array.isArray(value)) {
    // Holes are undefined, and a list may be nothing but holes.
    for (let at = 0; at < value.length && problems.length < MANY; at++) look(value[at], `${path}[${at}]`, String(at), within, problems)
    if (names.length > value.length) problem('this list has members beside its items, which JSON drops.')
  } else if (bytes || FORMLESS.some(is => is(value)) || (names.length === 0 && !plain(value))) {
    return problem(`a ${called(value)} has no form in JSON. Give text, a list or a plain object.`)
  } else {
    for (const name of names) {
      if (!name.isWellFormed()) problem(`its member ${JSON.stringify(name)} has half of a surrogate pair: a character was cut in two.`)
      look(value[name], path ? `${path}.${name}` : name, name, within, problems)
    }
  }
  const hidden = Object.getOwnPropertySymbols(value).find(symbol => Object.prototype.propertyIsEnumerable.call(value, symbol))
  if (hidden !== undefined) problem(`its member ${String(hidden)} is named by a Symbol, which JSON drops. Name it by text.`)
}

// What keeps its content elsewhere than in members: also with members of its own, JSON would drop it.
const FORMLESS = [types.isAnyArrayBuffer, types.isMap, types.isSet, types.isWeakMap, types.isWeakSet, types.isPromise, types.isRegExp, types.isNativeError, types.isMapIterator, types.isSetIterator, types.isGeneratorObject, types.isArgumentsObject]

function called (value) {
  return value.constructor?.name ?? 'value of this kind'
}

/** Whether it is a `{}` of any realm. What is none, and has no members either, keeps elsewhere what JSON would drop. */
function plain (value) {
  const prototype = Object.getPrototypeOf(value)
  return prototype === null || Object.getPrototypeOf(prototype) === null
}

/**
 * Headers as JSON pairs. Node's object (`request.headers`), Headers, a Map, a list of pairs, or `request.rawHeaders`.
 */
function headers (value) {
  const pairs = []
  const add = (name, one) => {
    if (typeof one !== 'string' && typeof one !== 'number') throw argument(`The header ${JSON.stringify(String(name))} is not text.`)
    pairs.push([String(name), String(one)])
  }
  if (value === null || typeof value !== 'object') {
    throw argument('headers is not what it must be: an object such as request.headers, a Headers, or a list of pairs.')
  }
  if (Array.isArray(value) && value.length > 0 && value.every(one => typeof one === 'string')) {
    if (value.length % 2) throw argument('headers is a list of strings of odd length: names and values in turn are due, as in rawHeaders.')
    for (let at = 0; at < value.length; at += 2) add(value[at], value[at + 1])
  } else if (typeof value[Symbol.iterator] === 'function') {
    for (const pair of value) {
      if (!Array.isArray(pair) || pair.length !== 2) throw argument('headers is a list, but not of pairs of name and value.')
      for (const one of Array.isArray(pair[1]) ? pair[1] : [pair[1]]) add(pair[0], one)
    }
  } else {
    for (const [name, one] of Object.entries(value)) {
      if (one === undefined || one === null) continue
      for (const each of Array.isArray(one) ? one : [one]) {
        if (typeof each === 'object' || typeof each === 'function') {
          throw argument(`headers has a member ${JSON.stringify(name)} that is no header: hand over request.headers, not the request.`)
        }
        add(name, each)
      }
    }
  }
  return JSON.stringify(pairs)
}

/** Options by their names: what nobody reads is a mistake, and says so. Undefined and null mean: not given. */
function known (options, names, what, effect) {
  if (options === undefined || options === null) return {}
  if (typeof options !== 'object') throw argument(`${what} are no object: give ${names.map(name => `{ ${name} }`).join(', ')}.`, effect)
  for (const name of Object.keys(options)) {
    if (!names.includes(name)) throw argument(`${what} have no member ${JSON.stringify(name)}: there are ${names.join(', ')}.`, effect)
  }
  return options
}

/** A moment in seconds since 1970, in whatever year if the operation judges that; undefined stays. A Date is welcome, milliseconds are not. */
function seconds (value, what, inAnyYear = false) {
  if (value === undefined || value === null) return undefined
  return ask(native.moment(types.isDate(value) ? Math.floor(value.getTime() / 1000) : value, what, inAnyYear))
}

/** A time limit in milliseconds, at least so many. */
function milliseconds (value, what, least) {
  return ask(native.milliseconds(value, what, least))
}

/** Raw bytes of a body, or its text; anything else is probably a body that was parsed already. */
function raw (body) {
  if (types.isAnyArrayBuffer(body)) return new Uint8Array(body)
  if (body !== null && typeof body === 'object' && !ArrayBuffer.isView(body)) {
    throw argument('rawBody is an object that was parsed already. The signature is over the bytes as they arrived: keep them, as express.raw({ type: \'*/*\' }) does.')
  }
  return body
}

/** The variables of this package, as this thread sees them. */
function environment () {
  return JSON.stringify(Object.fromEntries(Object.entries(process.env).filter(([name]) => name.startsWith('COUNTERSIGN_'))))
}

module.exports = { argument, environment, headers, json, known, milliseconds, raw, seconds }
