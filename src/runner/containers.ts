// The containers of one run: started and watched through the engine's command line, and always removed.
import { stat } from 'node:fs/promises'
import { setTimeout as sleep } from 'node:timers/promises'
import { AppError } from '../kernel/errors.ts'
import { askEngine, type Engine } from './container-engine.ts'
import { type ProcessGroup, type Program, startProcessGroup } from './process-group.ts'
import type { Launch } from './runtime.ts'
import { readTail } from './workspace.ts'

interface Limits {
  readonly engine: Engine
  readonly memoryMb: number
  readonly cpus: number
  readonly pids: number
}

/** What a container gets in addition to its limits. */
interface Extras {
  readonly options: readonly string[]
  /** Runner variables: they take precedence over the manifest's. */
  readonly environment: Readonly<Record<string, string>>
}

export interface ContainerRun {
  start(launch: Launch, extras: Extras): Promise<Program>
  /** Removes every container and the network of the run. Returns the names of those that could not be removed. */
  close(): Promise<readonly string[]>
}

const REMOVE_MS = 60_000
const REMOVE_TRIES = 20
/** An image that cannot run with a read-only root fails within this time of its start. */
const READ_ONLY_MS = 10_000
const READ_ONLY = /read-only file system|EROFS/i

/** Starts containers with the given limits, and remembers images that need a writable root. */
export function createContainers(limits: Limits): { openRun(run: RunNames): ContainerRun } {
  const needWritableRoot = new Set<string>()
  return { openRun: (run) => openRun(limits, run, needWritableRoot) }
}

interface RunNames {
  readonly id: string
  readonly network: string
}

interface Started {
  kill(): Promise<void>
}

function openRun(limits: Limits, run: RunNames, needWritableRoot: Set<string>): ContainerRun {
  const { engine } = limits
  const started: Started[] = []
  const names: string[] = []
  let isClosed = false
  return {
    async start(launch, extras) {
      requireImage(launch.runnable.image)
      names.push(launch.name)
      const spawn = (): Promise<ProcessGroup> =>
        spawnContainer(limits, run, {
          launch,
          extras,
          isReadOnlyRoot: !needWritableRoot.has(launch.runnable.image),
        })
      const startedAt = performance.now()
      const offset = await sizeOf(launch.stderr)
      let current = await spawn()
      let status: number | undefined
      const again = async (first: number): Promise<number> => {
        const isEarly = performance.now() - startedAt < READ_ONLY_MS
        if (first === 0 || isClosed || !isEarly || needWritableRoot.has(launch.runnable.image)) return first
        if (!READ_ONLY.test(await readSince(launch.stderr, offset))) return first
        needWritableRoot.add(launch.runnable.image)
        await askEngine(engine, removal(engine, [launch.name]), REMOVE_MS)
        if (isClosed) return first
        current = await spawn()
        return current.exited
      }
      const exited = current.exited.then(again).then((last) => {
        status = last
        return last
      })
      started.push({ kill: () => current.kill() })
      if (isClosed) await current.kill()
      return { exited, status: () => status }
    },
    async close() {
      isClosed = true
      // The clients are killed first: one that is still pulling an image would otherwise start its container
      // afterwards.
      await Promise.all(started.map((each) => each.kill()))
      return removeAll(engine, run, names)
    },
  }
}

function requireImage(image: string): void {
  if (image !== '' && !image.startsWith('-')) return
  throw new AppError('IMAGE_MISSING', `${JSON.stringify(image)} is not an image reference`)
}

interface Spawn {
  readonly launch: Launch
  readonly extras: Extras
  readonly isReadOnlyRoot: boolean
}

function spawnContainer(
  limits: Limits,
  run: RunNames,
  { launch, extras, isReadOnlyRoot }: Spawn,
): Promise<ProcessGroup> {
  const { engine } = limits
  const { image, run: argv, env } = launch.runnable
  const [entrypoint, ...args] = argv
  const variables = { ...extras.environment, ...launch.environment }
  return startProcessGroup({
    argv: [
      ...engine.argv,
      'run',
      '--rm',
      ...['--name', launch.name, '--network', run.network, '--label', `paracosm.run=${run.id}`],
      ...shieldOptions(limits, isReadOnlyRoot),
      ...extras.options,
      ...Object.entries(env).flatMap(([key, value]) => ['--env', `${key}=${value}`]),
      // By name only: the values, tokens among them, come through the environment and so stay out of process lists.
      ...Object.keys(variables).flatMap((key) => ['--env', key]),
      ...(entrypoint === undefined ? [] : ['--entrypoint', entrypoint]),
      '--',
      image,
      ...args,
    ],
    cwd: '/',
    env: { ...engine.environment, ...variables },
    stdout: launch.stdout,
    stderr: launch.stderr,
  })
}

function shieldOptions({ engine, memoryMb, cpus, pids }: Limits, isReadOnlyRoot: boolean): readonly string[] {
  return [
    ...[
      '--memory',
      `${memoryMb}m`,
      '--memory-swap',
      `${memoryMb}m`,
      '--cpus',
      String(cpus),
      '--pids-limit',
      String(pids),
    ],
    ...['--cap-drop', 'ALL', '--security-opt', 'no-new-privileges'],
    // Bind mounts keep their labels on this machine, so SELinux must not compare them.
    ...['--security-opt', 'label=disable'],
    ...(isReadOnlyRoot ? ['--read-only'] : []),
    ...['--tmpfs', '/tmp:rw,nosuid,nodev,size=256m', '--tmpfs', '/run:rw,nosuid,nodev,size=16m'],
    ...(engine.kind === 'podman' ? ['--http-proxy=false'] : []),
  ]
}

/** The command that kills and removes containers at once. Podman would otherwise wait ten seconds for them to stop. */
export function removal(engine: Engine, names: readonly string[]): readonly string[] {
  return ['rm', '--force', ...(engine.kind === 'podman' ? ['--time', '0'] : []), ...names]
}

async function removeAll(
  engine: Engine,
  { id, network }: RunNames,
  names: readonly string[],
): Promise<readonly string[]> {
  if (names.length > 0) await askEngine(engine, removal(engine, names), REMOVE_MS)
  for (let tries = 0; tries < REMOVE_TRIES; tries += 1) {
    const listed = await askEngine(
      engine,
      ['ps', '--all', '--quiet', '--filter', `label=paracosm.run=${id}`],
      REMOVE_MS,
    )
    const ids = listed.stdout.split('\n').filter((each) => each !== '')
    if (ids.length > 0) await askEngine(engine, removal(engine, ids), REMOVE_MS)
    const removed = await askEngine(engine, ['network', 'rm', network], REMOVE_MS)
    if (listed.ok && (removed.ok || /not found|no such network|unable to find network/i.test(removed.stderr))) return []
    await sleep(250)
  }
  return [`network ${network}`, ...names]
}

async function sizeOf(path: string): Promise<number> {
  return stat(path).then(
    ({ size }) => size,
    () => 0,
  )
}

async function readSince(path: string, offset: number): Promise<string> {
  return readTail(path, Math.min(Math.max(0, (await sizeOf(path)) - offset), 64 * 1024))
}
