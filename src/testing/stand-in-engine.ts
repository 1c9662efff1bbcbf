// A container engine for tests on machines without one: its containers are processes of this machine, which outlive the
// client that started them, as those of a real engine do. Knows what the runner asks, and nothing else.
import { type ChildProcess, spawn } from 'node:child_process'
import { mkdirSync, readdirSync, readFileSync, renameSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { type Engine, findEngine } from '../runner/container-engine.ts'

interface Container {
  readonly pid: number
  readonly label: string
  readonly network: string
  /** By which the players of its network reach a game, and the port where it is on this machine. */
  readonly alias: string
  readonly port: string | undefined
}

export interface StandInEngine {
  readonly engine: Engine
  /** For PARACOSM_CONTAINER_ENGINE. */
  readonly command: string
  /** Names of the containers and networks that exist. */
  left(): readonly string[]
  /** Ends every container: what a test calls at its end, whatever has gone wrong. */
  clear(): void
}

/** @param folder an empty one */
export async function createStandInEngine(folder: string): Promise<StandInEngine> {
  const state = join(folder, 'engine-state')
  mkdirSync(join(state, 'networks'), { recursive: true })
  const command = join(folder, 'engine')
  const script = new URL(import.meta.url).pathname
  writeFileSync(command, `#!/bin/sh\nexec '${process.execPath}' '${script}' '${state}' "$@"\n`, { mode: 0o755 })
  const environment = Object.fromEntries(Object.entries(process.env).map(([name, value]) => [name, value ?? '']))
  return {
    engine: await findEngine({ environment, command: `'${command}'` }),
    command: `'${command}'`,
    left: () => [...list(state).map(({ name }) => name), ...readdirSync(join(state, 'networks'))],
    clear: () =>
      remove(
        state,
        list(state).map(({ name }) => name),
      ),
  }
}

const fileOf = (state: string, name: string): string => join(state, `${name}.json`)

function list(state: string): (Container & { readonly name: string })[] {
  return readdirSync(state)
    .filter((file) => file.endsWith('.json'))
    .flatMap((file) => {
      const text = readIfThere(join(state, file))
      return text === undefined ? [] : [{ name: file.slice(0, -5), ...JSON.parse(text) }]
    })
    .filter(({ pid }) => isAlive(pid))
}

/** Another process of the engine may remove a file that was just listed. */
function readIfThere(path: string): string | undefined {
  try {
    return readFileSync(path, 'utf8')
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return undefined
    throw error
  }
}

/** A process that has ended may wait for its parent for ever. */
function isAlive(pid: number): boolean {
  try {
    return !/^\d+ \(.*\) [ZX]/s.test(readFileSync(`/proc/${pid}/stat`, 'utf8'))
  } catch {
    return false
  }
}

function remove(state: string, names: readonly string[]): void {
  for (const { name, pid } of list(state)) {
    if (!names.includes(name)) continue
    try {
      process.kill(-pid, 'SIGKILL')
    } catch {
      // It has just ended.
    }
    rmSync(fileOf(state, name), { force: true })
  }
}

interface RunArguments {
  readonly options: ReadonlyMap<string, readonly string[]>
  readonly args: readonly string[]
}

const FLAGS: readonly string[] = ['--rm', '--read-only', '--http-proxy=false']

function parseRun(words: readonly string[]): RunArguments {
  const options = new Map<string, string[]>()
  let at = 0
  for (; words[at] !== '--'; at++) {
    const name = words[at] ?? ''
    if (!FLAGS.includes(name)) options.set(name, [...(options.get(name) ?? []), words[++at] ?? ''])
  }
  return { options, args: words.slice(at + 2) }
}

function run(state: string, words: readonly string[]): void {
  const { options, args } = parseRun(words)
  const one = (name: string): string => options.get(name)?.[0] ?? ''
  const network = one('--network')
  statSync(join(state, 'networks', network))
  const env: Record<string, string> = { PATH: process.env.PATH ?? '', ...variablesOf(one('--env-file')) }
  for (const variable of options.get('--env') ?? []) {
    const [name = '', ...rest] = variable.split('=')
    env[name] = rest.length > 0 ? rest.join('=') : (process.env[name] ?? '')
  }
  for (const mount of options.get('--mount') ?? []) {
    const [, source = '', target = ''] = /source=([^,]+),target=([^,]+)/.exec(mount) ?? []
    for (const [name, value] of Object.entries(env)) {
      if (value.startsWith(`file://${target}/`))
        env[name] = value.replace(`file://${target}`, pathToFileURL(source).href)
    }
    env.STAND_IN_MOUNT = source
  }
  const [, port] = /127\.0\.0\.1:(\d+):/.exec(one('--publish')) ?? []
  if (port !== undefined) Object.assign(env, { COGAME_HOST: '127.0.0.1', COGAME_PORT: port })
  for (const game of list(state)) {
    if (game.port === undefined || game.network !== network) continue
    for (const [name, value] of Object.entries(env)) {
      env[name] = value.replace(`ws://${game.alias}:8080`, `ws://127.0.0.1:${game.port}`)
    }
  }
  const child = spawn(one('--entrypoint'), args, { env, detached: true, stdio: ['ignore', 'inherit', 'inherit'] })
  const container: Container = {
    pid: child.pid ?? 0,
    label: one('--label'),
    network,
    alias: one('--network-alias'),
    port,
  }
  // Whole or not at all: tests and other processes of the engine list containers at any moment.
  const path = fileOf(state, one('--name'))
  writeFileSync(`${path}.part`, JSON.stringify(container))
  renameSync(`${path}.part`, path)
  passOn(child, () => rmSync(path, { force: true }))
}

/** The variables of a file for `--env-file`. */
function variablesOf(path: string): Record<string, string> {
  if (path === '') return {}
  const lines = readFileSync(path, 'utf8')
    .split('\n')
    .filter((line) => line !== '')
  return Object.fromEntries(lines.map((line) => [line.slice(0, line.indexOf('=')), line.slice(line.indexOf('=') + 1)]))
}

function passOn(child: ChildProcess, forget: () => void): void {
  child.on('exit', (code, signal) => {
    forget()
    process.exit(code ?? (signal === 'SIGKILL' ? 137 : 143))
  })
  child.on('error', () => process.exit(127))
}

function network(state: string, verb: string, words: readonly string[]): void {
  const path = join(state, 'networks', words.at(-1) ?? '')
  if (verb === 'create') mkdirSync(path)
  statSync(path)
  if (verb !== 'rm') return
  if (list(state).some((each) => each.network === words.at(-1))) throw new Error('network is in use')
  rmSync(path, { recursive: true })
}

const say = (line: string): boolean => process.stdout.write(`${line}\n`)

function main([state = '', verb = '', ...words]: readonly string[]): void {
  if (verb === '--version') say('Stand-in engine 1.0')
  else if (verb === 'version') say('1.0')
  else if (verb === 'run') run(state, words)
  else if (verb === 'network') network(state, words[0] ?? '', words)
  else if (verb === 'rm') remove(state, words)
  else if (verb === 'ps') {
    const label = words.find((word) => word.startsWith('label='))?.slice('label='.length)
    for (const each of list(state)) if (label === undefined || each.label === label) say(each.name)
  } else if (verb === 'image') return
  else throw new Error(`the stand-in engine does not know ${verb}`)
}

if (process.argv[1] === new URL(import.meta.url).pathname) main(process.argv.slice(2))
