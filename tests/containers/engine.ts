// An engine for the tests, and an image made of nothing but this Node, its libraries and the JavaScript package.
import { execFileSync, spawnSync } from 'node:child_process'
import { cpSync, mkdirSync, mkdtempSync, readFileSync, realpathSync, writeFileSync } from 'node:fs'
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

export function testEngine(): Promise<Engine> {
  return findEngine({ environment, command: engineCommand ?? '' })
}

/** Builds the image and returns its name. */
export function buildImage(engine: Engine): string {
  const context = mkdtempSync(join(tmpdir(), 'image '))
  const node = realpathSync(process.execPath)
  const add = (path: string, target: string): void => {
    mkdirSync(dirname(join(context, target)), { recursive: true })
    cpSync(path, join(context, target), { recursive: true, dereference: true })
  }
  add(node, 'root/bin/node')
  const libraries = execFileSync('ldd', [node], { encoding: 'utf8' }).match(/\/[^ )]+/g) ?? []
  for (const library of libraries) add(library, `root${library}`)
  for (const name of ['game.mjs', 'player.mjs']) add(join(fixtures, name), `root/app/${name}`)
  add(join(root, 'node_modules/ws'), 'root/app/node_modules/ws')
  writeFileSync(join(context, 'Containerfile'), 'FROM scratch\nCOPY root/ /\nWORKDIR /coworld\n')
  const image = 'localhost/paracosm-test-count:1'
  const [program, ...first] = engine.argv
  const args = [...first, 'build', '--quiet', '--tag', image, '--file', join(context, 'Containerfile'), context]
  execFileSync(program, args, { stdio: ['ignore', 'ignore', 'inherit'] })
  return image
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

/** Names of the containers and networks of paracosm runs that exist now. */
export function leftBehind(engine: Engine): readonly string[] {
  const [program, ...first] = engine.argv
  const lines = (...args: readonly string[]) =>
    execFileSync(program, [...first, ...args], { encoding: 'utf8' }).split('\n')
  const containers = lines('ps', '--all', '--format', '{{.Names}}')
  const networks = lines('network', 'ls', '--format', '{{.Name}}')
  return [...containers, ...networks].filter((name) => /^coworld-/.test(name))
}
