// The episode bundle of the newer generation (contract section 14), and what supporting roles make of one.
import { z } from 'zod'

/** What a bundle may contain; `?include=` takes these words, divided by commas. */
export const BUNDLE_TOKENS = [
  'results',
  'replay',
  'error_info',
  'game_logs',
  'player_logs',
  'player_artifacts',
] as const
export const BundleToken = z.enum(BUNDLE_TOKENS)
export type BundleToken = z.infer<typeof BundleToken>

/** `manifest.json` of a bundle: `files` names the entry, or an entry for each slot, of every token of `include`. */
export const BundleManifest = z.object({
  ereq_id: z.string(),
  status: z.enum(['success', 'failed']),
  include: z.array(BundleToken),
  files: z.record(z.string(), z.union([z.string(), z.record(z.string(), z.string())])),
})
export type BundleManifest = z.infer<typeof BundleManifest>

/** What a grader writes to `COGAME_GRADE_URI`. Further fields are kept. */
export const Grade = z.looseObject({ score: z.number(), grader_id: z.string().optional() })
export type Grade = z.infer<typeof Grade>
