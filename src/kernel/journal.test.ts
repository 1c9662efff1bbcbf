import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { nativeHash } from '../episode/native-hash.ts'
import { recordMatch } from '../testing/matches.ts'
import { paintArena } from '../worlds/paint-arena/world.ts'
import { AppError } from './errors.ts'
import { Chain, hashText, parseLine } from './journal.ts'
import { Replay } from './replay.ts'

/** Feeds lines and returns the result: `holds`, an error code, or where they diverge. */
function judge(lines: readonly string[]): string {
  const replay = new Replay(() => paintArena)
  try {
    for (const line of lines) replay.feed(line)
  } catch (error) {
    if (error instanceof AppError) return `${error.code}: ${error.message}`
    throw error
  }
  if (replay.divergence) return `parts at ${replay.divergence.step}`
  return replay.outcome ? 'holds' : 'unfinished'
}

const match = await recordMatch({ seed: 3 })

test('journal: a recorded match verifies', () => {
  assert.equal(judge(match.lines), 'holds')
})

test('journal: a flipped bit anywhere is detected, and the line is named', () => {
  fc.assert(
    fc.property(fc.nat(match.lines.length - 1), fc.nat(), fc.nat(6), (number, where, bit) => {
      const line = match.lines[number] ?? ''
      const at = where % line.length
      const flipped = String.fromCharCode(line.charCodeAt(at) ^ (1 << bit))
      const lines = match.lines.with(number, line.slice(0, at) + flipped + line.slice(at + 1))
      const verdict = judge(lines)
      assert.match(verdict, /^(JOURNAL_CORRUPT|JOURNAL_VERSION)/, verdict)
      if (verdict.includes('line '))
        assert.ok(verdict.includes(`line ${number + 1} `), `${verdict} (line ${number + 1})`)
    }),
    { numRuns: 500 },
  )
})

test('journal: a dropped, a duplicated and an inserted line are detected', () => {
  fc.assert(
    fc.property(fc.integer({ min: 0, max: match.lines.length - 2 }), (number) => {
      assert.match(judge(match.lines.toSpliced(number, 1)), /^JOURNAL_/)
      assert.match(judge(match.lines.toSpliced(number, 0, match.lines[number] ?? '')), /^JOURNAL_CORRUPT/)
      assert.match(
        judge(match.lines.toSpliced(number + 1, 0, '{"step":1,"inputs":[],"hash":"0123456789abcdef"}')),
        /^JOURNAL_CORRUPT/,
      )
    }),
  )
})

test('journal: any two swapped lines are detected', () => {
  fc.assert(
    fc.property(fc.nat(match.lines.length - 1), fc.nat(match.lines.length - 1), (a, b) => {
      fc.pre(a !== b)
      const swapped = match.lines.with(a, match.lines[b] ?? '').with(b, match.lines[a] ?? '')
      assert.match(judge(swapped), /^JOURNAL_CORRUPT/)
    }),
  )
})

test('journal: a journal without its last line is unfinished, not corrupt', () => {
  assert.equal(judge(match.lines.slice(0, -1)), 'unfinished')
})

test('journal: the digests detect a forgery with recomputed hashes', () => {
  const chain = new Chain()
  const other = new Chain()
  const forged = match.lines.map((line, number) => {
    const body = chain.open(line)?.body ?? ''
    const changed = number === 20 ? body.replace(/"move":"\w+"/, '"move":"stay"') : body
    const { kind } = parseLine(body, number + 1)
    return other.seal(changed, kind === 'header' || kind === 'outcome')
  })
  assert.notDeepEqual(forged, match.lines)
  assert.match(judge(forged), /^parts at 100/)
})

test('journal: a line round-trips through the chain, whatever its text', () => {
  fc.assert(
    fc.property(fc.array(fc.dictionary(fc.string(), fc.jsonValue(), { minKeys: 1 }), { minLength: 1 }), (objects) => {
      const sealer = new Chain()
      const opener = new Chain(nativeHash)
      for (const [index, object] of objects.entries()) {
        const body = JSON.stringify(object)
        assert.equal(opener.open(sealer.seal(body, index % 2 === 0))?.body, body)
      }
      assert.equal(new Chain(hashText, sealer.hex).hex, opener.hex)
    }),
  )
})

test('journal: a journal of another version is refused with its code', () => {
  const chain = new Chain()
  const line = chain.seal(JSON.stringify({ paracosm: 'journal', version: 3 }), true)
  assert.match(judge([line]), /^JOURNAL_VERSION: the journal has version 3; this release reads 1 and 2/)
})

test('replay: a world that plays differently is detected at the first checkpoint, and both values are shown', () => {
  const step = paintArena.step
  const changed = {
    ...paintArena,
    step: (...args: Parameters<typeof step>) => {
      step(...args)
      if (args[0].tick === 42) args[0].scores[0]!++
      if (args[0].tick === 42) args[0].owners[7] = 1
    },
  }
  const replay = new Replay(() => changed)
  for (const line of match.lines) replay.feed(line)
  assert.equal(replay.divergence?.step, 100)
  assert.notEqual(replay.divergence?.recorded, replay.divergence?.replayed)
})
