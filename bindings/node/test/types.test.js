// The types: what they accept and refuse, and that they say what is there.
'use strict'

const test = require('node:test')
const assert = require('node:assert/strict')
const { readFileSync } = require('node:fs')
const { join } = require('node:path')
const ts = require('typescript')
const countersign = require('..')
const testing = require('../testing.js')
const { PACKAGE, ROOT, run, vectors } = require('./support.js')

test('programs in strict TypeScript', async () => {
  for (const more of [[], ['--lib', 'es2024,dom,esnext.disposable']]) {
    const { code, stdout } = await run([require.resolve('typescript/bin/tsc'), '-p', join(__dirname, 'types'), ...more], { limit: 120000 })
    assert.equal(code, 0, stdout)
  }
})

/** What a file of types declares: exported values and types, and the members of its classes. */
function declared (name = 'index.d.ts') {
  const file = join(PACKAGE, name)
  const program = ts.createProgram([file], { module: ts.ModuleKind.NodeNext, types: ['node'] })
  const checker = program.getTypeChecker()
  const exported = checker.getExportsOfModule(checker.getSymbolAtLocation(program.getSourceFile(file)))
  const names = symbols => symbols.map(({ escapedName }) => String(escapedName)).filter(name => !name.startsWith('__@'))
  const values = new Map()
  for (const symbol of exported) {
    if (!(symbol.flags & ts.SymbolFlags.Value)) continue
    if (!(symbol.flags & ts.SymbolFlags.Class)) {
      values.set(symbol.name, undefined)
      continue
    }
    const own = checker.getPropertiesOfType(checker.getDeclaredTypeOfSymbol(symbol))
    const ours = ({ name, declarations }) => name !== 'prototype' && declarations?.some(one => one.getSourceFile().fileName.startsWith(PACKAGE) && !one.getSourceFile().fileName.includes('node_modules'))
    const statics = checker.getPropertiesOfType(checker.getTypeOfSymbol(symbol)).filter(ours)
    const methods = own.filter(({ flags }) => flags & ts.SymbolFlags.Method)
    values.set(symbol.name, { members: names(own), methods: names(methods), statics: names(statics) })
  }
  return { values, checker, exported }
}

for (const [entry, file, there] of [['countersign', 'index.d.ts', countersign], ['countersign/testing', 'testing.d.ts', testing]]) {
  test(`every name, class and method of ${entry} is there at run time, and the reverse`, async () => {
    const { values } = declared(file)
    assert.deepEqual([...values.keys()].sort(), Object.keys(there).sort())
    assert.deepEqual(Object.keys(await import(entry)).filter(name => name !== 'default' && name !== 'module.exports').sort(), Object.keys(there).sort())
    for (const [name, declaration] of values) {
      if (declaration === undefined) continue
      const { members, methods, statics } = declaration
      const chain = []
      for (let at = there[name].prototype; at && at !== Object.prototype && at !== Error.prototype; at = Object.getPrototypeOf(at)) chain.push(...Object.getOwnPropertyNames(at))
      for (const method of methods) if (!['toString'].includes(method)) assert.ok(chain.includes(method), `${name}.${method} is not there`)
      for (const member of chain) if (member !== 'constructor') assert.ok(members.includes(member), `${name}.${member} is not in ${file}`)
      const own = Object.getOwnPropertyNames(there[name]).filter(one => !['length', 'name', 'prototype', ...Object.getOwnPropertyNames(Error)].includes(one))
      assert.deepEqual(own.filter(one => !statics.includes(one)), [], name)
      for (const one of statics) assert.equal(typeof there[name][one], 'function', `${name}.${one}`)
    }
  })
}

test('every member of what is answered is declared, and the reverse', () => {
  const { checker, exported } = declared()
  const members = name => checker.getPropertiesOfType(checker.getDeclaredTypeOfSymbol(exported.find(symbol => symbol.name === name))).map(symbol => symbol.name)
  const { errorOf } = require('../lib/errors.js')
  const error = errorOf({ kind: 'internal', number: 90, message: 'm', next_step: 'n' })
  const own = ['message', 'stack', 'cause', 'name', 'toJSON', 'body', 'attempt']
  assert.deepEqual(members('CountersignError').filter(name => !own.includes(name)).sort(), Object.keys(error).sort())
  const call = new countersign.Spiff({ applicationKey: 'k', region: 'us' }).prepareOrder({ externalId: '1', paid: true, orderItems: [{ amountToOrder: 1, transactionId: 't' }] })
  assert.deepEqual(members('PreparedCall').filter(name => !['read', 'readResponse', 'failed', 'toJSON'].includes(name)).sort(), Object.keys(call).sort())
})

test('the kinds are those of the table', () => {
  const { checker, exported } = declared()
  const { types } = checker.getDeclaredTypeOfSymbol(exported.find(({ name }) => name === 'ErrorKind'))
  assert.deepEqual(types.map(({ value }) => value).sort(), vectors('error-kinds.json').map(({ name }) => name).sort())
})

test('states, reasons and numbers of the outbox are those of its manual', () => {
  const { checker, exported } = declared()
  const manual = readFileSync(join(ROOT, 'docs/outbox.md'), 'utf8')
  for (const [name, block] of [['OutboxState', 'states'], ['OutboxReason', 'reasons'], ['OutboxNumber', 'numbers']]) {
    const { types } = checker.getDeclaredTypeOfSymbol(exported.find(symbol => symbol.name === name))
    const table = manual.split(`<!-- ${block}: generated by \`make generate\` -->`)[1].split('<!-- end of')[0]
    assert.deepEqual(types.map(({ value }) => value).sort(), [...table.matchAll(/^\| `(\w+)` \|/gm)].map(([, word]) => word).sort(), name)
  }
})
