// The pages of hosted games: the lobby, which anyone with its link may see, and the page by which a slot is taken. They
// work without scripts. A guest is known again by a cookie, so that joining twice gives the same slot.
import { createHash, randomBytes } from 'node:crypto'
import type { FastifyPluginCallback, FastifyReply, FastifyRequest } from 'fastify'
import { z } from 'zod'
import { AppError } from '../../kernel/errors.ts'
import type { HostedStatus } from '../../league/hosted/hosted-games.ts'
import { replayOf } from '../../league/hosted/package-rollout.ts'
import type { ReplayViewers } from '../../league/hosted/replay-viewers.ts'
import { type HolderRecord, MAX_LABEL, type PlaySessionRecord } from '../../store/play/play-sessions.ts'
import type { OriginPolicy } from '../../transport/origins.ts'
import { routeLimit } from '../../transport/rate-limit.ts'
import { bareId } from '../hosted-view.ts'
import { type HostedGameRouteOptions, lobbyPath, playerPath, viewerPath } from './hosted-games.ts'
import { Id } from './league-queries.ts'
import { escapeHtml, STYLE, sendPage, sentence } from './lobby-page.ts'

interface Options extends HostedGameRouteOptions {
  readonly origins: OriginPolicy
  readonly viewers: ReplayViewers
}

const COOKIE = 'paracosm_slot'
/** Seconds for which a guest is known: longer than a lobby and its game. */
const COOKIE_S = 86_400
/** Seconds between two refreshes of a lobby page. */
const REFRESH_S = 3
const JOINS_PER_MINUTE = 60
/** Each may start a container. */
const VIEWERS_PER_MINUTE = 20
/** Bytes of a form: a name, encoded. */
const MAX_FORM = 2000
const FORM = 'application/x-www-form-urlencoded'
const PAGE = '/hosted/:id'
const Name = z
  .string()
  .trim()
  .min(1)
  .max(MAX_LABEL)
  .regex(/^\P{C}+$/u)

export const lobbyRoutes: FastifyPluginCallback<Options> = (app, { hosted, auth, origins, viewers }, done) => {
  app.addHook('onRequest', (request, _reply, next) => next(origins.refuseSensitive(request.headers)))
  app.addContentTypeParser(FORM, { parseAs: 'string', bodyLimit: MAX_FORM }, (_request, body, parsed) =>
    parsed(null, body),
  )
  const hide = { schema: { hide: true } }
  app.get('/hosted/lobby.css', hide, (_request, reply) => reply.type('text/css; charset=utf-8').send(STYLE))
  app.get(PAGE, hide, async (request, reply) => {
    const state = await hosted.state(idOf(request))
    const isOver = state.status === 'ended' || state.status === 'expired'
    return sendPage(reply, { title: 'Lobby', body: lobbyBody(state), refresh: isOver ? undefined : REFRESH_S })
  })
  app.get(`${PAGE}/join`, hide, async (request, reply) => {
    const state = await hosted.state(idOf(request))
    const own = holderOf(state.holders, guestOf(request)?.hash)
    return sendPage(reply, { title: 'Join', body: joinBody(state, own) })
  })
  app.post(`${PAGE}/join`, { ...hide, config: { rateLimit: routeLimit(JOINS_PER_MINUTE) } }, async (request, reply) => {
    const id = idOf(request)
    const caller = await auth.find(request)
    const playerId = caller?.playerId ?? null
    const guest = guestOf(request) ?? newGuest()
    const name = Name.safeParse(new URLSearchParams(String(request.body ?? '')).get('name') ?? '')
    const label = playerId === null ? (name.success ? name.data : undefined) : caller?.name
    try {
      const given = await hosted.join(id, { playerId, guestHash: playerId === null ? guest.hash : null, label })
      const secure = request.protocol === 'https' ? '; Secure' : ''
      const cookie = `${COOKIE}=${guest.secret}; Path=${lobbyPath(given.session)}; Max-Age=${COOKIE_S}; HttpOnly; SameSite=Strict${secure}`
      return reply.header('set-cookie', cookie).header('cache-control', 'no-store').redirect(playerPath(given), 303)
    } catch (error) {
      return sendRefusal(reply, id, error)
    }
  })
  app.post(
    `${PAGE}/replay`,
    { ...hide, config: { rateLimit: routeLimit(VIEWERS_PER_MINUTE) } },
    async (request, reply) => {
      const id = idOf(request)
      try {
        const { session } = await hosted.state(id)
        return reply.redirect(viewerPath(await viewers.open(replayOf(session))), 303)
      } catch (error) {
        return sendRefusal(reply, id, error)
      }
    },
  )
  done()
}

interface State {
  readonly session: PlaySessionRecord
  readonly holders: readonly HolderRecord[]
  readonly status: HostedStatus
}

const idOf = ({ params }: FastifyRequest): string => {
  const { data } = Id.safeParse(params)
  if (data) return bareId(data.id)
  throw new AppError('UNKNOWN_SESSION', 'there is no such hosted game', { hint: 'Ask who created it for the link.' })
}

interface Guest {
  readonly secret: string
  readonly hash: string
}

const guest = (secret: string): Guest => ({ secret, hash: createHash('sha256').update(secret).digest('hex') })
const newGuest = (): Guest => guest(randomBytes(24).toString('base64url'))

function guestOf({ headers }: FastifyRequest): Guest | undefined {
  const [, secret] = /(?:^|;\s*)paracosm_slot=([\w-]{32})(?:;|$)/.exec(headers.cookie ?? '') ?? []
  return secret === undefined ? undefined : guest(secret)
}

const holderOf = (holders: readonly HolderRecord[], hash: string | undefined): HolderRecord | undefined =>
  hash === undefined ? undefined : holders.find(({ guestHash }) => guestHash === hash)

/** What a form was refused with, as a page. */
function sendRefusal(reply: FastifyReply, id: string, error: unknown): FastifyReply {
  if (!(error instanceof AppError)) throw error
  const { hint } = error.toProblem()
  const body = `<p role="alert"><strong>${escapeHtml(sentence(error.message))}</strong> ${escapeHtml(hint)}</p>`
  return sendPage(reply.code(error.status), { title: 'Join', body: `${body}${linkToLobby(id)}` })
}

const linkToLobby = (id: string): string => `<p><a href="/hosted/ps_${encodeURIComponent(id)}">To the lobby</a></p>`

const STATUS: Readonly<Record<HostedStatus, string>> = {
  lobby: 'Waiting for players',
  playing: 'The game is on',
  ended: 'The game has ended',
  expired: 'The lobby has expired',
}

function lobbyBody({ session, holders, status }: State): string {
  const rows = Array.from({ length: session.slots }, (_, slot) => {
    const holder = holders.find((each) => each.slot === slot)
    return `<tr><td>${slot}</td><td>${holder ? escapeHtml(holder.label) : '<span class="soft">free</span>'}</td></tr>`
  })
  const isOpen = status === 'lobby' || status === 'playing'
  const links = [
    isOpen
      ? `<a class="button" href="${lobbyPath(session)}/join">${holders.length < session.slots ? 'Join' : 'Go to your slot'}</a>`
      : '',
    recordingOf(session, status),
  ]
  const until = new Date(session.expiresAt).toISOString().slice(0, 16).replace('T', ' ')
  const note =
    status === 'lobby' && holders.length < session.slots ? `<p class="soft">The lobby expires at ${until} UTC.</p>` : ''
  return `<p role="status"><strong>${STATUS[status]}</strong>: ${holders.length} of ${session.slots} slots are taken.</p>${reasonOf(session)}
<table><thead><tr><th scope="col">Slot</th><th scope="col">Player</th></tr></thead><tbody>${rows.join('')}</tbody></table>
<div class="links">${links.join(' ')}</div>${note}<p class="soft">${escapeHtml(session.coworldId)}, ${escapeHtml(session.variantId)}</p>`
}

/** The link by which a game is watched, live or recorded; empty: it cannot be. */
function recordingOf(session: PlaySessionRecord, status: HostedStatus): string {
  if (session.tokens === null) {
    if (!session.allowsSpectators || status === 'expired') return ''
    return `<a href="/episodes/${session.episodeId}">${status === 'ended' ? 'See the recording' : 'Watch'}</a>`
  }
  if (session.hasReplay) {
    return `<form method="post" action="${lobbyPath(session)}/replay"><button class="button">See the recording</button></form>`
  }
  if (!session.allowsSpectators || status === 'ended' || status === 'expired') return ''
  return `<a href="${lobbyPath(session)}/game/clients/global">Watch</a>`
}

const reasonOf = ({ reason }: PlaySessionRecord): string =>
  reason === null ? '' : `<p>Why: ${escapeHtml(sentence(reason))}</p>`

function joinBody({ session, holders, status }: State, own: HolderRecord | undefined): string {
  if (status === 'ended' || status === 'expired') {
    return `<p role="status"><strong>${STATUS[status]}</strong>.</p>${reasonOf(session)}${linkToLobby(session.id)}`
  }
  const action = `${lobbyPath(session)}/join`
  if (own) {
    return `<p>You have slot ${own.slot} as <strong>${escapeHtml(own.label)}</strong>.</p>
<form method="post" action="${action}"><button class="button">Play</button></form>${linkToLobby(session.id)}`
  }
  if (holders.length >= session.slots)
    return `<p role="status"><strong>All slots are taken</strong>.</p>${linkToLobby(session.id)}`
  return `<form method="post" action="${action}"><label>Your name <input name="name" maxlength="${MAX_LABEL}" autocomplete="nickname"></label>
<button class="button">Take a slot</button></form>
<p class="soft">${session.slots - holders.length} of ${session.slots} slots are free. The game begins when every player is there.</p>${linkToLobby(session.id)}`
}
