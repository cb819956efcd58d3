#!/usr/bin/env node
// Runs the command of this platform in its own place: standard streams, signals and exit code are the command's.
'use strict'

const { spawn } = require('node:child_process')
const { accessSync, closeSync, constants, openSync } = require('node:fs')

let command
try {
  command = require('./index.js')
  accessSync(command, constants.X_OK)
} catch (error) {
  failed(error)
}

// Newer Nodes on Unix can become the command; what follows is for the others.
if (process.execve && process.platform !== 'win32') process.execve(command, ['countersign', ...process.argv.slice(2)])

const child = spawn(command, process.argv.slice(2), { stdio: 'inherit' })
child.on('error', failed)

// A terminal sends Ctrl-C and Ctrl-\ to both. Passed on they would come twice, and a second one ends what waits for an order.
const byTerminal = process.platform === 'win32' || hasTerminal() ? ['SIGINT', 'SIGQUIT'] : []
for (const signal of ['SIGHUP', 'SIGINT', 'SIGQUIT', 'SIGTERM']) {
  process.on(signal, () => byTerminal.includes(signal) || child.kill(signal))
}

child.on('exit', (code, signal) => {
  if (signal === null) process.exit(code)
  process.exitCode = 1
  process.removeAllListeners(signal)
  process.kill(process.pid, signal)
})

function hasTerminal () {
  try {
    closeSync(openSync('/dev/tty'))
    return true
  } catch {
    return false
  }
}

function failed (error) {
  console.error(`countersign: ${error.message}`)
  process.exit(1)
}
