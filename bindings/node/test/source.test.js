// What napi leaves to whoever writes a function, and a forgotten word would undo: read from the source.
'use strict'

const test = require('node:test')
const assert = require('node:assert/strict')
const { readFileSync, readdirSync } = require('node:fs')
const { join } = require('node:path')
const { PACKAGE } = require('./support.js')
const native = require('../lib/native.js')

const SOURCE = join(PACKAGE, 'src')
const FILES = readdirSync(SOURCE).map(name => [name, readFileSync(join(SOURCE, name), 'utf8').replace(/^\s*\/\/.*$/gm, '')])

// napi's own conversions of text and bytes would sign other bytes than JavaScript holds, or read memory that another thread
// writes: a String has U+FFFD for half a letter, and a slice takes a SharedArrayBuffer.
const ARGUMENTS = ['Text', "Bytes<'_>", "Vec<Bytes<'_>>", 'Number', 'Moment', 'bool', 'u32', 'f64', '&Env', 'Vec<Text>', 'Vec<&Signer>', 'Vec<&Client>', "Deliver<'_>"]

/** What is wrong with the functions that a file lends to JavaScript. */
function faults (source) {
  const found = []
  for (const [, attributes, name, list] of source.matchAll(/((?:^\s*#\[[^\n]*\n)*)^\s*pub (?:async )?fn (\w+)(?:<[^(]*>)?\(([^)]*)\)/gm)) {
    if (!/#\[napi\(([^)]*, )?catch_unwind(, [^)]*)?\)\]/.test(attributes)) found.push(`${name} catches no panic`)
    const types = list.split(/,(?![^<]*>)/).map(one => one.trim()).filter(one => one !== '' && one !== '&self').map(one => one.replace(/^\w+:\s*/, ''))
    for (const type of types) if (!ARGUMENTS.includes(type.replace("&'a ", '&'))) found.push(`${name} takes ${type}`)
  }
  return found
}

test('every function that JavaScript can call catches panics, and takes only what is read exactly', () => {
  let functions = 0
  for (const [name, source] of FILES) {
    assert.deepEqual(faults(source), [], name)
    functions += source.match(/^\s*pub fn /gm)?.length ?? 0
  }
  // All of them were seen: as many as JavaScript sees, classes and their constructors aside.
  const seen = Object.values(native).flatMap(one => /^[A-Z]/.test(one.name) ? Object.getOwnPropertyNames(one.prototype).filter(name => name !== 'constructor') : [one.name])
  assert.equal(functions, seen.length)

  assert.deepEqual(faults('#[napi]\npub fn a(x: Text) {}'), ['a catches no panic'])
  assert.deepEqual(faults('#[napi(js_name = "c")]\n  pub fn a<\'a>(&self) {}'), ['a catches no panic'])
  assert.deepEqual(faults('#[napi(catch_unwind)]\npub fn a(x: String, y: &[u8],\n  z: Vec<Option<String>>, w: Buffer) {}'), ['a takes String', 'a takes &[u8]', 'a takes Vec<Option<String>>', 'a takes Buffer'])
  assert.deepEqual(faults('#[napi(catch_unwind)]\n#[cold]\npub fn a(&self, x: Vec<Bytes<\'_>>, y: &\'a Env) {}'), [])
})

test('unsafe stands in one file, and what Node calls there catches panics, but for what only drops', () => {
  for (const [name, source] of FILES) if (name !== 'raw.rs') assert.doesNotMatch(source.replaceAll('unsafe_code', ''), /\bunsafe\b/, name)
  const raw = Object.fromEntries(FILES)['raw.rs']
  const called = [...raw.matchAll(/extern "C" fn (\w+)\([^)]*\)[^{]*\{([^]*?)\n\}/g)].map(([, name, body]) => [name, body])
  assert.deepEqual(called.map(([name]) => name).sort(), ['authorize', 'drop_signer'])
  for (const [name, body] of called) assert.match(body, name.startsWith('drop_') ? /^\s*drop\([^;]*\);\s*$/ : /catch_unwind\(AssertUnwindSafe\(/)
})
