// The public declarations of the package, read from the compiler's output: name, kind, text and doc comment.
import { spawnSync } from 'node:child_process'
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'

export interface Declaration {
  readonly name: string
  /** Without `export declare`; long schemas are cut. */
  readonly text: string
  readonly isValue: boolean
  readonly doc: Doc
}

export interface Doc {
  readonly text: string
  readonly params: readonly string[]
  readonly returns: string
  readonly throws: string
  readonly examples: readonly string[]
}

export interface EntryPoint {
  /** 'paracosm/episode' */
  readonly name: string
  /** The first line of its source. */
  readonly summary: string
  readonly declarations: readonly Declaration[]
}

/** Lines of a declaration that the reference prints. Schemas of 20 fields read better in the source. */
const MAX_LINES = 60

/** Emits declarations into a temporary folder and reads every entry point of package.json. */
export function readEntryPoints(): EntryPoint[] {
  const folder = mkdtempSync(join(tmpdir(), 'paracosm-declarations-'))
  try {
    const args = ['-p', 'tsconfig.build.json', '--emitDeclarationOnly', '--outDir', folder]
    const { status, stdout } = spawnSync('tsc', args, { encoding: 'utf8' })
    if (status !== 0) throw new Error(`tsc failed: ${stdout}`)
    const { exports } = JSON.parse(readFileSync('package.json', 'utf8')) as { exports: Record<string, unknown> }
    return Object.entries(exports).flatMap(([path, target]) => {
      if (typeof target !== 'object' || target === null || !('types' in target)) return []
      const inside = String(target.types).replace('./dist/', '')
      const source = readFileSync(join('src', inside.replace('.d.ts', '.ts')), 'utf8')
      const declarations = exportsOf(join(folder, inside)).sort((a, b) => (a.name < b.name ? -1 : 1))
      return [{ name: path.replace('.', 'paracosm'), summary: summaryOf(source), declarations }]
    })
  } finally {
    rmSync(folder, { recursive: true })
  }
}

/** '// `paracosm/episode`: play episodes.' without the name. */
function summaryOf(source: string): string {
  const lines = /^(?:\/\/.*\n)+/.exec(source)?.[0] ?? ''
  const text = lines
    .replace(/^\/\/ ?/gm, '')
    .replace(/\n/g, ' ')
    .trim()
  const [, after = text] = /`paracosm\/\w+`[:.]\s*(.*)/.exec(text) ?? []
  return after.charAt(0).toUpperCase() + after.slice(1)
}

function exportsOf(path: string): Declaration[] {
  const text = readFileSync(path, 'utf8')
  const found = declarationsOf(text)
  for (const [, names = '', from = ''] of text.matchAll(/^export (?:type )?\{([^}]*)\} from '([^']+)';/gm)) {
    const target = join(dirname(path), from.replace(/\.(?:ts|js)$/, '.d.ts'))
    if (!existsSync(target)) throw new Error(`${path} exports from ${from}, which is not there`)
    const wanted = names.split(',').flatMap(
      (each) =>
        each
          .replace(/\btype\b/, '')
          .trim()
          .split(/\s+as\s+/)[0] || [],
    )
    found.push(...exportsOf(target).filter((each) => wanted.includes(each.name)))
  }
  return found
}

const START = /^export (?:declare )?(?:abstract )?(interface|type|function|class|const) (\w+)/

/** Declarations begin in the first column and end where their brackets close. */
function declarationsOf(text: string): Declaration[] {
  const lines = text.split('\n')
  const found: Declaration[] = []
  let doc: string[] = []
  for (let at = 0; at < lines.length; at++) {
    const line = lines[at] ?? ''
    if (line.startsWith('/**')) {
      const end = lines.findIndex((each, index) => index >= at && each.includes('*/'))
      doc = lines.slice(at, end + 1)
      at = end
      continue
    }
    const [, kind, name] = START.exec(line) ?? []
    if (kind !== undefined && name !== undefined) {
      const end = endOf(lines, at)
      const body = lines.slice(at, end + 1).map((each) => each.replace(/^export (?:declare )?/, ''))
      found.push({ name, text: shorten(body, name), isValue: /function|class|const/.test(kind), doc: parseDoc(doc) })
      at = end
    }
    doc = []
  }
  return merge(found)
}

/** Overloads, and a schema with the type of the same name, are one entry. */
function merge(found: readonly Declaration[]): Declaration[] {
  const byName = new Map<string, Declaration>()
  for (const each of found) {
    const before = byName.get(each.name)
    if (!before) byName.set(each.name, each)
    else {
      const doc = before.doc.text === '' ? each.doc : before.doc
      byName.set(each.name, {
        ...before,
        doc,
        isValue: before.isValue || each.isValue,
        text: `${before.text}\n${each.text}`,
      })
    }
  }
  return [...byName.values()]
}

function endOf(lines: readonly string[], start: number): number {
  let depth = 0
  for (let at = start; at < lines.length; at++) {
    const code = (lines[at] ?? '').replace(/\/\*.*?\*\/|\/\/.*$|^\s*\*.*$|'[^']*'|"[^"]*"/g, '').replaceAll('=>', '')
    depth += [...code].filter((each) => '{([<'.includes(each)).length
    depth -= [...code].filter((each) => '})]>'.includes(each)).length
    if (depth <= 0 && /[;}]\s*$/.test(code)) return at
  }
  return lines.length - 1
}

function shorten(lines: readonly string[], name: string): string {
  const inner = lines.map((line) => line.replace(/^( {4})+/, (indent) => indent.replaceAll('    ', '  ')))
  if (lines.length <= MAX_LINES && !(lines[0]?.includes('z.Zod') && lines.length > 1)) return inner.join('\n').trimEnd()
  return `const ${name}: ${/: (z\.\w+)/.exec(lines[0] ?? '')?.[1] ?? 'z.ZodType'}<…>`
}

function parseDoc(lines: readonly string[]): Doc {
  const text = lines
    .map((line) => line.replace(/^\s*\/\*\*\s?|\s*\*\/\s*$/g, '').replace(/^\s*\* ?/, ''))
    .join('\n')
    .trim()
  const [main = '', ...tags] = text.split(/^@(?=\w)/m)
  const of = (tag: string): string[] =>
    tags.flatMap((each) =>
      each.startsWith(`${tag} `) || each.startsWith(`${tag}\n`) ? [each.slice(tag.length).trim()] : [],
    )
  const oneLine = (each: string): string => each.replace(/\s*\n\s*/g, ' ')
  return {
    text: main.trim(),
    params: of('param').map(oneLine),
    returns: of('returns').map(oneLine).join(' '),
    throws: of('throws').map(oneLine).join(' '),
    examples: of('example'),
  }
}
