// How well the characters were played in the judgement of players: the scores of each character that was met.
import type { Results, SessionFacts } from './results.ts'
import { groupBy, textOf } from './values.ts'

/** Kinds of pressure that are tested on a character. */
export const CATEGORIES = 12

export interface QualityScores {
  readonly hid: string
  readonly description: string
  /** Messages of the character. */
  readonly turns: number
  /**
   * 1 minus the share of turns that are out of character; turns without feedback count as in character. Null: no turns.
   */
  readonly icf: number | null
  /** Share of turns that make no sense: higher is worse. */
  readonly nco: number | null
  readonly other: number | null
  /** Number of distinct categories of pressure, out of 12. */
  readonly coverage: number | null
  readonly categories: readonly string[]
}

const share = (part: number, whole: number): number | null => (whole === 0 ? null : part / whole)

/** The scores of every character that was met, by hid. */
export function qualityOf({ sessions, session, events, characters }: Results): QualityScores[] {
  const counts = new Map<string, { turns: number; out: number; nonsense: number; other: number }>()
  for (const event of events) {
    if (event.source !== 'npc' || event.type !== 'message') continue
    const npc = session.get(event.session)?.npc
    if (!npc) continue
    const own = counts.get(npc) ?? { turns: 0, out: 0, nonsense: 0, other: 0 }
    counts.set(npc, own)
    own.turns++
    if (event.feedback?.out_of_character) own.out++
    if (event.feedback?.doesnt_make_sense) own.nonsense++
    if (event.feedback?.other) own.other++
  }
  const described = new Map(characters.map(({ hid, short_description }) => [textOf(hid), textOf(short_description)]))
  const met = groupBy(
    sessions.filter(({ npc }) => npc !== ''),
    ({ npc }) => npc,
  )
  return [...met]
    .toSorted(([a], [b]) => (a < b ? -1 : 1))
    .map(([hid, own]) => {
      const { turns = 0, out = 0, nonsense = 0, other = 0 } = counts.get(hid) ?? {}
      const categories = categoriesOf(own)
      return {
        hid,
        description: described.get(hid) ?? '',
        turns,
        icf: turns === 0 ? null : 1 - out / turns,
        nco: share(nonsense, turns),
        other: share(other, turns),
        coverage: turns === 0 ? null : categories.length / CATEGORIES,
        categories,
      }
    })
}

function categoriesOf(sessions: readonly SessionFacts[]): string[] {
  const found = sessions.map(({ snapshot }) => snapshot.pressure_category).filter((each) => typeof each === 'string')
  return [...new Set(found)].toSorted((a, b) => (a < b ? -1 : 1))
}
