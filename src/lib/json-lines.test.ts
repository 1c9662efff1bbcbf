import assert from 'node:assert/strict'
import { Readable } from 'node:stream'
import { test } from 'node:test'
import fc from 'fast-check'
import { AppError } from '../kernel/errors.ts'
import { type LineOptions, readLines, readRawLines } from './json-lines.ts'

const LIMIT = { maxLineBytes: 1 << 20 }

async function linesOf(chunks: Iterable<Uint8Array> | AsyncIterable<Uint8Array>, options: LineOptions = LIMIT) {
  const lines = []
  for await (const line of readLines(chunks, options)) lines.push(line)
  return lines
}

/** Cuts bytes into chunks of the given sizes, over and over. */
function* cut(bytes: Buffer, sizes: readonly number[]): Generator<Buffer> {
  for (let from = 0, i = 0; from < bytes.length; i++) {
    const size = sizes[i % sizes.length] ?? 1
    yield bytes.subarray(from, from + size)
    from += size
  }
}

const hostile = fc.string({
  unit: fc.oneof(
    fc.constantFrom(
      '\u2028',
      '\u2029',
      '\0',
      '\r',
      '\u0085',
      '\v',
      '\f',
      '\ud800',
      '\udc00',
      '\ufeff',
      '\u202e',
      '😀',
      'ä',
    ),
    fc.string({ unit: 'binary', minLength: 1, maxLength: 1 }),
  ),
  maxLength: 40,
})

test('lines: values written as JSON Lines are read back, wherever the bytes are split', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.array(hostile, { maxLength: 12 }),
      fc.array(fc.integer({ min: 1, max: 9 }), { minLength: 1, maxLength: 5 }),
      async (values, sizes) => {
        const text = values.map((value) => `${JSON.stringify({ value })}\n`).join('')
        const lines = await linesOf(cut(Buffer.from(text), sizes))
        assert.deepEqual(
          lines.map((line) => JSON.parse(line.text).value),
          values,
        )
        assert.deepEqual(
          lines.map((line) => line.number),
          values.map((_, index) => index + 1),
        )
        assert.ok(lines.every((line) => !line.isTorn))
      },
    ),
  )
})

test('lines: text is split only at \\n, like String.split', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(hostile, { maxLength: 6 }), fc.integer({ min: 1, max: 7 }), async (parts, size) => {
      // Through bytes first: a lone surrogate has no UTF-8 and becomes U+FFFD.
      const text = Buffer.from(parts.join('\n')).toString()
      const expected = text.split('\n')
      if (expected.at(-1) === '') expected.pop()
      const lines = await linesOf(cut(Buffer.from(text), [size]))
      assert.deepEqual(
        lines.map((line) => line.text),
        expected,
      )
    }),
  )
})

test('lines: a text cut at any byte gives its complete lines and reports a torn last line', async () => {
  const bytes = Buffer.from('{"a":"ä\u2028😀"}\n\n{"b":"\u2029"}\nlast')
  const whole = ['{"a":"ä\u2028😀"}', '', '{"b":"\u2029"}']
  for (let end = 0; end <= bytes.length; end++) {
    const lines = await linesOf([bytes.subarray(0, end)])
    const ended = bytes.subarray(0, end).filter((byte) => byte === 10).length
    const isTorn = end > 0 && bytes[end - 1] !== 10
    assert.deepEqual(
      lines.filter((line) => !line.isTorn).map((line) => line.text),
      whole.slice(0, ended),
    )
    assert.equal(lines.filter((line) => line.isTorn).length, isTorn ? 1 : 0)
    if (isTorn) assert.equal(lines.at(-1)?.isTorn, true)
  }
})

test('lines: a line of exactly the limit is read, one byte more is FILE_TOO_LARGE with its number', async () => {
  const what = { maxLineBytes: 4, what: 'cases.jsonl' }
  for (const size of [1, 3, 100]) {
    const lines = await linesOf(cut(Buffer.from('ääxx\nabcd\nabcd'.replace('xx', '')), [size]), what)
    assert.deepEqual(
      lines.map((line) => line.text),
      ['ää', 'abcd', 'abcd'],
    )
    await assert.rejects(
      linesOf(cut(Buffer.from('abcd\nabcde\nx'), [size]), what),
      (error: unknown) =>
        error instanceof AppError &&
        error.code === 'FILE_TOO_LARGE' &&
        /line 2 of cases\.jsonl .* 4 bytes/.test(error.message),
    )
  }
})

test('lines: an endless line is refused before it fills the memory', async () => {
  let chunks = 0
  async function* endless() {
    for (;;) {
      chunks++
      yield Buffer.alloc(1000, 'x')
    }
  }
  await assert.rejects(linesOf(endless(), { maxLineBytes: 10_000 }), /longer than 10000 bytes/)
  assert.equal(chunks, 11)
})

test('lines: a carriage return before the line end is kept, or trimmed on request', async () => {
  const bytes = Buffer.from('a\r\nb\r\r\n\r\nc\r')
  assert.deepEqual(
    (await linesOf([bytes])).map((line) => line.text),
    ['a\r', 'b\r\r', '\r', 'c\r'],
  )
  const trimmed = await linesOf(cut(bytes, [1]), { ...LIMIT, trimCarriageReturn: true })
  assert.deepEqual(
    trimmed.map((line) => line.text),
    ['a', 'b\r', '', 'c\r'],
  )
})

test('lines: an error of the stream reaches the reader, and leaving the loop destroys the stream', async () => {
  const failing = new Readable({ read: () => undefined })
  failing.push('whole\nhalf')
  setImmediate(() => failing.destroy(new Error('disk gone')))
  await assert.rejects(linesOf(failing), /disk gone/)
  const endless = Readable.from(cut(Buffer.from('x\n'.repeat(1000)), [2]), { objectMode: false })
  for await (const line of readLines(endless, LIMIT)) if (line.number === 3) break
  assert.equal(endless.destroyed, true)
})

test('lines: a stream with an encoding is a programming error that says so', async () => {
  const stream = Readable.from([Buffer.from('x\n')], { objectMode: false }).setEncoding('utf8')
  await assert.rejects(linesOf(stream), /set no encoding/)
})

test('lines: as bytes, an overlong line is skipped and reported with its number', async () => {
  for (const size of [1, 4, 100]) {
    const lines: [number, string | undefined, boolean][] = []
    for await (const { bytes, number, isTorn } of readRawLines(
      cut(Buffer.from('ab\n\nabcdef\ncd\nxyz12'), [size]),
      3,
    )) {
      lines.push([number, bytes?.toString(), isTorn])
    }
    assert.deepEqual(lines, [
      [1, 'ab', false],
      [2, '', false],
      [3, undefined, false],
      [4, 'cd', false],
      [5, undefined, true],
    ])
  }
})
