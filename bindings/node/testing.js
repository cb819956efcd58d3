// The test tools for CommonJS.
'use strict'

const { Sandbox, SandboxError, error, sandbox } = require('./lib/testing.js')

module.exports = { Sandbox, SandboxError, error, sandbox }
