// Evaluations of this server's data folder. A running one is read again every few seconds.
import { queryOptions } from '@tanstack/react-query'
import type { EvaluationQuery } from 'paracosm/client'
import type { EvaluationReport, EvaluationSummary } from '../../../src/protocol/evaluation.ts'
import { apiClient } from './client.ts'

/** Milliseconds between two reads while something runs. */
const EVERY_MS = 4000
/** Evaluations in the list: the most that one answer has. */
const LISTED = 200

export const evaluationsQuery = queryOptions({
  queryKey: ['evaluations'],
  queryFn: () => apiClient().evaluations(LISTED),
  refetchInterval: EVERY_MS,
})

export const evaluationQuery = (id: string) =>
  queryOptions({
    queryKey: ['evaluations', id],
    queryFn: () => apiClient().evaluationDetail(id),
    refetchInterval: ({ state }) => (state.data?.status === 'running' ? EVERY_MS : false),
  })

export const evaluationEpisodesQuery = (id: string, query: EvaluationQuery) =>
  queryOptions({
    queryKey: ['evaluations', id, 'episodes', query],
    queryFn: () => apiClient().evaluationEpisodes(id, query),
  })

/** "greedy, random and sweep in paint-arena". */
export function titleOf({ spec, world }: EvaluationSummary): string {
  const names = spec.policies.map(({ name }) => name)
  const shown = names.length > 4 ? `${names.slice(0, 3).join(', ')} and ${names.length - 3} more` : joined(names)
  return `${shown} in ${world.id}`
}

const joined = (names: readonly string[]): string =>
  names.length < 2 ? names.join('') : `${names.slice(0, -1).join(', ')} and ${names.at(-1)}`

/** What was played, in a sentence or two. */
export function describeReport(report: EvaluationReport): string {
  const slots = {
    permutations: 'every order of slots',
    rotations: 'a balanced sample of slots',
    opponents: 'every slot against every opponent',
  }[report.design]
  const ending = {
    complete: '',
    decided: ` Every pair was decided with ${(report.spec.until_decided ?? 0) * 100}% confidence.`,
    stopped: ' It was stopped early.',
    budget: ' The budget ran out before its end.',
  }[report.ended]
  return `${report.counted.toLocaleString('en-GB')} episodes of ${report.variants.join(', ')} on ${report.seeds.toLocaleString('en-GB')} seeds, ${report.episodes_per_seed} for each seed (${slots}).${ending}`
}
