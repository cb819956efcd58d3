// Loads the native module: the one named by the environment, the one built beside this package, or that of the package for
// this platform. Bundlers follow the literal `require`s.
'use strict'

const { existsSync } = require('node:fs')
const { join } = require('node:path')
const { libc, platform } = require('./platform.js')

function load () {
  const named = process.env.COUNTERSIGN_NODE_LIBRARY
  const id = platform()
  try {
    if (named) return require(named)
    const local = join(__dirname, '..', `countersign.${id}.node`)
    if (existsSync(local)) return require(local)
    switch (id) {
      case 'linux-x64-gnu': return require('countersign-linux-x64-gnu')
      case 'linux-x64-musl': return require('countersign-linux-x64-musl')
      case 'linux-arm64-gnu': return require('countersign-linux-arm64-gnu')
      case 'linux-arm64-musl': return require('countersign-linux-arm64-musl')
      case 'darwin-x64': return require('countersign-darwin-x64')
      case 'darwin-arm64': return require('countersign-darwin-arm64')
      case 'win32-x64-msvc': return require('countersign-win32-x64-msvc')
    }
    throw new Error('There is no package for this platform.')
  } catch (cause) {
    throw unavailable(id, named, cause)
  }
}

function unavailable (id, named, cause) {
  const { CountersignError } = require('./errors.js')
  const where = `Node ${process.version}, ${process.platform} ${process.arch}` +
    (process.platform === 'linux' ? `, C library ${libc() === 'gnu' ? 'glibc' : 'musl'}` : '')
  let hint
  if (named) {
    hint = `COUNTERSIGN_NODE_LIBRARY names ${named}: give the path of a countersign.*.node file for this platform, or unset it.`
  } else if (cause.code === 'ERR_DLOPEN_DISABLED') {
    hint = 'This Node was started without leave to load native modules: start it with --allow-addons, or without --no-addons.'
  } else if (cause.code !== 'ERR_DLOPEN_FAILED') {
    hint = `The package countersign-${id} is not installed beside countersign. Usual causes: a lock file that was written on ` +
      'another platform (remove node_modules and the lock file, then run npm install here), npm install --omit=optional, or ' +
      'node_modules copied from another machine or image. In a bundle, keep countersign external.'
  } else {
    hint = 'The file is there but does not load: it is for another platform or C library, or the system is older than it needs.'
  }
  return new CountersignError({
    kind: 'configuration',
    number: 4,
    message: `The native module of countersign cannot be loaded (${where}). ${hint} It says: ${cause.message.split('\n')[0]}`,
    next_step: 'Install the package for this platform; nothing was sent.'
  }, undefined, cause)
}

module.exports = load()
