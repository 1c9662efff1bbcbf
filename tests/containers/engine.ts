// An engine for the tests, and an image made of nothing but this Node, its libraries and the JavaScript package.
import { execFileSync, spawnSync } from 'node:child_process'
import {
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  realpathSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { type Engine, findEngine } from '../../src/runner/container-engine.ts'

const root = new URL('../../', import.meta.url).pathname
const fixtures = join(root, 'tests/fixtures/coworld-node')
const wrapper = join(root, 'scripts/container-engine.sh')

export const environment = Object.fromEntries(Object.entries(process.env).map(([key, value]) => [key, value ?? '']))

/** A command line for PARACOSM_CONTAINER_ENGINE that runs containers on this machine, or undefined. */
export const engineCommand = [process.env.PARACOSM_CONTAINER_ENGINE, 'docker', `'${wrapper}'`].find(
  (command) =>
    command !== undefined && spawnSync('sh', ['-c', `${command} ps --quiet`], { stdio: 'ignore' }).status === 0,
)

export const skipReason =
  engineCommand === undefined ? 'no container engine answers (Docker, Podman, or PARACOSM_CONTAINER_ENGINE)' : false

/** An engine that logs its calls, so that a test finds only leftovers of its own runs. */
export interface TestEngine {
  readonly engine: Engine
  /** Its command line for PARACOSM_CONTAINER_ENGINE. */
  readonly command: string
  /** Names of the containers and networks of these runs that still exist. */
  leftBehind(): readonly string[]
}

export async function testEngine(): Promise<TestEngine> {
  const folder = mkdtempSync(join(tmpdir(), 'an engine '))
  const script = join(folder, 'engine')
  const calls = join(folder, 'calls')
  writeFileSync(script, `#!/bin/sh\necho "$*" >> '${calls}'\nexec ${engineCommand} "$@"\n`, { mode: 0o755 })
  const command = `'${script}'`
  const engine = await findEngine({ environment, command })
  const lines = (...args: readonly string[]) => execFileSync(script, args, { encoding: 'utf8' }).split('\n')
  return {
    engine,
    command,
    leftBehind() {
      const runs = readFileSync(calls, 'utf8').match(/(?<=\bnetwork create .*coworld-)[0-9a-f]{16}/g) ?? []
      const containers = lines('ps', '--all', '--format', '{{.Names}}')
      const networks = lines('network', 'ls', '--format', '{{.Name}}')
      return [...containers, ...networks].filter((name) => runs.some((run) => name.includes(run)))
    },
  }
}

/** Builds an image with the JavaScript package and returns its name. */
export function buildImage(engine: Engine): string {
  const context = createContext()
  for (const name of ['game.mjs', 'player.mjs']) add(context, join(fixtures, name), `/app/${name}`)
  add(context, join(root, 'node_modules/ws'), '/app/node_modules/ws')
  return build(engine, context, { name: 'localhost/paracosm-test-count:1', lines: ['WORKDIR /coworld'] })
}

/** Builds an image with paracosm and its launcher on the PATH, and returns its name. */
export function buildPackageImage(engine: Engine): string {
  const context = createContext()
  for (const program of ['/bin/sh', '/usr/bin/dirname', '/usr/bin/readlink']) addProgram(context, program, program)
  for (const name of ['bin', 'src', 'package.json']) add(context, join(root, name), `/app/${name}`)
  const lock = JSON.parse(readFileSync(join(root, 'package-lock.json'), 'utf8'))
  for (const [path, entry] of Object.entries<{ dev?: true }>(lock.packages)) {
    if (path !== '' && !entry.dev && existsSync(join(root, path))) add(context, join(root, path), `/app/${path}`)
  }
  symlinkSync('/app/bin/paracosm', join(context, 'root/usr/bin/paracosm'))
  const lines = ['ENV PATH=/usr/bin:/bin PARACOSM_NODE=/bin/node', 'WORKDIR /coworld']
  return build(engine, context, { name: 'localhost/paracosm-test:1', lines })
}

/** A build context with this Node and its libraries in it. */
export function createContext(): string {
  const context = mkdtempSync(join(tmpdir(), 'image '))
  addProgram(context, realpathSync(process.execPath), '/bin/node')
  return context
}

/** Copies a file or folder to a place in the image. */
export function add(context: string, path: string, target: string): void {
  const copy = join(context, 'root', target)
  mkdirSync(dirname(copy), { recursive: true })
  cpSync(realpathSync(path), copy, { recursive: true, dereference: true })
}

/** Copies a program and the libraries that it loads. */
export function addProgram(context: string, path: string, target: string): void {
  add(context, path, target)
  const libraries = execFileSync('ldd', [path], { encoding: 'utf8' }).match(/\/[^ )]+/g) ?? []
  for (const library of libraries) if (!library.startsWith(path)) add(context, library, library)
}

/** Builds an image from nothing but a context, and returns its name. */
export function build(
  engine: Engine,
  context: string,
  { name, lines }: { name: string; lines: readonly string[] },
): string {
  const file = join(context, 'Containerfile')
  writeFileSync(file, `FROM scratch\nCOPY root/ /\n${lines.join('\n')}\n`)
  const [program, ...first] = engine.argv
  execFileSync(program, [...first, 'build', '--quiet', '--tag', name, '--file', file, context], {
    stdio: ['ignore', 'ignore', 'inherit'],
  })
  rmSync(context, { recursive: true })
  return name
}

/** Writes the package to a folder with blanks and a comma in its name. */
export function writePackage(
  image: string,
  edit: (manifest: ReturnType<typeof JSON.parse>) => void = () => undefined,
): string {
  const folder = join(mkdtempSync(join(tmpdir(), 'a counter ')), 'a, package')
  mkdirSync(folder)
  const manifest = JSON.parse(readFileSync(join(fixtures, 'manifest.json'), 'utf8').replaceAll('IMAGE', image))
  edit(manifest)
  const path = join(folder, 'coworld_manifest.json')
  writeFileSync(path, JSON.stringify(manifest, undefined, 2))
  return path
}
