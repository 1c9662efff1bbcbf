// What a hosted game needs of its package, and what it leaves: the configuration and image of its container, its
// results and its replay. The folder was in the hands of a stranger's program: only plain files are read from it.
import { createReadStream } from 'node:fs'
import { lstat } from 'node:fs/promises'
import type { BlobStore } from '../../host/blobs.ts'
import { AppError } from '../../kernel/errors.ts'
import { isMissing } from '../../lib/files.ts'
import { rolloutVariables } from '../../runner/episode-run.ts'
import { checkPlayerFailure } from '../../runner/failure.ts'
import { buildJobSpec, concreteConfig } from '../../runner/job.ts'
import { type CoworldPackage, parseAnyManifest } from '../../runner/manifest.ts'
import { readResults } from '../../runner/results.ts'
import type { GameServer, Mount, RuntimeSession } from '../../runner/runtime.ts'
import { findReplayFile, type Workspace, writeConfig } from '../../runner/workspace.ts'
import type { CoworldRecord } from '../../store/leagues/coworlds.ts'
import type { PlaySessionRecord } from '../../store/play/play-sessions.ts'
import type { PreparedGame } from './live-game.ts'
import type { PackageMachine } from './package-machine.ts'

/** An uploaded package as the runner knows it; it has no folder. */
export function packageOf({ id, manifest }: CoworldRecord): CoworldPackage {
  const parsed = parseAnyManifest(manifest, `cow_${id}`)
  return { ...parsed, path: `cow_${id}`, folder: '/', slots: parsed.manifest.certification.players.length }
}

export interface Rollout {
  readonly coworld: CoworldRecord
  readonly variant: string
  readonly tokens: readonly string[]
  readonly machine: PackageMachine
  readonly runId: string
}

/**
 * Writes the configuration of a game, and has its image ready.
 * @throws AppError CONFIG_INVALID, UNKNOWN_VARIANT, IMAGE_MISSING
 */
export async function prepareRollout(
  workspace: Workspace,
  { coworld, variant, tokens, machine, runId }: Rollout,
): Promise<PreparedGame> {
  const found = packageOf(coworld)
  await writeConfig(workspace, concreteConfig(buildJobSpec(found, { variant }), tokens))
  const { runnable } = found.manifest.game
  const image = await machine.images.ensure(runnable.image)
  const mount: Mount = { folder: workspace.folder, target: '/coworld', isReadOnly: false }
  const start = (session: RuntimeSession): Promise<GameServer> =>
    session.startGame(
      {
        name: `coworld-hosted-game-${runId}`,
        runnable: { ...runnable, image },
        environment: rolloutVariables(session, mount),
        stdout: workspace.gameStdout,
        stderr: workspace.gameStderr,
      },
      mount,
    )
  return { runtime: machine.runtimeOf(coworld.name), start }
}

export const resultsBlob = (sessionId: string): string => `hosted/${sessionId}/results.json`
export const replayBlob = (sessionId: string): string => `hosted/${sessionId}/replay`

/** A replay that the game of a package has left. */
export interface PackageReplay {
  /** Of the hosted game or the episode. */
  readonly id: string
  /** `cow_…` */
  readonly coworldId: string
  readonly blob: string
}

/** The replay of a hosted game. @throws AppError NOT_FOUND when the game has left none */
export function replayOf({ id, coworldId, hasReplay, reason }: PlaySessionRecord): PackageReplay {
  if (hasReplay) return { id, coworldId, blob: replayBlob(id) }
  throw new AppError('NOT_FOUND', `the hosted game ps_${id} has left no replay`, {
    hint: reason === null ? 'A replay is there once the game has ended.' : `Its game: ${reason}.`,
  })
}

/**
 * Stores what a game has left.
 * @throws AppError RESULTS_INVALID without valid results; RUN_FAILED when the game blames a player
 */
export async function keepOutcome(
  blobs: BlobStore,
  workspace: Workspace,
  { sessionId, coworld, slots }: { sessionId: string; coworld: CoworldRecord; slots: number },
): Promise<{ readonly hasReplay: boolean }> {
  for (const path of [workspace.results, workspace.replay, workspace.rawReplay, workspace.playerFailure]) {
    await requirePlain(path)
  }
  await checkPlayerFailure(workspace, slots)
  const results = await readResults(workspace, packageOf(coworld).manifest)
  const replay = findReplayFile(workspace)
  if (replay !== undefined) await blobs.put(replayBlob(sessionId), createReadStream(replay))
  await blobs.put(resultsBlob(sessionId), JSON.stringify(results))
  return { hasReplay: replay !== undefined }
}

/** A link would be followed on this machine, where the game's container could not go. @throws AppError RUN_FAILED */
export async function requirePlain(path: string): Promise<void> {
  const found = await lstat(path).catch((error: unknown) => {
    if (isMissing(error)) return undefined
    throw error
  })
  if (found === undefined || found.isFile()) return
  throw new AppError('RUN_FAILED', `the game left ${path}, which is not a plain file`)
}
