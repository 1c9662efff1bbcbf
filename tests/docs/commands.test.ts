// Every command line of the README and the documents runs: each document in its own folder, line by line. The folder
// contains the files of the page: fences whose info string has `file=NAME`.
// The fence decides: `sh` runs to its end, `sh waits` is interrupted after its first output, `sh checkout` needs a
// fresh clone (continuous integration runs it).
import assert from 'node:assert/strict'
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { globSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { delimiter, join } from 'node:path'
import { test } from 'node:test'

const ROOT = join(import.meta.dirname, '..', '..')
/** Documents whose lines have their own test. */
const ELSEWHERE = [
  'docs/packages.md',
  'docs/headless.md',
  'docs/strategy.md',
  'docs/worlds/foundry.md',
  // tests/scaffold: with the package installed from its tarball
  'docs/writing-a-world.md',
]
/** Pages that tutorials.test.ts follows. */
const FOLLOWED = /^(?:README|docs\/tutorials\/.*)\.md$/

const env = {
  ...process.env,
  PATH: [join(ROOT, 'bin'), join(ROOT, 'node_modules', '.bin'), process.env.PATH].join(delimiter),
  PARACOSM_DATA: './data',
  ADMIN_KEY: 'a-key-of-the-documents',
}

interface Line {
  readonly kind: string
  readonly text: string
}

function commandLines(document: string): Line[] {
  const text = readFileSync(join(ROOT, document), 'utf8')
  return [...text.matchAll(/^```sh ?(\w*)\n([\s\S]*?)^```/gm)].flatMap(([, kind = '', body = '']) =>
    body
      .split('\n')
      .filter((line) => line.trim() !== '')
      .map((line) => ({ kind: kind || 'runs', text: line })),
  )
}

function writeFiles(document: string, folder: string): void {
  const text = readFileSync(join(ROOT, document), 'utf8')
  for (const [, name = '', body = ''] of text.matchAll(/^```\w+ file=(\S+)\n([\s\S]*?)^```/gm)) {
    writeFileSync(join(folder, name), body)
  }
}

async function runLine(line: Line, cwd: string): Promise<{ status: number | null; output: string }> {
  const child = spawn('sh', ['-c', line.kind === 'waits' ? `exec ${line.text}` : line.text], {
    cwd,
    env,
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  let output = ''
  for (const stream of [child.stdout, child.stderr]) {
    stream.on('data', (chunk) => {
      output += chunk
      if (line.kind === 'waits' && /http:/.test(output)) child.kill('SIGINT')
    })
  }
  const [status] = await once(child, 'close')
  return { status, output }
}

const pages = globSync(['README.md', 'CONTRIBUTING.md', 'docs/**/*.md'], { cwd: ROOT }).sort()
const documents = pages.filter((path) => !ELSEWHERE.includes(path) && !FOLLOWED.test(path))

for (const document of documents) {
  const lines = commandLines(document).filter((line) => line.kind !== 'checkout')
  if (lines.length === 0) continue
  test(`${document}: all ${lines.length} command lines work`, async () => {
    const folder = mkdtempSync(join(tmpdir(), 'paracosm docs '))
    writeFiles(document, folder)
    for (const line of lines) {
      const { status, output } = await runLine(line, folder)
      // An interrupted command may exit with any status; all others must exit with 0.
      if (line.kind === 'waits') assert.match(output, /http:/, line.text)
      else assert.equal(status, 0, `${line.text}\n${output}`)
    }
    rmSync(folder, { recursive: true })
  })
}

test('README: the two commands are documented, and their scripts exist', () => {
  const checkout = commandLines('README.md').filter((line) => line.kind === 'checkout')
  assert.deepEqual(
    checkout.map((line) => line.text),
    ['npm ci', 'npm start', 'npm ci && npm test'],
  )
  const { scripts } = JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8'))
  assert.ok(scripts.start && scripts.test)
})

test('documents: every linked file and every image exists', () => {
  for (const document of pages) {
    const text = readFileSync(join(ROOT, document), 'utf8')
    for (const [, target = ''] of text.matchAll(/\]\(([^)#:]+)(?:#[^)]*)?\)/g)) {
      const path = join(ROOT, document, '..', target)
      assert.ok(globSync(path).length > 0, `${document} links to ${target}`)
    }
  }
})

test('documents: the world in docs/writing-a-world.md passes the conformance suite', async () => {
  const text = readFileSync(join(ROOT, 'docs', 'writing-a-world.md'), 'utf8')
  const [code = ''] = [...text.matchAll(/^```ts\n([\s\S]*?)^```/gm)].map((match) => match[1] ?? '')
  const source = code
    .replace("'paracosm/world'", `'${join(ROOT, 'src', 'kernel', 'index.ts')}'`)
    .replace("'paracosm/protocol'", `'${join(ROOT, 'src', 'protocol', 'index.ts')}'`)
  const folder = mkdtempSync(join(ROOT, 'tmp-docs-'))
  try {
    writeFileSync(join(folder, 'harvest.ts'), source)
    const { harvest } = await import(join(folder, 'harvest.ts'))
    const { checkConformance, drawBotRun } = await import('../../src/episode/conformance.ts')
    assert.deepEqual(checkConformance(harvest, drawBotRun(harvest, {}, { seed: 1, steps: 30 })), [])
  } finally {
    rmSync(folder, { recursive: true })
  }
})

test('configuration: every variable that is read is documented, and every error code has a hint', async () => {
  const page = readFileSync(join(ROOT, 'docs', 'configuration.md'), 'utf8')
  const source = readFileSync(join(ROOT, 'src', 'config.ts'), 'utf8')
  for (const [, name = ''] of source.matchAll(/^ {2}([A-Z][A-Z_]+):/gm))
    assert.ok(page.includes(`\`${name}\``), `${name} is not told`)
  const { ERRORS } = await import('../../src/kernel/errors.ts')
  for (const [code, row] of Object.entries(ERRORS)) assert.ok(row.hint.length > 10, code)
})

test('CHANGELOG: Unreleased comes first, sections are versions with dates, and every bullet is a sentence', () => {
  const lines = readFileSync(join(ROOT, 'CHANGELOG.md'), 'utf8').split('\n')
  const sections = lines.filter((line) => line.startsWith('## '))
  assert.equal(sections[0], '## Unreleased')
  for (const section of sections.slice(1)) assert.match(section, /^## \d+\.\d+\.\d+ - \d{4}-\d{2}-\d{2}$/)
  for (const line of lines.filter((each) => each.startsWith('- '))) assert.match(line, /^- [A-Z].{20,}/)
})
