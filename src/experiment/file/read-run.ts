// The newer generation: a run configuration with `next_game_strategy`.
import { closestOf } from '../../kernel/closest.ts'
import type { RunConfig } from '../../protocol/experiment-file.ts'
import type { RunForm } from '../../protocol/experiment-form.ts'
import type { JsonObject } from '../../protocol/json.ts'
import { formJson, readForms } from '../forms/form.ts'
import { EXPERIMENT_STRATEGIES, isRunStrategy, RUN_STRATEGIES } from '../strategy/names.ts'
import type { Study } from '../study.ts'
import type { YamlValue } from '../yaml/read-yaml.ts'
import { type ArmContext, armGames } from './arms.ts'
import type { Faults, Path } from './faults.ts'
import { gameEntry, givenOverrides, type ReadGame, refuseRepeats, toJson } from './games.ts'
import { bool, listOf, Mapping, nullable, type Reader, seed, text, whole } from './readers.ts'
import { DEFAULT_SETTINGS, settings } from './settings.ts'

export interface ReadRun {
  readonly config: RunConfig
  readonly study: Study
}

const ADVICE = {
  assignment_strategy:
    '`assignment_strategy` belongs to experiments; runs have `next_game_strategy: {strategy: {id: ...}}`.',
  assignment_protocol: '`assignment_protocol` was retired; runs have `next_game_strategy: {strategy: {id: ...}}`.',
  condition: 'Runs have no condition; remove it.',
  strategy: 'Move `strategy` into `next_game_strategy`.',
}
const DEFAULT_UI = { launch_gui: true, registration_required: true }
const DEFAULT_PLAYERS = { humans: { all: true }, models: [] }

/** @returns undefined when faults were noted */
export function readRun(
  value: YamlValue,
  { faults, ...known }: ArmContext & { readonly faults: Faults },
): ReadRun | undefined {
  const file = Mapping.open(value ?? {}, [], faults, 'name: my-study')
  if (!file) return undefined
  const name = file.required('name', text, 'name: my-study')
  const description = file.optional('description', text, '')
  const ownSeed = file.optional('seed', nullable(whole), null)
  const interfaces = file.optional('ui', ui, DEFAULT_UI)
  const whoPlays = file.optional('players', players, DEFAULT_PLAYERS)
  const own = file.optional('study', settings(known), undefined)
  const playable = [...known.games, ...armGames(file.source)]
  const games = file.required('games', listOf(gameEntry(playable), '- name: Explore'), 'games: [{name: Explore}]')
  const strategy = file.required(
    'next_game_strategy',
    nextGame,
    'next_game_strategy: {strategy: {id: full_character_access}}',
  )
  const forms = file.optional('forms', readForms('run'), [])
  file.refuseRest(ADVICE)
  if (games && strategy) checkTogether(games, strategy, faults)
  if (!file.isWhole || name === undefined || description === undefined) return undefined
  if (!interfaces || !whoPlays || !games || !strategy || !forms) return undefined
  const config: RunConfig = {
    name,
    description,
    seed: ownSeed ?? null,
    ui: interfaces,
    players: whoPlays,
    games: [...games],
    next_game_strategy: { strategy: { ...strategy.json, id: strategy.id } },
    forms: forms.map(formJson).filter((form): form is RunForm => 'trigger' in form),
    ...(own === undefined ? {} : { study: own }),
  }
  const study: Study = {
    generation: 'run',
    name,
    description,
    condition: null,
    strategy: strategy.id.trim().toLowerCase(),
    games: games.map((game) => ({ name: game.name, overrides: givenOverrides(game.overrides) })),
    quota: strategy.quota,
    maximum: strategy.maximum,
    seed: strategy.seed ?? ownSeed ?? null,
    pcEligibleOnly: strategy.pcEligibleOnly,
    isChosen: false,
    allowsChoice: strategy.allowsChoice,
    requiresCompletion: strategy.requiresCompletion,
    needsRegistration: interfaces.registration_required,
    forms,
    settings: own ?? DEFAULT_SETTINGS,
  }
  return { config, study }
}

const ui: Reader<RunConfig['ui']> = (value, path, faults) => {
  const mapping = Mapping.open(value, path, faults, 'registration_required: true')
  const launch_gui = mapping?.optional('launch_gui', bool, true)
  const registration_required = mapping?.optional('registration_required', bool, true)
  mapping?.refuseRest()
  if (launch_gui === undefined || registration_required === undefined) return undefined
  return { launch_gui, registration_required }
}

const humans: Reader<{ all: boolean }> = (value, path, faults) => {
  const mapping = Mapping.open(value, path, faults, 'all: true')
  const all = mapping?.optional('all', bool, true)
  mapping?.refuseRest()
  return all === undefined ? undefined : { all }
}

const model: Reader<{ id: string }> = (value, path, faults) => {
  const mapping = Mapping.open(value, path, faults, 'id: gpt-5')
  const id = mapping?.required('id', text, 'id: gpt-5')
  mapping?.refuseRest()
  return id === undefined ? undefined : { id }
}

const players: Reader<RunConfig['players']> = (value, path, faults) => {
  const mapping = Mapping.open(value, path, faults, 'humans: {all: true}')
  const people = mapping?.optional('humans', humans, { all: true })
  const models = mapping?.optional('models', listOf(model, '- id: gpt-5'), [])
  mapping?.refuseRest()
  return people && models ? { humans: people, models: [...models] } : undefined
}

interface ReadStrategy {
  readonly id: string
  readonly json: JsonObject
  readonly quota: number | null
  readonly maximum: number | null
  readonly seed: string | number | null
  readonly pcEligibleOnly: boolean
  readonly allowsChoice: boolean
  readonly requiresCompletion: boolean
}

const nextGame: Reader<ReadStrategy> = (value, path, faults) => {
  const mapping = Mapping.open(value, path, faults, 'strategy: {id: full_character_access}')
  const strategy = mapping?.required('strategy', runStrategy, 'strategy: {id: full_character_access}')
  mapping?.refuseRest({ id: 'Put `id` below `strategy`.' })
  return strategy
}

/** Treats null as absent. */
const orDefault =
  <T>(read: Reader<T>, fallback: T): Reader<T> =>
  (value, path, faults) =>
    value === null ? fallback : read(value, path, faults)

const runStrategy: Reader<ReadStrategy> = (value, path, faults) => {
  const mapping = Mapping.open(value, path, faults, 'id: full_character_access')
  if (!mapping) return undefined
  const id = mapping.required('id', strategyId, 'id: full_character_access')
  const quota = mapping.optional('quota_per_game', nullable(positive), null)
  const maximum = mapping.optional('max_assignments_per_player', nullable(positive), null)
  const own = mapping.optional('seed', nullable(seed), null)
  const pcEligibleOnly = mapping.optional('pc_eligible_only', orDefault(bool, false), false)
  const allowsChoice = mapping.optional('allow_choice_if_multiple', orDefault(bool, false), false)
  const requiresCompletion = mapping.optional('require_completion', orDefault(bool, true), true)
  if (!mapping.isWhole || id === undefined) return undefined
  if (pcEligibleOnly === undefined || allowsChoice === undefined || requiresCompletion === undefined) return undefined
  const rest = { quota: quota ?? null, maximum: maximum ?? null, seed: own ?? null }
  const json = Object.fromEntries(Object.entries(mapping.source).map(([key, each]) => [key, toJson(each)]))
  return { id, json, ...rest, pcEligibleOnly, allowsChoice, requiresCompletion }
}

const strategyId: Reader<string> = (value, path, faults) => {
  const id = text(value, path, faults)
  if (id === undefined) return undefined
  const wanted = id.trim().toLowerCase()
  if (isRunStrategy(wanted)) return id
  const close = closestOf(wanted, RUN_STRATEGIES)
  const hint = EXPERIMENT_STRATEGIES.some((each) => each === wanted)
    ? `\`${wanted}\` is called \`random_unique_game\` in run configurations.`
    : close === undefined
      ? `Use one of: ${RUN_STRATEGIES.join(', ')}.`
      : `Did you mean \`${close}\`?`
  faults.add(path, 'rule', `there is no assignment strategy ${JSON.stringify(id)}`, hint)
  return undefined
}

const positive: Reader<number> = (value, path, faults) => {
  const found = whole(value, path, faults)
  if (found === undefined || found >= 1) return found
  const key = String(path.at(-1))
  faults.add(
    path,
    'rule',
    `${key} must be 1 or more; found ${found}`,
    `Write a positive number, as in \`${key}: 10\`, or leave it out.`,
  )
  return undefined
}

const STRATEGY: Path = ['next_game_strategy', 'strategy']

function checkTogether(games: readonly ReadGame[], strategy: ReadStrategy, faults: Faults): void {
  if (games.length === 0) faults.add(['games'], 'rule', 'a run needs at least one game', 'Add `- name: Explore`.')
  refuseRepeats(games, ['games'], faults)
  if (strategy.id.trim().toLowerCase() !== 'random_unique_game') return
  if (strategy.quota === null) {
    faults.add(STRATEGY, 'rule', 'random_unique_game needs quota_per_game', 'Add `quota_per_game: 10`.')
  }
  if (strategy.maximum !== null && strategy.maximum > games.length) {
    const message = `max_assignments_per_player is ${strategy.maximum}, but there are ${games.length} games`
    faults.add(
      [...STRATEGY, 'max_assignments_per_player'],
      'rule',
      message,
      `Write a number from 1 to ${games.length}.`,
    )
  }
}
