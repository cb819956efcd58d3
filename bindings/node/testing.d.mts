// The types for ES modules: those of testing.d.ts.
export * from './testing.js'
