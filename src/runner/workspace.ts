// The folder of one local episode: the game's inputs and outputs, and all logs. Never deleted.
import { existsSync, lstatSync } from 'node:fs'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { dirname, join, resolve } from 'node:path'
import { AppError } from '../kernel/errors.ts'
import { makeFolder } from '../lib/folders.ts'
import { openPlain } from '../lib/plain-file.ts'

/** Absolute paths of the artefacts of one episode. */
export interface Workspace {
  readonly folder: string
  /** The concrete configuration, including tokens. */
  readonly config: string
  readonly results: string
  readonly replay: string
  /** Where later games may leave their replay, as raw bytes. */
  readonly rawReplay: string
  /** Where a game names the player that failed, instead of results. */
  readonly playerFailure: string
  /** One folder per slot, for the artefacts of its player. */
  readonly artefacts: string
  readonly logs: string
  readonly gameStdout: string
  readonly gameStderr: string
}

export type WorkspacePrefix = 'coworld-cert-' | 'coworld-play-' | 'coworld-replay-' | 'coworld-run-'

export interface WorkspacePlace {
  /** The workspace itself; without it, a fresh folder below `<root>/tmp/`. */
  readonly folder?: string
  readonly prefix: WorkspacePrefix
  /** `tmp/` is created in the checkout around `cwd`, or else in `cwd`. */
  readonly cwd: string
}

/**
 * Creates a workspace with `logs/` inside. Artefacts of an earlier episode in the same folder are removed, so that they
 * cannot be mistaken for those of this one.
 * @throws AppError FILE_UNWRITABLE
 */
export async function createWorkspace(place: WorkspacePlace): Promise<Workspace> {
  try {
    const paths = workspacePaths(place.folder === undefined ? await temporaryFolder(place) : resolve(place.folder))
    await makeFolder(paths.logs)
    const { config, results, replay, rawReplay, playerFailure, artefacts } = paths
    const stale = [config, results, replay, `${replay}.z`, rawReplay, playerFailure]
    await Promise.all(stale.map((path) => rm(path, { force: true })))
    await rm(artefacts, { recursive: true, force: true })
    return paths
  } catch (cause) {
    if (cause instanceof AppError) throw cause
    const message = cause instanceof Error ? cause.message : String(cause)
    throw new AppError('FILE_UNWRITABLE', `cannot create the workspace: ${message}`, { cause })
  }
}

/** The artefact paths of a workspace at `folder`, which need not exist. */
export function workspacePaths(folder: string): Workspace {
  const logs = join(folder, 'logs')
  return {
    folder,
    config: join(folder, 'config.json'),
    results: join(folder, 'results.json'),
    replay: join(folder, 'replay.json'),
    rawReplay: join(folder, 'replay'),
    playerFailure: join(folder, 'player_failure.json'),
    artefacts: join(folder, 'artifacts'),
    logs,
    gameStdout: join(logs, 'game.stdout.log'),
    gameStderr: join(logs, 'game.stderr.log'),
  }
}

/** The log of a slot's player: both of its streams. */
export function playerLog(workspace: Workspace, slot: number): string {
  return join(workspace.logs, `policy_agent_${slot}.txt`)
}

/** Writes indented JSON. The file contains tokens, so others may not read it unless a runtime grants access. */
export async function writeConfig(workspace: Workspace, config: unknown): Promise<void> {
  await writeFile(workspace.config, `${JSON.stringify(config, undefined, 2)}\n`, { mode: 0o600 })
}

/** The last `bytes` bytes of a log; empty if it does not exist, or is not a plain file. */
export async function readTail(path: string, bytes = 4000): Promise<string> {
  await using file = await openPlain(path)
  if (!file) return ''
  const { size } = await file.stat()
  const length = Math.min(size, bytes)
  const { buffer } = await file.read(Buffer.alloc(length), 0, length, size - length)
  return buffer.toString('utf8')
}

/** The replay that a game wrote, under either of its names; undefined if it wrote none. */
export function findReplayFile({ replay, rawReplay }: Workspace): string | undefined {
  return [replay, rawReplay].find((path) => lstatSync(path, { throwIfNoEntry: false })?.isFile() === true)
}

/** Bytes of an artefact that is read as a whole. */
const MAX_ARTEFACT = 64 * 1024 * 1024

/**
 * The text of an artefact; undefined if it was never written.
 * @throws AppError RUN_FAILED when it is not a plain file, or too large
 */
export async function readArtefact(path: string): Promise<string | undefined> {
  if (lstatSync(path, { throwIfNoEntry: false }) === undefined) return undefined
  await using file = await openPlain(path)
  if (!file) throw new AppError('RUN_FAILED', `the game left ${path}, which is not a plain file`)
  if ((await file.stat()).size > MAX_ARTEFACT) {
    throw new AppError('RUN_FAILED', `${path} has more than ${MAX_ARTEFACT} bytes`)
  }
  return file.readFile('utf8')
}

async function temporaryFolder({ prefix, cwd }: WorkspacePlace): Promise<string> {
  const parent = join(checkoutAround(cwd) ?? resolve(cwd), 'tmp')
  await makeFolder(parent)
  return mkdtemp(join(parent, prefix))
}

function checkoutAround(cwd: string): string | undefined {
  for (let folder = resolve(cwd); ; folder = dirname(folder)) {
    if (existsSync(join(folder, '.git'))) return folder
    if (folder === dirname(folder)) return undefined
  }
}
