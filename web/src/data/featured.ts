// The episode that represents a world: a live one if there is any, otherwise the newest with a recorded course.
import { queryOptions } from '@tanstack/react-query'
import type { EpisodeSummary } from 'paracosm/protocol'
import { apiClient } from './client.ts'

export interface Featured {
  readonly episode: EpisodeSummary | undefined
  /** Number of live episodes of the world. */
  readonly live: number
}

/** Milliseconds between two polls. */
const EVERY_MS = 10_000

export const featuredQuery = (world: string) =>
  queryOptions({
    queryKey: ['featured', world],
    queryFn: async (): Promise<Featured> => {
      const { episodes } = apiClient()
      const live = await episodes.list({ world, status: 'live', limit: 1 })
      if (live.entries[0]) return { episode: live.entries[0], live: live.total_count }
      const past = await episodes.list({ world, status: 'finished', limit: 1 })
      return { episode: past.entries[0], live: 0 }
    },
    refetchInterval: EVERY_MS,
    // The same episode stays the same object while it is live, so that its picture is not rebuilt.
    structuralSharing: (before, after) => (isSame(before, after) ? before : after),
  })

function isSame(before: unknown, after: unknown): boolean {
  const key = (value: unknown): string => {
    if (typeof value !== 'object' || value === null || !('episode' in value) || !('live' in value)) return ''
    const { episode } = value
    if (typeof episode !== 'object' || episode === null || !('id' in episode) || !('status' in episode)) return ''
    return `${String(episode.id)} ${String(episode.status)} ${String(value.live)}`
  }
  return key(before) !== '' && key(before) === key(after)
}
