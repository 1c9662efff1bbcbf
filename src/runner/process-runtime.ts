// The runtime without a container engine: `run` is an argv on this machine, started in the manifest's folder. It
// isolates nothing: run only packages that you trust. It protects only the environment, see PASSED_ON.
import { accessSync, constants, statSync } from 'node:fs'
import { delimiter, dirname, isAbsolute, join, resolve } from 'node:path'
import { fileURLToPath, pathToFileURL } from 'node:url'
import { AppError } from '../kernel/errors.ts'
import type { Runnable } from '../protocol/coworld.ts'
import { type ProcessGroup, startProcessGroup } from './process-group.ts'
import { type Launch, type Runtime, type RuntimeSession, takeFreePort } from './runtime.ts'

export interface ProcessRuntimeOptions {
  /** The environment from which the variables of `PASSED_ON` are taken. Programs receive nothing else of it. */
  readonly environment: Readonly<Record<string, string>>
}

/** Variables that locate programs, homes and time zones. All others, above all secrets, stay with the runner. */
const PASSED_ON =
  /^(?:PATH|HOME|USER|LOGNAME|SHELL|LANG|LANGUAGE|LC_\w+|TZ|TMPDIR|TMP|TEMP|SYSTEMROOT|VIRTUAL_ENV|PYENV_\w+|PARACOSM_NODE)$/i

/** This package's own launcher, which `paracosm` as the first word of an argv refers to. */
const LAUNCHER = fileURLToPath(new URL('../../bin/paracosm', import.meta.url))

/** A runtime that starts the `run` argv of runnables as process groups on this machine. */
export function createProcessRuntime(options: ProcessRuntimeOptions): Runtime {
  const passed = Object.fromEntries(Object.entries(options.environment).filter(([key]) => PASSED_ON.test(key)))
  // Shells and programs that start `paracosm` find this package if no other is on the PATH.
  const path = [passed.PATH, dirname(LAUNCHER)].filter((each) => each !== undefined && each !== '').join(delimiter)
  const inherited: Readonly<Record<string, string>> = { PARACOSM_NODE: process.execPath, ...passed, PATH: path }
  return {
    kind: 'process',
    async explainMissing(runnable, folder) {
      const found = findProgram(runnable, folder, inherited)
      return found.ok ? undefined : found.reason
    },
    async open({ folder }) {
      return openSession(folder, inherited)
    },
  }
}

function openSession(folder: string, inherited: Readonly<Record<string, string>>): RuntimeSession {
  const started = new Set<ProcessGroup>()
  let isClosed = false
  const start = async (launch: Launch, variables: Readonly<Record<string, string>>): Promise<ProcessGroup> => {
    const found = findProgram(launch.runnable, folder, inherited)
    if (!found.ok) throw new AppError('RUN_FAILED', `${launch.name}: ${found.reason}`, { hint: found.hint })
    const group = await startProcessGroup({
      argv: found.argv,
      cwd: folder,
      env: {
        ...inherited,
        ...found.env,
        ...launch.runnable.env,
        ...launch.hidden,
        ...variables,
        ...launch.environment,
      },
      stdout: launch.stdout,
      stderr: launch.stderr,
      endsTree: true,
    })
    started.add(group)
    // The session may have been closed while the program was being started.
    if (isClosed) await group.kill()
    return group
  }
  return {
    fileUri: (mount, fileName) => pathToFileURL(join(mount.folder, fileName)).href,
    async startGame(launch, mount) {
      const port = await takeFreePort()
      const program = await start(launch, {
        COGAME_HOST: '127.0.0.1',
        COGAME_PORT: String(port),
        // There are no mounts here, so our replay server must be told which folder it may read.
        PARACOSM_ALLOW_REPLAY: mount.folder,
      })
      return { program, url: `http://127.0.0.1:${port}`, playerUrl: `ws://127.0.0.1:${port}` }
    },
    startPlayer: (launch) => start(launch, {}),
    async close() {
      isClosed = true
      const ended = await Promise.allSettled([...started].map((group) => group.kill()))
      return ended.flatMap((each) => (each.status === 'rejected' ? [String(each.reason)] : []))
    },
  }
}

type Found =
  | { readonly ok: true; readonly argv: readonly string[]; readonly env: Readonly<Record<string, string>> }
  | { readonly ok: false; readonly reason: string; readonly hint: string }

/** Resolves argv[0]: our own launcher, a path (relative ones against the manifest's folder), or a name on the PATH. */
function findProgram({ run, image }: Runnable, folder: string, env: Readonly<Record<string, string>>): Found {
  const [name, ...args] = run
  if (name === undefined || name === '') {
    return {
      ok: false,
      reason: `image ${JSON.stringify(image)} has no run argv, which the process runtime needs`,
      hint: 'Give the runnable a "run" in the manifest, or use --runtime container.',
    }
  }
  if (name === 'paracosm') return { ok: true, argv: [LAUNCHER, ...args], env: { PARACOSM_NODE: process.execPath } }
  const candidates = name.includes('/')
    ? [resolve(folder, name)]
    : searchPath(env, folder).map((each) => join(each, name))
  const program = candidates.find(isExecutable)
  if (program !== undefined) return { ok: true, argv: [program, ...args], env: {} }
  const where = name.includes('/') ? `is not an executable file at ${candidates[0]}` : 'is not on the PATH'
  return {
    ok: false,
    reason: `program ${JSON.stringify(name)} ${where}`,
    hint: 'Install the program, correct "run" in the manifest, or use --runtime container.',
  }
}

function searchPath(env: Readonly<Record<string, string>>, folder: string): readonly string[] {
  const folders = (env.PATH ?? '').split(delimiter).filter((each) => each !== '')
  return folders.map((each) => (isAbsolute(each) ? each : resolve(folder, each)))
}

function isExecutable(path: string): boolean {
  try {
    accessSync(path, constants.X_OK)
    return statSync(path).isFile()
  } catch {
    return false
  }
}
