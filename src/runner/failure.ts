// The class of the failure that ended an episode, as package hosts define them, and the file in which a game blames a
// player.
import { z } from 'zod'
import { AppError } from '../kernel/errors.ts'
import { parseJson } from '../kernel/parse.ts'
import type { ERROR_TYPES } from '../protocol/episode-artefacts.ts'
import type { RunStep } from './run-steps.ts'
import { readArtefact, type Workspace } from './workspace.ts'

export type FailureType = (typeof ERROR_TYPES)[number]

/** The file that a game writes to `COGAME_PLAYER_FAILURE_URI` instead of results. */
const PlayerFailure = z.strictObject({
  message: z.string().min(1).max(2000),
  /** Slot of the player. */
  failed_policy_index: z.int().min(0),
})

/**
 * The same error, with `error_type` in its details. Errors that already have one are not changed, and neither are
 * interruptions.
 */
export function withFailureType(error: unknown, step: RunStep): unknown {
  if (!(error instanceof AppError) || error.code === 'INTERRUPTED' || error.details?.error_type !== undefined) {
    return error
  }
  return new AppError(error.code, error.message, {
    details: { ...error.details, error_type: typeOf(step, error) },
    ...(error.hint === undefined ? {} : { hint: error.hint }),
    cause: error.cause ?? error,
  })
}

function typeOf(step: RunStep, error: AppError): FailureType {
  switch (step) {
    case 'health':
      return 'game_unhealthy'
    case 'player-page':
    case 'bad-token':
    case 'global-page':
    case 'global-message':
      return 'game_contract_violation'
    case 'start-players':
    case 'player-exit':
      return 'player_error'
    case 'game-exit':
      return error.code === 'RUN_TIMEOUT' ? 'episode_timeout' : 'game_unhealthy'
    case 'replay':
      return 'replay_unloadable'
    case 'results':
      return error.details?.missing === true ? 'results_missing' : 'results_malformed'
    default:
      return 'crash'
  }
}

/**
 * Throws if the game has blamed a player.
 * @throws AppError RUN_FAILED, of the type `player_error`, or `game_contract_violation` when the file names no slot
 */
export async function checkPlayerFailure(workspace: Workspace, slots: number): Promise<void> {
  const text = await readArtefact(workspace.playerFailure)
  if (text === undefined) return
  const failure = PlayerFailure.safeParse(parseOrUndefined(text, workspace.playerFailure))
  if (!failure.success || failure.data.failed_policy_index >= slots) {
    throw new AppError('RUN_FAILED', `${workspace.playerFailure} does not say which player failed, and why`, {
      hint: 'Write {"message": "…", "failed_policy_index": <slot>} to COGAME_PLAYER_FAILURE_URI, or nothing.',
      details: { error_type: 'game_contract_violation', path: workspace.playerFailure },
    })
  }
  const { message, failed_policy_index } = failure.data
  throw new AppError('RUN_FAILED', `the game says that player ${failed_policy_index} failed: ${message}`, {
    hint: `Read the log of player ${failed_policy_index} in ${workspace.logs}.`,
    details: { error_type: 'player_error', failed_policy_index },
  })
}

function parseOrUndefined(text: string, name: string): unknown {
  try {
    return parseJson(text, name)
  } catch (error) {
    if (error instanceof AppError) return undefined
    throw error
  }
}
