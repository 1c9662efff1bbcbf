// Controls a live episode: pace, single steps, inspection of a part, forks, and ending it.
import type { FastifyPluginCallbackZod } from 'fastify-type-provider-zod'
import { z } from 'zod'
import type { Episode } from '../../episode/episode.ts'
import type { EpisodeService } from '../../host/episode-service.ts'
import { AppError } from '../../kernel/errors.ts'
import { StartedEpisode } from '../../protocol/catalogue.ts'
import { BranchRequest, EndRequest, PaceRequest, PaceState, PartInspection } from '../../protocol/control.ts'
import { Problem } from '../../protocol/problem.ts'
import type { Locality } from '../../transport/locality.ts'
import { describeStarted } from './started.ts'

const EpisodeParams = z.strictObject({ id: z.string().min(1).max(100) })
const PartParams = EpisodeParams.extend({ part: z.coerce.number().int().min(0) })

interface Options {
  readonly episodes: EpisodeService
  readonly locality: Locality
}

const describe = (summary: string) => ({ summary, tags: ['episodes'], params: EpisodeParams })

/** @throws AppError as `refuseNotLive` */
const liveOf = async (episodes: EpisodeService, id: string): Promise<Episode> =>
  episodes.get(id) ?? (await episodes.refuseNotLive(id))

export const controlRoutes: FastifyPluginCallbackZod<Options> = (app, options, done) => {
  app.register(timeRoutes, options)
  app.register(branchRoutes, options)
  done()
}

const timeRoutes: FastifyPluginCallbackZod<Options> = (app, { episodes, locality }, done) => {
  app.post(
    '/api/episodes/:id/pace',
    {
      schema: {
        ...describe('Pause, resume, step or pace a live episode (from this machine only)'),
        body: PaceRequest,
        response: { 200: PaceState, '4xx': Problem },
      },
    },
    async (request) => {
      const refusal = locality.refuse(request.raw)
      if (refusal) throw refusal
      const episode = await liveOf(episodes, request.params.id)
      pace(episode, request.body)
      await episode.durable()
      return { status: episode.status, tick_rate: episode.rate ?? null, step: episode.step }
    },
  )
  app.post(
    '/api/episodes/:id/end',
    {
      schema: {
        ...describe('End a live episode (from this machine only)'),
        body: EndRequest,
        response: { 200: PaceState, '4xx': Problem },
      },
    },
    async (request) => {
      const refusal = locality.refuse(request.raw)
      if (refusal) throw refusal
      const episode = await liveOf(episodes, request.params.id)
      await episode.truncate(request.body.reason)
      return { status: episode.status, tick_rate: episode.rate ?? null, step: episode.step }
    },
  )
  done()
}

const branchRoutes: FastifyPluginCallbackZod<Options> = (app, { episodes, locality }, done) => {
  app.post(
    '/api/episodes/:id/branches',
    {
      schema: {
        ...describe('Fork an episode, live or recorded, at a step (from this machine only)'),
        body: BranchRequest,
        response: { 201: StartedEpisode, '4xx': Problem },
      },
    },
    async (request, reply) => {
      const refusal = locality.refuse(request.raw)
      if (refusal) throw refusal
      const { step, players, tick_rate: stepsPerSecond, paused } = request.body
      const child = await episodes.branch(request.params.id, {
        step,
        slots: players,
        pacing: { mode: 'rate', stepsPerSecond },
        startsPaused: paused,
        kind: 'fork',
      })
      return reply.code(201).send(await describeStarted(episodes, child, request.host))
    },
  )
  app.get(
    '/api/episodes/:id/parts/:part',
    {
      schema: {
        summary: 'The headless inspection of one part of a live episode',
        tags: ['episodes'],
        params: PartParams,
        response: { 200: PartInspection, '4xx': Problem },
      },
    },
    async ({ params }) => {
      const episode = await liveOf(episodes, params.id)
      const inspection = episode.inspect(params.part)
      if (!inspection) throw new AppError('NOT_FOUND', `Episode ${params.id} has no part ${params.part}.`)
      return { step: episode.step, part: params.part, inspection }
    },
  )
  done()
}

/** The order matters: one request may change the rate, pause, and make steps. */
function pace(episode: Episode, { paused, tick_rate: rate, steps }: PaceRequest): void {
  if (rate !== undefined) episode.setRate(rate)
  if (paused === true || steps !== undefined) episode.pause()
  if (steps !== undefined) episode.stepPaused(steps)
  if (paused === false) episode.resume()
}
