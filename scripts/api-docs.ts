// Writes docs/api/: one page for each entry point of the package, from its doc comments. `npm run docs:api`.
import { mkdirSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { type Declaration, type EntryPoint, readEntryPoints } from './api/declarations.ts'

const FOLDER = join('docs', 'api')
const NOTE = '<!-- Made by `npm run docs:api` from the doc comments: change those. -->'

/** File names and texts of the reference. */
export function renderReference(entries: readonly EntryPoint[]): ReadonlyMap<string, string> {
  const pages = entries.map((entry) => [fileOf(entry), renderEntry(entry)] as const)
  const rows = entries.map((entry) => `| [\`${entry.name}\`](${fileOf(entry)}) | ${entry.summary} |`)
  const index = [
    NOTE,
    '# API reference',
    'The package has these entry points. Everything else in it is internal and may change in any release.',
    ['| entry point | contents |', '| --- | --- |', ...rows].join('\n'),
  ]
  return new Map([['README.md', `${index.join('\n\n')}\n`], ...pages])
}

const fileOf = ({ name }: EntryPoint): string => `${name.replace('paracosm/', '')}.md`

function renderEntry({ name, summary, declarations }: EntryPoint): string {
  const values = declarations.filter((each) => each.isValue)
  const types = declarations.filter((each) => !each.isValue)
  const parts = [NOTE, `# ${name}`, summary]
  if (values.length > 0) parts.push('## Functions, classes and values', ...values.map(renderDeclaration))
  if (types.length > 0) parts.push('## Types', ...types.map(renderDeclaration))
  return `${parts.join('\n\n')}\n`
}

function renderDeclaration({ name, text, doc }: Declaration): string {
  const list = (items: readonly string[]): string => items.map((each) => `- ${each}`).join('\n')
  const params = doc.params.map((each) => each.replace(/^([\w.]+)\s*/, '`$1`: '))
  return [
    `### ${name}`,
    doc.text,
    fence(text),
    list(params),
    doc.returns && `Returns ${doc.returns}`,
    doc.throws && `Throws ${doc.throws}`,
    ...doc.examples.map((each) => `Example:\n\n${fence(each)}`),
  ]
    .filter((part) => part !== '')
    .join('\n\n')
}

const fence = (code: string): string => `\`\`\`ts\n${code}\n\`\`\``

if (import.meta.main) {
  const pages = renderReference(readEntryPoints())
  rmSync(FOLDER, { recursive: true, force: true })
  mkdirSync(FOLDER, { recursive: true })
  for (const [file, text] of pages) writeFileSync(join(FOLDER, file), text)
}
