// The test tools for CommonJS.
'use strict'

require('./lib/versions.js')
const { Sandbox, SandboxError, error, sandbox } = require('./lib/testing.js')

module.exports = { Sandbox, SandboxError, error, sandbox }
