// The checks of a certification and their findings, shared by the certifier and its reports.
import type { Outcome, StepReport } from './run-events.ts'

/** The numbered checks, in order, counted from 1. */
export const CERTIFY_CHECKS = ['package', 'images', 'workspace', 'request', 'episode', 'results', 'replay'] as const
/** Further checks. */
export const EXTRA_CHECKS = ['bad-token-every-slot', 'late-viewer', 'reconnection', 'frames', 'determinism'] as const
export type CheckId = (typeof CERTIFY_CHECKS)[number] | (typeof EXTRA_CHECKS)[number]

export interface CheckReport {
  /** Null for checks beyond the numbered ones. */
  readonly number: number | null
  readonly id: CheckId
  readonly outcome: Outcome
  readonly reason: string
  /** How to fix a failure. */
  readonly hint?: string
  /** For the check `episode`: the steps of the run. */
  readonly steps?: readonly StepReport[]
}
