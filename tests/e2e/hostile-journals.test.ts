// Journals designed to hang or exhaust a reader, through the real command line, each with a deadline.
import assert from 'node:assert/strict'
import { closeSync, mkdtempSync, openSync, rmSync, truncateSync, writeFileSync, writeSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, test } from 'node:test'
import { zstdCompressSync } from 'node:zlib'
import { SeekableZstdWriter } from '../../src/episode/seekable-zstd.ts'
import { Chain, splitHash } from '../../src/kernel/journal.ts'
import { startCommand } from '../../src/testing/cli.ts'
import { recordMatch } from '../../src/testing/matches.ts'

const folder = mkdtempSync(join(tmpdir(), 'paracosm-hostile-'))
after(() => rmSync(folder, { recursive: true }))

/** Twenty times the duration of each on an idle slow machine. */
const DEADLINE_MS = 60_000
const MIB = 1024 * 1024

const { lines } = await recordMatch({ config: { max_ticks: 50 } })
const bodies = lines.map((line) => splitHash(line)?.body ?? '')

/** A journal with a correct running hash, whatever its lines. */
function seal(...texts: readonly string[]): string {
  const chain = new Chain()
  return texts.map((text) => `${chain.seal(text, text.includes('"paracosm"'))}\n`).join('')
}

const header = bodies[0] ?? ''
function file(name: string, content: string | Buffer): string {
  const path = join(folder, name)
  writeFileSync(path, content)
  return path
}

interface Ended {
  readonly status: number | null
  readonly text: string
}

async function run(args: readonly string[], signal?: { readonly name: NodeJS.Signals; readonly afterMs: number }) {
  const command = startCommand(args)
  let endedLate = false
  const deadline = setTimeout(() => {
    endedLate = true
    command.kill('SIGKILL')
  }, DEADLINE_MS)
  let told = 0
  const teller =
    signal &&
    setTimeout(() => {
      told = Date.now()
      command.kill(signal.name)
    }, signal.afterMs)
  const status = await command.ended
  clearTimeout(deadline)
  clearTimeout(teller)
  assert.equal(endedLate, false, `${args.join(' ')} did not end in ${DEADLINE_MS} ms: ${command.text()}`)
  return { status, text: command.text(), endedAfterMs: told === 0 ? 0 : Date.now() - told }
}

const refused = (result: Ended, code: string): void => {
  assert.match(result.text, new RegExp(`error ${code}`))
  assert.ok(result.status === 1 || result.status === 2, `status ${result.status}`)
  assert.doesNotMatch(result.text, /bug in paracosm/)
}

const FOLDED = (path: string): readonly (readonly string[])[] => [
  ['replay', 'verify', path],
  ['replay', 'show', path, '--step', '20000001'],
]

test('hostile journal: a line with step 2^53 - 2 or 10^9 is refused before any step runs', async () => {
  for (const step of [Number.MAX_SAFE_INTEGER - 1, 1_000_000_000]) {
    const path = file('steps.jsonl', seal(header, `{"step":${step},"inputs":[]}`))
    for (const args of FOLDED(path)) refused(await run(args), 'FILE_TOO_LARGE')
    refused(
      await run(['replay', 'fork', path, '--at', '5', '-o', join(folder, `fork-${step}.jsonl`)]),
      'FILE_TOO_LARGE',
    )
  }
  const path = file('few.jsonl', seal(header, '{"step":5000,"inputs":[]}'))
  refused(await run(['replay', 'verify', path, '--max-steps', '4999']), 'FILE_TOO_LARGE')
  assert.match((await run(['replay', 'verify', path, '--max-steps', '5000'])).text, /5001 steps/)
})

test('hostile journal: SIGTERM and SIGINT end a replay of many steps within seconds', async () => {
  const path = file('long.jsonl', seal(header, '{"step":1000000000,"inputs":[]}'))
  const commands = [
    ['replay', 'verify', path, '--max-steps', '1000000000'],
    ['replay', 'show', path, '--step', '1000000000', '--max-steps', '1000000000'],
  ]
  for (const args of commands) {
    for (const name of ['SIGTERM', 'SIGINT'] as const) {
      const result = await run(args, { name, afterMs: 2500 })
      refused(result, 'INTERRUPTED')
      // About a second on an idle machine; the rest is margin for a busy one.
      assert.ok(result.endedAfterMs < 10_000, `${name} took ${result.endedAfterMs} ms`)
    }
  }
})

test('hostile journal: steps that go backwards are refused', async () => {
  const path = file('back.jsonl', seal(header, '{"step":5,"inputs":[]}', '{"step":3,"inputs":[]}'))
  refused(await run(['replay', 'verify', path]), 'JOURNAL_CORRUPT')
  const states = bodies.find((body) => body.includes('"digest"'))?.replace(/"step":\d+/, '"step":2') ?? ''
  refused(
    await run(['replay', 'verify', file('b.jsonl', seal(header, '{"step":5,"inputs":[]}', states))]),
    'JOURNAL_CORRUPT',
  )
})

test('hostile journal: zstd bombs, with and without a seek table, are refused', async () => {
  const bomb = Buffer.concat(Array.from({ length: 64 }, () => zstdCompressSync(Buffer.alloc(64 * MIB))))
  refused(await run(['replay', 'verify', file('bomb.zst', bomb)]), 'FILE_TOO_LARGE')
  const writer = new SeekableZstdWriter()
  const frames = [writer.add(Buffer.from(seal(...bodies))), writer.end()]
  const honest = Buffer.concat(frames)
  assert.equal((await run(['replay', 'verify', file('honest.zst', honest)])).status, 0)
  const lying = Buffer.from(honest)
  lying.writeUInt32LE(0xffff_ffff, lying.length - 9 - 4)
  refused(await run(['replay', 'show', file('lying.zst', lying)]), 'FILE_TOO_LARGE')
  const small = Buffer.from(honest)
  small.writeUInt32LE(100, small.length - 9 - 4)
  refused(await run(['replay', 'show', file('small.zst', small)]), 'JOURNAL_CORRUPT')
})

test('hostile journal: a line of a gigabyte is refused at the start, in the middle and at the end', async () => {
  const holes: readonly (readonly [string, string])[] = [
    ['', ''],
    [seal(header), ''],
    [seal(header, '{"step":5,"inputs":[]}'), seal('{"step":6,"inputs":[]}')],
  ]
  for (const [index, [before, behind]] of holes.entries()) {
    const path = file(`wide-${index}.jsonl`, before)
    // A sparse file: a gigabyte of NUL that takes no disk space.
    truncateSync(path, 1024 * MIB)
    const handle = openSync(path, 'a')
    writeSync(handle, behind)
    closeSync(handle)
    refused(await run(['replay', 'verify', path]), 'JOURNAL_CORRUPT')
    refused(await run(['replay', 'show', path]), 'JOURNAL_CORRUPT')
    rmSync(path)
  }
})

test('hostile journal: JSON with 100,000 levels is refused anywhere', async () => {
  const deep = '['.repeat(100_000) + ']'.repeat(100_000)
  const journals = {
    input: seal(header, `{"step":5,"inputs":[[0,${deep}]]}`),
    refused: seal(header, `{"step":5,"refused":[[0,${deep},{"code":"X","reason":"x"}]]}`),
    state: seal(header, `{"step":5,"digest":"0123456789abcdef","state":${deep}}`),
    config: seal(header.replace('"config":{', `"config":{"deep":${deep},`)),
  }
  for (const [name, text] of Object.entries(journals)) {
    refused(await run(['replay', 'verify', file(`deep-${name}.jsonl`, text)]), 'JOURNAL_CORRUPT')
  }
})

test('hostile journal: a device, a folder and a FIFO are refused without blocking', async () => {
  const { spawnSync } = await import('node:child_process')
  const fifo = join(folder, 'fifo')
  assert.equal(spawnSync('mkfifo', [fifo]).status, 0)
  for (const path of ['/dev/zero', folder, fifo]) refused(await run(['replay', 'verify', path]), 'FILE_UNREADABLE')
})
