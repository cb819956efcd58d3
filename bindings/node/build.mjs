// Builds the native module with cargo alone, and packs what is published.
//
//   node build.mjs            builds, and puts countersign.PLATFORM.node beside this file
//   node build.mjs pack DIR   also writes the packages to DIR: countersign, and the one of this platform
import { execFileSync } from 'node:child_process'
import { copyFileSync, cpSync, mkdirSync, mkdtempSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join, resolve } from 'node:path'
import { fileURLToPath } from 'node:url'

const here = dirname(fileURLToPath(import.meta.url))
const root = join(here, '../..')
const main = JSON.parse(readFileSync(join(here, 'package.json'), 'utf8'))
const glibc = process.platform === 'linux' && process.report.getReport().header.glibcVersionRuntime
const libc = process.platform === 'linux' ? (glibc ? 'gnu' : 'musl') : process.platform === 'win32' ? 'msvc' : undefined
const id = [process.platform, process.arch, libc].filter(Boolean).join('-')
const file = `countersign.${id}.node`

/** Every platform for which a package is published; the loader knows the same. */
const PLATFORMS = ['darwin-arm64', 'darwin-x64', 'linux-arm64-gnu', 'linux-arm64-musl', 'linux-x64-gnu', 'linux-x64-musl', 'win32-x64-msvc']

function build () {
  execFileSync('cargo', ['build', '--quiet', '--locked', '--release', '-p', 'countersign-node'], { cwd: root, stdio: 'inherit' })
  const target = resolve(root, process.env.CARGO_TARGET_DIR ?? 'target')
  const [before, after] = { darwin: ['lib', 'dylib'], win32: ['', 'dll'] }[process.platform] ?? ['lib', 'so']
  // By renaming: a process that has the old one loaded keeps it.
  const fresh = join(here, `${file}.${process.pid}.tmp`)
  copyFileSync(join(target, 'release', `${before}countersign_node.${after}`), fresh)
  renameSync(fresh, join(here, file))
}

function pack (out) {
  mkdirSync(out, { recursive: true })
  const work = mkdtempSync(join(tmpdir(), 'countersign-pack-'))
  const npm = folder => execFileSync('npm', ['pack', '--silent', '--pack-destination', resolve(out)], { cwd: folder, stdio: ['ignore', 'inherit', 'inherit'] })
  const json = (folder, value) => writeFileSync(join(folder, 'package.json'), `${JSON.stringify(value, null, 2)}\n`)
  try {
    const common = { version: main.version, license: main.license, engines: main.engines, repository: main.repository }
    const front = join(work, 'countersign')
    for (const name of main.files.filter(name => !name.endsWith('.node'))) cpSync(join(here, name), join(front, name), { recursive: true })
    cpSync(join(here, 'README.md'), join(front, 'README.md'))
    const { devDependencies, scripts, files, ...published } = main
    json(front, { ...published, files: [...files.filter(name => !name.endsWith('.node')), 'LICENSE-*'], optionalDependencies: Object.fromEntries(PLATFORMS.map(one => [`countersign-${one}`, main.version])) })
    const own = join(work, 'platform')
    mkdirSync(own)
    copyFileSync(join(here, file), join(own, file))
    json(own, {
      name: `countersign-${id}`,
      description: `The native module of countersign for ${id}.`,
      ...common,
      main: file,
      files: [file, 'LICENSE-*'],
      os: [process.platform],
      cpu: [process.arch],
      ...(process.platform === 'linux' ? { libc: [glibc ? 'glibc' : 'musl'] } : {})
    })
    for (const folder of [front, own]) {
      for (const license of ['LICENSE-APACHE', 'LICENSE-MIT']) copyFileSync(join(root, license), join(folder, license))
      npm(folder)
    }
  } finally {
    rmSync(work, { recursive: true, force: true })
  }
}

const [command, out] = process.argv.slice(2)
if (command !== undefined && (command !== 'pack' || out === undefined)) {
  console.error('node build.mjs, or node build.mjs pack DIR')
  process.exit(2)
}
build()
if (command === 'pack') pack(out)
