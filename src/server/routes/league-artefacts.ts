// What is kept of an episode: results, replay, journal, statistics, and the logs and zips of its players. The routes of
// coworld 0.1.0 are below /jobs, those of its newer generation below /v2/episode-requests; both take either id.
import type { FastifyReply, FastifyRequest } from 'fastify'
import type { FastifyPluginCallbackZod } from 'fastify-type-provider-zod'
import { z } from 'zod'
import { AppError } from '../../kernel/errors.ts'
import { ARTEFACT_TYPES, type ArtefactType, PolicyArtefact } from '../../protocol/episode-artefacts.ts'
import { EpisodeStats } from '../../protocol/hosted.ts'
import { Problem } from '../../protocol/problem.ts'
import { EpisodeEvidence, errorInfoOf } from '../episode-evidence.ts'
import { replayStream } from '../journal-stream.ts'
import { sendBytes } from '../send-bytes.ts'
import { describe, Id, type LeagueRouteOptions } from './league-queries.ts'

const PREFIXES = ['/jobs/:id', '/v2/episode-requests/:id'] as const
const Slot = z.coerce.number().int().min(0).max(1000)
const Type = z
  .string()
  .transform((text) => text.replaceAll('-', '_'))
  .pipe(z.enum(ARTEFACT_TYPES))

export const leagueArtefactRoutes: FastifyPluginCallbackZod<LeagueRouteOptions> = (app, options, done) => {
  for (const prefix of PREFIXES) app.register(underPrefix(prefix), options)
  app.register(policyRoutes, options)
  done()
}

const underPrefix =
  (prefix: (typeof PREFIXES)[number]): FastifyPluginCallbackZod<LeagueRouteOptions> =>
  (app, options, done) => {
    const { auth } = options
    const evidence = new EpisodeEvidence(options)
    const isNewer = prefix !== '/jobs/:id'
    app.get(
      `${prefix}/artifacts/:type`,
      {
        schema: {
          ...describe('An artefact of an episode; `debug` has the logs that the caller may see'),
          params: Id.extend({ type: Type }),
        },
      },
      async (request, reply) => {
        const episode = await evidence.find(request.params.id)
        if (episode.status === 'pending') {
          throw new AppError('UNKNOWN_EPISODE', `episode ${request.params.id} has not been played yet`)
        }
        return sendArtefact({ options, evidence, type: request.params.type, id: episode.id }, request, reply)
      },
    )
    app.get(
      `${prefix}/episode-stats`,
      { schema: { ...describe('Figures of an episode'), params: Id, response: { 200: EpisodeStats, '4xx': Problem } } },
      async ({ params }) => evidence.stats(await evidence.find(params.id)),
    )
    app.get(
      `${prefix}/policy-logs`,
      {
        schema: { ...describe('Names of the logs of an episode'), params: Id, response: { 200: z.array(z.string()) } },
      },
      async ({ params }) => {
        const { logs } = await evidence.slots(await evidence.find(params.id))
        return [...logs].sort((a, b) => a - b).map((slot) => `policy_agent_${slot}.${isNewer ? 'log' : 'txt'}`)
      },
    )
    app.get(
      `${prefix}/policy-artifact`,
      {
        schema: { ...describe('Names of the zips of players'), params: Id, response: { 200: z.array(z.string()) } },
      },
      async ({ params }) => {
        const { artefacts } = await evidence.slots(await evidence.find(params.id))
        return [...artefacts].sort((a, b) => a - b).map((slot) => `policy_artifact_${slot}.zip`)
      },
    )
    for (const kind of ['log', 'artefact'] as const) {
      app.get(
        `${prefix}/${ROUTES[kind]}/:slot`,
        { schema: { ...describe(ABOUT[kind]), params: Id.extend({ slot: Slot }) } },
        async (request, reply) => {
          const caller = await auth.require(request)
          const { id, slot } = request.params
          const name = await evidence.ofSlot(await evidence.find(id), { kind, slot }, caller)
          return sendOfSlot(options, { kind, slot, name }, request, reply)
        },
      )
    }
    done()
  }

/** Routes that name the policy version, as clients of the newer generation do. */
const policyRoutes: FastifyPluginCallbackZod<LeagueRouteOptions> = (app, options, done) => {
  const { auth } = options
  const evidence = new EpisodeEvidence(options)
  app.get(
    '/v2/episode-requests/:id/policy-artifacts',
    {
      schema: {
        ...describe('Slots with logs or zips that the caller may have'),
        params: Id,
        response: { 200: z.array(PolicyArtefact), '4xx': Problem },
      },
    },
    async (request) => evidence.policyArtefacts(await evidence.find(request.params.id), await auth.find(request)),
  )
  for (const kind of ['log', 'artefact'] as const) {
    app.get(
      `/v2/episode-requests/:id/:version/${ROUTES[kind]}/:slot`,
      { schema: { ...describe(ABOUT[kind]), params: Id.extend({ version: z.guid(), slot: Slot }) } },
      async (request, reply) => {
        const caller = await auth.require(request)
        const { id, slot, version } = request.params
        const name = await evidence.ofSlot(await evidence.find(id), { kind, slot, version }, caller)
        return sendOfSlot(options, { kind, slot, name }, request, reply)
      },
    )
  }
  done()
}

const ROUTES = { log: 'policy-logs', artefact: 'policy-artifact' } as const
const ABOUT = {
  log: 'The log of a slot, for the owner of the policy that played it',
  artefact: 'The zip of a slot, for the owner of the policy that played it',
} as const

async function sendOfSlot(
  { blobs }: LeagueRouteOptions,
  { kind, slot, name }: { readonly kind: 'log' | 'artefact'; readonly slot: number; readonly name: string },
  request: FastifyRequest,
  reply: FastifyReply,
): Promise<FastifyReply> {
  if (kind === 'log') void reply.type('text/plain; charset=utf-8')
  else {
    const file = `attachment; filename="policy_artifact_${slot}.zip"`
    void reply.type('application/zip').header('content-disposition', file)
  }
  return sendBytes(request, reply, await blobs.open(name))
}

interface Asked {
  readonly options: LeagueRouteOptions
  readonly evidence: EpisodeEvidence
  readonly type: ArtefactType
  readonly id: string
}

/** @throws AppError UNKNOWN_EPISODE when the episode has no such artefact */
async function sendArtefact(
  { options, evidence, type, id }: Asked,
  request: FastifyRequest,
  reply: FastifyReply,
): Promise<unknown> {
  const episode = await evidence.find(id)
  const { scores, journal } = episode
  const missing = (what: string): AppError => new AppError('UNKNOWN_EPISODE', `episode ${id} has no ${what}`)
  switch (type) {
    case 'results': {
      const own = await evidence.ofPackage(episode, 'results')
      if (own !== undefined) return sendBytes(request, reply.type('application/json'), await options.blobs.open(own))
      if (scores) return { scores }
      throw missing('results')
    }
    case 'error_info': {
      const fault = errorInfoOf(episode)
      if (fault) return fault
      throw missing('error')
    }
    case 'stats':
      return evidence.stats(episode)
    case 'logs':
      return reply.type('text/plain; charset=utf-8').send(await evidence.gameLog(episode))
    case 'debug': {
      const file = `attachment; filename="ereq_${id}-logs.zip"`
      const zip = await evidence.debugArchive(episode, await options.auth.find(request))
      return reply.type('application/zip').header('content-disposition', file).send(zip)
    }
    case 'replay': {
      const own = await evidence.ofPackage(episode, 'replay')
      // A stranger's file is nothing that a browser should show as a page of this server.
      if (own !== undefined) {
        return sendBytes(request, reply.type('application/octet-stream'), await options.blobs.open(own))
      }
      if (journal === null) throw missing('replay')
      return reply.type('application/json').send(await replayStream(options.episodes, `league-${id}`))
    }
    case 'journal':
      if (journal === null) throw missing('journal')
      return sendBytes(request, reply.type('application/jsonl'), await options.blobs.open(journal))
  }
}
