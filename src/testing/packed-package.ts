// The package as npm would publish it, built and packed from a copy of this checkout. Tarballs are cached below
// node_modules under the digest of their sources, so that the tests of one run build only once.
import { spawnSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import {
  copyFileSync,
  cpSync,
  existsSync,
  globSync,
  mkdirSync,
  readFileSync,
  renameSync,
  rmSync,
  symlinkSync,
} from 'node:fs'
import { join } from 'node:path'

const ROOT = join(import.meta.dirname, '..', '..')
const PARTS = [
  'bin',
  'scripts',
  'src',
  'web',
  'package.json',
  'package-lock.json',
  'tsconfig.json',
  'tsconfig.build.json',
  'LICENSE',
  'README.md',
  'CHANGELOG.md',
]

/** The environment of tests that run installed packages: this process's Node comes first in the path. */
export const toolEnvironment = (): Record<string, string | undefined> => ({
  ...process.env,
  NO_COLOR: '1',
  // A test runner inside a test would report to the outer one.
  NODE_TEST_CONTEXT: undefined,
  PATH: `${join(ROOT, 'node_modules', 'node', 'bin')}:${join(ROOT, 'node_modules', '.bin')}:${process.env.PATH}`,
})

/** Runs a program to its end; throws with its output unless the exit status is 0. */
export function runTool(command: string, args: readonly string[], cwd: string): string {
  const options = { cwd, encoding: 'utf8', env: toolEnvironment(), timeout: 240_000 } as const
  const { status, stdout, stderr, error } = spawnSync(command, args, options)
  if (status === 0) return stdout
  throw new Error(`${command} ${args.join(' ')} in ${cwd}: status ${status} ${error ?? ''}\n${stdout}${stderr}`)
}

const KEPT = join(ROOT, 'node_modules', '.cache', 'packed')

/** @returns the path of the tarball, below `folder` */
export function packPackage(folder: string): string {
  const { version } = JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8'))
  const name = `paracosm-${version}.tgz`
  const kept = join(KEPT, `${sourceDigest()}.tgz`)
  if (!existsSync(kept)) {
    build(folder)
    rmSync(KEPT, { recursive: true, force: true })
    mkdirSync(KEPT, { recursive: true })
    // Two tests that build at the same time write the same content, and a rename is atomic.
    const own = `${kept}.${process.pid}`
    copyFileSync(join(folder, name), own)
    renameSync(own, kept)
  }
  copyFileSync(kept, join(folder, name))
  return join(folder, name)
}

/** Digest of the names and bytes of everything that goes into the package. */
function sourceDigest(): string {
  const hash = createHash('sha256')
  const files = PARTS.flatMap((part) => [part, ...globSync(`${part}/**/*`, { cwd: ROOT })])
  for (const file of files.filter(isSource).sort()) {
    const content = readFile(join(ROOT, file))
    if (content !== undefined) hash.update(`${file}\0${content.length}\0`).update(content)
  }
  return hash.digest('hex')
}

/** Excludes the output of a build. */
const isSource = (path: string): boolean => !/^web\/(?:dist|node_modules)\b/.test(path)

function readFile(path: string): Buffer | undefined {
  try {
    return readFileSync(path)
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'EISDIR') return undefined
    throw error
  }
}

function build(folder: string): void {
  const copy = join(folder, 'checkout')
  mkdirSync(copy)
  for (const part of PARTS) cpSync(join(ROOT, part), join(copy, part), { recursive: true })
  symlinkSync(join(ROOT, 'node_modules'), join(copy, 'node_modules'))
  runTool('npm', ['pack', '--pack-destination', folder], copy)
}

/** Installs a project's dependencies, from npm's cache if possible. */
export function installProject(folder: string): void {
  runTool('npm', ['install', '--no-audit', '--no-fund', '--prefer-offline'], folder)
}
