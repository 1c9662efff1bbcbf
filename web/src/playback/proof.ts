// The progress of a proof: shown by the verdict and the proof track.
import type { Course, Verdict } from '../course/types.ts'
import type { Store } from '../data/store.ts'
import { count, duration, formatNumber } from '../data/words.ts'

export type Proof = { readonly kind: 'unchecked' } | { readonly kind: 'checking'; readonly step: number } | Verdict

/** Replays the course and keeps the store up to date. */
export async function prove(course: Course, store: Store<Proof>): Promise<void> {
  if (store.get().kind === 'checking') return
  store.set({ kind: 'checking', step: 0 })
  try {
    store.set(await course.verify((step) => store.set({ kind: 'checking', step })))
  } catch (error) {
    store.set({
      kind: 'impossible',
      code: 'INTERNAL_ERROR',
      message: error instanceof Error ? error.message : String(error),
    })
  }
}

/** The sentence beside the verdict. */
export function sentenceOf(proof: Proof, last: number): string {
  switch (proof.kind) {
    case 'unchecked':
      return 'Re-run it in this browser and compare every hash and digest.'
    case 'checking':
      return `Checking, step ${formatNumber(proof.step)} of ${formatNumber(last)}.`
    case 'proved':
      return `${count(proof.steps, 'step')} re-run in this browser in ${duration(proof.ms)}. Every hash and digest matches.`
    case 'differs':
      return `Differs at step ${formatNumber(proof.step)}, line ${formatNumber(proof.line)}: ${proof.what}.`
    case 'impossible':
      return `${proof.message.replace(/\.$/, '')}.`
  }
}
