// The games of an experiment file: references to the catalogue, and their overrides.
import { closestOf } from '../../kernel/closest.ts'
import type { JsonObject, JsonValue } from '../../protocol/json.ts'
import { isYamlObject, type YamlValue } from '../yaml/read-yaml.ts'
import { Float, Timestamp } from '../yaml/scalars.ts'
import { findGame, type KnownGame } from './catalogue.ts'
import type { Faults, Path } from './faults.ts'
import { describe, Mapping, type Reader, text } from './readers.ts'

/** A YAML value as JSON. Infinity and NaN, which JSON lacks, become null. */
export function toJson(value: YamlValue): JsonValue {
  if (value instanceof Float) return Number.isFinite(value.value) ? value.value : null
  if (value instanceof Timestamp) return value.text
  if (Array.isArray(value)) return value.map(toJson)
  if (isYamlObject(value)) return Object.fromEntries(Object.entries(value).map(([key, each]) => [key, toJson(each)]))
  return typeof value === 'object' ? null : value
}

/** The canonical name of a game. */
export function gameReference(games: readonly KnownGame[]): Reader<KnownGame> {
  return (value, path, faults) => {
    const reference = text(value, path, faults)
    if (reference === undefined) return undefined
    const found = findGame(games, reference)
    if (found) return found
    const names = games.map(({ name }) => name)
    const close = closestOf(reference, names)
    const hint = close === undefined ? `The games are: ${names.join(', ')}.` : `Did you mean \`${close}\`?`
    faults.add(path, 'rule', `there is no game ${JSON.stringify(reference)}`, hint)
    return undefined
  }
}

/** Reports games that the list contains twice. */
export function refuseRepeats(games: readonly { readonly name: string }[], path: Path, faults: Faults): void {
  const seen = new Set<string>()
  for (const [index, { name }] of games.entries()) {
    if (seen.has(name))
      faults.add([...path, index], 'rule', `the game ${name} is listed twice`, 'Remove one of the two.')
    seen.add(name)
  }
}

export interface ReadGame {
  readonly name: string
  readonly overrides: JsonObject
}

/** A game of a run: its name and overrides. */
export function gameEntry(games: readonly KnownGame[]): Reader<ReadGame> {
  const reference = gameReference(games)
  return (value, path, faults) => {
    const mapping = Mapping.open(value, path, faults, 'name: Explore')
    const game = mapping?.required('name', reference, 'name: Explore')
    const given = mapping?.optional('overrides', anyMapping, {})
    mapping?.refuseRest()
    if (!game || given === undefined) return undefined
    checkOverrides(game, given, [...path, 'overrides'], faults)
    return mapping?.isWhole ? { name: game.name, overrides: given } : undefined
  }
}

const anyMapping: Reader<JsonObject> = (value, path, faults) => {
  if (isYamlObject(value)) return Object.fromEntries(Object.entries(value).map(([key, each]) => [key, toJson(each)]))
  faults.add(
    path,
    'wrong_type',
    `overrides must be a mapping; found ${describe(value)}`,
    'Write `overrides: {max_turns: 10}`.',
  )
  return undefined
}

/** Overrides without null values: null means the game's default. */
export const givenOverrides = (overrides: JsonObject): JsonObject =>
  Object.fromEntries(Object.entries(overrides).filter(([, value]) => value !== null))

function checkOverrides(game: KnownGame, overrides: JsonObject, path: Path, faults: Faults): void {
  const parsed = game.overrides.safeParse(givenOverrides(overrides))
  if (parsed.success) return
  for (const issue of parsed.error.issues) {
    const keys = issue.code === 'unrecognized_keys' ? issue.keys : []
    for (const key of keys) {
      faults.addKey([...path, key], `${game.name} has no override \`${key}\``, overrideHint(key))
    }
    if (keys.length > 0) continue
    const where = issue.path.filter((part) => typeof part !== 'symbol')
    const message = `${where.join('.')} of ${game.name}: ${issue.message}`
    const words = issue.code === 'invalid_value' ? issue.values.map(String) : []
    const found = where[0] === undefined ? undefined : overrides[String(where[0])]
    const close = typeof found === 'string' ? closestOf(found, words) : undefined
    const hint =
      close !== undefined
        ? `Did you mean \`${close}\`?`
        : words.length > 0
          ? `Use one of: ${words.join(', ')}.`
          : 'Use a value in that range; docs/studies.md lists the ranges.'
    faults.add([...path, ...where], 'rule', message, hint)
  }
}

const OVERRIDES = [
  'max_turns',
  'max_playtime',
  'player_retry_budget',
  'max_input_length',
  'pcs_allowed',
  'npcs_allowed',
  'show_npc_details',
  'show_final_score',
] as const

function overrideHint(key: string): string {
  const close = closestOf(key, OVERRIDES)
  return close === undefined || close === key
    ? `The overrides are: ${OVERRIDES.join(', ')}.`
    : `Did you mean \`${close}\`?`
}
