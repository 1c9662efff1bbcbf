// Paging of the command log: a million rows by cursors, with few of them in memory.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { CommandLogRow, CommandPage } from '../../src/protocol/command-log.ts'
import { LogPages, MAX_HELD_PAGES, PAGE_ROWS } from '../../web/src/pages/log/log-pages.ts'

const rowOf = (id: number): CommandLogRow => ({
  id,
  timestamp: '2026-03-21T14:30:01.000Z',
  command: 'move',
  params: {},
  reasoning: '',
  perception_snapshot: null,
  outcome: 'done',
  agent_id: 'a',
  episode_id: null,
  cell: null,
  protocol_version: '1.0.0',
  created_at: '2026-03-21T14:30:01.000Z',
  world: null,
  slot: null,
  command_id: null,
  heartbeat_cycle: null,
  score: null,
})

/** A log of `total` rows, newest first; cursors are positions. */
function logOf(total: number) {
  const reads: number[] = []
  return {
    reads,
    read: async (cursor: string | undefined): Promise<CommandPage> => {
      const from = cursor === undefined ? 0 : Number(cursor)
      reads.push(from)
      const to = Math.min(total, from + PAGE_ROWS)
      const entries = Array.from({ length: to - from }, (_, i) => rowOf(total - from - i))
      return { entries, next_cursor: to < total ? String(to) : null }
    },
  }
}

const settled = () => new Promise((resolve) => setImmediate(resolve))

test('log pages: scrolling over 1,000,000 rows reads each page once, and keeps a few thousand rows', async () => {
  const total = 1_000_000
  const { read, reads } = logOf(total)
  const pages = new LogPages(read, () => undefined)
  for (let index = 0; !pages.view.isWhole; index = pages.view.count - 1) {
    pages.want(index)
    await settled()
    assert.ok(pages.heldPages <= MAX_HELD_PAGES)
  }
  assert.equal(pages.view.count, total)
  assert.equal(pages.at(total - 1)?.id, 1)
  assert.equal(reads.length, total / PAGE_ROWS)
  assert.equal(pages.at(0), undefined, 'the newest rows were let go')
  pages.want(0)
  await settled()
  assert.equal(pages.at(0)?.id, total)
  assert.equal(pages.view.count, total, 'a page that is read again changes nothing')
})

test('log pages: visible rows request their page once, and an empty log is complete', async () => {
  const { read, reads } = logOf(30)
  const pages = new LogPages(read, () => undefined)
  for (let index = 0; index < 30; index++) pages.want(index)
  await settled()
  assert.deepEqual(reads, [0])
  assert.equal(pages.indexOf(1), 29)
  const none = new LogPages(logOf(0).read, () => undefined)
  none.want(0)
  await settled()
  assert.deepEqual(none.view, { count: 0, isWhole: true, error: undefined })
})

test('log pages: a page that could not be read is retried', async () => {
  const { read } = logOf(30)
  let isDown = true
  const pages = new LogPages(
    (cursor) => (isDown ? Promise.reject(new Error('the server is gone')) : read(cursor)),
    () => undefined,
  )
  pages.want(0)
  await settled()
  assert.match(String(pages.view.error), /gone/)
  isDown = false
  pages.retry()
  await settled()
  assert.equal(pages.view.error, undefined)
  assert.equal(pages.view.count, 30)
})
