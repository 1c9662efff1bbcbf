// Reads the configuration of a ruleset commissioner: YAML or JSON, from a file or bundled under a name.
import { parse } from 'yaml'
import { AppError } from '../../kernel/errors.ts'
import { parseWith } from '../../kernel/parse.ts'
import { RulesetConfig } from '../../protocol/ruleset.ts'

const isObject = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null && !Array.isArray(value)

/**
 * A configuration, with or without the outer key `ruleset_strategy`.
 * @throws AppError CONFIG_INVALID naming the key
 */
export function parseRuleset(value: unknown): RulesetConfig {
  const inner = isObject(value) && Object.hasOwn(value, 'ruleset_strategy') ? value.ruleset_strategy : value
  return parseWith(RulesetConfig, inner, { code: 'CONFIG_INVALID', what: 'The ruleset configuration' })
}

/** @throws AppError CONFIG_INVALID */
export function parseRulesetText(text: string): RulesetConfig {
  let value: unknown
  try {
    // Published configurations are YAML 1.1, in which `on` and `yes` are booleans.
    value = parse(text, { version: '1.1', maxAliasCount: 0 })
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message.split('\n')[0] : String(cause)
    throw new AppError('CONFIG_INVALID', `The ruleset configuration is not YAML: ${reason}`, { cause })
  }
  return parseRuleset(value)
}

/** The bundled configuration: a crash check for newcomers, then one division for champions. */
const DEFAULT: unknown = {
  defaults: {
    seating: 'baseline_window',
    fill_seats: 'duplicate',
    min_entries_to_start: 2,
    stage: { label: 'Round', episodes: 1, min_episodes_per_entrant: 1 },
  },
  divisions: {
    qualifiers: {
      name: 'Qualifiers',
      level: -99,
      match: { name: 'Qualifiers', type: 'staging' },
      entrants: 'qualifying',
      min_entries_to_start: 1,
      stages: [
        {
          id: 'crash_check',
          schedule: { label: 'Crash check', self_play: true, attempts: 2 },
          on_round_complete: [
            {
              id: 'passed_crash_check',
              criteria: { completed_episodes_gt: 0 },
              actions: [
                { type: 'update_membership', division: 'competition', status: 'competing', substatus: 'champion' },
              ],
            },
            {
              id: 'failed_crash_check',
              criteria: 'otherwise',
              actions: [{ type: 'update_membership', status: 'disqualified', substatus: 'inactive' }],
            },
          ],
        },
      ],
    },
    competition: {
      name: 'Competition',
      previous_name: 'Daily',
      level: 1,
      match: { type: 'competition' },
      entrants: 'champions',
    },
  },
}

const BUNDLED: ReadonlyMap<string, unknown> = new Map([['default', DEFAULT]])

/**
 * A bundled configuration by name; blank: `default`.
 * @throws AppError CONFIG_INVALID for a name with slashes, or an unknown name
 */
export function bundledRuleset(name: string): RulesetConfig {
  const wanted = name.trim() === '' ? 'default' : name.trim().replace(/\.ya?ml$/, '')
  const found = BUNDLED.get(wanted)
  if (found === undefined) {
    throw new AppError(
      'CONFIG_INVALID',
      `there is no bundled ruleset ${name}; the bundled rulesets are ${[...BUNDLED.keys()].join(', ')}`,
    )
  }
  return parseRuleset(found)
}
