// The test tools for ES modules: the same objects as for CommonJS.
export { Sandbox, SandboxError, error, sandbox } from './testing.js'
