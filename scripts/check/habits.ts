// House habits that no linter rule covers: what pure modules may not touch, assertions, open ends, module state.
import { PURE_MODULES } from './layers.ts'
import { isTest, lineOf, type Source } from './sources.ts'

interface Habit {
  readonly pattern: RegExp
  readonly why: string
  readonly applies: (path: string) => boolean
}

const isPure = (path: string): boolean => PURE_MODULES.some((module) => path.startsWith(`src/${module}/`))

/** Type assertions that remain, each with its reason. The list only shrinks. */
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
  { pattern: /@ts-(?:ignore|expect-error|nocheck)/g, why: 'no switched-off types', applies: () => true },
]

/** Every broken habit, as `file:line: why`. */
export function checkHabits(sources: readonly Source[]): string[] {
  const faults: string[] = []
  for (const source of sources) {
    if (isTest(source.path) || source.path.startsWith('src/testing/') || source.path.includes('/pages/')) continue
    for (const habit of HABITS) {
      if (!habit.applies(source.path)) continue
      const text = habit.pattern.source.startsWith('@ts') ? source.text : stripStrings(source.code)
      for (const match of text.matchAll(habit.pattern)) {
        faults.push(`${source.path}:${lineOf(text, match.index)}: ${match[0].trim()}: ${habit.why}`)
      }
    }
  }
  return faults
}

function stripStrings(code: string): string {
  return code.replace(/'(?:[^'\\\n]|\\.)*'|"(?:[^"\\\n]|\\.)*"/g, (text) => `'${' '.repeat(text.length - 2)}'`)
}
