// Plays one episode of an uploaded package: the game and its players as containers of this machine, in a folder that is
// removed afterwards, on a leash and within limits of time and disk. Nothing that a container has left is trusted.
import { createHash } from 'node:crypto'
import { lstat, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { AppError } from '../../kernel/errors.ts'
import { openPlain } from '../../lib/plain-file.ts'
import { createRedactor } from '../../lib/redact.ts'
import type { Runnable } from '../../protocol/coworld.ts'
import { EpisodeFault } from '../../protocol/episode-artefacts.ts'
import { isObject } from '../../protocol/is-object.ts'
import type { JsonValue } from '../../protocol/json.ts'
import { runEpisode } from '../../runner/episode-run.ts'
import { createTokens } from '../../runner/job.ts'
import { createRunId } from '../../runner/runtime.ts'
import { findReplayFile, playerLog, readTail, type Workspace } from '../../runner/workspace.ts'
import type { EpisodeRecord, PolicyVersionRecord } from '../../store/leagues/rows.ts'
import { onLeash } from '../hosted/leashed-runtime.ts'
import { plainReason } from '../hosted/live-game.ts'
import type { PackageMachine } from '../hosted/package-machine.ts'
import { createRunFolder, folderOf, watchFolder } from '../hosted/run-folder.ts'
import { IMAGE_ID } from '../uploads/local-images.ts'
import type { SecretSource } from '../uploads/programs.ts'
import { type PackageChoice, packageJob, packagePlayers } from './package-job.ts'

/** Milliseconds until the game must be healthy, and that it may take from then on: the limit of package hosts. */
const HEALTH_MS = 60_000
const EPISODE_MS = 20 * 60_000
/** Bytes that are kept of the log of a player, and of each stream of the game. */
const PLAYER_LOG = 64 * 1024
const GAME_LOG = 1024 * 1024
/** The episode has failed; any other error is not its fault, and it is tried again. */
const EPISODE_FAULTS: readonly string[] = [
  'RUN_FAILED',
  'RUN_TIMEOUT',
  'RESULTS_INVALID',
  'CONFIG_INVALID',
  'MANIFEST_INVALID',
  'UNKNOWN_VARIANT',
  'UNKNOWN_BOT',
  'UNKNOWN_UPLOAD',
  'IMAGE_MISSING',
  'PII_KEY_WRONG',
]

export interface PackageMatch extends PackageChoice {
  /** One per slot: players of the package as bots, and policies that are images. */
  readonly versions: readonly PolicyVersionRecord[]
}

export interface PackageHost {
  readonly machine: PackageMachine
  readonly secrets: SecretSource
  onFault(error: unknown): void
}

/** What an episode has left. Dispose of it when everything is stored: its files are removed. */
export interface PackageEnd extends AsyncDisposable {
  readonly result: Pick<EpisodeRecord, 'status' | 'scores' | 'error' | 'errorInfo'>
  readonly results: JsonValue | undefined
  /** A plain file, and its SHA-256 in hex. */
  readonly replay: { readonly path: string; readonly hash: string } | undefined
  readonly gameLog: string
  /** By slot. */
  readonly logs: ReadonlyMap<number, string>
  readonly zips: ReadonlyMap<number, string>
}

/** @throws the reason of the signal; errors that are no fault of the episode */
export async function playPackage(match: PackageMatch, host: PackageHost, signal: AbortSignal): Promise<PackageEnd> {
  const runId = createRunId()
  const folder = folderOf(runId)
  const workspace = await createRunFolder(folder)
  const dispose = (): Promise<void> => rm(folder, { recursive: true, force: true })
  try {
    const secrets = await Promise.all(match.versions.map((version) => secretsOf(version, host)))
    const tokens = createTokens(match.versions.length)
    const hidden = [...tokens, ...secrets.flatMap((each) => Object.values(each))]
    const redact = createRedactor(hidden.map((each) => Buffer.from(each))).text
    const run = { match, host, runId, workspace, tokens, secrets }
    const ended = await runOnce(run, signal).then(
      (results) => ({ results, error: undefined }),
      (error: unknown) => {
        if (signal.aborted) throw signal.reason
        if (!(error instanceof AppError) || !EPISODE_FAULTS.includes(error.code)) throw error
        return { results: undefined, error }
      },
    )
    return {
      ...(await collect(ended, { workspace, slots: tokens.length, tokens, redact })),
      [Symbol.asyncDispose]: dispose,
    }
  } catch (error) {
    await dispose()
    throw error
  }
}

async function secretsOf(
  { id, player }: PolicyVersionRecord,
  { secrets }: PackageHost,
): Promise<Readonly<Record<string, string>>> {
  return player.kind === 'container' ? secrets.open(id) : {}
}

interface Run {
  readonly match: PackageMatch
  readonly host: PackageHost
  readonly runId: string
  readonly workspace: Workspace
  readonly tokens: readonly string[]
  readonly secrets: readonly Readonly<Record<string, string>>[]
}

async function runOnce(run: Run, signal: AbortSignal): Promise<JsonValue> {
  const { match, host, runId, workspace, tokens, secrets } = run
  const { machine } = host
  const over = new AbortController()
  const tooMuch = new AbortController()
  const folder = folderOf(runId)
  const job = await withImages(match, machine)
  watchFolder(folder, over.signal, {
    stop: (reason) => tooMuch.abort(new AppError('RUN_FAILED', reason)),
    onFault: host.onFault,
  })
  try {
    const { results } = await runEpisode({
      id: runId,
      runtime: onLeash(machine.runtimeOf(match.coworld.name), machine.leash, folder),
      job,
      // Only programs without an image are looked for in it.
      folder: '/',
      workspace,
      tokens,
      slotSecrets: secrets,
      healthMs: HEALTH_MS,
      timeoutMs: EPISODE_MS,
      verifyReplay: false,
      signal: AbortSignal.any([signal, tooMuch.signal]),
    })
    return results
  } finally {
    over.abort()
  }
}

/** The job with its own players, and with references that the engine of this machine knows. */
async function withImages(match: PackageMatch, { images }: PackageMachine): Promise<ReturnType<typeof packageJob>> {
  const job = packageJob(match)
  const ensure = (image: string): Promise<string> | string =>
    image.startsWith(IMAGE_ID) ? images.ensure(image) : image
  const own = packagePlayers(match.coworld)
  const players: Runnable[] = []
  for (const { player } of match.versions) {
    const chosen = player.kind === 'container' ? { image: player.image, run: player.run, env: {} } : botOf(player, own)
    players.push({ ...chosen, image: await ensure(chosen.image) })
  }
  const { game } = job.manifest
  const runnable = { ...game.runnable, image: await ensure(game.runnable.image) }
  return { ...job, players, manifest: { ...job.manifest, game: { ...game, runnable } } }
}

function botOf(player: PolicyVersionRecord['player'], own: ReadonlyMap<string, Runnable>): Runnable {
  const found = player.kind === 'bot' ? own.get(player.bot) : undefined
  if (found) return found
  throw new AppError('UNKNOWN_BOT', `the package has no player ${player.name}; it has ${[...own.keys()].join(', ')}`)
}

interface Ended {
  readonly results: JsonValue | undefined
  readonly error: AppError | undefined
}

async function collect(
  { results, error }: Ended,
  {
    workspace,
    slots,
    tokens,
    redact,
  }: {
    readonly workspace: Workspace
    readonly slots: number
    readonly tokens: readonly string[]
    readonly redact: (text: string) => string
  },
): Promise<Omit<PackageEnd, typeof Symbol.asyncDispose>> {
  const logs = new Map<number, string>()
  const zips = new Map<number, string>()
  for (let slot = 0; slot < slots; slot++) {
    const log = await readTail(playerLog(workspace, slot), PLAYER_LOG)
    if (log !== '') logs.set(slot, redact(log))
    const zip = join(workspace.artefacts, String(slot), `policy_artifact_${slot}.zip`)
    if (await isPlain(zip)) zips.set(slot, zip)
  }
  const streams = [workspace.gameStdout, workspace.gameStderr]
  const said = await Promise.all(streams.map((path) => readTail(path, GAME_LOG)))
  const replay = await hashed(findReplayFile(workspace))
  const fault = error ?? (replay === undefined ? MISSING_REPLAY : undefined)
  return {
    result: {
      status: fault ? 'failed' : 'completed',
      scores: fault ? null : scoresOf(results, slots),
      error: fault ? redact(plainReason(fault, workspace.folder, tokens)) : null,
      errorInfo: fault ? faultOf(fault) : null,
    },
    results: fault ? undefined : results,
    replay,
    gameLog: redact(said.join('')),
    logs,
    zips,
  }
}

async function hashed(path: string | undefined): Promise<PackageEnd['replay']> {
  if (path === undefined) return undefined
  await using file = await openPlain(path)
  if (!file) return undefined
  const hash = createHash('sha256')
  for await (const bytes of file.createReadStream({ autoClose: false })) hash.update(bytes)
  return { path, hash: hash.digest('hex') }
}

const MISSING_REPLAY = new AppError('RUN_FAILED', 'the game exited without writing a replay', {
  details: { error_type: 'replay_missing' },
})

const isPlain = (path: string): Promise<boolean> =>
  lstat(path).then(
    (found) => found.isFile(),
    () => false,
  )

/** The class that the runner has given to the failure. */
function faultOf({ details }: AppError): EpisodeFault {
  const { error_type, failed_policy_index } = details ?? {}
  const { data } = EpisodeFault.safeParse({ error_type, failed_policy_index })
  return data ?? { error_type: 'crash' }
}

/** By convention `scores`, one number for each slot; packages need not have them. */
function scoresOf(results: JsonValue | undefined, slots: number): number[] | null {
  const scores = results !== undefined && isObject(results) ? results.scores : undefined
  if (!Array.isArray(scores) || scores.length !== slots) return null
  return scores.every((each) => typeof each === 'number') ? scores : null
}
