// Reads the input of strategy commands: programs from files, templates or standard input, and JSON options.
import { readFileSync } from 'node:fs'
import { inheritedEnvironment } from '../../config.ts'
import { unknownName } from '../../kernel/closest.ts'
import { AppError } from '../../kernel/errors.ts'
import { parseJson, parseWith } from '../../kernel/parse.ts'
import { isObject } from '../../protocol/is-object.ts'
import type { JsonObject, JsonValue } from '../../protocol/json.ts'
import { StrategyConfig, type StrategyTemplate } from '../../protocol/strategy-run.ts'
import { limitsOf, maxProgramText, type StrategyLimits } from '../../strategy/limits.ts'
import { createTemplates } from '../../strategy/templates.ts'

const STDIN = 0

export interface ProgramText {
  /** Its name in messages. */
  readonly name: string
  readonly text: string
  readonly program: JsonValue
  readonly template?: StrategyTemplate
}

/** @throws AppError FILE_UNREADABLE */
export function readText(path: string): string {
  try {
    return readFileSync(path === '-' ? STDIN : path, 'utf8')
  } catch (error) {
    const message = error instanceof Error ? error.message : String(error)
    throw new AppError('FILE_UNREADABLE', `${path} cannot be read: ${message}`, { cause: error })
  }
}

/** @throws AppError FILE_UNREADABLE, FILE_TOO_LARGE or JSON_MALFORMED */
export function readProgram(path: string, limits: StrategyLimits): ProgramText {
  const text = readText(path)
  const most = maxProgramText(limits)
  const size = text.length > most ? text.replace(/\s+/g, '').length : text.length
  if (size > most) {
    throw new AppError('FILE_TOO_LARGE', `${path} has ${size} characters; a program has at most ${most}`, {
      hint: 'Shorten the program, or raise --max-nodes: the limit grows with it.',
    })
  }
  return { name: path, text, program: parseJson(text, path) }
}

/** @throws AppError UNKNOWN_TEMPLATE */
export function findTemplate(id: string): StrategyTemplate {
  const templates = createTemplates()
  const found = templates.find((each) => each.id === id)
  if (found) return found
  const known = templates.map((each) => each.id)
  const message = `there is no template ${id}; known templates: ${known.join(', ')}`
  throw unknownName('UNKNOWN_TEMPLATE', message, { name: id, known })
}

/**
 * The program of a command: a file, or a template.
 * @throws AppError USAGE when neither or both are named
 */
export function readSource(
  path: string | undefined,
  templateId: string | undefined,
  limits: StrategyLimits,
): ProgramText {
  if ((path === undefined) === (templateId === undefined)) {
    throw new AppError('USAGE', 'name either a program file or --template')
  }
  if (path !== undefined) return readProgram(path, limits)
  const template = findTemplate(templateId ?? '')
  const text = JSON.stringify(template.astJson, undefined, 2)
  return { name: template.id, text, program: parseJson(text, template.id), template }
}

/** A JSON object given on the command line, or in a file when it starts with `@`. */
export function readObject(flag: string, value: string | undefined): JsonObject | null {
  if (value === undefined) return null
  const text = value.startsWith('@') ? readText(value.slice(1)) : value
  const parsed = parseJson(text, flag)
  if (parsed === null || isObject(parsed)) return parsed
  throw new AppError('USAGE', `${flag} takes a JSON object`)
}

/** Adds `path=value` to the ones before it. Values that are not JSON are texts. */
export function collectSetting(setting: string, before: readonly string[] = []): readonly string[] {
  if (!setting.includes('=')) throw new AppError('USAGE', `--set takes path=value, not ${setting}`)
  return [...before, setting]
}

/** The mock state of `--mock`, overridden by every `--set`. */
export function readMockState(mock: string | undefined, settings: readonly string[] | undefined): JsonObject | null {
  const base = readObject('--mock', mock)
  if (!settings || settings.length === 0) return base
  const entries = settings.map((setting): [string, JsonValue] => {
    const at = setting.indexOf('=')
    return [setting.slice(0, at), readScalar(setting.slice(at + 1))]
  })
  return { ...base, ...Object.fromEntries(entries) }
}

function readScalar(text: string): JsonValue {
  try {
    return JSON.parse(text)
  } catch {
    return text
  }
}

/** Parses a count from the command line. */
export function parseCount(value: string): number {
  const count = Number(value)
  if (Number.isInteger(count) && count > 0) return count
  throw new AppError('USAGE', `expected a whole number above 0, not ${value}`)
}

/** The configuration of the environment. @throws AppError CONFIG_INVALID */
export function readStrategyConfig(): StrategyConfig {
  return parseWith(StrategyConfig, inheritedEnvironment(), { code: 'CONFIG_INVALID', what: 'The environment' })
}

export interface LimitFlags {
  readonly maxNodes?: number
  readonly maxDepth?: number
}

/** Limits from the environment, overridden by flags. */
export function readLimits({ maxNodes, maxDepth }: LimitFlags): StrategyLimits {
  const limits = limitsOf(readStrategyConfig())
  return { maxNodes: maxNodes ?? limits.maxNodes, maxDepth: maxDepth ?? limits.maxDepth }
}
