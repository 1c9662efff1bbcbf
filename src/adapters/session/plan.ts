// Before a session there is a plan: which game, who plays whom, under which rules. What cannot be played is said here,
// in the words of the API.
import { randomInt } from 'node:crypto'
import { AppError } from '../../kernel/errors.ts'
import type { Character } from '../../protocol/character.ts'
import type { JsonObject } from '../../protocol/json.ts'
import type { Setup } from '../../protocol/session.ts'
import { filterCharacters } from '../../worlds/parley/characters/index.ts'
import { findGame, GAMES, type Overrides } from '../../worlds/parley/games.ts'

type Game = (typeof GAMES)[keyof typeof GAMES]

export interface PlannedSession {
  readonly game: Game
  readonly pc: Character
  readonly npc: Character
  readonly overrides: Overrides
  readonly source: string
  readonly playerId: string | null
}

/** What somebody asks for; a choice that is not made is drawn. */
export interface PlanRequest {
  readonly game: string
  readonly pc?: string | null | undefined
  readonly npc?: string | null | undefined
  readonly overrides?: JsonObject | null | undefined
  readonly source: string
  readonly playerId: string | null
}

/** @throws AppError UNKNOWN_GAME naming those there are */
export function requireGame(name: string): Game {
  const game = findGame(name)
  if (game) return game
  const known = Object.values(GAMES).map((each) => each.name)
  throw new AppError('UNKNOWN_GAME', `Game not found: ${name}. Known games: ${known.join(', ')}`, {
    details: { known },
  })
}

/** Who may be played and met in a game. */
export function candidatesOf(
  game: Game,
  characters: readonly Character[],
  overrides: Overrides = {},
): { pcs: Character[]; npcs: Character[] } {
  return {
    pcs: filterCharacters(overrides.pcs_allowed ?? game.filters.pcs, characters),
    npcs: filterCharacters(overrides.npcs_allowed ?? game.filters.npcs, characters),
  }
}

/** What a page shows before the start. */
export function setupOf(game: Game, characters: readonly Character[]): Setup {
  const { pcs, npcs } = candidatesOf(game, characters)
  const denial = pcs.length === 0 ? 'no_valid_pc' : npcs.length === 0 ? 'no_valid_npc' : null
  const choices = (list: readonly Character[]) => list.map(({ hid }) => ({ hid, label: hid }))
  return {
    game: game.name,
    allowed: true,
    can_start: denial === null,
    denial_reason: denial,
    message:
      denial === null
        ? 'Choose who you play and whom you meet, or leave the choice to chance.'
        : denial === 'no_valid_pc'
          ? 'No character can be played in this game: add one, or import a set of characters.'
          : 'No character can be met in this game: add one, or import a set of characters.',
    pcs: choices(pcs),
    npcs: choices(npcs),
  }
}

/** @throws AppError UNKNOWN_GAME, CHOICE_INVALID, CONFIG_INVALID for overrides that the game does not take */
export function planSession(wanted: PlanRequest, characters: readonly Character[]): PlannedSession {
  const game = requireGame(wanted.game)
  const parsed = game.overrides.safeParse(wanted.overrides ?? {})
  if (!parsed.success) {
    const issue = parsed.error.issues[0]
    throw new AppError('CONFIG_INVALID', `overrides.${issue?.path.join('.') ?? ''}: ${issue?.message ?? 'invalid'}`)
  }
  const { pcs, npcs } = candidatesOf(game, characters, parsed.data)
  if (pcs.length === 0) throw new AppError('CHOICE_INVALID', 'No valid player characters')
  if (npcs.length === 0) throw new AppError('CHOICE_INVALID', 'No valid simulated characters')
  return {
    game,
    pc: choose(pcs, wanted.pc, 'pc_choice'),
    npc: choose(npcs, wanted.npc, 'npc_choice'),
    overrides: parsed.data,
    source: wanted.source,
    playerId: wanted.playerId,
  }
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
