// Decides which characters may be released: those with an evaluation that meets every criterion of the policy.
import { z } from 'zod'
import { parseJson, parseWith } from '../../kernel/parse.ts'
import { byText } from '../strategy/candidates.ts'

const Score = z.number().min(0)

export const ReleasePolicy = z.object({
  policy_version: z.string(),
  description: z.string().optional(),
  criteria: z
    .object({
      min_icf_score: Score.default(0),
      min_scenario_coverage_score: Score.default(0),
      require_current_fingerprint: z.boolean().default(false),
    })
    .prefault({}),
})
export type ReleasePolicy = z.infer<typeof ReleasePolicy>

/** One evaluation of a character; a missing value counts as 0. */
export const CharacterEvaluation = z.looseObject({
  character_hid: z.string().optional(),
  fingerprint: z.string().optional(),
  scores: z.looseObject({ icf: z.number().default(0), scenario_coverage: z.number().default(0) }).prefault({}),
})
export type CharacterEvaluation = z.infer<typeof CharacterEvaluation>

/**
 * @param fingerprints of the production characters, by hid; a character without one cannot be approved
 * @returns hids, sorted
 */
export function approvedCharacters(
  policy: ReleasePolicy,
  evaluations: readonly CharacterEvaluation[],
  fingerprints: ReadonlyMap<string, string>,
): string[] {
  const { min_icf_score, min_scenario_coverage_score, require_current_fingerprint } = policy.criteria
  const approved = [...fingerprints].flatMap(([hid, current]) => {
    const isMet = evaluations.some(
      ({ character_hid, fingerprint, scores }) =>
        character_hid === hid &&
        scores.icf >= min_icf_score &&
        (min_scenario_coverage_score <= 0 || scores.scenario_coverage >= min_scenario_coverage_score) &&
        (!require_current_fingerprint || fingerprint === current),
    )
    return isMet ? [hid] : []
  })
  return approved.toSorted(byText)
}

/** The list of released characters that a server can enforce. */
export const ReleaseManifest = z.looseObject({
  policy_version: z.string(),
  engine_version: z.string().default(''),
  generated_at: z.string().default(''),
  approved_characters: z.array(z.string()),
})
export type ReleaseManifest = z.infer<typeof ReleaseManifest>

/**
 * @param name the file's name, for messages
 * @throws AppError JSON_MALFORMED, VALIDATION_ERROR
 */
export const parseManifest = (text: string, name: string): ReleaseManifest =>
  parseWith(ReleaseManifest, parseJson(text, name), { code: 'VALIDATION_ERROR', what: name })

/** The text of a manifest. @param at `YYYY-MM-DDTHH:MM:SSZ` */
export function manifestText(policyVersion: string, at: string, approved: readonly string[]): string {
  const manifest = {
    policy_version: policyVersion,
    engine_version: 'dcs-se@0.1.0',
    generated_at: at,
    approved_characters: [...approved],
  }
  return `${JSON.stringify(manifest, undefined, 2)}\n`
}
