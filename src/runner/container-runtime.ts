// The runtime with a container engine: one network per run, on which the game has an alias. Its port is published only
// on 127.0.0.1, for probes and browsers. Containers get no capabilities, no new privileges and a read-only root.
// docs/packages.md describes the limits and the one fallback.
import { spawnSync } from 'node:child_process'
import { chmod, lstat, rm, stat } from 'node:fs/promises'
import { join } from 'node:path'
import { AppError } from '../kernel/errors.ts'
import { makeFolder } from '../lib/folders.ts'
import type { Runnable } from '../protocol/coworld.ts'
import { askEngine, type Engine } from './container-engine.ts'
import { createContainers, removal } from './containers.ts'
import { writeEnvironmentFile } from './environment-file.ts'
import { onProcessExit } from './process-group.ts'
import { type Mount, type Runtime, type RuntimeSession, takeFreePort } from './runtime.ts'

export interface ContainerRuntimeOptions {
  readonly engine: Engine
  /** Memory of each container, including swap, in MiB. Default 2048. */
  readonly memoryMb?: number
  /** Default 2. */
  readonly cpus?: number
  /** Processes and threads per container. Default 512. */
  readonly pids?: number
}

const INSPECT_MS = 30_000
const MANIFEST_MS = 60_000
const ENGINE_MS = 60_000
/**
 * Folders of a workspace that its game does not get: this process writes to logs there, and reads artefacts of players. A
 * game could put a link in their place.
 */
const HIDDEN: readonly string[] = ['logs', 'artifacts']
/** The port on which every game listens inside its container. */
const GAME_PORT = 8080

/** A runtime that starts images with Docker or Podman. */
export function createContainerRuntime(options: ContainerRuntimeOptions): Runtime {
  const { engine } = options
  const containers = createContainers({
    engine,
    memoryMb: options.memoryMb ?? 2048,
    cpus: options.cpus ?? 2,
    pids: options.pids ?? 512,
  })
  return {
    kind: 'container',
    explainMissing: ({ image }) => explainMissingImage(engine, image),
    async open({ id }) {
      const network = `coworld-${id}`
      const created = await askEngine(
        engine,
        ['network', 'create', '--label', `paracosm.run=${id}`, network],
        ENGINE_MS,
      )
      if (!created.ok) {
        throw new AppError('RUN_FAILED', `the container engine could not create a network: ${created.stderr.trim()}`)
      }
      return openSession({ engine, id, network, containers })
    },
  }
}

interface Opened {
  readonly engine: Engine
  readonly id: string
  readonly network: string
  readonly containers: ReturnType<typeof createContainers>
}

function openSession({ engine, id, network, containers }: Opened): RuntimeSession {
  const run = containers.openRun({ id, network })
  const restore: (() => Promise<void>)[] = []
  const forget = onProcessExit(() => removeNow({ engine, id, network }))
  return {
    fileUri: (mount, fileName) => new URL(encodeURI(`file://${mount.target}/`) + encodeURIComponent(fileName)).href,
    async startGame(launch, mount) {
      const port = await takeFreePort()
      const alias = `coworld-game-${id}`
      if (!mount.isReadOnly) {
        // An engine that has to make them would make them its own user's.
        for (const name of HIDDEN) await makeFolder(join(mount.folder, name))
        restore.push(await openUp(mount))
      }
      const program = await run.start(launch, {
        options: [
          '--network-alias',
          alias,
          '--publish',
          `127.0.0.1:${port}:${GAME_PORT}`,
          '--mount',
          formatMount(mount),
          ...(mount.isReadOnly ? [] : HIDDEN.flatMap((name) => ['--tmpfs', `${mount.target}/${name}:size=1m`])),
          ...(launch.secrets ? ['--mount', formatMount(launch.secrets)] : []),
        ],
        environment: { COGAME_HOST: '0.0.0.0', COGAME_PORT: String(GAME_PORT) },
      })
      return { program, url: `http://127.0.0.1:${port}`, playerUrl: `ws://${alias}:${GAME_PORT}` }
    },
    async startPlayer(launch, mount) {
      restore.push(await openUp(mount))
      const options = ['--mount', formatMount(mount)]
      if (launch.hidden !== undefined && Object.keys(launch.hidden).length > 0) {
        // Beside the log, where no container can read it.
        const file = `${launch.stdout}.variables`
        restore.push(() => rm(file, { force: true }))
        await writeEnvironmentFile(file, launch.hidden)
        options.push('--env-file', file)
      }
      return run.start(launch, { options, environment: {} })
    },
    async close() {
      const left = await run.close()
      const modes = await Promise.allSettled(restore.map((each) => each()))
      forget()
      return modes.some(({ status }) => status === 'rejected') ? [...left, 'the open mode of the workspace'] : left
    },
  }
}

/**
 * Lets every user write to a workspace while its game runs: without capabilities, a container's root cannot write to
 * files that another user owns. Returns a function that reverts this.
 */
async function openUp(mount: Mount): Promise<() => Promise<void>> {
  const config = join(mount.folder, 'config.json')
  const files = [
    { path: mount.folder, mode: 0o777 },
    ...(mount.target === '/coworld' ? [{ path: config, mode: 0o644 }] : []),
  ]
  const before = await Promise.all(files.map(async ({ path }) => ({ path, mode: (await stat(path)).mode & 0o7777 })))
  for (const { path, mode } of files) await chmod(path, mode)
  return async () => {
    for (const { path, mode } of before) {
      // A container may have put a link in place of the file; its target on this machine stays as it is.
      if (!(await lstat(path)).isSymbolicLink()) await chmod(path, mode)
    }
  }
}

/** The engine reads mounts as a line of CSV, so a path may contain a comma or a quote. */
function formatMount({ folder, target, isReadOnly }: Mount): string {
  const fields = ['type=bind', `source=${folder}`, `target=${target}`, ...(isReadOnly ? ['readonly'] : [])]
  return fields.map((field) => (/[",]/.test(field) ? `"${field.replaceAll('"', '""')}"` : field)).join(',')
}

async function explainMissingImage(engine: Engine, image: Runnable['image']): Promise<string | undefined> {
  if (image === '' || image.startsWith('-')) return `${JSON.stringify(image)} is not an image reference`
  const inspected = await askEngine(engine, ['image', 'inspect', image], INSPECT_MS)
  if (inspected.ok) return undefined
  const asked = await askEngine(engine, ['manifest', 'inspect', image], MANIFEST_MS)
  if (asked.ok) return undefined
  const tails = [inspected, asked].map(({ stderr }) => stderr.trim().slice(-2000))
  return `image ${JSON.stringify(image)} is neither on this machine nor in its registry: ${tails.join(' / ')}`
}

/** Removes a run synchronously, because this process is about to end. */
function removeNow({ engine, id, network }: Pick<Opened, 'engine' | 'id' | 'network'>): void {
  const [program, ...first] = engine.argv
  const ask = (...args: readonly string[]): string =>
    spawnSync(program, [...first, ...args], { env: engine.environment, encoding: 'utf8', timeout: 20_000 }).stdout ?? ''
  const ids = ask('ps', '--all', '--quiet', '--filter', `label=paracosm.run=${id}`).split('\n').filter(Boolean)
  if (ids.length > 0) ask(...removal(engine, ids))
  ask('network', 'rm', network)
}
