// Experience requests: batches of episodes that a player asks for, visible to that player and to the operator.
import type { FastifyRequest } from 'fastify'
import type { FastifyPluginCallbackZod } from 'fastify-type-provider-zod'
import { z } from 'zod'
import { AppError } from '../../kernel/errors.ts'
import { packageIdOf } from '../../league/requests/played.ts'
import {
  ExperienceDetail,
  ExperienceEpisode,
  ExperiencePage,
  ExperienceRequest,
  type ExperienceRow,
} from '../../protocol/experience.ts'
import { Problem } from '../../protocol/problem.ts'
import { type ExperienceRecord, statusOf } from '../../store/leagues/experiences.ts'
import { routeLimit } from '../../transport/rate-limit.ts'
import { coworldOf } from '../coworlds.ts'
import { errorInfoOf } from '../episode-evidence.ts'
import { mayUse } from '../hosted-auth.ts'
import { bareId, HostedView } from '../hosted-view.ts'
import { originOf, requesterOf } from './league-episodes.ts'
import { describe, Flag, Id, type LeagueRouteOptions, limit, Offset } from './league-queries.ts'

/** Requests that are made per minute and address. */
const CREATED_PER_MINUTE = 60
const PATH = '/v2/experience-requests'

export const experienceRoutes: FastifyPluginCallbackZod<LeagueRouteOptions> = (app, options, done) => {
  const { auth, experiences, experienceDesk: desk } = options
  const find = async (request: FastifyRequest, id: string): Promise<ExperienceRecord> => {
    const caller = await auth.require(request)
    const found = await experiences.get(bareId(id))
    if (mayUse(caller, found.playerId)) return found
    throw new AppError('NOT_YOURS', `the experience request ${id} belongs to another player`)
  }
  app.post(
    PATH,
    {
      config: { rateLimit: routeLimit(CREATED_PER_MINUTE) },
      schema: {
        ...describe('Ask for episodes, which never count for a leaderboard'),
        body: ExperienceRequest,
        response: { 200: ExperienceDetail, '4xx': Problem },
      },
    },
    async (request) => {
      const { playerId } = await auth.require(request)
      return detailOf(await desk.create(playerId, request.body), { options, request })
    },
  )
  app.get(
    PATH,
    {
      schema: {
        ...describe('Experience requests of the caller, newest first; of everyone for the operator'),
        querystring: z.object({ mine: Flag, limit: limit(200, 50), offset: Offset }),
        response: { 200: ExperiencePage, '4xx': Problem },
      },
    },
    async (request) => {
      const { playerId } = await auth.require(request)
      const { limit: most, offset } = request.query
      const { entries, total } = await experiences.list(playerId ?? undefined, { limit: most, offset })
      const names = await options.leagues.playerNames()
      const rows = await Promise.all(entries.map((each) => rowOf(each, names, options)))
      return { entries: rows, total_count: total, limit: most, offset }
    },
  )
  app.get(
    `${PATH}/:id`,
    {
      schema: {
        ...describe('One experience request, with its episodes'),
        params: Id,
        response: { 200: ExperienceDetail, '4xx': Problem },
      },
    },
    async (request) => detailOf(await find(request, request.params.id), { options, request }),
  )
  app.get(
    `${PATH}/:id/episodes`,
    {
      schema: {
        ...describe('Episodes of an experience request, in order'),
        params: Id,
        response: { 200: z.array(ExperienceEpisode), '4xx': Problem },
      },
    },
    async (request) => episodesOf(await find(request, request.params.id), { options, request }),
  )
  app.post(
    `${PATH}/:id/cancel`,
    {
      schema: {
        ...describe('Cancel the episodes of an experience request that have not ended'),
        params: Id,
        response: { 200: ExperienceDetail, '4xx': Problem },
      },
    },
    async (request) => {
      const { id } = await find(request, request.params.id)
      return detailOf(await desk.cancel(id), { options, request })
    },
  )
  done()
}

interface Context {
  readonly options: LeagueRouteOptions
  readonly request: FastifyRequest
}

async function detailOf(record: ExperienceRecord, context: Context): Promise<ExperienceDetail> {
  const { options } = context
  const row = await rowOf(record, await options.leagues.playerNames(), options)
  return { ...row, episodes: await episodesOf(record, context) }
}

async function episodesOf(
  { id, world, playerId }: ExperienceRecord,
  { options: { leagues, experiences }, request }: Context,
): Promise<ExperienceEpisode[]> {
  const view = await HostedView.read(leagues)
  const at = { origin: originOf(request), world, requester: requesterOf(playerId) }
  return (await experiences.episodes(id)).map((episode) => {
    const { error_type, message, failed_policy_index } = errorInfoOf(episode) ?? {}
    return {
      ...view.episode(episode, at),
      error_type: error_type ?? null,
      error: message ?? null,
      failed_policy_index: failed_policy_index ?? null,
    }
  })
}

const iso = (at: number | null): string | null => (at === null ? null : new Date(at).toISOString())

/** The name and version of a world or a package; one that is no longer offered has no version. */
async function playedOf(
  played: string,
  { episodes, coworlds }: LeagueRouteOptions,
): Promise<{ readonly name: string; readonly version: string }> {
  const id = packageIdOf(played)
  const found = id === undefined ? episodes.worlds.load(played) : coworlds.get(id)
  return found.then(
    (each) => ({ name: 'name' in each ? each.name : played, version: each.version }),
    () => ({ name: played, version: 'unknown' }),
  )
}

async function rowOf(
  record: ExperienceRecord,
  names: ReadonlyMap<string, string>,
  options: LeagueRouteOptions,
): Promise<ExperienceRow> {
  const { playerId, world, counts } = record
  const { experienceDesk } = options
  const { name, version } = await playedOf(world, options)
  return {
    id: `xreq_${record.id}`,
    requester_user_id: requesterOf(playerId),
    requester: playerId === null ? null : (names.get(playerId) ?? null),
    coworld_id: coworldOf(world),
    coworld_name: name,
    coworld_version: version,
    variant_id: record.variantId,
    target: record.target,
    status: statusOf(record),
    episode_count: counts.all,
    pending_count: counts.waiting,
    submitted_count: 0,
    running_count: counts.running,
    completed_count: counts.completed,
    failed_count: counts.failed,
    cancelled_count: counts.cancelled,
    error: record.error,
    notice: await experienceDesk.noticeOf(record),
    notes: record.notes,
    created_at: new Date(record.createdAt).toISOString(),
    started_at: iso(record.startedAt),
    completed_at: iso(record.endedAt),
  }
}
