// The events of a run, from which progress lines, reports and links are derived.
import { withFailureType } from './failure.ts'
import type { PageFolder } from './pages.ts'
import { RUN_STEPS, type RunStep } from './run-steps.ts'

export const OUTCOMES = ['passed', 'failed', 'skipped'] as const
export type Outcome = (typeof OUTCOMES)[number]

/** A numbered step or check that has ended. */
export interface StepReport {
  readonly number: number
  readonly id: RunStep
  readonly outcome: Outcome
  /** A sentence: the finding, or why nothing was checked. */
  readonly reason: string
}

/** Addresses of a running game for people and browsers on this machine. They contain tokens. */
export interface EpisodeLinks {
  /** One per slot, in slot order. */
  readonly players: readonly string[]
  readonly global: string
  readonly admin: string
}

export type RunEvent =
  | { readonly kind: 'step-started'; readonly number: number; readonly id: RunStep }
  | { readonly kind: 'step-ended'; readonly step: StepReport }
  /** The game is healthy and can be watched. */
  | { readonly kind: 'ready'; readonly links: EpisodeLinks }
  | {
      readonly kind: 'player-exited'
      readonly slot: number
      readonly status: number
      /** Whether the game was still running. */
      readonly isEarly: boolean
      /** The end of its log. */
      readonly logTail: string
    }
  | { readonly kind: 'game-exited'; readonly status: number }

/** Links to a game at `url`, one player link for each token. */
export function episodeLinks(url: string, tokens: readonly string[], folder: PageFolder = 'clients'): EpisodeLinks {
  return {
    players: tokens.map((token, slot) => `${url}/${folder}/player?${slotQuery(slot, token)}`),
    global: `${url}/${folder}/global`,
    admin: `${url}/${folder}/admin`,
  }
}

/** The query with which a player identifies itself: `slot`, then `token`, form-encoded. */
export function slotQuery(slot: number, token: string): string {
  return new URLSearchParams([
    ['slot', String(slot)],
    ['token', token],
  ]).toString()
}

/** Runs one numbered step and reports its start and end. If it throws, the step has failed, and the error is rethrown. */
export async function runStep<T>(
  onEvent: (event: RunEvent) => void,
  id: RunStep,
  work: () => Promise<{ readonly reason: string; readonly value: T }>,
): Promise<T> {
  const number = RUN_STEPS.indexOf(id) + 1
  onEvent({ kind: 'step-started', number, id })
  try {
    const { reason, value } = await work()
    onEvent({ kind: 'step-ended', step: { number, id, outcome: 'passed', reason } })
    return value
  } catch (error) {
    onEvent({ kind: 'step-ended', step: { number, id, outcome: 'failed', reason: reasonOf(error) } })
    throw withFailureType(error, id)
  }
}

/** The message of an error, as the reason of a step or check. */
export function reasonOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error)
}
