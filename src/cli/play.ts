// `paracosm play`: a character of a server to talk to, in the terminal or from a script.
import { addAbortSignal } from 'node:stream'
import { Command } from 'commander'
import { type Client, createClient } from '../client/client.ts'
import type { PlaySession } from '../client/play-session.ts'
import { AppError } from '../kernel/errors.ts'
import { readLines } from '../lib/json-lines.ts'
import { type Io, printJson } from './io.ts'
import { type ChatEnd, chat, playScript, watch } from './play/chat.ts'
import { checkGame, choose } from './play/choose.ts'
import { withServer } from './play/failures.ts'
import { keepKey, keyFile, readKey } from './play/keys.ts'
import { type RegistrationFlags, register } from './play/register.ts'
import { openTerminal, type Terminal } from './play/terminal.ts'
import { formatTranscript } from './play/transcript.ts'
import { printTable } from './table.ts'

interface Options extends RegistrationFlags {
  readonly url: string
  readonly key?: string
  readonly pc?: string
  readonly npc?: string
  readonly resume?: string
  readonly list?: boolean
  readonly transcript?: string
  readonly watch?: string
  readonly register?: boolean
  readonly json?: boolean
}

const EXAMPLES = `
Examples:
  paracosm play                                   choose a game and characters from lists
  paracosm play Explore --pc ODA --npc JACK       start at once
  paracosm play --list                            list your sessions
  paracosm play --resume <id>                     continue a session
  paracosm play --transcript <id>                 print a transcript in Markdown
  paracosm play --watch <id> --key <spectator key>
  paracosm play --register --name "Ada L." --email ada@example.org --phone 1 --consent "Ada L." --no-followup
  printf 'I wave.\\n/finish\\n' | paracosm play Explore --pc ODA --npc JACK

In a chat, the game handles /help, /abilities and /finish. Ctrl-C leaves, and you can resume the session later.
The key comes from --key, PARACOSM_KEY, or the file that --register writes. Other users of the machine can see --key.`

export function createCommand(io: Io): Command {
  return new Command('play')
    .description('Chat with a character in the terminal, or with lines from standard input.')
    .argument('[game]', 'name of the game; a terminal offers a list')
    .option('--url <url>', 'URL of the server', `http://127.0.0.1:${io.config.PARACOSM_PORT || 8080}`)
    .option('--key <key>', 'your access key, or a spectator key')
    .option('--pc <hid>', 'character that you play; default: a random one')
    .option('--npc <hid>', 'character that you meet; default: a random one')
    .option('--resume <id>', 'continue a session')
    .option('--list', 'list your sessions')
    .option('--transcript <id>', 'print the transcript of a session')
    .option('--watch <id>', 'watch a session of another player')
    .option('--register', 'register with the server and store the key')
    .option('--name <name>', 'with --register: your full name')
    .option('--email <address>', 'with --register: your email address')
    .option('--phone <number>', 'with --register: your phone number')
    .option('--consent <signature>', 'with --register: your name, as a signature of the consent form')
    .option('--followup', 'with --register: agree to be contacted again')
    .option('--no-followup', 'with --register: do not agree')
    .option('--json', 'events as JSON Lines; lists and transcripts as JSON')
    .addHelpText('after', EXAMPLES)
    .action((game: string | undefined, options: Options) => withServer(() => play(io, game, options)))
}

async function play(io: Io, game: string | undefined, options: Options): Promise<void> {
  const url = checkUrl(options.url)
  const terminal = options.json ? undefined : openTerminal()
  if (game !== undefined) await checkGame(createClient({ url }), game)
  const client = await openClient(io, url, options, terminal)
  if (options.register && game === undefined && !terminal) return
  if (options.list) await list(io, client, options)
  else if (options.transcript !== undefined) {
    const record = await client.reconstruction(options.transcript)
    if (options.json) printJson(io, record)
    else io.out(formatTranscript(record))
  } else if (options.watch !== undefined) {
    await watch(io, await client.watch(options.watch, options.key ?? ''), options.json === true)
  } else await converse(io, client, { game, options, terminal })
}

function checkUrl(text: string): string {
  const url = URL.canParse(text) ? new URL(text) : undefined
  if (url?.protocol === 'http:' || url?.protocol === 'https:') return text.replace(/\/+$/, '')
  throw new AppError('USAGE', `--url ${text} is not a URL`, { hint: 'Give one such as http://127.0.0.1:8080.' })
}

/** A client with the stored key; registers if requested or confirmed. */
async function openClient(io: Io, url: string, options: Options, terminal: Terminal | undefined): Promise<Client> {
  const file = keyFile(io.config.XDG_CONFIG_HOME)
  const anonymous = createClient({ url })
  const key = options.key ?? io.config.PARACOSM_KEY ?? (await readKey(file, url))
  if (options.watch !== undefined) {
    if (options.key === undefined)
      throw new AppError('USAGE', '--watch needs a spectator key', { hint: 'Give it with --key.' })
    return anonymous
  }
  if (options.register !== true) {
    if (key !== undefined) return anonymous.withKey(key)
    const { authentication_required: isNeeded } = await anonymous.serverConfig()
    if (!isNeeded) return anonymous
    if (!terminal) throw new AppError('KEY_REFUSED', `there is no stored key for ${url}`)
    terminal.write(`You are not registered with ${url} yet. It asks for your details once.\n\n`)
  }
  const issued = await register(anonymous, options, terminal)
  await keepKey(file, url, issued)
  if (options.json) io.out(JSON.stringify({ ok: true, registered: true, key_file: file }))
  else io.err(`Registered. Your key is stored in ${file}`)
  return anonymous.withKey(issued)
}

async function list(io: Io, client: Client, options: Options): Promise<void> {
  const sessions = await client.sessions()
  if (options.json) {
    printJson(io, { sessions })
    return
  }
  if (sessions.length === 0) io.out('You have no sessions yet. Start one with: paracosm play')
  else {
    const rows = sessions.map(({ session_id, game, status, turns, last_active }) => [
      session_id,
      game,
      status,
      String(turns),
      last_active.slice(0, 16).replace('T', ' '),
    ])
    printTable(io, ['session', 'game', 'status', 'turns', 'last (UTC)'], rows)
  }
}

interface Conversing {
  readonly game: string | undefined
  readonly options: Options
  readonly terminal: Terminal | undefined
}

async function converse(io: Io, client: Client, { game, options, terminal }: Conversing): Promise<void> {
  const { resume } = options
  const playing = { tokens: terminal !== undefined || options.json === true, signal: io.signal }
  let session: PlaySession
  let name = game
  if (resume === undefined) {
    const chosen = await choose(client, { game, pc: options.pc, npc: options.npc }, terminal)
    name = chosen.game
    session = await client.start({ ...chosen, source: 'cli' }, playing)
  } else {
    session = await client.play(resume, playing)
    name = (await client.sessionStatus(resume)).game_name
  }
  if (options.json) io.out(JSON.stringify({ kind: 'session', session_id: session.id }))
  else await introduce(io, client, { name: name ?? '', id: session.id })
  const end = terminal
    ? await chat(io, session, terminal)
    : await playScript(io, session, { lines: linesOf(io), isJson: options.json === true })
  if (!options.json) tellEnd(io, end, session.id, options)
}

/** Bytes of one line of a script: more than any message may have. */
const MAX_SCRIPT_LINE_BYTES = 1024 * 1024

/** Lines of standard input until the signal is aborted. Reading begins with the first request: nothing before is lost. */
async function* linesOf({ signal }: Io): AsyncGenerator<string> {
  const options = { maxLineBytes: MAX_SCRIPT_LINE_BYTES, what: 'standard input', trimCarriageReturn: true }
  try {
    for await (const { text } of readLines(addAbortSignal(signal, process.stdin), options)) yield text
  } catch (error) {
    if (!signal.aborted) throw error
  }
}

/** Prints the game and the session, and says so if no language model plays. */
async function introduce(io: Io, client: Client, { name, id }: { name: string; id: string }): Promise<void> {
  io.err(`${name}, session ${id}`)
  const models = await client.models().catch(() => undefined)
  if (models?.kind === 'local') {
    io.err('No language model is configured: a rule-based responder plays the character. See docs/models.md.')
  } else if (models?.kind === 'fixed')
    io.err('The server returns one fixed text for every answer. It is configured for tests.')
  io.err('')
}

function tellEnd(io: Io, end: ChatEnd, id: string, { url }: Options): void {
  const at = url === 'http://127.0.0.1:8080' ? '' : ` --url ${url}`
  if (end === 'over') io.err(`The session is over. Print it with: paracosm play --transcript ${id}${at}`)
  else io.err(`The session is paused. Continue it with: paracosm play --resume ${id}${at}`)
}
