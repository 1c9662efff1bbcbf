// Secrets in the environment of a game: `secret://coworld/<coworld>/<name>` becomes the URL of a file that only the game
// can read, and that is gone with the run. What the game wrote of a secret is removed from its workspace.
import { mkdir, mkdtemp, readdir, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { AppError } from '../kernel/errors.ts'
import { createRedactor, type Redactor } from '../lib/redact.ts'
import type { RunEvent } from './run-events.ts'
import type { Launch, Mount, Runtime, RuntimeSession } from './runtime.ts'

/** Where the secrets of packages come from. */
export interface GameSecretSource {
  /** Undefined: there is none of this name. */
  open(coworld: string, name: string): Promise<Uint8Array | undefined>
}

export interface GameSecretOptions {
  readonly source: GameSecretSource
  /** The name of the package that is run: a game gets no secrets of another. */
  readonly coworld: string
  /** `fail`: the run fails. `keep`: the game gets the reference as it is written, as in a run without a server. */
  readonly ifMissing: 'fail' | 'keep'
}

const SCHEME = 'secret://'
const REFERENCE = /^secret:\/\/coworld\/([^/]+)\/([^/]+)$/
/** Folders of runs that are over begin with this and the id of their process. */
const FOLDER = 'paracosm-secrets-'

const sameName = (one: string, other: string): boolean => one.replaceAll('_', '-') === other.replaceAll('_', '-')

/** The same runtime, with the secrets of a package for its game. */
export function withGameSecrets(runtime: Runtime, options: GameSecretOptions): Runtime {
  return {
    kind: runtime.kind,
    explainMissing: (runnable, folder) => runtime.explainMissing(runnable, folder),
    async open(session) {
      await sweep()
      return guard(await runtime.open(session), options)
    },
  }
}

function guard(session: RuntimeSession, options: GameSecretOptions): RuntimeSession {
  const folders: string[] = []
  const workspaces = new Set<string>()
  /** Logs need not lie in the workspace. */
  const logs = new Set<string>()
  const known: Uint8Array[] = []
  let redactor: Redactor | undefined
  return {
    ...session,
    async startGame(launch, mount) {
      const secrets = await readSecrets(launch, options)
      if (secrets.size === 0) return session.startGame(launch, mount)
      known.push(...secrets.values())
      redactor = createRedactor(known)
      workspaces.add(mount.folder)
      for (const path of [launch.stdout, launch.stderr]) logs.add(path)
      const held = await writeSecrets(secrets, folders)
      const urls = [...secrets.keys()].map((key, index) => [key, session.fileUri(held, String(index))])
      const runnable = { ...launch.runnable, env: { ...launch.runnable.env, ...Object.fromEntries(urls) } }
      return session.startGame({ ...launch, runnable, secrets: held }, mount)
    },
    redact: {
      text: (text) => redactor?.text(text) ?? text,
      object: (object) => redactor?.object(object) ?? object,
    },
    async close() {
      const left = await session.close()
      await Promise.all(folders.map((folder) => rm(folder, { recursive: true, force: true })))
      if (redactor) {
        for (const folder of workspaces) await redactor.folder(folder)
        for (const path of logs) await redactor.file(path)
      }
      return left
    },
  }
}

/** The secrets of a game's environment, by variable. @throws AppError SECRET_MISSING */
async function readSecrets(
  { runnable }: Launch,
  { source, coworld, ifMissing }: GameSecretOptions,
): Promise<Map<string, Uint8Array>> {
  const found = new Map<string, Uint8Array>()
  for (const [key, value] of Object.entries(runnable.env)) {
    if (!value.startsWith(SCHEME)) continue
    const [, owner, name] = REFERENCE.exec(value)?.map(decode) ?? []
    if (owner === undefined || name === undefined) {
      throw missing(`${key} is ${value}, not secret://coworld/<coworld>/<name>`)
    }
    if (!sameName(owner, coworld)) throw missing(`${key} names a secret of ${owner}, and the game is ${coworld}`)
    const bytes = await source.open(owner, name)
    if (bytes) found.set(key, bytes)
    else if (ifMissing === 'fail') throw missing(`${key} needs the secret ${name} of ${coworld}, which is not stored`)
  }
  return found
}

function decode(part: string): string {
  try {
    return decodeURIComponent(part)
  } catch {
    // A lone per cent sign stands for itself.
    return part
  }
}

/** The package asks for what its owner has not stored: neither its players nor this machine can mend that. */
const missing = (message: string): AppError =>
  new AppError('SECRET_MISSING', message, { details: { error_type: 'game_contract_violation' } })

/**
 * Writes the secrets below a folder that only this user can enter; a container gets the inner one, which its own user can
 * read.
 */
async function writeSecrets(secrets: ReadonlyMap<string, Uint8Array>, folders: string[]): Promise<Mount> {
  const outer = await mkdtemp(join(tmpdir(), `${FOLDER}${process.pid}-`))
  folders.push(outer)
  const folder = join(outer, 'files')
  await mkdir(folder, { mode: 0o755 })
  for (const [index, bytes] of [...secrets.values()].entries()) {
    await writeFile(join(folder, String(index)), bytes, { mode: 0o444 })
  }
  return { folder, target: '/coworld-secrets', isReadOnly: true }
}

/** Removes what processes left behind that were killed during a run. */
async function sweep(): Promise<void> {
  for (const name of await readdir(tmpdir()).catch(() => [])) {
    const [, pid] = /^paracosm-secrets-(\d+)-/.exec(name) ?? []
    if (pid !== undefined && !isAlive(Number(pid))) await rm(join(tmpdir(), name), { recursive: true, force: true })
  }
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0)
    return true
  } catch (error) {
    // Processes of other users cannot be signalled, but they are there.
    return error instanceof Error && 'code' in error && error.code === 'EPERM'
  }
}

/** The error without secrets. */
export function redactError(error: unknown, { redact }: Pick<RuntimeSession, 'redact'>): unknown {
  if (!redact || !(error instanceof AppError)) return error
  const { code, message, hint, details } = error
  // Its cause holds the message again, and is left out.
  return new AppError(code, redact.text(message), {
    hint: redact.text(hint),
    ...(details === undefined ? {} : { details: redact.object(details) }),
  })
}

/** The event without secrets: only reasons and logs hold words of programs. */
export function redactEvent(event: RunEvent, { text }: Pick<Redactor, 'text'>): RunEvent {
  if (event.kind === 'step-ended') return { ...event, step: { ...event.step, reason: text(event.step.reason) } }
  return event.kind === 'player-exited' ? { ...event, logTail: text(event.logTail) } : event
}
