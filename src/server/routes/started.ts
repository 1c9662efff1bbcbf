// How a started episode is described: its summary, and the URLs for each slot's player.
import { agentIdOf } from '../../adapters/perception/bridge.ts'
import type { Episode } from '../../episode/episode.ts'
import type { EpisodeService } from '../../host/episode-service.ts'
import type { StartedEpisode } from '../../protocol/catalogue.ts'

/** @param host of the request: URLs use the host that the caller used */
export async function describeStarted(
  episodes: EpisodeService,
  episode: Episode,
  host: string,
): Promise<StartedEpisode> {
  const { episode: id } = episode.header
  const slots = episode.slots.map(({ slot, token }) => {
    const query = new URLSearchParams({ slot: String(slot), token })
    const base = `//${host}/episodes/${id}`
    return {
      slot,
      token,
      page: `http:${base}/clients/player?${query}`,
      socket: `ws:${base}/player?${query}`,
      perception: `http://${host}/api/episodes/${id}/slots/${slot}`,
      agent_id: agentIdOf(slot),
    }
  })
  return { episode: await episodes.find(id), slots }
}
