// The test tools for CommonJS.
'use strict'

const { Sandbox, SandboxError, sandbox } = require('./lib/testing.js')

module.exports = { Sandbox, SandboxError, sandbox }
