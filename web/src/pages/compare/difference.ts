// The effect of a fork in words and numbers: pure, from the scores of both courses.
import type { CourseInfo, Series } from '../../course/types.ts'
import { formatNumber, leader } from '../../data/words.ts'
import { lowerBound } from '../../timeline/scale.ts'

/** The score of a slot after `step` steps; for a course that ended earlier, the last one. */
export function scoreAt(series: Series, slot: number, step: number): number {
  const index = Math.min(lowerBound(series.steps, step + 1) - 1, series.steps.length - 1)
  return series.scores[slot]?.[Math.max(0, index)] ?? 0
}

/** The first step at which any score differs; undefined if none does. */
export function firstDifference(recorded: Series, fork: Series): number | undefined {
  const last = Math.max(recorded.steps.at(-1) ?? 0, fork.steps.at(-1) ?? 0)
  const steps = recorded.steps.length >= fork.steps.length ? recorded.steps : fork.steps
  for (const step of steps) {
    if (step > last) break
    if (recorded.scores.some((_, slot) => scoreAt(recorded, slot, step) !== scoreAt(fork, slot, step))) return step
  }
  return undefined
}

export const signed = (value: number): string =>
  value === 0 ? '0' : `${value > 0 ? '+' : '−'}${formatNumber(Math.abs(value))}`

const finals = ({ series }: CourseInfo): readonly number[] => series.scores.map((scores) => scores.at(-1) ?? 0)

/** The finding: one sentence on who wins now, and one on the scores. */
export function findingOf(recorded: CourseInfo, fork: CourseInfo): { readonly main: string; readonly more: string } {
  const before = finals(recorded)
  const after = finals(fork)
  const names = fork.header.slots.map(({ name }) => name)
  const old = recorded.header.slots.map(({ name }) => name)
  const first = leader(before)
  const now = leader(after)
  const changes = after.flatMap((score, slot) => {
    const change = score - (before[slot] ?? 0)
    return change === 0
      ? []
      : [`slot ${slot} ends ${formatNumber(Math.abs(change))} ${change > 0 ? 'higher' : 'lower'}`]
  })
  const at = firstDifference(recorded.series, fork.series)
  const where =
    at === undefined ? 'No score differs at any step.' : `The scores first differ at step ${formatNumber(at)}.`
  const more = changes.length === 0 ? where : `${capital(changes.join(', '))}. ${where}`
  return { main: mainOf({ first, now, names, old }), more }
}

const capital = (text: string): string => text.charAt(0).toUpperCase() + text.slice(1)

interface Winners {
  readonly first: number | undefined
  readonly now: number | undefined
  readonly names: readonly string[]
  readonly old: readonly string[]
}

function mainOf({ first, now, names, old }: Winners): string {
  const winner = now === undefined ? undefined : (names[now] ?? `slot ${now}`)
  const before = first === undefined ? undefined : (old[first] ?? `slot ${first}`)
  if (first === now) return winner === undefined ? 'Still nobody leads alone.' : `${winner} still wins.`
  if (winner === undefined) return `${before} no longer wins: the lead is shared.`
  return before === undefined ? `${winner} wins instead of a shared lead.` : `${winner} wins instead of ${before}.`
}
