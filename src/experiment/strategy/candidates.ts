// Who may be played and met in the games of a study, in the order of the file and the database.
import type { Character } from '../../protocol/character.ts'
import { isFull } from '../assignment/progress.ts'
import type { AssignmentRow, NewAssignment, Tally } from '../assignment/rows.ts'
import type { Study } from '../study.ts'

/** The part of a character that strategies use. */
export type Persona = Pick<Character, 'hid'> & Readonly<Record<string, unknown>>

/** Who is admitted to a game; undefined: the game is played without characters. */
export type Admission = (
  game: Study['games'][number],
) => { readonly pcs: readonly Persona[]; readonly npcs: readonly Persona[] } | undefined

/** The input that decides a player's next assignment. */
export interface Situation {
  readonly study: Study
  readonly player: string
  /** The player's rows, in the order in which they were assigned. */
  readonly rows: readonly AssignmentRow[]
  readonly tally: Tally
  /** All characters. */
  readonly characters: readonly Persona[]
  readonly admission: Admission
  /** The player's answers to questions with the key `expertise`. */
  readonly expertise: readonly string[]
}

export type Candidate = NewAssignment & { readonly npc: string }

/** The common pool of the newer strategies: the product of open games and admitted characters. */
export function poolOf({ study, tally, admission }: Situation): Candidate[] {
  const pool: Candidate[] = []
  for (const game of study.games) {
    if (isFull(study, tally, game.name)) continue
    const admitted = admission(game)
    if (!admitted) {
      pool.push({ game: game.name, pc: '', npc: '', batch: null })
      continue
    }
    const pcs = study.pcEligibleOnly ? admitted.pcs.filter(({ pc_eligible }) => pc_eligible !== false) : admitted.pcs
    for (const pc of pcs) {
      for (const npc of admitted.npcs) pool.push({ game: game.name, pc: pc.hid, npc: npc.hid, batch: null })
    }
  }
  return pool
}

/** Orders texts by code point. */
export function byText(a: string, b: string): number {
  if (a === b) return 0
  const left = [...a]
  const right = [...b]
  for (let i = 0; i < left.length && i < right.length; i++) {
    const difference = (left[i]?.codePointAt(0) ?? 0) - (right[i]?.codePointAt(0) ?? 0)
    if (difference !== 0) return difference
  }
  return left.length - right.length
}

/** The position of each game in the file. */
export function gameOrder(study: Study): (game: string) => number {
  const places = new Map(study.games.map(({ name }, index) => [name, index]))
  return (game) => places.get(game) ?? study.games.length
}
