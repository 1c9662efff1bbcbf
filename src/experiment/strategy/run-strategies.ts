// The ten strategies of the newer generation: each returns a list of candidates, best first.
import { type AssignmentRow, groupKey, isCompleted } from '../assignment/rows.ts'
import { byText, type Candidate, gameOrder, type Persona, poolOf, type Situation } from './candidates.ts'
import { divergenceScore } from './divergence.ts'
import type { RunStrategyName } from './names.ts'
import { randomUniqueGame } from './random-unique.ts'

/** Maximum number of assignments per player if the file sets none. */
const DEFAULT_MAXIMUM = 3

export const runMaximumOf = ({ study }: Pick<Situation, 'study'>): number => study.maximum ?? DEFAULT_MAXIMUM

type Order = (a: Candidate, b: Candidate) => number

/** The first order that distinguishes two candidates decides. */
const by =
  (...orders: readonly Order[]): Order =>
  (a, b) => {
    for (const order of orders) {
      const difference = order(a, b)
      if (difference !== 0) return difference
    }
    return 0
  }

const byPc: Order = (a, b) => byText(a.pc, b.pc)
const byNpc: Order = (a, b) => byText(a.npc, b.npc)

function byGame({ study }: Situation): Order {
  const place = gameOrder(study)
  return (a, b) => place(a.game) - place(b.game)
}

const byNumber =
  (number: (candidate: Candidate) => number): Order =>
  (a, b) =>
    number(a) - number(b)

function unplayed(situation: Situation): Candidate[] {
  const completed = situation.rows.filter(isCompleted)
  const times = ({ game, pc, npc }: Candidate): number =>
    completed.filter((row) => row.game === game && row.pc === pc && row.npc === npc).length
  return poolOf(situation).toSorted(by(byNumber(times), byGame(situation), byPc, byNpc))
}

const tokensOf = (text: string): string[] => text.toLowerCase().match(/[a-z0-9]+/g) ?? []

/** Whether the labels of a character share a word with the player's expertise. */
function matcher({ characters, expertise }: Situation): (hid: string) => boolean {
  const known = new Set(expertise.flatMap(tokensOf))
  const matching = new Set(
    characters
      .filter(({ common_labels }) =>
        labelsOf(common_labels).some((label) => tokensOf(label).some((each) => known.has(each))),
      )
      .map(({ hid }) => hid),
  )
  return (hid) => matching.has(hid)
}

const labelsOf = (labels: unknown): string[] =>
  Array.isArray(labels) ? labels.filter((label) => typeof label === 'string') : []

function expertiseMatched(situation: Situation): Candidate[] {
  const matches = matcher(situation)
  const order = by(
    byNumber(({ npc }) => (matches(npc) ? 0 : 1)),
    byGame(situation),
    byPc,
    byNpc,
  )
  return poolOf(situation).toSorted(order)
}

/** Candidates of the same game and npc, in the order of the pool. */
function groupsOf(pool: readonly Candidate[]): Candidate[][] {
  const groups = new Map<string, Candidate[]>()
  for (const candidate of pool) {
    const key = groupKey(candidate.game, candidate.npc)
    const group = groups.get(key)
    if (group) group.push(candidate)
    else groups.set(key, [candidate])
  }
  return [...groups.values()]
}

/** The first group by an order of its members. */
function firstGroup(groups: readonly Candidate[][], order: Order): Candidate[] {
  let best: Candidate[] = []
  for (const group of groups) {
    const [mine] = group
    const [other] = best
    if (mine && (!other || order(mine, other) < 0)) best = group
  }
  return best
}

function nextIncomplete(situation: Situation): Candidate[] {
  const done = new Set(situation.rows.filter(isCompleted).map(({ game, npc }) => groupKey(game, npc)))
  const open = groupsOf(poolOf(situation)).filter(([first]) => first && !done.has(groupKey(first.game, first.npc)))
  return firstGroup(open, by(byGame(situation), byNpc))
}

const countOf =
  ({ tally }: Situation) =>
  ({ game, npc }: Candidate): number =>
    tally.groups.get(groupKey(game, npc)) ?? 0

function leastPlayed(situation: Situation): Candidate[] {
  return firstGroup(groupsOf(poolOf(situation)), by(byNumber(countOf(situation)), byGame(situation), byNpc))
}

function personas({ characters }: Situation): (hid: string | null) => Persona | undefined {
  const known = new Map(characters.map((each) => [each.hid, each]))
  return (hid) => (hid === null ? undefined : known.get(hid))
}

function progressive(situation: Situation): Candidate[] {
  const persona = personas(situation)
  const last = situation.rows.filter(isCompleted).at(-1)
  const before = last && persona(last.npc)
  if (!before) return leastPlayed(situation)
  const far = ({ npc }: Candidate): number => -divergenceScore(persona(npc), before)
  const order = by(byNumber(far), byNumber(countOf(situation)), byGame(situation), byNpc)
  return firstGroup(groupsOf(poolOf(situation)), order).toSorted(byPc)
}

function maxContrast(situation: Situation): Candidate[] {
  const persona = personas(situation)
  const scores = new Map<string, number>()
  const contrast = ({ pc, npc }: Candidate): number => {
    const key = `${pc}\u0000${npc}`
    const known = scores.get(key)
    if (known !== undefined) return known
    const score = -divergenceScore(persona(pc), persona(npc))
    scores.set(key, score)
    return score
  }
  return poolOf(situation).toSorted(by(byNumber(contrast), byGame(situation), byPc, byNpc))
}

/** The npc of the player's unfinished batch. */
function openBatch({ study, rows }: Situation): string | undefined {
  const games = new Set(study.games.map(({ name }) => name))
  for (const { batch } of rows.toReversed()) {
    if (batch === null) continue
    const done = new Set(rows.filter((row) => row.batch === batch && isCompleted(row)).map(({ game }) => game))
    if ([...done].filter((game) => games.has(game)).length < games.size) return batch
  }
  return undefined
}

function batch(situation: Situation): Candidate[] {
  const { study, player, rows } = situation
  const ordered = expertiseMatched(situation)
  const current = openBatch(situation)
  const npcs = new Set([...(current === undefined ? [] : [current]), ...ordered.map(({ npc }) => npc)])
  const isDone = (npc: string, game: string) => (row: AssignmentRow) =>
    isCompleted(row) && row.npc === npc && row.game === game
  for (const npc of npcs) {
    const game = study.games.find(({ name }) => !rows.some(isDone(npc, name)))?.name
    if (game === undefined) continue
    const found = ordered.filter((candidate) => candidate.npc === npc && candidate.game === game)
    const about = { id: `${study.name}:${player}:${npc}`, npc }
    if (found.length > 0) return found.map((candidate) => ({ ...candidate, batch: about }))
  }
  return []
}

const STRATEGIES: Readonly<Record<RunStrategyName, (situation: Situation) => Candidate[]>> = {
  full_character_access: poolOf,
  unplayed_combination_choice: unplayed,
  expertise_matched_character_choice: expertiseMatched,
  expertise_matched_character_next: expertiseMatched,
  next_incomplete_combination: nextIncomplete,
  least_played_combination_next: leastPlayed,
  progressive_divergence_assignment: progressive,
  max_contrast_pairing: maxContrast,
  expertise_matched_character_batch: batch,
  random_unique_game: randomUniqueGame,
}

/** The candidates for a player's next assignment, best first. */
export const candidatesOf = (strategy: RunStrategyName, situation: Situation): Candidate[] =>
  STRATEGIES[strategy](situation)
