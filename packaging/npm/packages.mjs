// What our packages for npm have in common: one in front for all platforms, and for each platform one with what runs there, of which npm
// installs the one that fits.
import { execFileSync } from 'node:child_process'
import { chmodSync, copyFileSync, cpSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { tmpdir } from 'node:os'
import { dirname, join, resolve } from 'node:path'
import { fileURLToPath } from 'node:url'

const { platform } = createRequire(import.meta.url)('../../bindings/node/lib/platform.js')
const root = join(dirname(fileURLToPath(import.meta.url)), '../..')

/** Every platform for which packages are published. */
const PLATFORMS = ['darwin-arm64', 'darwin-x64', 'linux-arm64-gnu', 'linux-arm64-musl', 'linux-x64-gnu', 'linux-x64-musl', 'win32-x64-msvc']

const NOTICES = 'THIRD-PARTY-NOTICES.txt'

/** This one. */
export const id = platform()

/**
 * Packs both into the folder `out`.
 *
 * @param out where to
 * @param manifest the package.json of the package in front, without what follows from the platforms
 * @param files its files: their names in the package, and their paths here
 * @param own of this platform's package: `name` of its one file, which is its `main`, the `path` of that here, the `mode`, the `notices` of what others
 * wrote in it, and more of its package.json
 */
export function pack (out, manifest, files, { name, path, mode = 0o644, notices, ...more }) {
  const { version, license, engines, repository } = manifest
  const [os, cpu, libc] = id.split('-')
  mkdirSync(out, { recursive: true })
  const work = mkdtempSync(join(tmpdir(), 'countersign-pack-'))
  const npm = (folder, json) => {
    for (const one of ['LICENSE-APACHE', 'LICENSE-MIT']) copyFileSync(join(root, one), join(folder, one))
    writeFileSync(join(folder, 'package.json'), `${JSON.stringify({ ...json, files: [...json.files, 'LICENSE-*'] }, null, 2)}\n`)
    execFileSync('npm', ['pack', '--silent', '--pack-destination', resolve(out)], { cwd: folder, stdio: ['ignore', 'inherit', 'inherit'], shell: process.platform === 'win32' })
  }
  try {
    const front = join(work, 'front')
    for (const [to, from] of Object.entries(files)) cpSync(from, join(front, to), { recursive: true })
    npm(front, { ...manifest, optionalDependencies: Object.fromEntries(PLATFORMS.map(one => [`${manifest.name}-${one}`, version])) })
    const platform = join(work, 'platform')
    mkdirSync(platform)
    copyFileSync(path, join(platform, name))
    chmodSync(join(platform, name), mode)
    writeFileSync(join(platform, NOTICES), notices)
    npm(platform, {
      name: `${manifest.name}-${id}`,
      version,
      license,
      engines,
      repository,
      ...more,
      main: name,
      files: [name, NOTICES],
      os: [os],
      cpu: [cpu],
      ...(os === 'linux' ? { libc: [libc === 'gnu' ? 'glibc' : libc] } : {})
    })
  } finally {
    rmSync(work, { recursive: true, force: true })
  }
}
