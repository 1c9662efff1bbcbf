// Formats numbers, times and names, as the design defines: 1,204; 0.4 s; 3 minutes ago; "1 point", "2 points".
import type { EpisodeSummary } from '../../../src/protocol/catalogue.ts'

const MINUTE = 60_000
const HOUR = 60 * MINUTE
const DAY = 24 * HOUR

export const formatNumber = (value: number): string => value.toLocaleString('en-GB', { maximumFractionDigits: 2 })

/** "1 step", "2 steps". */
export const count = (value: number, one: string, many = `${one}s`): string =>
  `${formatNumber(value)} ${value === 1 ? one : many}`

/** Relative up to a day, then the date. @param at milliseconds since 1970 */
export function ago(at: number, now: number = Date.now()): string {
  const past = Math.max(0, now - at)
  if (past < MINUTE) return past < 10_000 ? 'just now' : `${Math.floor(past / 1000)} seconds ago`
  if (past < HOUR) return `${count(Math.floor(past / MINUTE), 'minute')} ago`
  if (past < DAY) return `${count(Math.floor(past / HOUR), 'hour')} ago`
  return new Date(at).toLocaleDateString('en-GB', { day: 'numeric', month: 'short', year: 'numeric' })
}

/** The whole date with its zone, for tooltips. */
export const fullDate = (at: number): string =>
  new Date(at).toLocaleString('en-GB', { dateStyle: 'long', timeStyle: 'long' })

/** Formats milliseconds as a duration: "0.4 s", "2 min 5 s". */
export function duration(ms: number): string {
  if (ms < 10_000) return `${(ms / 1000).toFixed(1)} s`
  const seconds = Math.round(ms / 1000)
  return seconds < 60 ? `${seconds} s` : `${Math.floor(seconds / 60)} min ${seconds % 60} s`
}

/** The names of episode statuses. */
export const STATUS_WORDS: Readonly<Record<EpisodeSummary['status'], string>> = {
  live: 'Live',
  unfinished: 'Unfinished',
  finished: 'Finished',
  failed: 'Failed',
  broken: 'Broken',
}

/** "greedy, sweep and 2 more". */
export function playerList(players: EpisodeSummary['players'], shown = 4): string {
  const names = players.slice(0, shown).map(({ name }) => name)
  const left = players.length - names.length
  return left > 0 ? `${names.join(', ')} and ${left} more` : names.join(', ')
}

/** Slots ordered by score, best first; ties by slot. */
export function ranked(scores: readonly number[]): readonly { readonly slot: number; readonly score: number }[] {
  return scores.map((score, slot) => ({ slot, score })).toSorted((a, b) => b.score - a.score || a.slot - b.slot)
}

/** The only slot with the highest score; undefined if several share it, or there is one slot. */
export function leader(scores: readonly number[]): number | undefined {
  const [first, second] = ranked(scores)
  return first && second && first.score > second.score ? first.slot : undefined
}

const UNITS = ['bytes', 'kB', 'MB', 'GB', 'TB'] as const

/** "1.4 MB", in steps of 1,000. */
export function bytes(value: number): string {
  const step = value < 1000 ? 0 : Math.min(UNITS.length - 1, Math.floor(Math.log10(value) / 3))
  const shown = value / 1000 ** step
  return `${shown.toLocaleString('en-GB', { maximumFractionDigits: shown < 10 && step > 0 ? 1 : 0 })} ${UNITS[step]}`
}
