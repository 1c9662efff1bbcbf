// Hosted viewers of replays. Our own recordings have pages already, so a session is the address of such a page.
import type { FastifyPluginCallbackZod } from 'fastify-type-provider-zod'
import type { EpisodeService } from '../../host/episode-service.ts'
import { AppError } from '../../kernel/errors.ts'
import { replayBlob } from '../../league/episode-artefacts.ts'
import type { HostedGames } from '../../league/hosted/hosted-games.ts'
import { replayOf } from '../../league/hosted/package-rollout.ts'
import type { ReplayViewers } from '../../league/hosted/replay-viewers.ts'
import { ReplaySession, ReplaySessionRequest } from '../../protocol/hosted-games.ts'
import { Problem } from '../../protocol/problem.ts'
import type { Coworlds } from '../../store/leagues/coworlds.ts'
import type { Experiences } from '../../store/leagues/experiences.ts'
import type { Rounds } from '../../store/leagues/rounds.ts'
import { findCoworld } from '../coworlds.ts'
import type { HostedAuth } from '../hosted-auth.ts'
import { originOf, viewerPath } from './hosted-games.ts'
import { findEpisode } from './league-episodes.ts'

interface Options {
  readonly episodes: EpisodeService
  readonly rounds: Rounds
  readonly experiences: Experiences
  readonly coworlds: Coworlds
  readonly hosted: HostedGames
  readonly viewers: ReplayViewers
  readonly auth: HostedAuth
}

export const replaySessionRoutes: FastifyPluginCallbackZod<Options> = (app, options, done) => {
  const { episodes, rounds, experiences, auth, coworlds, hosted, viewers } = options
  app.post(
    '/v2/coworlds/replays/session',
    {
      schema: {
        summary: 'Open a viewer of a replay of this server',
        tags: ['hosted games'],
        body: ReplaySessionRequest,
        response: { 200: ReplaySession, '4xx': Problem },
      },
    },
    async (request) => {
      await auth.require(request)
      const { coworld_id: coworld, replay_uri: uri } = request.body
      const found = await findCoworld({ worlds: episodes.worlds, coworlds }, coworld)
      const origin = originOf(request)
      const path = pathAt(uri, origin)
      const [, league] = /^\/(?:jobs|v2\/episode-requests)\/([\w-]{1,100})\/(?:artifacts\/)?replay$/.exec(path) ?? []
      const [, game] = /^\/v2\/coworlds\/play\/session\/ps_([\w-]{1,100})\/replay$/.exec(path) ?? []
      if (game !== undefined && 'coworld' in found) {
        const { session } = await hosted.state(game)
        if (session.coworldId === `cow_${found.coworld.id}`) {
          return { viewer_url: `${origin}${viewerPath(await viewers.open(replayOf(session)))}` }
        }
      }
      const [, own] = /^\/api\/episodes\/([\w-]{1,100})\/replay\.json$/.exec(path) ?? []
      if (league !== undefined) {
        const { id, experienceId, hash } = await findEpisode(rounds, league)
        const played = experienceId === null ? '' : (await experiences.get(experienceId)).world
        if ('coworld' in found && hash !== null && played === `cow_${found.coworld.id}`) {
          return {
            viewer_url: `${origin}${viewerPath(await viewers.open({ id, coworldId: played, blob: replayBlob(id, hash) }))}`,
          }
        }
        return { viewer_url: `${origin}/episodes/league-${id}` }
      }
      if (own !== undefined) {
        await episodes.find(own)
        return { viewer_url: `${origin}/episodes/${own}` }
      }
      throw new AppError('VALIDATION_ERROR', 'replay_uri is no replay of this server', {
        hint: 'Use the replay_url of an episode, or open the file with: paracosm coworld replay',
      })
    },
  )
  done()
}

/** The path of an address of this server; empty for others. */
function pathAt(uri: string, origin: string): string {
  if (!URL.canParse(uri, origin)) return ''
  const url = new URL(uri, origin)
  return url.origin === new URL(origin).origin ? url.pathname : ''
}
