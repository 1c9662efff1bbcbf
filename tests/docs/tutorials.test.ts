// The tutorials and the README as a newcomer follows them: in an empty folder, with files saved as told, every command in
// order. `sh background` runs until the page ends, `sh waits` until it has printed a link. Each page runs twice in the
// same folder: leftovers of the first run must not break the second.
import assert from 'node:assert/strict'
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { delimiter, join } from 'node:path'
import { test } from 'node:test'
import { type RunningCommand, startProcess } from '../../src/testing/cli.ts'

const ROOT = join(import.meta.dirname, '..', '..')
const PATH = [join(ROOT, 'bin'), join(ROOT, 'node_modules', '.bin'), process.env.PATH].join(delimiter)

async function freePort(): Promise<string> {
  const server = createServer().listen(0, '127.0.0.1')
  await new Promise((resolve) => server.once('listening', resolve))
  const address = server.address()
  server.close()
  return String(typeof address === 'object' && address ? address.port : 0)
}

interface Block {
  readonly language: string
  readonly text: string
  /** The file name under which the page saves the block. */
  readonly file: string | undefined
}

function readBlocks(page: string): Block[] {
  return [...page.matchAll(/(?:[Ss]ave\s+this\s+as\s+`([^`]+)`:\n\n)?^```(\w+(?: \w+)?)\n([\s\S]*?)^```/gm)].map(
    ([, file, language = '', text = '']) => ({ language, text, file }),
  )
}

const linesOf = ({ text }: Block): string[] => text.split('\n').filter((line) => line.trim() !== '')

/** Follows a page once. */
async function follow(page: string, cwd: string): Promise<void> {
  const port = await freePort()
  // The pages name a port if a second command needs it.
  const named = await freePort()
  const env = { PATH, PARACOSM_PORT: port, XDG_CONFIG_HOME: join(cwd, '.config') }
  const background: RunningCommand[] = []
  const start = (line: string): RunningCommand => startProcess('sh', ['-c', `exec ${line}`], { cwd, env })
  try {
    for (const block of readBlocks(page)) {
      if (block.file !== undefined) writeFileSync(join(cwd, block.file), block.text)
      for (const printed of /^sh\b/.test(block.language) ? linesOf(block) : []) {
        const line = printed.replaceAll('8090', named)
        if (block.language === 'sh') await run(line, { cwd, env })
        else if (block.language !== 'sh checkout') {
          const running = start(line)
          await running.sees(/https?:\/\/127\.0\.0\.1:\d+/)
          if (block.language === 'sh background') background.push(running)
          else await stop(running)
        }
      }
    }
  } finally {
    for (const running of background) await stop(running)
  }
}

async function run(line: string, at: { cwd: string; env: Readonly<Record<string, string>> }): Promise<void> {
  const running = startProcess('sh', ['-c', line], at)
  running.endInput()
  assert.equal(await running.ended, 0, `${line}\n${running.text()}`)
}

async function stop(running: RunningCommand): Promise<void> {
  running.kill('SIGINT')
  await running.ended
}

const pages = [
  'README.md',
  ...readdirSync(join(ROOT, 'docs', 'tutorials'))
    .sort()
    .map((name) => `docs/tutorials/${name}`),
]

for (const path of pages) {
  test(`${path}: a newcomer can follow it in an empty folder, twice`, async () => {
    const page = readFileSync(join(ROOT, path), 'utf8')
    assert.ok(readBlocks(page).some(({ language }) => language === 'sh'))
    const cwd = mkdtempSync(join(tmpdir(), 'paracosm tutorial '))
    try {
      await follow(page, cwd)
      await follow(page, cwd)
    } finally {
      rmSync(cwd, { recursive: true, force: true, maxRetries: 5 })
    }
  })
}
