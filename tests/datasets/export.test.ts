// Every format, read back by readers that share nothing with the writers: JSON.parse line by line against a JSON Schema, a
// checker of the published rules of chat fine-tuning, hyparquet, and DuckDB and pyarrow where python3 has them.
import assert from 'node:assert/strict'
import { spawnSync } from 'node:child_process'
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, test } from 'node:test'
import { zstdDecompressSync } from 'node:zlib'
import { Ajv2020 } from 'ajv/dist/2020.js'
import fc from 'fast-check'
import { asyncBufferFromFile, parquetReadObjects } from 'hyparquet'
import { type ExportRequest, exportDataset } from '../../src/datasets/export-dataset.ts'
import { inspectDataset } from '../../src/datasets/inspect-dataset.ts'
import type { NewCommandLogRow } from '../../src/protocol/command-log.ts'
import { DATASET_FORMATS, DatasetStatistics } from '../../src/protocol/dataset.ts'
import type { JsonObject } from '../../src/protocol/json.ts'
import { CommandLog } from '../../src/store/command-log.ts'
import { noteEpisode } from '../../src/store/log-episodes.ts'
import { openStore, type Store } from '../../src/store/store.ts'
import { aCommand, aPerception, commandAt } from '../../src/testing/commands.ts'
import { TOO_SLOW } from '../../src/testing/quick.ts'
import { forEachStore } from '../../src/testing/stores.ts'

const root = mkdtempSync(join(tmpdir(), 'paracosm-datasets-'))
after(() => rmSync(root, { recursive: true, force: true }))
const counter = { next: 0 }
const place = (name = 'out'): string => join(root, `${counter.next++}-${name}`)

async function aStore(rows: readonly NewCommandLogRow[]): Promise<Store> {
  const store = await openStore({ kind: 'sqlite', path: place('store.sqlite'), mode: 'create', runs: 'inline' })
  await fill(store, rows)
  return store
}

async function fill(store: Store, rows: readonly NewCommandLogRow[]): Promise<void> {
  const log = new CommandLog(store)
  await Promise.all(rows.map((row) => log.append(row)))
}

const run = (store: Store, format: ExportRequest['format'], rest: Partial<ExportRequest> = {}) =>
  exportDataset(store, { format, output: place(format), filters: {}, ...rest })

const linesOf = (path: string): JsonObject[] =>
  readFileSync(path, 'utf8')
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => JSON.parse(line))

/** The file or, for a folder, its file with the records. */
const readShareGpt = (folder: string): JsonObject[] => linesOf(join(folder, 'conversations.jsonl'))

const readEpisodeFiles = (folder: string): Map<string, JsonObject[]> =>
  new Map(readdirSync(folder).map((name) => [name, linesOf(join(folder, name))]))

const readParquet = async (path: string): Promise<Record<string, unknown>[]> =>
  parquetReadObjects({
    file: await asyncBufferFromFile(path),
    compressors: { ZSTD: (bytes: Uint8Array) => new Uint8Array(zstdDecompressSync(bytes)) },
  })

const ajv = new Ajv2020({ strict: true, allowUnionTypes: true })
function assertFits(format: string, records: readonly JsonObject[]): void {
  const path = join(import.meta.dirname, 'schemas', `${format}.json`)
  const validate =
    ajv.getSchema(format) ?? ajv.addSchema(JSON.parse(readFileSync(path, 'utf8')), format).getSchema(format)
  for (const record of records) assert.ok(validate?.(record), `${format}: ${JSON.stringify(validate?.errors)}`)
}

/** The checks that OpenAI publishes for files of chat examples. */
function chatFaults(record: JsonObject): string[] {
  const { messages } = record
  if (!Array.isArray(messages) || messages.length === 0) return ['missing_messages_list']
  const faults: string[] = []
  for (const message of messages) {
    const { role, content, ...rest } = Object(message)
    if (role === undefined || content === undefined) faults.push('message_missing_key')
    const known = ['name', 'weight', 'function_call', 'tool_calls', 'tool_call_id']
    if (Object.keys(rest).some((key) => !known.includes(key))) faults.push('message_unrecognized_key')
    if (!['system', 'user', 'assistant', 'tool', 'function'].includes(role)) faults.push('unrecognized_role')
    if (typeof content !== 'string' || content === '') faults.push('missing_content')
  }
  if (!messages.some((message) => Object(message).role === 'assistant')) faults.push('missing_assistant_message')
  if (Object(messages.at(-1)).role !== 'assistant') faults.push('last_message_not_assistant')
  return faults
}

const ODD = 'Ünïcode “quotes” \\ back\nline\u2028 \u0007 👋'

/** Three episodes of two slots, one command outside of any episode, two commands without a perception. */
function someRows(): NewCommandLogRow[] {
  const rows = Array.from({ length: 24 }, (_, i) =>
    commandAt(i * 1000, {
      params: { target_x: i, note: ODD },
      reasoning: i % 5 === 0 ? ODD : '',
      perception_snapshot: { ...aPerception(Math.floor(i / 3)), note: ODD },
      outcome: i % 4 === 0 ? 'refused: BUSY: wait' : 'done',
      agent_id: `agent-${i % 2}`,
      slot: i % 2,
      episode_id: `ep-${i % 3}`,
      world: 'frontier',
      cell: 'Balmora',
      command_id: `c-${i}`,
    }),
  )
  const blind = commandAt(30_000, { perception_snapshot: null, episode_id: 'ep-0', slot: 0, outcome: 'done' })
  const empty = commandAt(31_000, { perception_snapshot: {}, episode_id: 'ep-1', slot: 1, outcome: 'done' })
  const free = commandAt(-1000, { perception_snapshot: aPerception(), outcome: 'done' })
  return [...rows, blind, empty, free]
}

const SEEN = 25
const ALL = 27

forEachStore(
  'datasets: every format has its records, in the order of time, as its schema wants them',
  async (store) => {
    await fill(store, someRows())
    await noteEpisode(store, {
      episode_id: 'ep-0',
      world: 'frontier',
      variant: 'company',
      scores: [3, 7.5],
      outcome: 'terminated',
      finished_at: '2026-03-21T15:00:00.000Z',
    })
    const raw = await run(store, 'raw')
    assert.deepEqual(DatasetStatistics.parse(raw), raw)
    assert.deepEqual([raw.total_records, raw.skipped_records, raw.format], [ALL, 0, 'raw'])
    const rawLines = linesOf(raw.output_path)
    assertFits('raw', rawLines)
    const times = rawLines.map((line) => String(Object(line.metadata).timestamp))
    assert.deepEqual(times, [...times].sort())
    assert.equal(times.length, ALL)
    assert.equal(Object(Object(rawLines[1]?.output).params).note, ODD)

    const chat = await run(store, 'chat')
    assert.deepEqual([chat.total_records, chat.skipped_records, chat.format], [SEEN, 2, 'chat_completion'])
    const chatLines = linesOf(chat.output_path)
    assertFits('chat', chatLines)
    assert.deepEqual(chatLines.flatMap(chatFaults), [])
    const [, user, assistant] = Object(chatLines[1]).messages
    assert.deepEqual(JSON.parse(user.content), { ...aPerception(0), note: ODD })
    assert.deepEqual(JSON.parse(assistant.content), {
      command: 'move_to',
      params: { target_x: 0, note: ODD },
      reasoning: ODD,
    })

    const instruction = await run(store, 'instruction')
    assert.deepEqual(
      [instruction.total_records, instruction.skipped_records, instruction.format],
      [SEEN, 2, 'instruction'],
    )
    const instructions = linesOf(instruction.output_path)
    assertFits('instruction', instructions)
    assert.deepEqual(
      instructions.map((line) => [line.input, line.output]),
      chatLines.map((line) => [Object(line).messages[1].content, Object(line).messages[2].content]),
    )

    const sharegpt = await run(store, 'sharegpt')
    assert.deepEqual([sharegpt.total_records, sharegpt.skipped_records], [SEEN, 2])
    assertFits('sharegpt', readShareGpt(sharegpt.output_path))
    const info = JSON.parse(readFileSync(join(sharegpt.output_path, 'dataset_info.json'), 'utf8'))
    const [entry] = Object.values<JsonObject>(info)
    assert.equal(entry?.formatting, 'sharegpt')
    assert.ok(readdirSync(sharegpt.output_path).includes(String(entry?.file_name)))
    const [firstTalk] = readShareGpt(sharegpt.output_path)
    for (const column of Object.values(Object(entry?.columns))) assert.ok(String(column) in Object(firstTalk))

    const episodes = await run(store, 'episodes')
    assert.deepEqual([episodes.total_records, episodes.skipped_records, episodes.episodes_exported], [26, 1, 3])
    assert.equal(episodes.format, 'episode_sequence')
    const files = readEpisodeFiles(episodes.output_path)
    assert.deepEqual([...files.keys()].sort(), ['ep-0.jsonl', 'ep-1.jsonl', 'ep-2.jsonl'])
    for (const [name, records] of files) {
      assertFits('episodes', records)
      assert.deepEqual(new Set(records.map((record) => `${record.episode_id}.jsonl`)), new Set([name]))
      for (const record of records) {
        assert.deepEqual(record, await new CommandLog(store).get(Number(record.id)))
      }
    }
  },
)

forEachStore('datasets: a trajectory ends with what is known of the episode, and a cut one does not', async (store) => {
  await fill(store, someRows())
  const finished = { world: 'frontier', variant: 'company', finished_at: '2026-03-21T15:00:00.000Z' }
  await noteEpisode(store, { ...finished, episode_id: 'ep-0', scores: [3, 7.5], outcome: 'terminated' })
  await noteEpisode(store, { ...finished, episode_id: 'ep-1', scores: [1, 2], outcome: 'truncated' })
  const whole = await run(store, 'trajectories')
  assert.deepEqual([whole.total_records, whole.skipped_records, whole.episodes_exported], [24, 3, 3])
  const steps = linesOf(whole.output_path)
  assertFits('trajectories', steps)
  for (const episode of ['ep-0', 'ep-1', 'ep-2']) {
    for (const slot of [0, 1]) {
      const handle = steps.filter((step) => step.episode_id === episode && step.slot === slot)
      assert.deepEqual(
        handle.map(({ step, is_first, is_last }) => [step, is_first, is_last]),
        handle.map((_, i) => [i, i === 0, i === handle.length - 1]),
      )
      const score = episode === 'ep-0' ? [3, 7.5][slot] : episode === 'ep-1' ? [1, 2][slot] : 0
      assert.deepEqual(
        handle.map(({ reward, terminated, truncated }) => [reward, terminated, truncated]),
        handle.map((_, i) =>
          i < handle.length - 1 ? [0, false, false] : [score, episode === 'ep-0', episode === 'ep-1'],
        ),
      )
    }
  }
  for (const cut of [{ filters: { until: '2026-03-21T14:30:10.000Z' } }, { maxRecords: 8 }]) {
    const part = await run(store, 'trajectories', cut)
    const cutSteps = linesOf(part.output_path)
    assertFits('trajectories', cutSteps)
    assert.ok(cutSteps.length > 0 && cutSteps.length < 24)
    assert.ok(cutSteps.every((step) => step.reward === 0 && !step.terminated && !step.truncated))
    assert.equal(cutSteps.filter((step) => step.is_last).length, cutSteps.filter((step) => step.is_first).length)
  }
  const parquet = await run(store, 'trajectories', { output: place('steps.parquet') })
  const table = await readParquet(parquet.output_path)
  assert.deepEqual(
    table.map((row) => [row.episode_id, row.slot, row.step, row.reward, row.is_last, JSON.parse(String(row.params))]),
    steps.map((step) => [step.episode_id, step.slot, step.step, step.reward, step.is_last, Object(step.action).params]),
  )
})

forEachStore(
  'datasets: reward and end are on the commands that earned them, not on refusals that follow',
  async (store) => {
    const rows = [24, 24, null, 30, null].map((score, turn) =>
      commandAt(turn * 1000, {
        perception_snapshot: aPerception(turn),
        outcome:
          turn === 2 ? 'refused: COMMAND_CONFLICT: busy' : turn === 4 ? 'refused: EPISODE_OVER: late' : 'done: x',
        episode_id: 'ep-9',
        slot: 0,
        heartbeat_cycle: turn,
        score,
      }),
    )
    await fill(store, rows)
    const steps = async () => {
      const { output_path, ...counts } = await run(store, 'trajectories')
      const lines = linesOf(output_path)
      assertFits('trajectories', lines)
      assert.equal(lines.length, counts.total_records)
      assert.equal(rows.length, counts.total_records + counts.skipped_records)
      return lines.map((step) => [step.heartbeat_cycle, step.reward, step.terminated, step.truncated, step.is_last])
    }
    const open = [
      [0, 24, false, false, false],
      [1, 0, false, false, false],
      [2, 0, false, false, false],
    ]
    assert.deepEqual(await steps(), [...open, [3, 6, false, false, false], [4, 0, false, false, true]])
    const ended = { episode_id: 'ep-9', world: 'frontier', variant: null, outcome: 'truncated', finished_at: null }
    await noteEpisode(store, { ...ended, scores: [31] })
    assert.deepEqual(await steps(), [...open, [3, 7, false, true, true]])
  },
)

forEachStore('datasets: every filter chooses its rows', async (store) => {
  await fill(store, someRows())
  const scored = { world: 'frontier', variant: null, outcome: 'terminated', finished_at: null }
  await noteEpisode(store, { ...scored, episode_id: 'ep-2', scores: [1, 9] })
  const count = async (filters: ExportRequest['filters'], rest: Partial<ExportRequest> = {}) =>
    (await run(store, 'raw', { filters, ...rest })).total_records
  assert.equal(await count({ episode_id: 'ep-0' }), 9)
  assert.equal(await count({ agent_id: 'agent-1' }), 12)
  assert.equal(await count({ world: 'frontier' }), 24)
  assert.equal(await count({ since: '2026-03-21T14:30:20.000Z' }), 6)
  assert.equal(await count({ until: '2026-03-21T14:30:00.000Z' }), 2)
  assert.equal(await count({ outcome: 'refused' }), 6)
  assert.equal(await count({ min_score: 5 }), 4, 'the slot that scored 9, not its episode')
  assert.equal(await count({}, { maxRecords: 10 }), 10)
  assert.equal(await count({ episode_id: 'ep-0', agent_id: 'agent-1', outcome: 'done' }, { maxRecords: 2 }), 2)
  assert.equal((await run(store, 'episodes', { minLength: 9 })).episodes_exported, 2)
  assert.equal((await run(store, 'episodes', { minLength: 1 })).skipped_records, 0)
})

test('datasets: nothing to export is an empty dataset, in every format', async () => {
  const store = await aStore([])
  for (const format of DATASET_FORMATS) {
    const done = await run(store, format)
    assert.deepEqual([done.total_records, done.skipped_records, done.episodes_exported], [0, 0, 0], format)
    const report = await inspectDataset(done.output_path)
    assert.deepEqual([report.records, report.problems_found], [0, 0], format)
  }
  assert.deepEqual(await readParquet((await run(store, 'parquet')).output_path), [])
  await store.close()
})

test('datasets: exporting twice gives the same bytes, in every format', async () => {
  const store = await aStore(someRows())
  const bytesOf = (path: string, isFolder: boolean): Buffer[] =>
    isFolder
      ? readdirSync(path)
          .sort()
          .flatMap((name) => [Buffer.from(name), readFileSync(join(path, name))])
      : [readFileSync(path)]
  for (const format of DATASET_FORMATS) {
    const isFolder = ['episodes', 'sharegpt'].includes(format)
    const [one, two] = [await run(store, format), await run(store, format)]
    assert.deepEqual(bytesOf(one.output_path, isFolder), bytesOf(two.output_path, isFolder), format)
  }
  await store.close()
})

test('datasets: spliced JSON equals JSON.stringify of the logged values; counts and order hold for any rows', {
  skip: TOO_SLOW,
}, async () => {
  const json = fc.dictionary(fc.string({ unit: 'binary', maxLength: 6 }), fc.jsonValue({ maxDepth: 3 }), { maxKeys: 4 })
  const text = fc.string({ unit: 'binary', maxLength: 20 })
  const row = fc.record({
    offset: fc.integer({ min: -10_000, max: 10_000 }),
    params: json,
    reasoning: text,
    perception: fc.option(json),
    outcome: fc.option(text),
    slot: fc.option(fc.integer({ min: 0, max: 3 })),
    episode: fc.option(fc.constantFrom('a', 'b', '../c')),
  })
  await fc.assert(
    fc.asyncProperty(fc.array(row, { maxLength: 30 }), async (drawn) => {
      const rows = drawn.map(({ offset, params, perception, episode, ...rest }) =>
        commandAt(offset, {
          ...rest,
          params: JSON.parse(JSON.stringify(params)),
          perception_snapshot: perception === null ? null : JSON.parse(JSON.stringify(perception)),
          episode_id: episode,
        }),
      )
      const store = await aStore(rows)
      const entries = []
      for await (const page of new CommandLog(store).readRows()) {
        for (const { id } of page) entries.push(await new CommandLog(store).get(id))
      }
      const logged = entries.filter((entry) => entry !== undefined)
      const seen = logged.filter((entry) => Object.keys(entry.perception_snapshot ?? {}).length > 0)
      const answer = ({ command, params, reasoning }: (typeof logged)[number]) => ({ command, params, reasoning })
      const raw = await run(store, 'raw')
      const expected = logged.map((entry) => {
        const { timestamp, episode_id, cell, outcome, perception_snapshot } = entry
        const metadata = { timestamp, episode_id, cell, outcome }
        return `${JSON.stringify({ input: { perception: perception_snapshot ?? {} }, output: answer(entry), metadata })}\n`
      })
      assert.equal(readFileSync(raw.output_path, 'utf8'), expected.join(''))
      const chat = await run(store, 'chat')
      const talks = linesOf(chat.output_path).map((line) => Object(line).messages)
      assert.deepEqual(
        talks.map(([, user, assistant]) => [user.content, assistant.content]),
        seen.map((entry) => [JSON.stringify(entry.perception_snapshot), JSON.stringify(answer(entry))]),
      )
      assert.equal(chat.total_records + chat.skipped_records, rows.length)
      const parquet = await readParquet((await run(store, 'parquet')).output_path)
      assert.deepEqual(
        parquet.map(({ id, perception, params, outcome, slot }) => [Number(id), perception, params, outcome, slot]),
        logged.map(({ id, perception_snapshot: its, params, outcome, slot }) => {
          const perception = its && Object.keys(its).length > 0 ? JSON.stringify(its) : null
          return [id, perception, JSON.stringify(params), outcome, slot]
        }),
      )
      const trajectories = await run(store, 'trajectories')
      assert.equal(trajectories.total_records, seen.filter((entry) => entry.episode_id !== null).length)
      const episodes = await run(store, 'episodes', { minLength: 1 })
      assert.equal(episodes.total_records, rows.length)
      for (const [, records] of readEpisodeFiles(episodes.output_path)) {
        const ids = new Set(records.map((record) => record.id))
        assert.deepEqual(
          records,
          logged.filter((entry) => ids.has(entry.id)),
        )
      }
      await store.close()
    }),
    { numRuns: 40 },
  )
})

const PYTHON = `
import json, sys
path = sys.argv[1]
out = {}
try:
    import duckdb
    count, least, most, sum_x = duckdb.sql(f"""select count(*), min(id), max(epoch_ms(timestamp)),
        sum(models(json_extract(params, '$.target_x') as integer)) from '{path}'""").fetchone()
    out['duckdb'] = [count, least, most, int(sum_x)]
except ImportError:
    pass
try:
    import pyarrow.parquet as pq
    table = pq.read_table(path)
    rows = table.to_pylist()
    out['pyarrow'] = [len(rows), min(r['id'] for r in rows), int(max(r['timestamp'] for r in rows).timestamp() * 1000),
        sum(json.loads(r['params'])['target_x'] for r in rows)]
except ImportError:
    pass
print(json.dumps(out))
`

test('datasets: Parquet of several row groups is read by hyparquet, and by DuckDB and pyarrow', {
  skip: TOO_SLOW,
}, async (t) => {
  const rows = Array.from({ length: 45_000 }, (_, i) =>
    commandAt(i, { params: { target_x: i }, perception_snapshot: aPerception(i % 1000) }),
  )
  const store = await aStore(rows.slice(0, 1))
  for (let at = 1; at < rows.length; at += 5000) await fill(store, rows.slice(at, at + 5000))
  const { output_path } = await run(store, 'parquet', { output: place('rows.parquet') })
  const table = await readParquet(output_path)
  assert.equal(table.length, rows.length)
  assert.deepEqual(
    table.map((row) => row.timestamp),
    rows.map((row) => new Date(row.timestamp)),
  )
  const report = await inspectDataset(output_path)
  assert.deepEqual([report.format, report.records, report.problems_found], ['parquet', rows.length, 0])
  await store.close()
  const asked = spawnSync('python3', ['-c', PYTHON, output_path], { encoding: 'utf8' })
  if (asked.error) return t.diagnostic('there is no python3 here to read Parquet with')
  assert.equal(asked.status, 0, asked.stderr)
  const found: Record<string, unknown> = JSON.parse(asked.stdout)
  if (Object.keys(found).length === 0) t.diagnostic('python3 has neither duckdb nor pyarrow here')
  const sum = (rows.length * (rows.length - 1)) / 2
  const last = Date.parse(commandAt(rows.length - 1).timestamp)
  for (const [reader, facts] of Object.entries(found)) assert.deepEqual(facts, [rows.length, 1, last, sum], reader)
})

test('datasets: the rules of the original hold', async () => {
  const seen = aCommand({ perception_snapshot: aPerception(), episode_id: 'ep_test' })
  const five = await aStore(Array.from({ length: 5 }, () => seen))
  const episodes = await run(five, 'episodes', { minLength: 3 })
  assert.deepEqual([episodes.episodes_exported, episodes.total_records], [1, 5])
  assert.deepEqual(readdirSync(episodes.output_path), ['ep_test.jsonl'])
  const chat = await run(five, 'chat')
  assert.deepEqual([chat.total_records, chat.format], [5, 'chat_completion'])
  assert.deepEqual(
    Object(linesOf(chat.output_path)[0]).messages.map((message: { role: string }) => message.role),
    ['system', 'user', 'assistant'],
  )
  await five.close()
  const one = await aStore([{ ...seen, episode_id: 'short' }])
  const short = await run(one, 'episodes')
  assert.deepEqual([short.episodes_exported, short.skipped_records], [0, 1])
  const below = await run(one, 'raw', { output: join(place(), 'a', 'folder', 'train.jsonl') })
  assert.equal(Object(linesOf(below.output_path)[0]?.output).command, 'move_to')
  await one.close()
})
