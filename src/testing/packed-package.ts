// The package as npm would publish it, built and packed from a copy of this checkout, so that tests can do so at once.
import { spawnSync } from 'node:child_process'
import { cpSync, mkdirSync, readdirSync, symlinkSync } from 'node:fs'
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

/** The environment of tests that run installed packages: the Node of this checkout comes first. */
export const toolEnvironment = (): Record<string, string | undefined> => ({
  ...process.env,
  NO_COLOR: '1',
  // A test runner inside a test would report to the outer one.
  NODE_TEST_CONTEXT: undefined,
  PATH: `${join(ROOT, 'node_modules', 'node', 'bin')}:${join(ROOT, 'node_modules', '.bin')}:${process.env.PATH}`,
})

/** Runs a program to its end; throws with its output unless the status is 0. */
export function runTool(command: string, args: readonly string[], cwd: string): string {
  const options = { cwd, encoding: 'utf8', env: toolEnvironment(), timeout: 240_000 } as const
  const { status, stdout, stderr, error } = spawnSync(command, args, options)
  if (status === 0) return stdout
  throw new Error(`${command} ${args.join(' ')} in ${cwd}: status ${status} ${error ?? ''}\n${stdout}${stderr}`)
}

/** @returns the path of the tarball, below `folder` */
export function packPackage(folder: string): string {
  const copy = join(folder, 'checkout')
  mkdirSync(copy)
  for (const part of PARTS) cpSync(join(ROOT, part), join(copy, part), { recursive: true })
  symlinkSync(join(ROOT, 'node_modules'), join(copy, 'node_modules'))
  runTool('npm', ['pack', '--pack-destination', folder], copy)
  const name = readdirSync(folder).find((each) => each.endsWith('.tgz'))
  if (name === undefined) throw new Error('npm pack wrote no tarball')
  return join(folder, name)
}

/** Installs what a project names, from the cache of npm where it can. */
export function installProject(folder: string): void {
  runTool('npm', ['install', '--no-audit', '--no-fund', '--prefer-offline'], folder)
}
