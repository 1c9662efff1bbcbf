// One variant for each game, with two of the built-in characters.
import { AppError } from '../../kernel/errors.ts'
import type { Variant } from '../../protocol/episode.ts'
import { JsonObject } from '../../protocol/json.ts'
import { characters } from './characters/index.ts'
import { RULES } from './config.ts'
import { GAMES, type GameId } from './games.ts'

/** The two characters of each game's variant. */
const PAIRS: Readonly<Record<GameId, readonly [pc: string, npc: string]>> = {
  explore: ['ODA', 'JACK'],
  foresight: ['TOMAS', 'OCTA'],
  'goal-horizon': ['ODA', 'TIDE'],
  'infer-intent': ['TOMAS', 'JACK'],
  teamwork: ['ODA', 'BRAM'],
}

export const VARIANTS: readonly Variant[] = Object.values(GAMES).map(({ id, name, description }) => {
  const [pc, npc] = PAIRS[id]
  return {
    id,
    title: name,
    description: `${description} ${pc} meets ${npc}.`,
    config: { game: id, rules: RULES, pc: documentOf(pc), npc: documentOf(npc) },
  }
})

function documentOf(hid: string): JsonObject {
  const found = characters.find((character) => character.hid === hid)
  if (!found) throw new AppError('CONFIG_INVALID', `no character ${hid} ships`)
  return JsonObject.parse(found)
}
