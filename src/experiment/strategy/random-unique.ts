// The strategy of the older generation: each player plays each game at most once, in a random order for each player.
import { isFull } from '../assignment/progress.ts'
import { isActive, isCompleted, type NewAssignment } from '../assignment/rows.ts'
import { armOf } from '../study.ts'
import { type Persona, poolOf, type Situation } from './candidates.ts'
import { drawFor } from './twister.ts'

/** Maximum number of assignments that a player may complete. */
export function maximumOf({ study }: Pick<Situation, 'study'>): number {
  return study.maximum ?? study.games.length
}

/** Games that still need players and that this player has no assignment for, in the order of the file. */
function eligibleGames({ study, rows, tally }: Situation): Situation['study']['games'][number][] {
  const had = new Set(rows.map(({ game }) => game))
  return study.games.filter(({ name }) => !had.has(name) && !isFull(study, tally, name))
}

/** In the older generation every character may be played, unless the study limits this to the eligible ones. */
function playable({ study, characters }: Situation): readonly Persona[] {
  return study.pcEligibleOnly
    ? characters.filter(({ pc_eligible }) => pc_eligible === undefined || pc_eligible === true)
    : characters
}

/** The games that the player may be assigned, in the player's random order, each with its character. */
function drawAll(situation: Situation): NewAssignment[] {
  const { study, player } = situation
  const pcs = playable(situation)
  return drawFor(study, player, 'game')
    .shuffle(eligibleGames(situation))
    .flatMap(({ name }) => {
      if (armOf(study, name)) return [{ game: name, pc: '', npc: null, batch: null }]
      const pc = drawFor(study, player, `pc:${name}`).choice(pcs)
      return pc ? [{ game: name, pc: pc.hid, npc: null, batch: null }] : []
    })
}

/** The next assignment of a player without an active one; undefined: there is none. */
export function nextRandomUnique(situation: Situation): NewAssignment | undefined {
  if (situation.rows.some(isActive)) return undefined
  if (situation.rows.filter(isCompleted).length >= maximumOf(situation)) return undefined
  return drawAll(situation)[0]
}

/** The remaining assignments up to the player's maximum. Players begin with all of their assignments. */
export function remainingRandomUnique(situation: Situation): NewAssignment[] {
  return drawAll(situation).slice(0, Math.max(0, maximumOf(situation) - situation.rows.length))
}

/** The player's choices. */
export function optionsRandomUnique(situation: Situation): NewAssignment[] {
  if (situation.rows.some(isActive)) return []
  if (situation.rows.filter(isCompleted).length >= maximumOf(situation)) return []
  const pcs = playable(situation).map(({ hid }) => hid)
  return eligibleGames(situation).flatMap(({ name }) =>
    (armOf(situation.study, name) ? [''] : pcs).map((pc) => ({ game: name, pc, npc: null, batch: null })),
  )
}

/** The successor in the newer generation: the simulated character is random as well. */
export function randomUniqueGame(situation: Situation) {
  const { study, player, rows } = situation
  const had = new Set(rows.map(({ game }) => game))
  const pool = poolOf(situation).filter(({ game }) => !had.has(game))
  const open = study.games.map(({ name }) => name).filter((name) => pool.some(({ game }) => game === name))
  return drawFor(study, player, 'game')
    .shuffle(open)
    .flatMap((name) => drawFor(study, player, `combo:${name}`).shuffle(pool.filter(({ game }) => game === name)))
}
