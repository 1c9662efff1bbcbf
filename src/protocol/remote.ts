// Servers that are deployed and looked after from elsewhere: what their routes take and answer.
import { z } from 'zod'
import { StudyProgress, StudyStatusAnswer } from './study-wire.ts'

export const Bootstrapped = z.strictObject({
  player_id: z.string(),
  /** Shown this once. */
  admin_api_key: z.string(),
  experiment_name: z.string().nullable(),
})
export type Bootstrapped = z.infer<typeof Bootstrapped>

export const REMOTE_MODES = ['standard', 'free_play', 'experiment'] as const
export const RemoteStatus = z.strictObject({
  status: z.literal('ok'),
  mode: z.enum(REMOTE_MODES),
  started_at: z.string(),
  /** Seconds. */
  uptime: z.number().min(0),
  experiment_name: z.string().nullable(),
  progress: StudyProgress.nullable(),
  experiment_status: StudyStatusAnswer.nullable(),
})
export type RemoteStatus = z.infer<typeof RemoteStatus>

export const ExportQuery = z.strictObject({ format: z.enum(['tar.gz', 'zip']).default('tar.gz') })

/** Headers of the bootstrap request; the body is the file. */
export const BOOTSTRAP_HEADERS = {
  token: 'x-dcs-bootstrap-token',
  adminKey: 'x-dcs-admin-key',
  fileName: 'x-dcs-mongo-seed-filename',
} as const
