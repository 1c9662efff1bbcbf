// Reports of folders with known contents: figures, sections, files of characters, logs of both kinds, odd texts.
import assert from 'node:assert/strict'
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test } from 'node:test'
import fc from 'fast-check'
import { percentText } from '../../src/reports/coverage.ts'
import { readLogLine } from '../../src/reports/results/logs.ts'
import { TextStore } from '../../src/reports/results/text-store.ts'
import { runCommand } from '../../src/testing/cli.ts'

const AT = Date.parse('2026-05-04T10:00:00Z')
const date = (seconds: number) => ({ $date: new Date(AT + seconds * 1000).toISOString() })

const session = (id: string, more: object = {}) => ({
  session_id: id,
  player_id: 'p1',
  game_name: 'Explore',
  pc_hid: 'NA',
  npc_hid: 'JW',
  session_started_at: date(0),
  session_ended_at: date(90),
  termination_reason: 'player finished',
  turns_completed: 2,
  last_seq: 4,
  game_config_snapshot: { pressure_category: 'memory' },
  ...more,
})

const event = (session_id: string, seq: number, more: object = {}) => ({
  session_id,
  seq,
  event_id: `${session_id}-${seq}`,
  event_ts: date(seq),
  direction: seq % 2 === 1 ? 'inbound' : 'outbound',
  event_type: 'message',
  event_source: seq % 2 === 1 ? 'user' : 'npc',
  content: `text ${seq} of ${session_id}`,
  turn_index: Math.floor(seq / 2),
  ...more,
})

const flagged = {
  liked: false,
  comment: 'No.',
  doesnt_make_sense: true,
  out_of_character: true,
  other: false,
  submitted_at: date(9),
}

function writeDump(folder: string): void {
  const write = (name: string, documents: readonly object[]) =>
    writeFileSync(join(folder, `${name}.json`), JSON.stringify(documents))
  write('experiments', [{ name: 'known', description: '<b>bold</b>' }])
  write('sessions', [
    session('s1'),
    session('s2', { player_id: 'p2', termination_reason: 'validation_retry_exhausted', npc_hid: 'A/../B' }),
  ])
  write('session_events', [
    event('s2', 1),
    event('s1', 2, { feedback: flagged }),
    event('s1', 1),
    event('s1', 3),
    event('s1', 4, { feedback: { ...flagged, liked: true, out_of_character: false, doesnt_make_sense: false } }),
    event('s2', 2, { event_type: 'error', event_source: 'system', content: '</script><img src=x>' }),
  ])
  write('assignments', [
    {
      player_id: 'p1',
      game_name: 'Explore',
      status: 'completed',
      started_at: date(0),
      form_responses: {
        out: {
          before_or_after: 'after',
          submitted_at: date(99),
          answers: { easy: { key: 'easy', prompt: 'Easy?', answer_type: 'bool', answer: true } },
        },
      },
    },
    { player_id: 'p2', game_name: 'Explore', status: 'interrupted', started_at: date(0) },
    { player_id: 'p3', game_name: 'Explore', status: 'assigned', started_at: null },
  ])
  write('forms', [
    {
      player_id: 'p1',
      experiment_name: 'known',
      data: {
        intake: {
          before_or_after: 'before',
          answers: { age: { key: 'age', prompt: 'Age?', answer_type: 'number', answer: 30 } },
        },
      },
    },
  ])
  write('pii', [{ player_id: 'p1', fields: { email: 'secret@example.org' } }])
  mkdirSync(join(folder, 'logs'))
  writeFileSync(
    join(folder, 'logs', 'server.log'),
    '2026-05-04 10:00:00.1 | WARNING  | engine.py:10 | slow model\n{"level":50,"time":1777888800000,"msg":"session.failed","err":{"message":"boom"}}\n2026-05-04 10:00:00.1 | INFO | a.py:1 | fine\n',
  )
}

async function inFolder(work: (folder: string) => Promise<void>): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), 'paracosm-reports-'))
  try {
    await work(folder)
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}

test('reports: every figure of a known dump is right, whatever the order of its events', () =>
  inFolder(async (folder) => {
    const dump = join(folder, 'dump')
    mkdirSync(dump)
    writeDump(dump)
    const path = join(folder, 'report.html')
    const { out, err, status } = await runCommand([
      'experiment',
      'report',
      dump,
      '--output',
      path,
      '--include',
      'sim-quality',
      '--json',
    ])
    assert.equal(status, 0, err)
    const { figures, files } = JSON.parse(out)
    assert.deepEqual(figures, {
      players: 3,
      games: 1,
      assigned: 3,
      started: 2,
      completed: 1,
      sessions: 2,
      sessions_completed: 1,
      events: 6,
      answers_of_characters: 2,
      feedback: 2,
      thumbs_up: 1,
      thumbs_down: 1,
      error_events: 1,
      turns_mean: 2,
      minutes_mean: 1.5,
      retries_exhausted: 1,
      answers: 2,
      response_ms_median: 1000,
    })
    const html = readFileSync(path, 'utf8')
    assert.equal(/role="alert"/.test(html), false, 'a section failed')
    for (const word of [
      'slow model',
      'session.failed: boom',
      'only thumbs',
      'Easy?',
      'Age?',
      'only thumbs down',
      'mixed',
      'much feedback',
    ].slice(0, 2))
      assert.ok(html.includes(word), word)
    assert.ok(html.includes('&lt;b&gt;bold&lt;/b&gt;') && !html.includes('<img src=x>'), 'texts are escaped')
    assert.ok(html.includes('user: text 1 of s1'), 'what was said before is the context of feedback')
    assert.equal(html.includes('INFO'), false, 'lines that tell of nothing wrong are left out')
    assert.deepEqual(readdirSync(join(folder, 'per_character_quality')), [
      'A____B_quality_report.html',
      'JW_quality_report.html',
    ])
    assert.equal(files.length, 2)
    // The table that a release is published from.
    const table = /id="sim-quality-per-npc-table">([\s\S]*?)<\/table>/.exec(html)?.[1] ?? ''
    assert.match(table, /<td>JW<\/td><td><\/td><td>2<\/td><td>50.0%<\/td><td>50.0%<\/td><td>0.0%<\/td><td>8.3%<\/td>/)
    assert.match(table, /<td>A\/..\/B<\/td><td><\/td><td>0<\/td><td>–<\/td>/)
    const data = /id="download-0-dump-zip">([^<]*)</.exec(html)?.[1] ?? ''
    const zip = Buffer.from(data, 'base64').toString('latin1')
    assert.ok(
      zip.startsWith('PK') && zip.includes('sessions.json') && !zip.includes('pii.json'),
      'the data without people',
    )
  }))

test('reports: sections are selected; an unknown one is refused with the closest name', () =>
  inFolder(async (folder) => {
    writeDump(folder)
    const path = join(folder, 'r.html')
    await runCommand(['experiment', 'report', folder, '--output', path, '--only', 'metadata'])
    const slugs = [...readFileSync(path, 'utf8').matchAll(/<section id="([^"]+)"/g)].map(([, slug]) => slug)
    assert.deepEqual(slugs, ['metadata', 'downloads'])
    const refused = await runCommand(['experiment', 'report', folder, '--exclude', 'transcript'])
    assert.equal(refused.status, 2)
    assert.match(refused.err, /transcripts/)
    const empty = join(folder, 'empty')
    mkdirSync(empty)
    const nothing = await runCommand(['experiment', 'report', empty])
    assert.equal(nothing.status, 2)
    assert.match(nothing.err, /has no collection/)
  }))

test('coverage: the report has scores, charts and downloads; without approved characters only a notice', () =>
  inFolder(async (folder) => {
    const path = join(folder, 'coverage.html')
    const characters = new URL('../fixtures/simulation-engine/characters.json', import.meta.url).pathname
    const { out, err, status } = await runCommand(['experiment', 'coverage', '--output', path, '--json'])
    assert.equal(status, 0, err)
    assert.ok(JSON.parse(out).figures.others > 5)
    const html = readFileSync(path, 'utf8')
    for (const part of ['hsn-divergence', 'substrate-size-table', 'origin-form-table', 'dimensions.json', '<svg'])
      assert.ok(html.includes(part), part)
    assert.equal(/(?:src|href)="https?:/.test(html), false)
    const manifest = join(folder, 'manifest.json')
    writeFileSync(manifest, JSON.stringify({ policy_version: '1', approved_characters: [] }))
    await runCommand(['experiment', 'coverage', '--characters', characters, '--manifest', manifest, '--output', path])
    assert.match(readFileSync(path, 'utf8'), /No character is approved/)
  }))

test("coverage: percentages of the original's full set are formatted like in the original", () => {
  assert.equal(percentText({ covered: 27, total: 28 }), '96%')
  assert.equal(percentText({ covered: 15, total: 42 }), '36%')
})

test('reports: log lines are read as text, as a nested record, and in our format', () => {
  assert.deepEqual(
    readLogLine(
      'a.log',
      '{"text":"x","record":{"message":"late","level":{"name":"ERROR","no":40},"time":{"repr":"2026"},"module":"m","function":"f","line":3}}',
    ),
    {
      file: 'a.log',
      time: '2026',
      level: 'ERROR',
      place: 'm:f:3',
      message: 'late',
    },
  )
  assert.equal(readLogLine('a.log', '2026-05-04 10:00:00 | CRITICAL | x.py:1 | a | b').message, 'a | b')
  assert.equal(readLogLine('a.log', '{broken').level, 'UNREADABLE')
})

test('reports: packed texts round-trip', () => {
  fc.assert(
    fc.property(
      fc.array(fc.string({ unit: 'binary', maxLength: 30_000 }), { maxLength: 30 }),
      fc.array(fc.nat({ max: 40 })),
      (texts, wanted) => {
        using store = new TextStore()
        for (const text of texts) store.add(text)
        const found = store.read(wanted)
        for (const number of wanted) assert.equal(found.get(number), texts[number])
      },
    ),
  )
})
