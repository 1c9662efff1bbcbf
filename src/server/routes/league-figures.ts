// What follows from an episode of a league: its replay, and figures by policy and agent.
import type { FastifyPluginCallbackZod } from 'fastify-type-provider-zod'
import type { z } from 'zod'
import { AppError } from '../../kernel/errors.ts'
import { EpisodeStats, type HostedEpisode } from '../../protocol/hosted.ts'
import { Problem } from '../../protocol/problem.ts'
import type { EpisodeRecord } from '../../store/leagues/rows.ts'
import { HostedView } from '../hosted-view.ts'
import { replayStream } from '../journal-stream.ts'
import { findEpisode } from './league-episodes.ts'
import { describe, Id, type LeagueRouteOptions } from './league-queries.ts'

export const leagueFigureRoutes: FastifyPluginCallbackZod<LeagueRouteOptions> = (
  app,
  { leagues, rounds, episodes },
  done,
) => {
  const stepsOf = async ({ id, journal }: EpisodeRecord): Promise<number | null> => {
    if (journal === null) return null
    const file = await episodes.readJournal(`league-${id}`)
    try {
      const { line } = await file.last()
      return line.kind === 'header' ? 0 : line.line.step
    } finally {
      await file.close()
    }
  }
  app.get(
    '/jobs/:id/artifacts/replay',
    { schema: { ...describe('Replay of an episode: a frame for every step'), params: Id } },
    async ({ params }, reply) => {
      const { id } = await findEpisode(rounds, params.id)
      return reply.type('application/json').send(await replayStream(episodes, `league-${id}`))
    },
  )
  app.get(
    '/jobs/:id/episode-stats',
    { schema: { ...describe('Figures of an episode'), params: Id, response: { 200: EpisodeStats, '4xx': Problem } } },
    async ({ params }) => {
      const episode = await findEpisode(rounds, params.id)
      if (!episode.scores) throw new AppError('UNKNOWN_EPISODE', `episode ${params.id} has no results`)
      const view = await HostedView.read(leagues)
      return statsOf(view.episode(episode), episode.scores, await stepsOf(episode))
    },
  )
  done()
}

/** Scores are the rewards of agents; worlds of ours count nothing else for all of them alike. */
function statsOf(
  { assignments, participants }: HostedEpisode,
  scores: readonly number[],
  steps: number | null,
): z.infer<typeof EpisodeStats> {
  const policies = participants.map(({ position, policy_version_id, policy_name, version }) => {
    const agents = scores.flatMap((reward, agent_id) =>
      assignments[agent_id] === position ? [{ agent_id, reward, metrics: {} }] : [],
    )
    const total = agents.reduce((sum, { reward }) => sum + reward, 0)
    return {
      position,
      policy_version_id,
      policy_name,
      policy_version: version,
      num_agents: agents.length,
      avg_metrics: {},
      avg_reward: agents.length === 0 ? 0 : total / agents.length,
      agents,
    }
  })
  return { game_stats: {}, policy_stats: policies, steps }
}
