// The pages of hosted games: the lobby, which anyone with its link may see, and the page by which a slot is taken. They
// work without scripts. A guest is known again by a cookie, so that joining twice gives the same slot.
import { createHash, randomBytes } from 'node:crypto'
import type { FastifyPluginCallback, FastifyReply, FastifyRequest } from 'fastify'
import { z } from 'zod'
import { AppError } from '../../kernel/errors.ts'
import type { HostedStatus } from '../../league/hosted/hosted-games.ts'
import { type HolderRecord, MAX_LABEL, type PlaySessionRecord } from '../../store/play/play-sessions.ts'
import type { OriginPolicy } from '../../transport/origins.ts'
import { routeLimit } from '../../transport/rate-limit.ts'
import { bareId } from '../hosted-view.ts'
import { type HostedGameRouteOptions, lobbyPath, playerPath } from './hosted-games.ts'
import { Id } from './league-queries.ts'

interface Options extends HostedGameRouteOptions {
  readonly origins: OriginPolicy
}

const COOKIE = 'paracosm_slot'
/** Seconds for which a guest is known: longer than a lobby and its game. */
const COOKIE_S = 86_400
/** Seconds between two refreshes of a lobby page. */
const REFRESH_S = 3
const JOINS_PER_MINUTE = 60
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

export const lobbyRoutes: FastifyPluginCallback<Options> = (app, { hosted, auth, origins }, done) => {
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
      if (!(error instanceof AppError)) throw error
      const { hint } = error.toProblem()
      const body = `<p role="alert"><strong>${escapeHtml(sentence(error.message))}</strong> ${escapeHtml(hint)}</p>`
      return sendPage(reply.code(error.status), { title: 'Join', body: `${body}${linkToLobby(id)}` })
    }
  })
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

const escapeHtml = (text: string): string => text.replace(/[&<>"']/g, (char) => `&#${char.charCodeAt(0)};`)
const sentence = (text: string): string => `${text.charAt(0).toUpperCase()}${text.slice(1)}.`
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
    session.allowsSpectators && status !== 'expired'
      ? `<a href="/episodes/${session.episodeId}">${status === 'ended' ? 'See the recording' : 'Watch'}</a>`
      : '',
  ]
  const until = new Date(session.expiresAt).toISOString().slice(0, 16).replace('T', ' ')
  const note =
    status === 'lobby' && holders.length < session.slots ? `<p class="soft">The lobby expires at ${until} UTC.</p>` : ''
  return `<p role="status"><strong>${STATUS[status]}</strong>: ${holders.length} of ${session.slots} slots are taken.</p>
<table><thead><tr><th scope="col">Slot</th><th scope="col">Player</th></tr></thead><tbody>${rows.join('')}</tbody></table>
<p class="links">${links.join(' ')}</p>${note}<p class="soft">${escapeHtml(session.coworldId)}, ${escapeHtml(session.variantId)}</p>`
}

function joinBody({ session, holders, status }: State, own: HolderRecord | undefined): string {
  if (status === 'ended' || status === 'expired') {
    return `<p role="status"><strong>${STATUS[status]}</strong>.</p>${linkToLobby(session.id)}`
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

function sendPage(
  reply: FastifyReply,
  { title, body, refresh }: { readonly title: string; readonly body: string; readonly refresh?: number | undefined },
): FastifyReply {
  const again = refresh === undefined ? '' : `<meta http-equiv="refresh" content="${refresh}">`
  return reply
    .type('text/html; charset=utf-8')
    .header('cache-control', 'no-store')
    .send(`<!doctype html>
<html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1">${again}
<title>${title} · hosted game</title><link rel="stylesheet" href="/hosted/lobby.css"></head>
<body><main><h1>${title === 'Lobby' ? 'Hosted game' : 'Join the hosted game'}</h1>${body}</main></body></html>`)
}

const STYLE = `:root { color-scheme: light dark; --bg: light-dark(#f6f7f9, #14171c); --panel: light-dark(#ffffff, #1d2229);
  --ink: light-dark(#1b2027, #eceff3); --soft: light-dark(#586170, #a3adba); --line: light-dark(#d5dae1, #343b45);
  --accent: light-dark(#0b5fad, #6cb4ff); --accent-ink: light-dark(#ffffff, #0c1a29); font: 16px / 1.5 system-ui, sans-serif; }
* { box-sizing: border-box; }
body { margin: 0; background: var(--bg); color: var(--ink); }
main { max-width: 34rem; margin: 2rem auto; padding: 1.5rem; background: var(--panel); border: 1px solid var(--line); border-radius: 0.5rem; }
h1 { margin-top: 0; font-size: 1.4rem; }
table { width: 100%; border-collapse: collapse; }
th, td { padding: 0.5rem; text-align: left; border-bottom: 1px solid var(--line); overflow-wrap: anywhere; }
label { display: block; margin-bottom: 0.75rem; }
input { display: block; width: 100%; min-height: 44px; padding: 0.5rem; font: inherit; color: inherit; background: var(--bg); border: 1px solid var(--soft); border-radius: 0.25rem; }
a { color: var(--accent); }
.soft { color: var(--soft); }
.links { display: flex; gap: 1rem; align-items: center; }
.button { display: inline-block; min-height: 44px; padding: 0.6rem 1.2rem; font: inherit; color: var(--accent-ink); background: var(--accent); border: 0; border-radius: 0.25rem; text-decoration: none; cursor: pointer; }
:focus-visible { outline: 3px solid var(--accent); outline-offset: 2px; }
`
