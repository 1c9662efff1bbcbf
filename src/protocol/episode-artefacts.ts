// What is kept of an episode of a league or an experience request, beside its journal.
import { z } from 'zod'

/** Classes of failures of the newer generation of coworld (contract section 14). */
export const ERROR_TYPES = [
  'player_error',
  'game_unhealthy',
  'game_contract_violation',
  'results_missing',
  'results_malformed',
  'replay_missing',
  'replay_unloadable',
  'episode_timeout',
  'crash',
] as const

/** The class of a failure. `failed_policy_index` is the slot of the policy that failed. */
export const EpisodeFault = z.object({
  error_type: z.enum(ERROR_TYPES),
  failed_policy_index: z.int().min(0).optional(),
})
export type EpisodeFault = z.infer<typeof EpisodeFault>

/** `error_info.json`: the class of a failure, and at most 2,000 characters of its message. */
export const ErrorInfo = EpisodeFault.extend({ message: z.string() })
export type ErrorInfo = z.infer<typeof ErrorInfo>

/** What `…/artifacts/{type}` gives. `logs` is the log of the game, `debug` a zip of all logs that the caller may see. */
export const ARTEFACT_TYPES = ['results', 'replay', 'journal', 'logs', 'error_info', 'stats', 'debug'] as const
export type ArtefactType = (typeof ARTEFACT_TYPES)[number]

/** What is kept of one slot, in the list of what the caller may have. */
export const PolicyArtefact = z.object({
  /** The slot. */
  position: z.int(),
  policy_version_id: z.string(),
  policy_name: z.string().nullable(),
  has_log: z.boolean(),
  has_artifact: z.boolean(),
})
export type PolicyArtefact = z.infer<typeof PolicyArtefact>
