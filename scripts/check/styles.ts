// CSS modules and the code that imports them: every class that code names exists, and every class is named somewhere.
// Nothing else finds either fault, because a class that is missing is simply undefined.
import { dirname, join, normalize } from 'node:path'
import { lineOf, type Source } from './sources.ts'

const IMPORT = /^import (\w+) from '([^']+\.module\.css)'/gm
/** In selectors; a number after the point belongs to a value. */
const CLASS = /\.([a-zA-Z_][\w-]*)/g
/** From after a brace or a semicolon to the opening brace of the rule. */
const SELECTOR = /(?:^|[{};])([^{};]*)(?=\{)/g

interface Sheet {
  readonly classes: ReadonlySet<string>
  readonly used: Set<string>
  /** Classes are also chosen by a value: `styles[kind]`. */
  isIndexed: boolean
}

function classesOf(css: string): ReadonlySet<string> {
  const selectors = [...css.matchAll(SELECTOR)].map(([, selector = '']) => selector.replaceAll(/"[^"]*"/g, ''))
  return new Set(selectors.flatMap((selector) => [...selector.matchAll(CLASS)].map(([, name = '']) => name)))
}

/** Every class that code names but its stylesheet lacks, and every class that no code names, as `file:line: what`. */
export function checkStyles(sources: readonly Source[]): string[] {
  const sheets = new Map<string, Sheet>(
    sources
      .filter(({ path }) => path.endsWith('.module.css'))
      .map(({ path, code }) => [path, { classes: classesOf(code), used: new Set(), isIndexed: false }]),
  )
  const missing = sources.flatMap((source) => missingIn(source, sheets))
  const unused = [...sheets].flatMap(([path, { classes, used, isIndexed }]) =>
    isIndexed ? [] : [...classes].filter((name) => !used.has(name)).map((name) => `${path}: no code names .${name}`),
  )
  return [...missing, ...unused]
}

function missingIn({ path, code }: Source, sheets: ReadonlyMap<string, Sheet>): string[] {
  // Line numbers stay: an import of a stylesheet is one line.
  const rest = code.replaceAll(IMPORT, '')
  return [...code.matchAll(IMPORT)].flatMap(([, name = '', specifier = '']) => {
    const target = normalize(join(dirname(path), specifier))
    const sheet = sheets.get(target)
    if (!sheet) return [`${path}: there is no ${target}`]
    if (new RegExp(`\\b${name}\\[`).test(rest)) sheet.isIndexed = true
    return [...rest.matchAll(new RegExp(`(?<![\\w./-])${name}\\.(\\w+)`, 'g'))].flatMap(({ 1: used = '', index }) => {
      sheet.used.add(used)
      return sheet.classes.has(used) ? [] : [`${path}:${lineOf(rest, index)}: ${target} has no class .${used}`]
    })
  })
}
