// Builds the native module with cargo alone, and packs what is published.
//
//   node build.mjs            builds, and puts countersign.PLATFORM.node beside this file
//   node build.mjs pack DIR   also writes the packages to DIR: countersign, and the one of this platform (needs Python, for the notices)
//
// ZIG=x86_64-unknown-linux-gnu.2.17: for Linux with this glibc and newer, by cargo-zigbuild; else for this machine's.
import { execFileSync } from 'node:child_process'
import { copyFileSync, readFileSync, renameSync } from 'node:fs'
import { dirname, join, resolve } from 'node:path'
import { fileURLToPath } from 'node:url'
import { id, pack } from '../../packaging/npm/packages.mjs'

const here = dirname(fileURLToPath(import.meta.url))
const root = join(here, '../..')
const main = JSON.parse(readFileSync(join(here, 'package.json'), 'utf8'))
const file = `countersign.${id}.node`

function build () {
  const zig = process.env.ZIG
  const how = zig ? ['zigbuild', '--target', zig] : ['build']
  const cargo = ['cargo', ...how, '--quiet', '--locked', '--release', '-p', 'countersign-node']
  execFileSync('sh', [join(root, 'packaging/release.sh'), ...cargo], { cwd: root, stdio: 'inherit' })
  const target = resolve(root, process.env.CARGO_TARGET_DIR ?? 'target', zig ? zig.replace(/\.\d+\.\d+$/, '') : '')
  const [before, after] = { darwin: ['lib', 'dylib'], win32: ['', 'dll'] }[process.platform] ?? ['lib', 'so']
  // By renaming: a process that has the old one loaded keeps it.
  const fresh = join(here, `${file}.${process.pid}.tmp`)
  copyFileSync(join(target, 'release', `${before}countersign_node.${after}`), fresh)
  renameSync(fresh, join(here, file))
}

function published () {
  const { devDependencies, scripts, ...manifest } = main
  const names = main.files.filter(name => !name.endsWith('.node'))
  const files = Object.fromEntries([...names, 'README.md'].map(name => [name, join(here, name)]))
  pack(out, { ...manifest, files: names }, files, {
    name: file,
    path: join(here, file),
    notices: execFileSync(process.platform === 'win32' ? 'python' : 'python3', [join(root, 'packaging/notices.py'), 'countersign-node']),
    description: `The native module of countersign for ${id}.`
  })
}

const [command, out] = process.argv.slice(2)
if (command !== undefined && (command !== 'pack' || out === undefined)) {
  console.error('node build.mjs, or node build.mjs pack DIR')
  process.exit(2)
}
build()
if (command === 'pack') published()
