// Builds the situations of the vectors, and counts their rows as the store's counters do.
import { type AssignmentRow, groupKey, inOrder, type Tally } from '../../src/experiment/assignment/rows.ts'
import { Faults } from '../../src/experiment/file/faults.ts'
import { DEFAULT_SETTINGS } from '../../src/experiment/file/settings.ts'
import { readForms } from '../../src/experiment/forms/form.ts'
import type { Admission, Situation } from '../../src/experiment/strategy/candidates.ts'
import type { Study } from '../../src/experiment/study.ts'
import { parley } from '../../src/worlds/parley/world.ts'
import { games } from './vectors.ts'

const dialogue = parley.dialogue

function forms(generation: 'experiment' | 'run', list: unknown): Study['forms'] {
  const faults = new Faults()
  const read = readForms(generation)((list ?? []) as never, [], faults)
  if (!read || !faults.isEmpty) throw new Error(JSON.stringify(faults.found))
  return read
}

export function studyOf(input: any): Study {
  const common = { description: '', condition: null, settings: DEFAULT_SETTINGS, needsRegistration: true }
  if (input.study) {
    const { study } = input
    return {
      ...common,
      generation: 'experiment',
      name: study.name,
      strategy: 'random_unique',
      games: study.games.map((name: string) => ({ name, overrides: {} })),
      quota: study.quota_per_game ?? null,
      maximum: study.max_assignments_per_player ?? null,
      seed: study.seed ?? null,
      pcEligibleOnly: study.pc_eligible_only ?? false,
      isChosen: study.assignment_mode === 'player_choice',
      allowsChoice: false,
      requiresCompletion: true,
      forms: forms('experiment', study.forms),
    }
  }
  const { run } = input
  const { strategy } = run
  return {
    ...common,
    generation: 'run',
    name: run.name,
    strategy: strategy.id,
    games: run.games.map((game: any) => ({ name: game.name, overrides: game.overrides ?? {} })),
    quota: strategy.quota_per_game ?? null,
    maximum: strategy.max_assignments_per_player ?? null,
    // As in the original, a present seed, even null, overrides the seed of the run.
    seed: 'seed' in strategy ? strategy.seed : (run.seed ?? null),
    pcEligibleOnly: false,
    isChosen: false,
    allowsChoice: strategy.allow_choice_if_multiple ?? false,
    requiresCompletion: strategy.require_completion ?? true,
    forms: forms('run', run.forms),
  }
}

export function rowOf(row: any): AssignmentRow {
  const answered = Array.isArray(row.forms)
    ? Object.fromEntries(row.forms.map((name: string) => [name, {}]))
    : (row.forms ?? {})
  return {
    id: row.id,
    game: row.game,
    pc: row.hid ?? row.pc,
    npc: row.npc ?? null,
    status: row.status,
    assignedAt: Date.parse(row.assigned_at),
    updatedAt: Date.parse(row.updated_at),
    session: row.session ?? null,
    forms: answered,
    batch: row.batch ?? null,
  }
}

/** The expected counters, computed from all rows. */
export function countRows(rows: readonly any[]): Tally {
  const players = new Map<string, { counted: Set<string>; completed: Set<string>; inProgress: Set<string> }>()
  const groups = new Map<string, number>()
  for (const { player, game, status, npc } of rows) {
    const own = players.get(game) ?? { counted: new Set(), completed: new Set(), inProgress: new Set() }
    players.set(game, own)
    if (status === 'completed') own.completed.add(player)
    if (status === 'in_progress') own.inProgress.add(player)
    if (status !== 'completed' && status !== 'in_progress') continue
    own.counted.add(player)
    const key = groupKey(game, npc ?? null)
    groups.set(key, (groups.get(key) ?? 0) + 1)
  }
  const sizes = [...players].map(
    ([game, own]) =>
      [
        game,
        { counted: own.counted.size, completed: own.completed.size, inProgress: own.inProgress.size, reserved: 0 },
      ] as const,
  )
  return { games: new Map(sizes), groups }
}

export function situationOf(input: any): Situation {
  const study = studyOf(input)
  const admission: Admission = (game) => {
    const found = games.find(({ name }) => name === game.name)
    if (!found || !dialogue?.characters) return { pcs: [], npcs: [] }
    return dialogue.characters.candidates(found as never, input.characters, game.overrides)
  }
  const given = input.player_forms?.[input.player] ?? {}
  const expertise = Object.values(given)
    .flatMap((form: any) => form.answers?.expertise?.answer ?? [])
    .map((each) => (typeof each === 'string' ? each : JSON.stringify(each)))
  return {
    study,
    player: input.player,
    rows: inOrder(input.rows.filter((row: any) => row.player === input.player).map(rowOf)),
    tally: countRows(input.rows),
    characters: input.characters,
    admission,
    expertise,
  }
}

/** The stored player-scoped forms: only names, or with answers. */
export function playerForms(input: any): any {
  const given = input.player_forms?.[input.player] ?? {}
  return Array.isArray(given) ? Object.fromEntries(given.map((name: string) => [name, {}])) : given
}
