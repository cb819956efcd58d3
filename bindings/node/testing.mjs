// The test tools for ES modules: the same objects as for CommonJS.
export { Sandbox, SandboxError, sandbox } from './testing.js'
