// The socket of live episodes: one feed per episode, created for its first viewer.
import type { EpisodeService } from '../host/episode-service.ts'
import type { UpgradeRoute } from '../transport/upgrade-router.ts'
import { LiveFeed } from './live-feed.ts'
import type { ViewRefusal } from './private-episodes.ts'

export interface LiveSocketOptions {
  readonly episodes: EpisodeService
  /** Id of this start of the server. */
  readonly boot: string
  readonly refuseView: ViewRefusal
  onFault(error: unknown): void
}

export function liveRoute({ episodes, boot, refuseView, onFault }: LiveSocketOptions): UpgradeRoute {
  const feeds = new Map<string, LiveFeed>()
  const feedOf = async (id: string): Promise<LiveFeed> => {
    const known = feeds.get(id)
    if (known) return known
    const episode = episodes.get(id) ?? (await episodes.refuseNotLive(id))
    const summary = async () => {
      // Until it is archived, an episode that has ended still counts as live.
      await episodes.archived(id)
      return episodes.find(id)
    }
    const feed = new LiveFeed(episode, { boot, summary, onFault })
    feeds.set(id, feed)
    const forget = (): void => void feeds.delete(id)
    episode.done.then(forget, forget)
    return feed
  }
  return {
    pattern: '/api/episodes/:id/live',
    async authorize({ params }) {
      const refusal = refuseView(params.id ?? '')
      if (refusal) throw refusal
      const feed = await feedOf(params.id ?? '')
      return (connection) => void feed.open(connection).catch(onFault)
    },
  }
}
