// One variant for each game.
import type { Variant } from '../../protocol/episode.ts'
import type { JsonObject } from '../../protocol/json.ts'
import { GAMES } from './games.ts'

const PC: JsonObject = {
  hid: 'PA',
  is_human: true,
  short_description: 'A person.',
  long_description: 'A person.',
  abilities: ['Can do what most people can.'],
  goals: ['have a good day'],
}
const NPC: JsonObject = {
  hid: 'NB',
  is_human: false,
  short_description: 'A robot.',
  long_description: 'A robot.',
  abilities: ['Can roll.', 'Can beep.'],
  goals: ['find a socket'],
}

export const VARIANTS: readonly Variant[] = Object.values(GAMES).map(({ id, name, description }) => ({
  id,
  title: name,
  description,
  config: { game: id, pc: PC, npc: NPC },
}))
