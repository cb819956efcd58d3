// The path of the command on this machine, for a program that starts it itself. Throws where there is none, and says why.
'use strict'

const { platform } = require('./platform.js')
const { name, optionalDependencies } = require('./package.json')

function command () {
  const own = `${name}-${platform()}`
  const version = optionalDependencies[own]
  if (version === undefined) {
    throw new Error(`There is no package of the command countersign for ${platform()}: build it with Rust, by \`cargo install --path cli\` in its repository.`)
  }
  try {
    return require.resolve(own)
  } catch {
    throw new Error(
      `The package ${own} is not installed beside ${name}, because optional dependencies were left out or the lock file was written on ` +
      `another platform: install it by \`npm install ${own}@${version}\`.`
    )
  }
}

module.exports = command()
