// Project rules that no linter rule covers: what pure modules may not touch, type assertions, module state, unsafe calls.
import { PURE_MODULES } from './layers.ts'
import { isTest, lineOf, type Source } from './sources.ts'

interface Habit {
  readonly pattern: RegExp
  readonly why: string
  readonly applies: (path: string) => boolean
  /** Whether strings are searched as well. */
  readonly inStrings?: true
}

/** Files whose colours follow the theme. */
const isDrawn = (path: string): boolean =>
  path !== 'web/src/styles/tokens.css' && (path.startsWith('web/src/') || path.includes('/view/'))

const isPure = (path: string): boolean =>
  PURE_MODULES.some((module) => path.startsWith(`src/${module}/`)) && !path.includes('/view/')

/** Remaining type assertions, each with its reason. The list only shrinks. */
const ASSERTIONS: Readonly<Record<string, string>> = {}

const HABITS: readonly Habit[] = [
  {
    pattern:
      /(?<![.\w])(?:Date|performance|crypto|process|Intl|Buffer|fetch|setTimeout|setInterval|setImmediate|queueMicrotask|requestAnimationFrame)\b(?!\s*:)/g,
    why: 'pure modules have no clock, no randomness, no I/O and no process',
    applies: isPure,
  },
  {
    pattern:
      /\bMath\.(?:random|sin|cos|tan|asin|acos|atan|atan2|sinh|cosh|tanh|exp|expm1|log|log2|log10|log1p|pow|cbrt|hypot)\b/g,
    why: 'engines may differ in the last digit: use integers, or a table',
    applies: isPure,
  },
  { pattern: /\.(?:toLocale\w+|localeCompare)\b/g, why: 'locales differ between machines', applies: isPure },
  {
    pattern: /\basync\b|\bawait\b/g,
    why: 'pure modules are synchronous',
    applies: (path) => isPure(path) && !path.startsWith('src/strategy/'),
  },
  { pattern: /\.sort\(\)/g, why: 'the default sort is textual: pass a comparator', applies: isPure },
  { pattern: /^export (?:let|var)\b|^let\b/gm, why: 'no module-level mutable state', applies: () => true },
  {
    pattern: /(?<!\bimport[^;\n]*|\bexport[^;\n]*)[\w)\]}'"]\s+as\s+(?!const\b)[A-Za-z{[(]/g,
    why: 'no type assertions: parse, narrow or infer',
    applies: (path) => ASSERTIONS[path] === undefined,
  },
  {
    pattern: /\bmkdir(?:Sync)?\([^)]*\brecursive: true/g,
    why: 'it spins for ever below /proc: makeFolder of src/lib/folders.ts does not',
    applies: (path) => !path.startsWith('src/testing/'),
  },
  {
    // Strings keep their hashes: `stripStrings` would blank them.
    pattern: /#[0-9a-fA-F]{3,8}\b(?!['"`]?\))|\b(?:rgba?|hsla?)\(\s*\d/g,
    why: 'colours are tokens of web/src/styles/tokens.css: use var(--…)',
    applies: (path) => isDrawn(path),
    inStrings: true,
  },
  { pattern: /@ts-(?:ignore|expect-error|nocheck)/g, why: 'no switched-off types', applies: () => true },
]

/** A list read with a default: it hides a wrong index. */
const SILENT_DEFAULT = /\] \?\? (?:0|''|-1)(?![\w.])/g

/**
 * Legitimate defaults: optional keys of a record, optional groups of a pattern. The count per file;
 * the numbers only shrink. Elsewhere `at` or `absent` of kernel/at.ts reads required values.
 */
const REAL_DEFAULTS: Readonly<Record<string, number>> = {
  'src/runner/container-engine.ts': 1,
  'src/runner/foreign-schema.ts': 1,
  'src/strategy/block-xml.ts': 1,
  'src/worlds/foundry/bots.ts': 1,
  'src/worlds/foundry/load.ts': 3,
  'src/worlds/foundry/state.ts': 1,
  'src/worlds/foundry/translate.ts': 1,
  'src/worlds/frontier/day.ts': 1,
  'src/worlds/frontier/inventory.ts': 1,
  'src/worlds/frontier/perceive.ts': 2,
  'src/worlds/frontier/quests.ts': 2,
  'src/worlds/frontier/sound.ts': 2,
  'src/worlds/parley/responder/bodies.ts': 1,
  'src/worlds/parley/responder/scenes.ts': 1,
  'src/worlds/parley/responder/scores.ts': 1,
  'src/worlds/parley/responder/words.ts': 2,
}

function checkDefaults({ path, code }: Source): string[] {
  const found = [...code.matchAll(SILENT_DEFAULT)]
  const allowed = REAL_DEFAULTS[path] ?? 0
  if (found.length < allowed) {
    return [`${path}:1: has ${found.length} reads with a default; lower its number in REAL_DEFAULTS to that`]
  }
  return found
    .slice(allowed)
    .map(
      (match) =>
        `${path}:${lineOf(code, match.index)}: ${match[0]}: a default hides a wrong index: use at() or absent()`,
    )
}

/** Every violation, as `file:line: why`. */
export function checkHabits(sources: readonly Source[]): string[] {
  const faults: string[] = []
  for (const source of sources) {
    if (isTest(source.path) || source.path.startsWith('src/testing/') || source.path.includes('/pages/')) continue
    if (source.path.startsWith('src/')) faults.push(...checkDefaults(source))
    for (const habit of HABITS) {
      if (!habit.applies(source.path)) continue
      const isCss = source.path.endsWith('.css')
      if (isCss && habit.inStrings !== true) continue
      const raw = habit.inStrings ? source.code : stripStrings(source.code)
      const text = habit.pattern.source.startsWith('@ts') ? source.text : raw
      for (const match of text.matchAll(habit.pattern)) {
        faults.push(`${source.path}:${lineOf(text, match.index)}: ${match[0].trim()}: ${habit.why}`)
      }
    }
  }
  return faults
}

/** Blanks strings and the SQL of tagged templates, because `as` is also an SQL keyword. */
function stripStrings(code: string): string {
  const blank = (text: string): string => text.replace(/[^\n]/g, ' ')
  const withoutSql = code.replace(/\bsql(?:<[^`]*>)?`[^`]*`/g, blank)
  return withoutSql.replace(/'(?:[^'\\\n]|\\.)*'|"(?:[^"\\\n]|\\.)*"/g, (text) => `'${' '.repeat(text.length - 2)}'`)
}
