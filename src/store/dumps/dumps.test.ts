import assert from 'node:assert/strict'
import { randomBytes } from 'node:crypto'
import {
  chmodSync,
  cpSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  truncateSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test } from 'node:test'
import { sql } from 'kysely'
import { forEachStore, type StoreServices, sharedPostgres } from '../../testing/stores.ts'
import { Characters } from '../characters/characters.ts'
import { Players } from '../people/players.ts'
import { createVault } from '../people/vault.ts'
import { SessionLog } from '../sessions/session-log.ts'
import { openStore, type Store } from '../store.ts'
import { formatExact, parseExact, toPlain } from './exact-json.ts'
import { exportBackup, exportDump } from './export.ts'
import { importFolder } from './import.ts'

const FIXTURES = join(import.meta.dirname, '..', '..', '..', 'tests', 'fixtures')
const ORIGINAL = join(FIXTURES, 'simulation-engine-dump')
const S1 = '0b6f1f0e-7c1c-4a0e-9d52-0a0f6f3b7a11'
const S2 = '3c2f8f52-6e0b-4a66-8a0e-b7a1e7c4d922'
const vault = createVault(Buffer.alloc(32, 7))
const seed = { mode: 'seed', vault } as const

/** A copy of the original's dump and characters, for tests that damage it. */
function copyOf(services: StoreServices): string {
  const folder = mkdtempSync(join(services.folder, 'original-'))
  cpSync(ORIGINAL, folder, { recursive: true })
  cpSync(join(FIXTURES, 'simulation-engine', 'characters.json'), join(folder, 'characters.json'))
  return folder
}

const read = (folder: string, name: string): string => readFileSync(join(folder, name), 'utf8')
const documents = (folder: string, collection: string): Record<string, unknown>[] =>
  toPlain(parseExact(read(folder, `${collection}.json`))) as Record<string, unknown>[]

function contents(folder: string): Record<string, string> {
  const names = readdirSync(folder).filter((name) => name !== '__manifest__.json')
  return Object.fromEntries(names.map((name) => [name, read(folder, name)]))
}

const normal = (list: readonly Record<string, unknown>[]): Record<string, unknown>[] =>
  [...list].sort((a, b) => (JSON.stringify(a._id ?? a) < JSON.stringify(b._id ?? b) ? -1 : 1))

async function dump(store: Store, services: StoreServices, personal: 'sealed' | 'clear' = 'clear'): Promise<string> {
  const parent = mkdtempSync(join(services.folder, 'out-'))
  return (await exportDump(store, parent, { personal, vault })).path
}

forEachStore(
  'dumps: one of the original comes in and goes out without loss, but for keys in clear',
  async (store, services) => {
    const folder = copyOf(services)
    const report = await importFolder(store, folder, { mode: 'dump', vault })
    assert.deepEqual(report.notes, [])
    assert.equal(report.documents, 8 + 3 + 1 + 2 + 9 + 3)
    const out = await dump(store, services)
    for (const collection of ['pii', 'session_events', 'experiments', 'assignments', 'forms', 'characters']) {
      const found = documents(out, collection)
      assert.deepEqual(normal(found), normal(documents(folder, collection)), collection)
    }
    const expected = documents(folder, 'sessions')
    // The counter that the original did not write.
    Object.assign(expected[1]!, { last_seq: 2 })
    assert.deepEqual(
      normal(documents(out, 'sessions')),
      normal(expected.map((each) => (each.session_id === S1 ? each : { ...each }))),
    )
    const players = documents(out, 'players')
    assert.deepEqual(
      normal(players.map(({ access_key_hash, access_key_revoked, ...rest }) => rest)),
      normal(documents(folder, 'players').map(({ access_key, access_key_revoked, ...rest }) => rest)),
    )
    const all = Object.values(contents(out)).join('')
    for (const { access_key } of documents(folder, 'players')) assert.ok(!all.includes(`"${access_key}"`))
  },
)

forEachStore('dumps: numbers keep their spelling', async (store, services) => {
  const folder = copyOf(services)
  await importFolder(store, folder, seed)
  const out = await dump(store, services)
  assert.match(read(out, 'sessions.json'), /"big":12345678901234567890/)
  assert.match(read(out, 'players.json'), /"weight":1\.0/)
  assert.match(read(out, 'forms.json'), /"small":-0\.0/)
})

forEachStore(
  'dumps: what was imported can be used: keys, people, characters, sessions with their events',
  async (store, services) => {
    await importFolder(store, copyOf(services), seed)
    const players = new Players(store, vault)
    assert.equal((await players.findByKey('dev'))?.fields.role, 'remote_admin')
    assert.equal(await players.findByKey('gone'), undefined)
    assert.equal((await players.personal('65f0c0ffee65f0c0ffee65f0')).full_name, 'Zoë Quill')
    const characters = new Characters(store)
    assert.equal((await characters.all()).length, 8)
    assert.equal(await characters.seedOnce([]), 0)
    const log = new SessionLog(store)
    assert.equal((await log.header(S1))?.turns_completed, 1)
    assert.equal((await log.header(S2))?.last_seq, 2)
    assert.equal((await log.header(S2))?.model_profile, null)
    const events = await log.events(S1)
    assert.equal(events.length, 7)
    assert.equal(events[2]?.feedback?.submitted_at, '2026-04-21T12:00:00.500Z')
    assert.deepEqual(
      (await log.events(S2)).map((each) => each.content),
      ['session_start: created', '{"tier":2,"score":60,"reasoning":"r"}'],
    )
  },
)

forEachStore(
  'dumps: out, in and out again is the same to the byte, in both layouts and both ways of personal data',
  async (store, services) => {
    await importFolder(store, copyOf(services), seed)
    await addOwnSession(store)
    await new Players(store, vault).create({ fields: { full_name: 'Own', cohort: 2 }, issuesKey: true })
    for (const personal of ['sealed', 'clear'] as const) {
      for (const make of [exportDump, exportBackup]) {
        const first = await make(store, mkdtempSync(join(services.folder, 'a-')), { personal, vault })
        const other = await services.open()
        const report = await importFolder(other, first.path, { mode: 'restore', vault })
        assert.equal(report.documents, first.documents)
        const second = await make(other, mkdtempSync(join(services.folder, 'b-')), { personal, vault })
        assert.deepEqual(contents(second.path), contents(first.path))
        const log = new SessionLog(other)
        assert.deepEqual((await log.journal('own')).lines, ['{"a":1}', '{"b":"ä"}', '{"c":2}'])
      }
    }
  },
)

async function addOwnSession(store: Store): Promise<void> {
  const at = '2026-05-01T00:00:00.007Z'
  const none = { session_ended_at: null, termination_reason: null, paused_at: null, resumed_at: null }
  const header = {
    ...{ session_id: 'own', name: 'own', player_id: null, game_name: 'Explore', source: 'web', pc_hid: 'NA' },
    ...{ npc_hid: null, session_started_at: at, status: 'paused' as const, turns_completed: 0, model_profile: null },
    ...{ game_config_snapshot: { a: [1, { b: null }] }, last_seq: 0, created_at: at, updated_at: at },
    ...{ branch_from_session_id: null, ...none },
  }
  const log = new SessionLog(store)
  await log.create(header, [], [])
  const claim = await log.claim('own', 'here', 1000)
  assert.ok(claim)
  const sink = log.sink(header, claim, 0)
  for (const line of ['{"a":1}', '{"b":"ä"}']) sink.append(line)
  await sink.commit()
  sink.append('{"c":2}')
  await sink.close()
  await log.drain()
  await log.releaseAll()
}

forEachStore('dumps: layouts are those of the original', async (store, services) => {
  await importFolder(store, copyOf(services), seed)
  const now = () => new Date('2026-04-22T01:02:03.456Z')
  const made = await exportDump(store, services.folder, { now, vault })
  assert.equal(made.path, join(services.folder, '2026_04_22_01_02_03'))
  assert.equal(statSync(made.path).mode & 0o777, 0o700)
  assert.equal(statSync(join(made.path, 'players.json')).mode & 0o777, 0o600)
  const collections = ['assignments', 'characters', 'experiments', 'forms', 'pii', 'players', 'session_events']
  collections.push('session_journals', 'sessions')
  assert.deepEqual(JSON.parse(read(made.path, '__manifest__.json')), {
    db_name: 'paracosm',
    created_at: '2026-04-22T01:02:03.456Z',
    collections,
    format: {
      collection_dump: '<collection>.json',
      indexes_dump: '<collection>.__indexes__.json',
      json_encoding: 'bson.json_util extended json',
    },
  })
  const files = collections.flatMap((name) => [`${name}.json`, `${name}.__indexes__.json`])
  assert.deepEqual(readdirSync(made.path).sort(), [...files, '__manifest__.json'].sort())
  assert.match(read(made.path, 'sessions.json'), /^\[\n\{.*\},\n\{.*\}\n\]\n$/)
  assert.equal(read(made.path, 'session_journals.json'), '[\n]\n')
  assert.deepEqual(JSON.parse(read(made.path, 'players.__indexes__.json')).access_key_1, {
    v: 2,
    key: [['access_key', 1]],
    unique: true,
    sparse: true,
  })
  await assert.rejects(exportDump(store, services.folder, { now }), {
    code: 'FILE_EXISTS',
    message: /exists already/,
  })
  const backup = await exportBackup(store, services.folder, { now })
  assert.match(backup.path, /\/\d{8}-\d{6}$/)
  assert.match(read(backup.path, 'sessions.ndjson'), /^\{.*\}\n\{.*\}\n$/)
  assert.equal(read(backup.path, 'session_journals.ndjson'), '')
  assert.match(read(backup.path, '__manifest__.json'), /"ndjson_encoding"/)
  assert.deepEqual(
    readdirSync(services.folder).filter((name) => name.startsWith('.')),
    [],
  )
})

forEachStore(
  'dumps: sealed personal data is nowhere readable, and another key refuses it before anything changes',
  async (store, services) => {
    await importFolder(store, copyOf(services), seed)
    const out = await dump(store, services, 'sealed')
    assert.ok(!Object.values(contents(out)).join('').includes('Quill'))
    const other = await services.open()
    await new Characters(other).upsert('AA', { ...documents(copyOf(services), 'characters')[0]!, hid: 'AA' } as never)
    const stranger = createVault(randomBytes(32))
    await assert.rejects(importFolder(other, out, { mode: 'restore', vault: stranger }), { code: 'PII_KEY_WRONG' })
    await assert.rejects(importFolder(other, out, { mode: 'restore' }), { code: 'PII_KEY_INVALID' })
    assert.equal((await new Characters(other).all()).length, 1)
    const none = await exportDump(store, mkdtempSync(join(services.folder, 'n-')), { personal: 'none' })
    assert.ok(!readdirSync(none.path).includes('pii.json'))
  },
)

forEachStore('dumps: players that bring something personal have it sealed', async (store, services) => {
  const folder = mkdtempSync(join(services.folder, 's-'))
  const player = { _id: { $oid: 'a'.repeat(24) }, access_key: 'k', full_name: 'Ada', phone: 10 ** 17, cohort: 1 }
  writeFileSync(join(folder, 'players.json'), JSON.stringify([player]).replace('100000000000000000', '1.0'))
  await assert.rejects(importFolder(store, folder, { mode: 'seed' }), { code: 'PII_KEY_INVALID' })
  await importFolder(store, folder, seed)
  await importFolder(store, folder, seed)
  const players = new Players(store, vault)
  assert.deepEqual((await players.findByKey('k'))?.fields, { cohort: 1 })
  assert.deepEqual(await players.personal('a'.repeat(24)), { full_name: 'Ada', phone: 1 })
})

forEachStore('seed: replaces what the folder has, and leaves the rest alone', async (store, services) => {
  await importFolder(store, copyOf(services), seed)
  const folder = mkdtempSync(join(services.folder, 's-'))
  mkdirSync(join(folder, 'deeper'))
  writeFileSync(join(folder, 'deeper', 'forms.ndjson'), '{"a":1}\n\n{"documents":[]}\n')
  writeFileSync(join(folder, 'experiments.json'), '')
  writeFileSync(join(folder, 'hsn_assumptions.json'), '{"documents": [{"x": 1}]}')
  writeFileSync(join(folder, 'release_manifest.json'), '{\n  "version": 3,\n  "files": ["a"]\n}\n')
  writeFileSync(join(folder, 'README.md'), 'not a collection')
  writeFileSync(join(folder, 'x.__indexes__.json'), 'not looked at')
  const report = await importFolder(store, folder, seed)
  assert.deepEqual(report.collections, [
    { name: 'experiments', documents: 0 },
    { name: 'forms', documents: 2 },
    { name: 'hsn_assumptions', documents: 1 },
  ])
  assert.match(report.notes.join(), /release_manifest\.json/)
  const out = await dump(store, services)
  assert.equal(read(out, 'forms.json'), '[\n{"a":1},\n{"documents":[]}\n]\n')
  assert.equal(documents(out, 'experiments').length, 0)
  assert.equal(documents(out, 'assignments').length, 1)
  assert.equal(documents(out, 'players').length, 3)
})

forEachStore(
  'restore: afterwards the store is what the folder says, and a half one changes nothing',
  async (store, services) => {
    await importFolder(store, copyOf(services), seed)
    const before = await dump(store, services)
    const empty = await services.open()
    const nothing = (await exportBackup(empty, mkdtempSync(join(services.folder, 'e-')))).path
    for (const missing of ['sessions.ndjson', '__manifest__.json']) {
      const half = mkdtempSync(join(services.folder, 'half-'))
      cpSync(nothing, half, { recursive: true })
      rmSync(join(half, missing))
      await assert.rejects(importFolder(store, half, { mode: 'restore', vault }), { code: 'VALIDATION_ERROR' })
    }
    assert.deepEqual(contents(await dump(store, services)), contents(before))
    writeFileSync(join(nothing, 'extra.ndjson'), '{"kept":1}\n')
    await importFolder(store, nothing, { mode: 'restore', vault })
    const after = await dump(store, services)
    for (const name of ['players', 'pii', 'sessions', 'session_events', 'characters', 'forms']) {
      assert.equal(documents(after, name).length, 0, name)
    }
    assert.equal(documents(after, 'extra').length, 1)
  },
)

forEachStore(
  'import: what is wrong is named with its file and document, quotes nothing, and changes nothing',
  async (store, services) => {
    await importFolder(store, copyOf(services), seed)
    const before = contents(await dump(store, services))
    const change = (file: string, from: string | RegExp, to: string) => (folder: string) => {
      const text = read(folder, file)
      assert.ok(typeof from === 'string' ? text.includes(from) : from.test(text), `${file} has ${from}`)
      writeFileSync(join(folder, file), text.replace(from, to))
    }
    const cases: [string, (folder: string) => void, RegExp][] = [
      ['half a file', (folder) => truncateSync(join(folder, 'players.json'), 900), /players\.json ends in the middle/],
      ['broken JSON', change('players.json', '"role"', 'role'), /^document 2 of players\.json: this is not JSON$/],
      [
        'no collection',
        (folder) => writeFileSync(join(folder, 'note.json'), '"Quill"'),
        /document 1 of note\.json is not an object/,
      ],
      ['a list of numbers', (folder) => writeFileSync(join(folder, 'note.json'), '[1]'), /note\.json is not an object/],
      ['a name that is none', (folder) => writeFileSync(join(folder, 'a b.json'), '[]'), /a b\.json is not named/],
      ['not UTF-8', (folder) => writeFileSync(join(folder, 'note.json'), Buffer.from([0x5b, 0xff, 0x5d])), /not UTF-8/],
      [
        'a wrong type',
        change('sessions.json', '"turns_completed": 1', '"turns_completed": "one"'),
        /^document 1 of sessions\.json.*turns_completed/,
      ],
      [
        'a huge number',
        change('session_events.json', '"seq": 7', '"seq": 4000000000'),
        /document 7 of session_events\.json.*above/,
      ],
      [
        'a number of no size',
        change('session_events.json', '"seq": 7', '"seq": 1e999'),
        /document 7 of session_events\.json.*seq/,
      ],
      [
        'a fraction',
        change('session_events.json', '"seq": 7', '"seq": 7.5'),
        /document 7 of session_events\.json.*seq/,
      ],
      [
        'a status that is none',
        change('sessions.json', '"status": "closed"', '"status": "open"'),
        /document 1 of sessions\.json.*status/,
      ],
      [
        'a date that is none',
        change('sessions.json', '2026-04-21T10:09:00.001Z', '2026-02-30T10:00:00Z'),
        /document 1 of sessions\.json.*updated_at/,
      ],
      [
        'a text that is no date',
        change('sessions.json', '{"$date": "2026-04-21T10:09:00.001Z"}', '""'),
        /document 1 of sessions\.json.*updated_at/,
      ],
      [
        'a date out of range',
        change(
          'sessions.json',
          '{"$date": "2026-04-21T10:09:00.001Z"}',
          '{"$date": {"$numberLong": "253402300800000"}}',
        ),
        /document 1 of sessions\.json.*updated_at/,
      ],
      [
        'no session id',
        change('sessions.json', `"session_id": "${S1}", `, ''),
        /document 1 of sessions\.json.*session_id/,
      ],
      [
        'the same session twice',
        change('sessions.json', `"session_id": "${S2}"`, `"session_id": "${S1}"`),
        /document 2 of sessions\.json has the session_id of another/,
      ],
      [
        'the same seq twice',
        change('session_events.json', '"seq": 7', '"seq": 6'),
        /document 7 of session_events\.json has the event_id, or the seq/,
      ],
      [
        'the same event twice',
        change('session_events.json', '00000002-1111', '00000001-1111'),
        /document 2 of session_events\.json has the event_id/,
      ],
      [
        'the same key twice',
        change('players.json', '"access_key": "gone"', '"access_key": "dev"'),
        /document 3 of players\.json has the _id, or the access key,/,
      ],
      [
        'the same character twice',
        change('characters.json', '"hid": "JW"', '"hid": "NA"'),
        /document 2 of characters\.json has the hid/,
      ],
      [
        'a character that is none',
        change('characters.json', '"is_human": true', '"is_human": "yes"'),
        /document 1 of characters\.json: \$\.is_human/,
      ],
      [
        'a key that is none',
        change('players.json', '"access_key": "dev"', '"access_key": 5'),
        /document 2 of players\.json.*access_key/,
      ],
      [
        'a hash that is none',
        change('players.json', '"access_key": "dev"', '"access_key_hash": "dev"'),
        /document 2 of players\.json.*access_key_hash/,
      ],
      ['personal data without fields', change('pii.json', '"fields"', '"felds"'), /document 1 of pii\.json.*fields/],
      [
        'one collection twice',
        (folder) => writeFileSync(join(folder, 'forms.ndjson'), ''),
        /forms\.json and forms\.ndjson are both forms/,
      ],
      ['a link', (folder) => symlinkSync('/etc/passwd', join(folder, 'note.json')), /note\.json is not a regular file/],
      ['a folder', (folder) => mkdirSync(join(folder, 'note.json')), /note\.json is not a regular file/],
      [
        'a journal that is none',
        (folder) => writeFileSync(join(folder, 'session_journals.json'), '[{"session_id":"x","part":1,"lines":"x"}]'),
        /document 1 of session_journals\.json.*lines/,
      ],
      [
        'too deep',
        (folder) => writeFileSync(join(folder, 'note.json'), `[{"a":${'['.repeat(200)}${']'.repeat(200)}}]`),
        /nests deeper/,
      ],
    ]
    for (const [name, spoil, message] of cases) {
      const folder = copyOf(services)
      spoil(folder)
      await assert.rejects(importFolder(store, folder, seed), (error: Error) => {
        assert.match(error.message, message, name)
        assert.ok(!error.message.includes('Quill') && !error.message.includes('dcs-ak'), name)
        return true
      })
      rmSync(folder, { recursive: true })
    }
    assert.deepEqual(contents(await dump(store, services)), before)
  },
)

forEachStore('import: a folder that is not there, empty or unreadable is refused', async (store, services) => {
  await assert.rejects(importFolder(store, join(services.folder, 'none'), seed), { code: 'FILE_UNREADABLE' })
  const folder = mkdtempSync(join(services.folder, 's-'))
  await assert.rejects(importFolder(store, folder, seed), { code: 'VALIDATION_ERROR', message: /no collection/ })
  await assert.rejects(importFolder(store, folder, { mode: 'restore', vault }), { message: /not a dump or backup/ })
  if (process.getuid?.() === 0) return
  writeFileSync(join(folder, 'forms.json'), '[]')
  chmodSync(join(folder, 'forms.json'), 0)
  await assert.rejects(importFolder(store, folder, seed), { code: 'FILE_UNREADABLE' })
})

forEachStore(
  'import: sessions that a server plays are not replaced under it, but those of a dead one are',
  async (store, services) => {
    await importFolder(store, copyOf(services), seed)
    const log = new SessionLog(store)
    assert.ok(await log.claim(S2, 'other-server', 60_000))
    await assert.rejects(importFolder(store, copyOf(services), seed), { code: 'DATA_IN_USE' })
    const forms = mkdtempSync(join(services.folder, 's-'))
    writeFileSync(join(forms, 'forms.json'), '[]')
    await importFolder(store, forms, seed)
    const later = () => Date.now() + 120_000
    await importFolder(store, copyOf(services), { ...seed, now: later })
    assert.ok(await log.claim(S2, 'this-server', 60_000))
  },
)

forEachStore('import: keys of spectators go with their sessions', async (store, services) => {
  await importFolder(store, copyOf(services), seed)
  const log = new SessionLog(store)
  await log.addSpectatorKey(S1, 'a'.repeat(64))
  await log.addSpectatorKey('elsewhere', 'b'.repeat(64))
  await importFolder(store, copyOf(services), seed)
  assert.ok(await log.hasSpectatorKey(S1, 'a'.repeat(64)))
  assert.ok(!(await log.hasSpectatorKey('elsewhere', 'b'.repeat(64))))
})

forEachStore('import: an interrupt leaves everything as it was', async (store, services) => {
  await importFolder(store, copyOf(services), seed)
  const before = contents(await dump(store, services))
  const abort = new AbortController()
  const options = {
    ...seed,
    signal: abort.signal,
    onProgress: ({ phase }: { phase: string }) => {
      if (phase === 'stored') abort.abort(new Error('enough'))
    },
  }
  await assert.rejects(importFolder(store, copyOf(services), options), /enough/)
  assert.deepEqual(contents(await dump(store, services)), before)
})

forEachStore('dumps: big collections pass in pages, whole and in order', async (store, services) => {
  const folder = mkdtempSync(join(services.folder, 'big-'))
  const event = JSON.parse(formatExact(documents(ORIGINAL, 'session_events')[0]))
  delete event._id
  const lines = Array.from({ length: 2600 }, (_, i) => {
    const session_id = `s${i % 3}`
    return JSON.stringify({ ...event, session_id, seq: Math.floor(i / 3) + 1, event_id: `e${i}` })
  })
  writeFileSync(join(folder, 'session_events.ndjson'), `${lines.join('\n')}\n`)
  writeFileSync(join(folder, 'other.ndjson'), Array.from({ length: 250 }, (_, i) => `{"i":${i}}\n`).join(''))
  await importFolder(store, folder, seed)
  const out = await dump(store, services)
  const keys = documents(out, 'session_events').map((each) => [each.session_id, each.seq])
  assert.equal(keys.length, 2600)
  assert.deepEqual(keys.slice(0, 2), [
    ['s0', 1],
    ['s0', 2],
  ])
  assert.deepEqual(
    documents(out, 'other').map((each) => each.i),
    Array.from({ length: 250 }, (_, i) => i),
  )
  const found = await sql<{ count: number }>`select count(*) as count from session_events`.execute(store.db)
  assert.equal(Number(found.rows[0]?.count), 2600)
})

forEachStore(
  'dumps: empty collections, foreign indexes and the times of personal data come out as they came',
  async (store, services) => {
    const folder = copyOf(services)
    const indexes = '{"_id_":{"v":2,"key":[["_id",1]]},"name_1":{"v":2,"key":[["name",1]],"unique":true}}'
    writeFileSync(join(folder, 'runs.json'), '[]')
    writeFileSync(join(folder, 'experiments.__indexes__.json'), indexes)
    writeFileSync(join(folder, 'runs.__indexes__.json'), indexes)
    const before = new Map(documents(folder, 'pii').map((each) => [each.player_id, JSON.stringify(each.updated_at)]))
    assert.ok(before.size > 0)
    await importFolder(store, folder, { ...seed, now: () => Date.parse('2031-01-01T00:00:00Z') })
    const out = await dump(store, services)
    assert.deepEqual(documents(out, 'runs'), [])
    for (const name of ['runs', 'experiments']) {
      const told = JSON.parse(readFileSync(join(out, `${name}.__indexes__.json`), 'utf8'))
      assert.deepEqual(told, JSON.parse(indexes), name)
    }
    for (const each of documents(out, 'pii')) {
      if (before.has(each.player_id)) assert.equal(JSON.stringify(each.updated_at), before.get(each.player_id))
    }
    // Restoring a folder removes the collections that it does not contain.
    rmSync(join(out, 'runs.json'))
    rmSync(join(out, 'runs.__indexes__.json'))
    const manifest = JSON.parse(readFileSync(join(out, '__manifest__.json'), 'utf8'))
    manifest.collections = manifest.collections.filter((name: string) => name !== 'runs')
    writeFileSync(join(out, '__manifest__.json'), JSON.stringify(manifest))
    await importFolder(store, out, { mode: 'restore', vault })
    const again = readdirSync(await dump(store, services))
    assert.ok(!again.includes('runs.json') && again.includes('experiments.json'))
  },
)

test('dumps: the two backends write the same bytes', async (context) => {
  const server = await sharedPostgres()
  if (typeof server === 'string') return context.skip(server)
  const folder = mkdtempSync(join(tmpdir(), 'paracosm-dumps-'))
  const sqlite = await openStore({ kind: 'sqlite', path: join(folder, 'a.sqlite'), mode: 'create', runs: 'inline' })
  const postgres = await openStore({ kind: 'postgres', url: await server.createDatabase() })
  try {
    const made: Record<string, string>[] = []
    for (const store of [sqlite, postgres]) {
      await importFolder(store, ORIGINAL, { ...seed, now: () => 1 })
      // Ids that a locale's collation would sort differently from byte order.
      const ids = ['a', 'B', 'ä', 'Z-1', 'a-1', '_', 'aa'].map((id) => ({
        _id: id,
        created_at: '2026-01-01T00:00:00Z',
      }))
      mkdirSync(join(folder, store.kind))
      writeFileSync(join(folder, store.kind, 'players.json'), JSON.stringify(ids))
      await importFolder(store, join(folder, store.kind), seed)
      made.push(
        contents((await exportDump(store, join(folder, `${store.kind}-out`), { personal: 'clear', vault })).path),
      )
    }
    assert.deepEqual(made[0], made[1])
    // The tables that are dumped are sorted by bytes, whatever the locale of the server.
    const ordered = await sql<{ column: string }>`select table_name || '.' || column_name as column
      from information_schema.columns where collation_name = 'C' and table_schema = 'public'
        and table_name in ('players', 'personal_data', 'sessions', 'session_journals', 'session_events', 'documents')`.execute(
      postgres.db,
    )
    const columns = [
      'players.player_id',
      'personal_data.player_id',
      'sessions.session_id',
      'session_journals.session_id',
    ]
    columns.push('session_events.session_id', 'documents.collection')
    assert.deepEqual(ordered.rows.map((row) => row.column).sort(), columns.sort())
  } finally {
    await sqlite.close()
    await postgres.close()
    rmSync(folder, { recursive: true })
  }
})
