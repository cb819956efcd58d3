// Packs the command for npm: countersign-cli, and the package of this platform.
//
//   node pack.mjs COMMAND DIR          beside the command lie its notices
import { readFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { id, pack } from './packages.mjs'

const here = dirname(fileURLToPath(import.meta.url))
const [command, out] = process.argv.slice(2)
if (out === undefined) {
  console.error('node pack.mjs COMMAND DIR')
  process.exit(2)
}
const manifest = JSON.parse(readFileSync(join(here, 'package.json'), 'utf8'))
const [, version] = /^version = "(.+)"$/m.exec(readFileSync(join(here, '../../Cargo.toml'), 'utf8'))
const files = Object.fromEntries([...manifest.files, 'README.md'].map(name => [name, join(here, name)]))
files['platform.js'] = join(here, '../../bindings/node/lib/platform.js')

pack(out, { ...manifest, version, files: [...manifest.files, 'platform.js'] }, files, {
  name: process.platform === 'win32' ? 'countersign.exe' : 'countersign',
  path: command,
  mode: 0o755,
  notices: readFileSync(join(dirname(command), 'THIRD-PARTY-NOTICES.txt')),
  description: `The command countersign for ${id}.`,
  // It is started, and cannot be from inside an archive.
  preferUnplugged: true
})
