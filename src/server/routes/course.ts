// The course of an episode for viewers: ranges of its journal that a browser folds itself, single moments and scores for
// worlds whose code a browser does not have, forks, and slots that change hands.
import type { FastifyPluginCallbackZod } from 'fastify-type-provider-zod'
import { z } from 'zod'
import type { JournalFile } from '../../episode/journal-file.ts'
import { handOver } from '../../host/episode-forks.ts'
import type { EpisodeService } from '../../host/episode-service.ts'
import { AppError } from '../../kernel/errors.ts'
import { publicView } from '../../kernel/world.ts'
import { type EpisodeSummary, StartedEpisode } from '../../protocol/catalogue.ts'
import { ForkRequest, HandOverRequest, ScoreSeries } from '../../protocol/episode-actions.ts'
import { ViewFrame } from '../../protocol/live.ts'
import { Problem } from '../../protocol/problem.ts'
import type { Locality } from '../../transport/locality.ts'
import { type ModelPlayers, modelOf } from '../model-players.ts'
import { EpisodeParams } from './episodes.ts'
import { describeStarted } from './started.ts'

interface Options {
  readonly episodes: EpisodeService
  readonly locality: Locality
  readonly models: ModelPlayers
}

/** Maximum characters of one range: about a second on a phone's connection. A reader then requests the next one. */
const RANGE_CHARS = 2 * 1024 * 1024
/** Maximum points of a score series: one for every few pixels of a wide chart. */
const MAX_POINTS = 600
/** States are saved every 1000 steps: scores at those steps need no folding. */
const SAVED_EVERY = 1000
/** Cache time of immutable responses, in seconds. */
const KEPT_S = 3600

export const courseRoutes: FastifyPluginCallbackZod<Options> = (app, options, done) => {
  app.register(readRoutes, options)
  app.register(writeRoutes, options)
  done()
}

const readRoutes: FastifyPluginCallbackZod<Options> = (app, { episodes }, done) => {
  app.get(
    '/api/episodes/:id/range',
    {
      schema: {
        summary: 'Lines of the journal around some steps: header, last saved state before `from`, and what follows',
        tags: ['artefacts'],
        params: EpisodeParams,
        querystring: z.strictObject({ from: z.coerce.number().int().min(0), to: z.coerce.number().int().min(0) }),
      },
    },
    async ({ params, query }, reply) => {
      const { lines, isWhole } = await withJournal(episodes, params.id, (file) =>
        file.range(query.from, query.to, RANGE_CHARS),
      )
      return reply
        .type('application/jsonl')
        .header('x-range-complete', String(isWhole))
        .send(`${lines.join('\n')}\n`)
    },
  )
  app.get(
    '/api/episodes/:id/frame',
    {
      schema: {
        summary: 'The public view after a step; default: the newest step',
        tags: ['episodes'],
        params: EpisodeParams,
        querystring: z.strictObject({ step: z.coerce.number().int().min(0).exactOptional() }),
        response: { 200: ViewFrame, '4xx': Problem },
      },
    },
    async ({ params, query }, reply) => {
      const live = query.step === undefined ? episodes.get(params.id) : undefined
      if (live) return { step: live.step, view: live.spectate(), standing: live.standing(), events: [] }
      const { steps, status } = await episodes.find(params.id)
      if (status !== 'live') void reply.header('cache-control', `private, max-age=${KEPT_S}`)
      return withJournal(episodes, params.id, async (file) => {
        const world = await episodes.worlds.loadRecorded(file.header)
        const { fold } = await file.seek(query.step ?? steps, () => world)
        const outcome = world.outcome(fold.state)
        const frame = { step: fold.step, view: publicView(world, fold.state), standing: world.standing(fold.state) }
        return { ...frame, events: [], ...(outcome ? { outcome } : {}) }
      })
    },
  )
  app.get(
    '/api/episodes/:id/series',
    {
      schema: {
        summary: 'Scores over time',
        tags: ['episodes'],
        params: EpisodeParams,
        querystring: z.strictObject({ points: z.coerce.number().int().min(2).max(MAX_POINTS).default(MAX_POINTS) }),
        response: { 200: ScoreSeries, '4xx': Problem },
      },
    },
    async ({ params, query }, reply) => {
      const { steps, status } = await episodes.find(params.id)
      if (status !== 'live') void reply.header('cache-control', `private, max-age=${KEPT_S}`)
      return withJournal(episodes, params.id, (file) => seriesOf(episodes, file, { steps, points: query.points }))
    },
  )
  done()
}

async function seriesOf(
  episodes: EpisodeService,
  file: JournalFile,
  { steps, points }: { steps: number; points: number },
): Promise<ScoreSeries> {
  const world = await episodes.worlds.loadRecorded(file.header)
  const exact = Math.max(1, Math.ceil(steps / points))
  const every = steps > SAVED_EVERY * points ? Math.ceil(exact / SAVED_EVERY) * SAVED_EVERY : exact
  const at: number[] = []
  const scores: number[][] = file.header.slots.map(() => [])
  const take = (step: number, state: unknown): void => {
    at.push(step)
    for (const [slot, score] of world.standing(state).scores.entries()) scores[slot]?.push(score)
  }
  if (every % SAVED_EVERY === 0) {
    for (let step = 0; step <= steps; step += every) take(step, (await file.seek(step, () => world)).fold.state)
  } else {
    for await (const { fold } of file.walk(() => world)) {
      if (fold.step % every === 0 && fold.step !== at.at(-1)) take(fold.step, fold.state)
    }
  }
  if (at.at(-1) !== steps) take(steps, (await file.seek(steps, () => world)).fold.state)
  return { steps: at, scores }
}

async function withJournal<T>(
  episodes: EpisodeService,
  id: string,
  use: (file: JournalFile) => Promise<T>,
): Promise<T> {
  const file = await episodes.readJournal(id)
  try {
    return await use(file)
  } finally {
    await file.close()
  }
}

const bySlot = <T>(record: Readonly<Record<string, T>>): ReadonlyMap<number, T> =>
  new Map(Object.entries(record).map(([slot, value]) => [Number(slot), value]))

const writeRoutes: FastifyPluginCallbackZod<Options> = (app, { episodes, locality, models }, done) => {
  app.addHook('onRequest', (request, _reply, next) => next(locality.refuse(request.raw)))
  app.post(
    '/api/episodes/:id/forks',
    {
      schema: {
        summary: 'Fork an episode at a step, with changes (from this machine only)',
        tags: ['episodes'],
        params: EpisodeParams,
        body: ForkRequest,
        response: { 201: StartedEpisode, '4xx': Problem },
      },
    },
    async ({ params, body, host }, reply) => {
      const episode = await episodes.startFork(params.id, {
        step: body.step,
        bots: bySlot(body.bots),
        commands: bySlot(body.commands),
        open: new Set(body.open),
      })
      return reply.code(201).send(await describeStarted(episodes, episode, host))
    },
  )
  app.post(
    '/api/episodes/:id/slots/:slot/player',
    {
      schema: {
        summary: 'Hand a slot of a live episode to a bot or model, or open it (from this machine only)',
        tags: ['episodes'],
        params: EpisodeParams.extend({ slot: z.coerce.number().int().min(0).max(255) }),
        body: HandOverRequest,
        response: { 200: StartedEpisode, '4xx': Problem },
      },
    },
    async ({ params, body, host }) => {
      const summary: EpisodeSummary = await episodes.find(params.id)
      const episode = episodes.get(params.id)
      if (!episode) {
        throw new AppError('EPISODE_OVER', `episode ${params.id} is ${summary.status}: its slots cannot change hands`, {
          hint: 'Fork it at a step and give the slot to another player there.',
        })
      }
      const model = modelOf(body.player)
      if (model === undefined) handOver(episode, params.slot, body.player)
      else {
        models.plan(episode.world, body.player)
        handOver(episode, params.slot, null)
        episode.handOver(params.slot, { kind: 'model', name: model })
        models.join(episode)
      }
      return describeStarted(episodes, episode, host)
    },
  )
  done()
}
