// What our packages call this platform: those of the native module, and those of the command.
'use strict'

/** 'linux-x64-gnu' and the like: operating system, processor, C library. */
function platform () {
  const name = `${process.platform}-${process.arch}`
  if (process.platform === 'linux') return `${name}-${libc()}`
  return process.platform === 'win32' ? `${name}-msvc` : name
}

function libc () {
  // The report is slow where it looks up network names, and all that is wanted is in its header.
  const excluded = process.report.excludeNetwork
  try {
    process.report.excludeNetwork = true
    return process.report.getReport().header.glibcVersionRuntime ? 'gnu' : 'musl'
  } catch {
    return 'gnu'
  } finally {
    process.report.excludeNetwork = excluded
  }
}

module.exports = { libc, platform }
