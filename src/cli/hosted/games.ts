// Commands about hosted games (contract section 11.2) and viewers of replays (11.3).
import { Command, Option } from 'commander'
import { AppError } from '../../kernel/errors.ts'
import { webLink } from '../../league/selection.ts'
import { HostedJoin, HostedLobby, PlaySessionState, ReplaySession } from '../../protocol/hosted-games.ts'
import { ReadEpisode } from '../../protocol/hosted-read.ts'
import { loadManifest } from '../../runner/manifest.ts'
import { findManifest, findReplay } from '../../runner/manifest-source.ts'
import { openReplay } from '../../runner/play.ts'
import { RUNTIMES, type RuntimeKind } from '../../runner/runtime.ts'
import { selectRuntime } from '../coworld-runtime.ts'
import type { HostedClient } from '../hosted-client.ts'
import type { Io } from '../io.ts'
import { parseCount } from '../options.ts'
import { printTable } from '../table.ts'
import { type Action, type Add, commandsOf, lines, printWire } from './commands.ts'

const SESSIONS = '/v2/coworlds/play/session'

export function addGames(io: Io, { group, add, server }: { group: Command; add: Add; server: string }): void {
  const games = new Command('hosted-game')
    .description('Create, join and look at games that a server hosts for people.')
    .addHelpText(
      'after',
      '\nExample:\n  paracosm coworld hosted-game create cow_paint-arena --server http://127.0.0.1:8080',
    )
  const addGame = commandsOf(io, games, server, 'hosted-game ')
  const create: Command = addGame(
    'create',
    { description: 'Open the lobby of a game.', example: ' cow_paint-arena --no-spectators' },
    (client, flags, id = '') =>
      createGame(io, client, { ...flags, ...create.opts(), id, isDefault: flags.server === server }),
  )
    .argument('<coworld>', 'id or name of an uploaded coworld, or cow_<world> for a world of the server')
    .option('--variant <id>', 'variant to play; default: the first')
    .option('--spectators', 'let anyone watch (default)')
    .option('--no-spectators', 'let only the players see the game')
  addGame('join', { description: 'Take a slot of a game.', example: ' ps_1' }, join(io)).argument('<session>', 'ps_…')
  addGame('show', { description: 'Show the lobby of a game.', example: ' ps_1' }, show(io)).argument(
    '<session>',
    'ps_…',
  )
  addGame('end', { description: 'End a game of yours.', example: ' ps_1' }, end(io)).argument('<session>', 'ps_…')
  group.addCommand(games)
  const open: Command = add(
    'replay-open',
    { description: 'Open the replay of an episode of a league, or of a hosted game.', example: ' ereq_1 --hosted' },
    (client, flags, id = '') => openEpisode(io, client, { ...flags, ...open.opts(), id }),
  )
    .argument('<id>', 'ereq_… or ps_…')
    .option('--hosted', 'ask the server for a viewer and print its address')
    .addOption(new Option('--runtime <runtime>', 'how the game is started').choices([...RUNTIMES]).default('container'))
    .addOption(new Option('--timeout-seconds <n>', 'time limit of the health check').default(60).argParser(parseCount))
}

interface CreateFlags {
  readonly id: string
  readonly server: string
  readonly isDefault: boolean
  readonly json?: boolean
  readonly variant?: string
  readonly spectators?: boolean
}

async function createGame(io: Io, client: HostedClient, flags: CreateFlags): Promise<void> {
  const { id, server, isDefault, json, variant = null, spectators = true } = flags
  const body = { coworld_id: id, variant_id: variant, allow_spectators: spectators }
  const made = await client.post(SESSIONS, HostedLobby, body)
  if (json) return printWire(io, made)
  const command = `paracosm coworld hosted-game join ${made.session_id}${isDefault ? '' : ` --server ${server}`}`
  lines(io, [
    ['Hosted game', made.session_id],
    ['Player slots', String(made.player_count)],
    ['Player command', command],
    ['Player URL', webLink(server, made.join_url)],
    made.global_url === null ? ['Spectators', 'disabled'] : ['Spectator URL', webLink(server, made.lobby_url)],
  ])
}

const join =
  (io: Io): Action =>
  async (client, { json }, id = '') => {
    const joined = await client.post(`${SESSIONS}/${encodeURIComponent(id)}/join`, HostedJoin)
    if (json) return printWire(io, joined)
    lines(io, [
      ['Slot', String(joined.slot)],
      ['Player', joined.player.label],
      ['URL', joined.player_url],
    ])
  }

const show =
  (io: Io): Action =>
  async (client, { json }, id = '') => {
    const found = await client.get(`${SESSIONS}/${encodeURIComponent(id)}`, PlaySessionState)
    if (json) return printWire(io, found)
    printGame(io, found)
  }

const end =
  (io: Io): Action =>
  async (client, { json }, id = '') => {
    const ended = await client.post(`${SESSIONS}/${encodeURIComponent(id)}/terminate`, PlaySessionState)
    if (json) return printWire(io, ended)
    printGame(io, ended)
  }

function printGame(io: Io, game: PlaySessionState): void {
  lines(io, [
    ['Hosted game', game.session_id],
    ['Status', game.status],
    ['Coworld', game.coworld_id],
    ['Variant', game.variant_id],
    ['Slots taken', `${game.players.length} of ${game.player_count}`],
    ['Lobby', game.lobby_url],
    ...(game.reason === null ? [] : [['Reason', game.reason] as const]),
    ...(game.results_url === null ? [] : [['Results', game.results_url] as const]),
    ...(game.replay_url === null ? [] : [['Replay', game.replay_url] as const]),
  ])
  const rows = game.players.map(({ slot, label }) => [String(slot), label])
  if (rows.length > 0) printTable(io, ['Slot', 'Player'], rows)
}

interface OpenFlags {
  readonly id: string
  readonly server: string
  readonly json?: boolean
  readonly hosted?: boolean
  readonly runtime: RuntimeKind
  readonly timeoutSeconds: number
}

/** Packages have UUIDs, and worlds of a server are named. */
const UPLOADED = /^cow_[0-9a-f]{8}-[0-9a-f-]{27}$/

/** The recording of an episode of a league, or of a hosted game. @throws AppError SERVER_REFUSED when there is none */
async function findRecording(client: HostedClient, id: string): Promise<{ coworld: string; uri: string }> {
  if (id.startsWith('ps_')) {
    const game = await client.get(`${SESSIONS}/${encodeURIComponent(id)}`, PlaySessionState)
    if (game.replay_url !== null) return { coworld: game.coworld_id, uri: game.replay_url }
    const why = game.reason === null ? `its status is ${game.status}` : game.reason
    throw new AppError('SERVER_REFUSED', `${id} has no replay: ${why}`, {
      hint: `Look at it with: paracosm coworld hosted-game show ${id}`,
    })
  }
  const found = await client.get(`/v2/episode-requests/${encodeURIComponent(id)}`, ReadEpisode)
  const { replay_url: uri, coworld_id: coworld } = found
  if (uri !== null && coworld !== null) return { coworld, uri }
  throw new AppError('SERVER_REFUSED', `${found.id} has no ${uri === null ? 'replay' : 'coworld'}`, {
    hint: `Look at it with: paracosm coworld episodes ${found.id}`,
  })
}

/** @throws AppError USAGE for a world of the server in a container, and the codes of `findRecording` and `openReplay` */
async function openEpisode(io: Io, client: HostedClient, flags: OpenFlags): Promise<void> {
  const { coworld, uri } = await findRecording(client, flags.id)
  if (flags.hosted) {
    const body = { coworld_id: coworld, replay_uri: uri }
    const viewer = await client.post('/v2/coworlds/replays/session', ReplaySession, body)
    return flags.json ? printWire(io, viewer) : io.out(webLink(flags.server, viewer.viewer_url))
  }
  if (flags.runtime === 'container' && !UPLOADED.test(coworld)) {
    throw new AppError('USAGE', `${coworld} is a world of the server, which has no image`, {
      hint: `Open it with paracosm itself: add --runtime process. Or let the server show it: add --hosted.`,
    })
  }
  await using manifest = await findManifest(coworld, { server: flags.server, signal: io.signal })
  await using recording = await findReplay(uri, { signal: io.signal })
  const { workspace } = await openReplay({
    package: await loadManifest(manifest.path),
    runtime: await selectRuntime(io, flags),
    cwd: process.cwd(),
    signal: io.signal,
    replayPath: recording.path,
    healthTimeoutMs: flags.timeoutSeconds * 1000,
    onReady(ready) {
      if (flags.json) return io.out(JSON.stringify({ event: 'ready', replay: ready.replay, url: ready.url }))
      io.out(`Replay client: ${ready.url}`)
      io.out('Waiting for the replay container to exit...')
    },
  })
  if (!flags.json) io.out(`Logs: ${workspace.logs}`)
}
