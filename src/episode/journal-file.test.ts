import assert from 'node:assert/strict'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, test } from 'node:test'
import { zstdCompressSync } from 'node:zlib'
import fc from 'fast-check'
import { recordMatch } from '../testing/matches.ts'
import { paintArena } from '../worlds/paint-arena/world.ts'
import { memorySource } from './byte-source.ts'
import { createFileSink } from './file-sink.ts'
import { playFork } from './fork.ts'
import { JournalFile, verifyJournal } from './journal-file.ts'
import { SeekableZstdWriter } from './seekable-zstd.ts'
import { createMemorySink } from './sink.ts'

const folder = mkdtempSync(join(tmpdir(), 'paracosm-journals-'))
after(() => rmSync(folder, { recursive: true }))

const TICKS = 4500
const plain = join(folder, 'journal.jsonl')
await recordMatch({
  seed: 2,
  bots: ['random', 'greedy'],
  config: { max_ticks: TICKS, width: 20 },
  sink: await createFileSink(plain),
})
const text = readFileSync(plain)
const packed = join(folder, 'journal.jsonl.zst')
{
  const writer = new SeekableZstdWriter()
  const parts: Buffer[] = []
  for (let at = 0; at < text.length; at += 10_000) parts.push(writer.add(text.subarray(at, at + 10_000)))
  writeFileSync(packed, Buffer.concat([...parts, writer.end()]))
}
const foreign = join(folder, 'foreign.zst')
writeFileSync(foreign, zstdCompressSync(text))

const world = () => paintArena

/** Digests after every step, by folding straight through. */
const digests: string[] = []
{
  const file = await JournalFile.open(plain)
  for await (const { fold } of file.walk(world)) digests.push(paintArena.digest(fold.state as never))
  await file.close()
}

for (const [name, path] of [
  ['plain', plain],
  ['seekable zstd', packed],
  ['zstd of another program', foreign],
] as const) {
  test(`journal file, ${name}: seeking to any step gives the same state as replaying from the start`, async () => {
    const file = await JournalFile.open(path)
    assert.equal(digests.length, TICKS + 1)
    await fc.assert(
      fc.asyncProperty(fc.nat(TICKS), async (step) => {
        const { fold } = await file.seek(step, world)
        assert.equal(fold.step, step)
        assert.equal(paintArena.digest(fold.state as never), digests[step])
      }),
      { numRuns: 60, examples: [[0], [1], [999], [1000], [1001], [TICKS]] },
    )
    await assert.rejects(file.seek(TICKS + 1, world), { code: 'STEP_OUT_OF_RANGE' })
    await file.close()
  })

  test(`journal file, ${name}: it verifies, and its last line is the outcome`, async () => {
    const file = await JournalFile.open(path)
    const replay = await verifyJournal(file, world)
    assert.equal(replay.divergence, undefined)
    assert.equal(replay.checkpoints, TICKS / 100 + 1)
    assert.equal((await file.last()).line.kind, 'outcome')
    await file.close()
  })
}

test('journal file: a torn last line is skipped and reported', async () => {
  const torn = join(folder, 'torn.jsonl')
  writeFileSync(torn, text.subarray(0, text.length - 40))
  const file = await JournalFile.open(torn)
  const { line, isTorn } = await file.last()
  assert.equal(isTorn, true)
  assert.notEqual(line.kind, 'outcome')
  const replay = await verifyJournal(file, world)
  assert.equal(replay.outcome, undefined)
  await file.close()
})

test('journal file: a file that is not a journal is refused with its code', async () => {
  const write = (name: string, bytes: string | Buffer): string => {
    writeFileSync(join(folder, name), bytes)
    return join(folder, name)
  }
  await assert.rejects(JournalFile.open(join(folder, 'missing')), { code: 'FILE_UNREADABLE' })
  await assert.rejects(JournalFile.open(write('empty', '')), { code: 'JOURNAL_CORRUPT' })
  await assert.rejects(JournalFile.open(write('prose', 'Dear diary\n')), { code: 'JOURNAL_CORRUPT' })
  const damaged = Buffer.from(readFileSync(packed))
  damaged.fill(7, 100, 200)
  await assert.rejects(JournalFile.open(write('damaged.zst', damaged)), { code: 'JOURNAL_CORRUPT' })
  await assert.rejects(JournalFile.open(write('short.zst', readFileSync(packed).subarray(0, 300))), {
    code: 'JOURNAL_CORRUPT',
  })
})

test('fork: without a change the fork follows the recording and ends with the same digest', async () => {
  const file = await JournalFile.open(packed)
  const sink = createMemorySink()
  const result = await playFork(file, paintArena, { step: 1234, bots: new Map(), commands: new Map() }, sink)
  assert.equal(result.end.digest, digests[TICKS])
  const forked = await JournalFile.from(memorySource(`${sink.lines.join('\n')}\n`))
  assert.deepEqual(forked.header.parent?.step, 1234)
  assert.equal(forked.header.parent?.episode, file.header.episode)
  assert.match(forked.header.parent?.hash ?? '', /^[0-9a-f]{64}$/)
  assert.equal((await verifyJournal(forked, world)).divergence, undefined)
  await file.close()
})

test('fork: a different command or player changes only later steps', async () => {
  const file = await JournalFile.open(plain)
  const changes = [
    { step: 2000, bots: new Map(), commands: new Map([[0, { move: 'stay' }]]) },
    { step: 2000, bots: new Map([[0, 'greedy']]), commands: new Map() },
  ]
  for (const change of changes) {
    const sink = createMemorySink()
    const { end } = await playFork(file, paintArena, change, sink)
    assert.notEqual(end.digest, digests[TICKS])
    const forked = await JournalFile.from(memorySource(`${sink.lines.join('\n')}\n`))
    const { fold } = await forked.seek(2000, world)
    assert.equal(paintArena.digest(fold.state as never), digests[2000])
  }
  const none = new Map<number, never>()
  const fork = (change: Parameters<typeof playFork>[2]) => playFork(file, paintArena, change, createMemorySink())
  await assert.rejects(fork({ step: TICKS + 1, bots: none, commands: none }), { code: 'STEP_OUT_OF_RANGE' })
  await assert.rejects(fork({ step: 1, bots: new Map([[5, 'greedy']]), commands: none }), { code: 'SLOT_INVALID' })
  await assert.rejects(fork({ step: 1, bots: new Map([[0, 'nobody']]), commands: none }), { code: 'UNKNOWN_BOT' })
  await assert.rejects(fork({ step: 1, bots: none, commands: new Map([[0, 'up']]) }), { code: 'DIVERGENT_FORK' })
  await file.close()
})
