// Re-runs the matches behind a row of the leaderboard, and compares their scores with those that the row counts.
import type { PolicyMatch } from '../../../../src/protocol/league-policy.ts'
import type { Course } from '../../course/types.ts'
import { count, formatNumber } from '../../data/words.ts'

export type RowProof =
  | { readonly kind: 'unchecked' }
  | { readonly kind: 'checking'; readonly done: number; readonly of: number }
  | { readonly kind: 'proved'; readonly episodes: number; readonly steps: number }
  | { readonly kind: 'differs'; readonly episode: string; readonly what: string }
  | { readonly kind: 'impossible'; readonly message: string }

export interface RowProofOptions {
  readonly matches: readonly PolicyMatch[]
  /** Opens the recording of an episode. It is closed after its check. */
  open(episode: string): Pick<Course, 'open' | 'verify' | 'close'>
  report(proof: RowProof): void
  /** The page was left: nothing more is read. */
  readonly signal: AbortSignal
}

/** Checks one match after the other, and stops at the first that differs. */
export async function proveRow({ matches, open, report, signal }: RowProofOptions): Promise<RowProof> {
  const stored = matches.flatMap((match) => (match.episode === null ? [] : [{ ...match, episode: match.episode }]))
  if (stored.length === 0) {
    const message = matches.length === 0 ? 'It has no matches yet' : 'The journals of its matches are no longer stored'
    return { kind: 'impossible', message }
  }
  let steps = 0
  for (const [done, match] of stored.entries()) {
    if (signal.aborted) return { kind: 'unchecked' }
    report({ kind: 'checking', done, of: stored.length })
    const course = open(match.episode)
    try {
      const { results } = await course.open()
      const verdict = await course.verify(() => undefined)
      if (verdict.kind === 'impossible') return { kind: 'impossible', message: verdict.message }
      if (verdict.kind === 'differs') {
        return { kind: 'differs', episode: match.episode, what: `step ${formatNumber(verdict.step)}, ${verdict.what}` }
      }
      const fault = faultOf(match, results?.scores ?? [])
      if (fault !== undefined) return { kind: 'differs', episode: match.episode, what: fault }
      steps += verdict.steps
    } catch (error) {
      return { kind: 'impossible', message: error instanceof Error ? error.message : String(error) }
    } finally {
      course.close()
    }
  }
  return { kind: 'proved', episodes: stored.length, steps }
}

/** How a match differs from the scores of its journal; undefined: not at all. */
function faultOf({ score, best_other: other, outcome }: PolicyMatch, scores: readonly number[]): string | undefined {
  if (!scores.includes(score) || !scores.includes(other)) return 'its journal has other scores'
  const found = score > other ? 'won' : score < other ? 'lost' : 'drawn'
  return found === outcome ? undefined : `its journal says ${found}, not ${outcome}`
}

/** The sentence beside the button. */
export function sentenceOf(proof: Exclude<RowProof, { kind: 'unchecked' | 'differs' }>): string {
  switch (proof.kind) {
    case 'checking':
      return proof.of === 0 ? 'Reading its matches' : `Match ${proof.done + 1} of ${proof.of}`
    case 'proved':
      return `Proved: ${count(proof.episodes, 'match', 'matches')}, ${count(proof.steps, 'step')}`
    case 'impossible':
      return `${proof.message.replace(/\.$/, '')}.`
  }
}
