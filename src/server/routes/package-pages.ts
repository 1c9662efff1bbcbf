// The pages of games in containers, below `/hosted/<id>/game/`: passed on from the game, within limits, and closed to
// what a hosting server never shows. They are a stranger's programs, so browsers run them in a sandbox, as pages of no
// origin: they cannot read what this server keeps in a browser, nor use its API.
import { Readable } from 'node:stream'
import type { FastifyPluginCallback, FastifyReply, FastifyRequest } from 'fastify'
import { AppError } from '../../kernel/errors.ts'
import type { HostedGames } from '../../league/hosted/hosted-games.ts'
import type { Door } from '../../league/hosted/live-game.ts'
import type { ReplayViewers } from '../../league/hosted/replay-viewers.ts'
import type { OriginPolicy } from '../../transport/origins.ts'
import { readTarget } from '../../transport/request-target.ts'
import { bareId } from '../hosted-view.ts'
import { closedViewer, refuseSpectators } from '../package-sockets.ts'
import { lobbyPath } from './hosted-games.ts'
import { escapeHtml, sendPage } from './lobby-page.ts'

export interface PackagePageOptions {
  readonly hosted: HostedGames
  readonly viewers: ReplayViewers
  readonly origins: OriginPolicy
}

/** Milliseconds for an answer of a game, bytes of it, and requests to all games at once. */
const ANSWER_MS = 30_000
const MAX_BYTES = 64 * 1024 ** 2
const MAX_REQUESTS = 100
/** Seconds between two checks of a page that waits for its game. */
const REFRESH_S = 2
/** Headers of a request and of an answer that pass. Others concern the connection, or this server. */
const ASKED = ['accept', 'accept-language', 'range', 'if-none-match', 'if-modified-since'] as const
const ANSWERED = ['content-type', 'cache-control', 'etag', 'last-modified', 'content-range', 'accept-ranges'] as const

const SANDBOX = [
  'sandbox allow-scripts allow-forms allow-modals allow-pointer-lock allow-downloads',
  "default-src * 'unsafe-inline' 'unsafe-eval' data: blob:",
  'connect-src * ws: wss: data: blob:',
]

export const packagePageRoutes: FastifyPluginCallback<PackagePageOptions> = (app, options, done) => {
  const { hosted, viewers, origins } = options
  const headers = sandboxHeaders(origins.origins)
  let asked = 0
  app.get('/hosted/:id/game/*', { schema: { hide: true } }, async (request, reply) => {
    const { id, segments, query } = addressOf(request)
    const door = id.startsWith('rv_') ? viewerDoor(viewers, id, query) : await gameDoor(hosted, { id, segments }, reply)
    if (!door || reply.sent) return reply
    const [folder, page] = segments
    const isPage = folder === 'clients' || folder === 'client'
    if (isPage && folder !== door.pages && page !== undefined && segments.length === 2) {
      return reply.redirect(`/hosted/${encodeURIComponent(id)}/game/${door.pages}/${encodeURIComponent(page)}?${query}`)
    }
    if (asked >= MAX_REQUESTS) throw new AppError('CONNECTION_LIMIT', 'too many pages are asked of games at once')
    asked++
    reply.raw.once('close', () => asked--)
    return passOn(request, reply.headers(headers), `${door.url}/${segments.map(encodeURIComponent).join('/')}?${query}`)
  })
  done()
}

interface Address {
  readonly id: string
  /** Decoded, below `game/`. */
  readonly segments: readonly string[]
  readonly query: string
}

/** @throws AppError NOT_FOUND for paths that a game never gets */
function addressOf({ raw }: FastifyRequest): Address {
  const target = readTarget(raw.url)
  const [, id = '', , ...segments] = target?.segments ?? []
  const isOdd = segments.some((each) => each === '' || each === '.' || each === '..' || /[/\\]/.test(each))
  // Contract section 3.2: a hosting platform must never expose the page and the socket of the admin.
  const isClosed = segments.some((each) => /^admin\b/i.test(each))
  if (target && segments.length > 0 && !isOdd && !isClosed) return { id, segments, query: target.query.toString() }
  throw new AppError('NOT_FOUND', 'There is no page at this address.')
}

/** @throws AppError NOT_FOUND, SOURCE_REFUSED */
function viewerDoor(viewers: ReplayViewers, id: string, query: string): Door {
  const viewer = viewers.find(id)
  if (!viewer) throw closedViewer()
  const uri = new URLSearchParams(query).get('uri')
  if (uri !== null && uri !== viewer.uri) throw new AppError('SOURCE_REFUSED', 'this viewer shows one recording only')
  return viewer.door
}

/** Where the game is; undefined: the reply says why it is not there. @throws AppError NOT_FOUND, NOT_YOURS */
async function gameDoor(
  hosted: HostedGames,
  { id, segments }: Pick<Address, 'id' | 'segments'>,
  reply: FastifyReply,
): Promise<Door | undefined> {
  const { session, status } = await hosted.state(bareId(id))
  if (session.tokens === null) throw new AppError('NOT_FOUND', 'There is no page at this address.')
  if (segments.some((each) => /^global\b/i.test(each))) refuseSpectators(session)
  const door = hosted.packages.doorOf(session.id)
  if (door) return door
  const lobby = lobbyPath(session)
  if (status === 'lobby' || status === 'playing') {
    const body = `<p role="status"><strong>Waiting for the game.</strong> It starts when every slot is taken, and opens here.</p><p><a href="${escapeHtml(lobby)}">To the lobby</a></p>`
    void sendPage(reply, { title: 'Game', body, refresh: REFRESH_S })
  } else void reply.redirect(lobby)
  return undefined
}

/** @throws AppError RUN_FAILED when the game does not answer */
async function passOn(request: FastifyRequest, reply: FastifyReply, url: string): Promise<FastifyReply> {
  const gone = new AbortController()
  reply.raw.once('close', () => gone.abort())
  const wanted = ASKED.flatMap((name) => {
    const value = request.headers[name]
    return typeof value === 'string' ? [[name, value] as const] : []
  })
  const answer = await fetch(url, {
    method: request.method === 'HEAD' ? 'HEAD' : 'GET',
    headers: [...wanted.map(([name, value]): [string, string] => [name, value]), ['accept-encoding', 'identity']],
    redirect: 'manual',
    signal: AbortSignal.any([gone.signal, AbortSignal.timeout(ANSWER_MS)]),
  }).catch((cause: unknown) => {
    throw new AppError('SERVER_REFUSED', 'the game does not answer', { cause, hint: 'Try again: it may be ending.' })
  })
  if (answer.status >= 300 && answer.status < 400 && answer.status !== 304) {
    await answer.body?.cancel()
    throw new AppError('SERVER_REFUSED', 'the game redirects, which its pages may not do')
  }
  for (const name of ANSWERED) {
    const value = answer.headers.get(name)
    if (value !== null) void reply.header(name, value)
  }
  void reply.code(answer.status)
  return reply.send(answer.body ? Readable.from(limited(answer.body)) : undefined)
}

/** Breaks an answer off that is longer than MAX_BYTES. */
async function* limited(body: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array, void, undefined> {
  let bytes = 0
  for await (const part of body) {
    bytes += part.length
    if (bytes > MAX_BYTES) throw new AppError('BODY_TOO_LARGE', `a page has more than ${MAX_BYTES} bytes`)
    yield part
  }
}

/** A page in a sandbox cannot have an opener policy; as a page of no origin it asks for its own modules across origins. */
const sandboxHeaders = (ancestors: readonly string[]): Readonly<Record<string, string>> => ({
  'content-security-policy': [...SANDBOX, `frame-ancestors ${["'self'", ...ancestors].join(' ')}`].join('; '),
  'cross-origin-opener-policy': 'unsafe-none',
  'access-control-allow-origin': '*',
})
