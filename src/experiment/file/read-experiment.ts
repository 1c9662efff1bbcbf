// The older generation: an experiment file with `assignment_strategy`.
import { closestOf } from '../../kernel/closest.ts'
import { ASSIGNMENT_MODES, CONDITIONS, type ExperimentConfig } from '../../protocol/experiment-file.ts'
import type { ExperimentForm } from '../../protocol/experiment-form.ts'
import { formJson, readForms } from '../forms/form.ts'
import { EXPERIMENT_STRATEGIES, RUN_STRATEGIES } from '../strategy/names.ts'
import type { Study } from '../study.ts'
import type { YamlValue } from '../yaml/read-yaml.ts'
import { type ArmContext, armGames } from './arms.ts'
import type { KnownGame } from './catalogue.ts'
import type { Faults, Path } from './faults.ts'
import { gameReference, refuseRepeats, toJson } from './games.ts'
import { bool, listOf, Mapping, nullable, oneOf, type Reader, seed, text, whole } from './readers.ts'
import { DEFAULT_SETTINGS, settings } from './settings.ts'

export interface ReadExperiment {
  readonly config: ExperimentConfig
  readonly study: Study
}

const ADVICE = {
  assignment_protocol: '`assignment_protocol` was retired: rename it to `assignment_strategy`.',
  next_game_strategy: '`next_game_strategy` belongs to run configurations; experiments have `assignment_strategy`.',
  games: 'Move `games` into `assignment_strategy`.',
  seed: 'Move `seed` into `assignment_strategy`.',
  quota_per_game: 'Move `quota_per_game` into `assignment_strategy`.',
}

/** @returns undefined when faults were noted */
export function readExperiment(
  value: YamlValue,
  { faults, ...known }: ArmContext & { readonly faults: Faults },
): ReadExperiment | undefined {
  const file = Mapping.open(value ?? {}, [], faults, 'name: my-study')
  if (!file) return undefined
  const name = file.required('name', text, 'name: my-study')
  const description = file.optional('description', text, '')
  const condition = file.optional('condition', nullable(oneOf(CONDITIONS)), null)
  const own = file.optional('study', settings(known), undefined)
  const games = [...known.games, ...armGames(file.source)]
  const strategy = file.required(
    'assignment_strategy',
    assignmentStrategy(games),
    'assignment_strategy: {strategy: random_unique}',
  )
  const forms = file.optional('forms', readForms('experiment'), [])
  file.refuseRest(ADVICE)
  if (!file.isWhole || name === undefined || description === undefined || !strategy || !forms) return undefined
  const config: ExperimentConfig = {
    name,
    description,
    condition: condition ?? null,
    assignment_strategy: { ...strategy.extra, ...strategy.json },
    forms: forms.map(formJson).filter((form): form is ExperimentForm => 'before_or_after' in form),
    ...(own === undefined ? {} : { study: own }),
  }
  const { json } = strategy
  const study: Study = {
    generation: 'experiment',
    name,
    description,
    condition: condition ?? null,
    strategy: 'random_unique',
    games: (json.games ?? []).map((game) => ({ name: game, overrides: {} })),
    quota: json.quota_per_game,
    maximum: json.max_assignments_per_player,
    seed: json.seed,
    pcEligibleOnly: json.pc_eligible_only,
    isChosen: json.assignment_mode === 'player_choice',
    allowsChoice: false,
    requiresCompletion: true,
    needsRegistration: true,
    forms,
    settings: own ?? DEFAULT_SETTINGS,
  }
  return { config, study }
}

function assignmentStrategy(known: readonly KnownGame[]) {
  const names = nullable(listOf(text, '[NA, NB]'))
  return (value: YamlValue, path: Path, faults: Faults) => {
    const mapping = Mapping.open(value, path, faults, 'strategy: random_unique')
    if (!mapping) return undefined
    const strategy = mapping.required('strategy', strategyName, 'strategy: random_unique')
    const games = mapping.optional('games', nullable(listOf(gameReference(known), '[Explore]')), null)
    const player_characters = mapping.optional('player_characters', names, null)
    const non_player_characters = mapping.optional('non_player_characters', names, null)
    const quota_per_game = mapping.optional('quota_per_game', nullable(whole), null)
    const max_assignments_per_player = mapping.optional('max_assignments_per_player', nullable(whole), null)
    const ownSeed = mapping.optional('seed', nullable(seed), null)
    const pc_eligible_only = mapping.optional('pc_eligible_only', bool, false)
    const assignment_mode = mapping.optional('assignment_mode', oneOf(ASSIGNMENT_MODES), 'auto')
    if (!mapping.isWhole || strategy === undefined) return undefined
    const read = {
      games: games?.map(({ name }) => name) ?? null,
      quota: quota_per_game ?? null,
      max: max_assignments_per_player ?? null,
    }
    checkNumbers(read, path, faults)
    if (!mapping.isWhole) return undefined
    return {
      extra: Object.fromEntries(mapping.rest.map((key) => [key, toJson(mapping.source[key] ?? null)])),
      json: {
        strategy,
        games: read.games,
        player_characters: player_characters ?? null,
        non_player_characters: non_player_characters ?? null,
        quota_per_game: read.quota,
        max_assignments_per_player: read.max,
        seed: ownSeed ?? null,
        pc_eligible_only: pc_eligible_only ?? false,
        assignment_mode: assignment_mode ?? 'auto',
      },
    }
  }
}

const strategyName: Reader<string> = (value, path, faults) => {
  const name = text(value, path, faults)
  if (name === undefined) return undefined
  const wanted = name.trim().toLowerCase()
  const found = EXPERIMENT_STRATEGIES.find((each) => each === wanted)
  if (found) return name
  const close = closestOf(wanted, EXPERIMENT_STRATEGIES)
  const hint = RUN_STRATEGIES.some((each) => each === wanted)
    ? `\`${wanted}\` belongs to run configurations (\`next_game_strategy\`).`
    : close === undefined
      ? `Use one of: ${EXPERIMENT_STRATEGIES.join(', ')}.`
      : `Did you mean \`${close}\`?`
  faults.add(path, 'rule', `there is no assignment strategy ${JSON.stringify(name)}`, hint)
  return undefined
}

function checkNumbers(
  { games, quota, max }: { games: readonly string[] | null; quota: number | null; max: number | null },
  path: Path,
  faults: Faults,
): void {
  const list = games ?? []
  if (list.length === 0) {
    const place = games === null ? path : [...path, 'games']
    faults.add(place, 'rule', 'random_unique needs at least one game', 'Add `games: [Explore]`.')
  }
  refuseRepeats(
    list.map((name) => ({ name })),
    [...path, 'games'],
    faults,
  )
  if (quota === null || quota < 1) {
    const place = quota === null ? path : [...path, 'quota_per_game']
    const found = quota === null ? 'nothing' : quota
    faults.add(
      place,
      'rule',
      `quota_per_game must be 1 or more; found ${found}`,
      'Write how many players each game needs, as in `quota_per_game: 10`.',
    )
  }
  if (max !== null && (max < 1 || max > list.length)) {
    const hint = `Write a number from 1 to ${Math.max(1, list.length)}, the number of games, or leave it out.`
    faults.add(
      [...path, 'max_assignments_per_player'],
      'rule',
      `max_assignments_per_player is ${max}, but there are ${list.length} games`,
      hint,
    )
  }
}
