// What graders, diagnosers and reporters of packages make of an episode on a server.
import { z } from 'zod'
import { Grade } from './bundle.ts'

/** Roles of a package that read the bundle of an episode and write one file. */
export const REPORT_ROLES = ['grader', 'diagnoser', 'reporter'] as const
export const ReportRole = z.enum(REPORT_ROLES)
export type ReportRole = z.infer<typeof ReportRole>

const Text = z.string()

/** Asks for a report. */
export const ReportRequest = z.strictObject({
  /** An uploaded package. */
  coworld_id: Text.min(1).max(200),
  role: ReportRole,
  /** Id in the manifest; absent: the first of this role. */
  role_id: Text.min(1).max(200).nullish(),
  /** What a diagnoser judges, for `COGAME_TARGET_POLICY_URI`. */
  target: Text.min(1).max(500).nullish(),
})
export type ReportRequest = z.infer<typeof ReportRequest>

/** A report. A failure of a role never changes the episode. */
export const EpisodeReport = z.object({
  id: Text,
  episode_request_id: Text,
  coworld_id: Text,
  role: ReportRole,
  role_id: Text,
  target: Text.nullable(),
  status: z.enum(['pending', 'running', 'completed', 'failed']),
  /** Of a grader: an object with `score`. */
  grade: Grade.nullable(),
  has_output: z.boolean(),
  has_log: z.boolean(),
  error: Text.nullable(),
  created_at: Text,
  started_at: Text.nullable(),
  completed_at: Text.nullable(),
})
export type EpisodeReport = z.infer<typeof EpisodeReport>

/** The job of a report. */
export const ReportJob = z.strictObject({ report: z.string() })
