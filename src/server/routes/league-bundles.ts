// Bundles of episodes of leagues: results, replay and error are for everyone, the logs of a policy for its owner.
import type { FastifyPluginCallbackZod } from 'fastify-type-provider-zod'
import { z } from 'zod'
import { readBlob } from '../../host/blobs.ts'
import { AppError } from '../../kernel/errors.ts'
import { logBlob } from '../../league/episode-player.ts'
import { BundleToken } from '../../protocol/bundle.ts'
import { writeBundle } from '../../runner/bundle.ts'
import type { EpisodeRecord } from '../../store/leagues/rows.ts'
import { routeLimit } from '../../transport/rate-limit.ts'
import { type Caller, mayUse } from '../hosted-auth.ts'
import { replayStream } from '../journal-stream.ts'
import { findEpisode } from './league-episodes.ts'
import { describe, Id, type LeagueRouteOptions } from './league-queries.ts'

/** Per minute and address: a bundle is made for each request. */
const BUNDLES_PER_MINUTE = 60
/** Bytes of a replay in a bundle; it is in memory while the zip is written. */
const MAX_REPLAY = 128 * 1024 * 1024

export const bundleRoutes: FastifyPluginCallbackZod<LeagueRouteOptions> = (app, options, done) => {
  const { rounds, auth, episodes } = options
  app.get(
    '/v2/episode-requests/:id/bundle',
    {
      config: { rateLimit: routeLimit(BUNDLES_PER_MINUTE) },
      schema: {
        ...describe('What is kept of an episode, as one zip; parts that the caller may not have are left out'),
        params: Id,
        querystring: z.object({ include: z.string().max(200).optional() }),
      },
    },
    async (request, reply) => {
      const episode = await findEpisode(rounds, request.params.id)
      if (episode.status === 'pending') {
        throw new AppError('UNKNOWN_EPISODE', `episode ${request.params.id} has not been played yet`)
      }
      const include = request.query.include === undefined ? undefined : tokensOf(request.query.include)
      const wantsReplay = episode.journal !== null && (include === undefined || include.includes('replay'))
      const { scores, error } = episode
      const bytes = await writeBundle(
        {
          id: `ereq_${episode.id}`,
          status: episode.status === 'completed' ? 'success' : 'failed',
          results: scores ? json({ scores }) : undefined,
          errorInfo: error === null ? undefined : json({ error_type: 'crash', message: error.slice(0, 2000) }),
          replay: wantsReplay ? await readReplay(await replayStream(episodes, `league-${episode.id}`)) : undefined,
          playerLogs: await ownLogs(options, episode, await auth.find(request)),
        },
        include,
      )
      const name = `ereq_${episode.id}.zip`
      return reply.type('application/zip').header('content-disposition', `attachment; filename="${name}"`).send(bytes)
    },
  )
  done()
}

const json = (value: unknown): Buffer => Buffer.from(`${JSON.stringify(value, undefined, 2)}\n`)

function tokensOf(text: string): BundleToken[] {
  return text.split(',').map((word) => {
    const { data } = BundleToken.safeParse(word.trim())
    if (data) return data
    throw new AppError('VALIDATION_ERROR', `${JSON.stringify(word.slice(0, 40))} is no part of a bundle`, {
      hint: `Use: ${BundleToken.options.join(', ')}.`,
    })
  })
}

async function readReplay(stream: AsyncIterable<unknown>): Promise<Buffer> {
  const parts: Buffer[] = []
  let size = 0
  for await (const part of stream) {
    const bytes = Buffer.from(String(part))
    size += bytes.length
    if (size > MAX_REPLAY) {
      throw new AppError('FILE_TOO_LARGE', `the replay has more than ${MAX_REPLAY} bytes`, {
        hint: 'Leave replay out of include, and fetch it by itself.',
      })
    }
    parts.push(bytes)
  }
  return Buffer.concat(parts)
}

/** The logs of the slots whose policy the caller may see. */
async function ownLogs(
  { leagues, blobs }: LeagueRouteOptions,
  { id, request }: EpisodeRecord,
  caller: Caller | undefined,
): Promise<ReadonlyMap<number, Uint8Array>> {
  const logs = new Map<number, Uint8Array>()
  if (!caller) return logs
  for (const [slot, version] of request.policy_version_ids.entries()) {
    if (!(await blobs.exists(logBlob(id, slot)))) continue
    if (!mayUse(caller, (await leagues.policyVersion(version)).playerId)) continue
    const parts: Uint8Array[] = []
    for await (const part of readBlob(blobs, logBlob(id, slot))) parts.push(part)
    logs.set(slot, Buffer.concat(parts))
  }
  return logs
}
