// Chooses a game and characters, from flags or by asking.
import type { Client } from '../../client/client.ts'
import { ClientError } from '../../client/client-error.ts'
import { unknownName } from '../../kernel/closest.ts'
import { AppError } from '../../kernel/errors.ts'
import type { Terminal } from './terminal.ts'
import { plain, wrapText } from './wrap.ts'

export interface Wanted {
  readonly game: string | undefined
  readonly pc: string | undefined
  readonly npc: string | undefined
}

export interface Chosen {
  readonly game: string
  readonly pc_choice?: string
  readonly npc_choice?: string
}

/**
 * @throws AppError USAGE when no game is named and there is no terminal to ask on; CHOICE_INVALID for a character that the
 * game does not have
 */
export async function choose(client: Client, wanted: Wanted, terminal: Terminal | undefined): Promise<Chosen> {
  const game = wanted.game ?? (await chooseGame(client, terminal))
  let { pc, npc } = wanted
  if (pc !== undefined || npc !== undefined) {
    const setup = await client.setup(game)
    checkCharacter(pc, setup.pcs, `${game} has no character to play called`)
    checkCharacter(npc, setup.npcs, `${game} has no character to meet called`)
  }
  if (terminal && (pc === undefined || npc === undefined)) {
    const setup = await client.setup(game)
    const about = new Map((await client.characters()).map((each) => [each.hid, each.short_description]))
    const describe = ({ hid }: { hid: string }) => ({ name: hid, text: about.get(hid) ?? '' })
    pc ??= await pick(terminal, 'Which character do you want to play?', setup.pcs.map(describe))
    npc ??= await pick(terminal, 'Which character do you want to meet?', setup.npcs.map(describe))
  }
  return { game, ...(pc ? { pc_choice: pc } : {}), ...(npc ? { npc_choice: npc } : {}) }
}

/**
 * Finds a mistyped game before anything else is asked. Names are compared as the server compares them.
 * @throws AppError UNKNOWN_GAME with the closest name
 */
export async function checkGame(client: Client, name: string): Promise<void> {
  const games = await client.games().catch((error: unknown) => {
    // Some servers list games to registered players only; they check the name when the session starts.
    if (error instanceof ClientError && error.code === 'UNAUTHORIZED') return undefined
    throw error
  })
  const same = (text: string): string => text.toLowerCase().replaceAll(/[\s_-]/g, '')
  if (!games || games.some((game) => same(game.name) === same(name))) return
  const known = games.map((game) => game.name)
  throw unknownName('UNKNOWN_GAME', `there is no game ${name}; the server has ${known.join(', ')}`, {
    name,
    known,
    hint: 'Run paracosm play in a terminal to choose from a list.',
  })
}

function checkCharacter(hid: string | undefined, list: readonly { readonly hid: string }[], what: string): void {
  if (hid === undefined || list.some((each) => each.hid === hid)) return
  const known = list.map((each) => each.hid)
  throw unknownName('CHOICE_INVALID', `${what} ${hid}; the characters are ${known.join(', ')}`, {
    name: hid,
    known,
    hint: 'Names are case-sensitive.',
  })
}

async function chooseGame(client: Client, terminal: Terminal | undefined): Promise<string> {
  const games = await client.games()
  const rows = games.map(({ name, description }) => ({ name, text: description ?? '' }))
  if (!terminal) {
    throw new AppError('USAGE', `no game is named; the games are: ${rows.map((each) => each.name).join(', ')}`, {
      hint: 'Name one: paracosm play Explore',
    })
  }
  return (await pick(terminal, 'Which game?', rows)) ?? rows[0]?.name ?? ''
}

/** An entry of a list, by number or name; undefined: any. */
async function pick(
  terminal: Terminal,
  question: string,
  rows: readonly { name: string; text: string }[],
): Promise<string | undefined> {
  const digits = String(rows.length).length
  terminal.write(`\n${question}\n`)
  rows.forEach(({ name, text }, at) => {
    const number = `${String(at + 1).padStart(digits)}. `
    const lines = wrapText(`${plain(name)}  ${plain(text)}`, { width: terminal.width, indent: ' '.repeat(digits + 4) })
    terminal.write(`  ${number}${lines.trimStart()}\n`)
  })
  const isGame = question.includes('game')
  for (;;) {
    const line = await terminal.ask(isGame ? `1 to ${rows.length} [1]: ` : `1 to ${rows.length}, or Enter for any: `)
    if (line === undefined) throw new AppError('INTERRUPTED', 'nothing was started', { hint: 'Run it again.' })
    const said = line.trim().toLowerCase()
    if (said === '') return undefined
    const found = rows.find(({ name }, at) => String(at + 1) === said || name.toLowerCase() === said)
    if (found) return found.name
  }
}
