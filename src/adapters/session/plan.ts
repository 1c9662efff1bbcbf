// Plans a session: the game, the characters, and the rules. Invalid choices are refused here, in the words of the API.
import { randomInt } from 'node:crypto'
import type { DialogueCandidates } from '../../kernel/dialogue.ts'
import { AppError } from '../../kernel/errors.ts'
import { describeIssue } from '../../kernel/parse.ts'
import type { Character } from '../../protocol/character.ts'
import type { JsonObject } from '../../protocol/json.ts'
import type { Setup } from '../../protocol/session.ts'
import type { GameCatalogue, PlayableGame } from './games.ts'

export interface PlannedSession {
  readonly playable: PlayableGame
  /** Null in games without characters. */
  readonly pc: Character | null
  readonly npc: Character | null
  readonly overrides: JsonObject
  readonly source: string
  readonly playerId: string | null
}

/** The choices of a player; open choices are drawn at random. */
export interface PlanRequest {
  readonly game: string
  readonly pc?: string | null | undefined
  readonly npc?: string | null | undefined
  readonly overrides?: JsonObject | null | undefined
  readonly source: string
  readonly playerId: string | null
}

/** Shown before the start of a game that is played without characters. */
const NO_CHARACTERS = 'This game is played without characters.'
/** Shown where characters can be chosen. */
const CHOOSE = 'Choose who you play and who you meet, or leave both out for a random choice.'
const NONE = {
  no_valid_pc: 'No character can be played in this game: add one, or import a set of characters.',
  no_valid_npc: 'No character can be met in this game: add one, or import a set of characters.',
} as const

/** The characters that may be played and met; undefined in games without characters. */
function candidatesOf(
  { game, dialogue }: PlayableGame,
  characters: readonly Character[],
  overrides: JsonObject,
): DialogueCandidates | undefined {
  return dialogue.characters?.candidates(game, characters, overrides)
}

/** The data for a page before the start. */
export function setupOf(playable: PlayableGame, characters: readonly Character[]): Setup {
  const found = candidatesOf(playable, characters, {})
  const denial = found?.pcs.length === 0 ? 'no_valid_pc' : found?.npcs.length === 0 ? 'no_valid_npc' : null
  const choices = (list: readonly Character[] = []) => list.map(({ hid }) => ({ hid, label: hid }))
  return {
    game: playable.game.name,
    allowed: true,
    can_start: denial === null,
    denial_reason: denial,
    message: denial === null ? (found ? CHOOSE : NO_CHARACTERS) : NONE[denial],
    pcs: choices(found?.pcs),
    npcs: choices(found?.npcs),
  }
}

/** @throws AppError UNKNOWN_GAME, CHOICE_INVALID, CONFIG_INVALID for overrides that the game does not take */
export function planSession(
  games: GameCatalogue,
  wanted: PlanRequest,
  characters: readonly Character[],
): PlannedSession {
  const playable = games.require(wanted.game)
  const parsed = playable.game.overrides.safeParse(wanted.overrides ?? {})
  if (!parsed.success) {
    const fault = describeIssue(parsed.error, '')
    // An unknown key is a fault of the whole object: it has no path.
    throw new AppError('CONFIG_INVALID', fault.startsWith(': ') ? `overrides${fault}` : `overrides.${fault}`)
  }
  const rest = { playable, overrides: parsed.data, source: wanted.source, playerId: wanted.playerId }
  const found = candidatesOf(playable, characters, parsed.data)
  if (!found) return { ...rest, pc: requireNone(wanted.pc, 'pc_choice'), npc: requireNone(wanted.npc, 'npc_choice') }
  if (found.pcs.length === 0) throw new AppError('CHOICE_INVALID', 'No valid player characters')
  if (found.npcs.length === 0) throw new AppError('CHOICE_INVALID', 'No valid simulated characters')
  return { ...rest, pc: choose(found.pcs, wanted.pc, 'pc_choice'), npc: choose(found.npcs, wanted.npc, 'npc_choice') }
}

function requireNone(hid: string | null | undefined, field: string): null {
  if (hid === null || hid === undefined || hid === '') return null
  throw new AppError('CHOICE_INVALID', `Invalid ${field}: this game has no characters`, { details: { field } })
}

function choose(list: readonly Character[], hid: string | null | undefined, field: string): Character {
  if (hid === null || hid === undefined || hid === '') {
    const drawn = list[randomInt(list.length)]
    if (drawn) return drawn
  }
  const chosen = list.find((each) => each.hid === hid)
  if (chosen) return chosen
  throw new AppError('CHOICE_INVALID', `Invalid ${field}: ${hid ?? ''}`, {
    details: { field, known: list.map((each) => each.hid) },
  })
}
