import assert from 'node:assert/strict'
import { AppError } from '../../kernel/errors.ts'
import type { SessionEvent, SessionHeader } from '../../protocol/session.ts'
import { forEachStore } from '../../testing/stores.ts'
import { SessionLog } from './session-log.ts'

const T0 = '2026-11-21T10:00:00.000Z'

function header(id: string, changes: Partial<SessionHeader> = {}): SessionHeader {
  return {
    session_id: id,
    name: 'api-explore-20261121-100000',
    player_id: 'p1',
    game_name: 'Explore',
    source: 'api',
    pc_hid: 'AA',
    npc_hid: 'BB',
    session_started_at: T0,
    session_ended_at: null,
    termination_reason: null,
    status: 'active',
    turns_completed: 0,
    model_profile: { updater_model: 'm', validator_model: 'm', scorer_model: null },
    game_config_snapshot: { name: 'Explore' },
    last_seq: 0,
    created_at: T0,
    updated_at: T0,
    paused_at: null,
    resumed_at: null,
    branch_from_session_id: null,
    ...changes,
  }
}

function event(id: string, seq: number, changes: Partial<SessionEvent> = {}): SessionEvent {
  return {
    session_id: id,
    seq,
    event_id: `${id}-${seq}`,
    event_ts: T0,
    direction: 'outbound',
    event_type: 'message',
    event_source: 'npc',
    content: `said ${seq} “—” 🦊`,
    content_format: 'markdown',
    turn_index: 1,
    command_name: null,
    command_args: null,
    visible_to_user: true,
    persisted_at: T0,
    feedback: null,
    updated_at: null,
    ...changes,
  }
}

/** A new session that s1 has claimed. */
async function createClaimed(log: SessionLog, of: SessionHeader, ms = 15_000) {
  await log.create(of, [], [])
  const claim = await log.claim(of.session_id, 's1', ms)
  assert.ok(claim)
  return claim
}

forEachStore(
  'sessions: lines, events and header of one step are kept together and read back as they were',
  async (store) => {
    const log = new SessionLog(store)
    const first = header('a')
    const claim = await createClaimed(log, first)
    const sink = log.sink(first, claim, 0)
    sink.append('one')
    sink.event(event('a', 1))
    sink.patch({ last_seq: 1, turns_completed: 1 })
    await sink.commit()
    sink.append('two')
    sink.append('three')
    sink.event(event('a', 2, { direction: 'inbound', event_source: 'user', visible_to_user: false }))
    sink.patch({ status: 'closed', termination_reason: 'game_completed', session_ended_at: T0, last_seq: 2 })
    await sink.close()
    assert.deepEqual(await log.journal('a'), { lines: ['one', 'two', 'three'], parts: 2 })
    const kept = await log.header('a')
    assert.deepEqual(kept, {
      ...first,
      status: 'closed',
      termination_reason: 'game_completed',
      session_ended_at: T0,
      turns_completed: 1,
      last_seq: 2,
    })
    const events = await log.events('a')
    assert.deepEqual(
      events.map(({ persisted_at: _, ...rest }) => rest),
      [event('a', 1), event('a', 2, { direction: 'inbound', event_source: 'user', visible_to_user: false })].map(
        ({ persisted_at: _, ...rest }) => rest,
      ),
    )
  },
)

forEachStore('sessions: hundreds that commit at once all find their own rows again', async (store) => {
  const log = new SessionLog(store)
  const ids = Array.from({ length: 300 }, (_, index) => `many-${index}`)
  const sinks = await Promise.all(
    ids.map(async (id) => {
      const claim = await createClaimed(log, header(id))
      return log.sink(header(id), claim, 0)
    }),
  )
  for (let turn = 1; turn <= 3; turn++) {
    await Promise.all(
      sinks.map((sink, index) => {
        sink.append(`${ids[index]} turn ${turn}`)
        sink.event(event(ids[index] ?? '', turn))
        sink.patch({ last_seq: turn })
        return sink.commit()
      }),
    )
  }
  for (const id of ids) {
    assert.deepEqual(
      (await log.journal(id)).lines,
      [1, 2, 3].map((turn) => `${id} turn ${turn}`),
    )
    assert.deepEqual(
      (await log.events(id)).map((each) => each.seq),
      [1, 2, 3],
    )
    assert.equal((await log.header(id))?.last_seq, 3)
  }
})

forEachStore(
  'sessions: one server has a session at a time, and the one that lost it cannot write any more',
  async (store) => {
    let now = Date.parse(T0)
    const log = new SessionLog(store, () => now)
    const mine = await createClaimed(log, header('a'))
    const old = log.sink(header('a'), mine, 0)
    old.append('first')
    await old.commit()
    assert.equal(await log.claim('a', 's2', 15_000), undefined)
    assert.deepEqual(await log.renew([mine], 30_000), [])
    now += 20_000
    assert.equal(await log.claim('a', 's2', 15_000), undefined)
    now += 20_000
    const theirs = await log.claim('a', 's2', 15_000)
    assert.ok(theirs)
    old.append('too late')
    await assert.rejects(old.commit(), (error: unknown) => error instanceof AppError && error.code === 'SESSION_LOST')
    assert.deepEqual(await log.renew([mine], 30_000), [mine])
    const fresh = log.sink(header('a'), theirs, 1)
    fresh.append('second')
    await fresh.commit()
    assert.deepEqual((await log.journal('a')).lines, ['first', 'second'])
    await log.release(theirs)
    assert.ok(await log.claim('a', 's3', 15_000))
  },
)

forEachStore(
  'sessions: a release that comes after the next claim of the same server gives nothing up',
  async (store) => {
    const log = new SessionLog(store)
    const before = await createClaimed(log, header('a'))
    const after = await log.claim('a', 's1', 15_000)
    assert.ok(after)
    await log.release(before)
    assert.equal(await log.claim('a', 's2', 15_000), undefined)
    const sink = log.sink(header('a'), after, 0)
    const late = log.sink(header('a'), before, 0)
    sink.append('of the new claim')
    late.append('of the old claim')
    late.patch({ turns_completed: 99 })
    const [kept, refused] = await Promise.allSettled([sink.commit(), late.commit()])
    assert.equal(kept?.status, 'fulfilled')
    assert.equal(refused?.status, 'rejected')
    assert.deepEqual((await log.journal('a')).lines, ['of the new claim'])
    assert.equal((await log.header('a'))?.turns_completed, 0)
  },
)

forEachStore(
  'sessions: a session that is over is never claimed, and only quiet ones that nobody has are stale',
  async (store) => {
    let now = Date.parse(T0)
    const log = new SessionLog(store, () => now)
    await log.create(header('over', { status: 'closed' }), [], [])
    assert.equal(await log.claim('over', 's2', 1000), undefined)
    await createClaimed(log, header('held'), 3_600_000)
    await createClaimed(log, header('left', { status: 'paused' }))
    await createClaimed(log, header('fresh', { updated_at: '2026-11-21T10:59:00.000Z' }))
    now += 3_599_000
    const ids = (await log.stale(Date.parse('2026-11-21T10:30:00.000Z'), 10)).map((each) => each.id)
    assert.deepEqual(ids, ['left'])
  },
)

forEachStore(
  'sessions: stale ones come page by page, and those that could not be opened wait for their next attempt',
  async (store) => {
    let now = Date.parse(T0) + 3_600_000
    const log = new SessionLog(store, () => now)
    const ids = Array.from({ length: 7 }, (_, index) => `s${index}`)
    for (const id of ids) await log.create(header(id, { status: 'paused' }), [], [])
    await log.quarantine('s2', { code: 'JOURNAL_CORRUPT', message: 'line 3 \0' }, now + 60_000)
    const sweep = async (): Promise<string[]> => {
      const seen: string[] = []
      for (
        let page = await log.stale(now - 1000, 3);
        page.length > 0;
        page = await log.stale(now - 1000, 3, page.at(-1))
      )
        seen.push(...page.map((each) => each.id))
      return seen
    }
    assert.deepEqual(
      await sweep(),
      ids.filter((id) => id !== 's2'),
    )
    const kept = await log.find('s2')
    assert.equal(kept?.attempts, 1)
    assert.equal(kept.fault?.code, 'JOURNAL_CORRUPT')
    now += 60_000
    assert.deepEqual(await sweep(), ids)
    await log.clearFault('s2')
    assert.equal((await log.find('s2'))?.fault, null)
  },
)

forEachStore('sessions: how a session stands is the same on every server', async (store) => {
  let now = Date.parse(T0)
  const log = new SessionLog(store, () => now)
  const standing = async (id: string) => (await log.find(id))?.standing
  await log.create(header('new'), [], [])
  assert.equal(await standing('new'), 'active')
  const claim = await createClaimed(log, header('played'))
  assert.equal(await standing('played'), 'active')
  now += 60_000
  assert.equal(await standing('played'), 'paused', 'its server has died')
  await log.release(claim)
  assert.equal(await standing('played'), 'paused')
  assert.equal(await log.end('played', 'server_error', 'error'), true)
  assert.equal(await standing('played'), 'closed')
  assert.equal(await log.end('played', 'again'), false)
})

forEachStore(
  'sessions: feedback is for messages of the character in sessions of the player, and can be taken back',
  async (store) => {
    const log = new SessionLog(store)
    const claim = await createClaimed(log, header('a'))
    const sink = log.sink(header('a'), claim, 0)
    sink.event(event('a', 1))
    sink.event(event('a', 2, { event_source: 'system', event_type: 'info' }))
    await sink.commit()
    const feedback = {
      liked: false,
      comment: 'odd',
      doesnt_make_sense: true,
      out_of_character: false,
      other: false,
      submitted_at: T0,
    }
    const at = { session: 'a', event: 'a-1', playerId: 'p1' }
    assert.equal(await log.feedback({ ...at, playerId: 'p2' }, feedback), false)
    assert.equal(await log.feedback({ ...at, event: 'a-2' }, feedback), false)
    assert.equal(await log.feedback({ ...at, session: 'b' }, feedback), false)
    assert.equal(await log.feedback(at, feedback), true)
    assert.deepEqual((await log.events('a'))[0]?.feedback, feedback)
    assert.equal(await log.feedback(at, null), true)
    assert.equal((await log.events('a'))[0]?.feedback, null)
  },
)

forEachStore('sessions: a list is one player’s, newest first', async (store) => {
  const log = new SessionLog(store)
  for (const [index, player] of ['p1', 'p2', 'p1'].entries()) {
    const started = new Date(Date.parse(T0) + index * 1000).toISOString()
    await log.create(header(`s${index}`, { player_id: player, session_started_at: started }), [], [])
  }
  assert.deepEqual(
    (await log.list('p1', 10)).map((each) => each.header.session_id),
    ['s2', 's0'],
  )
})

forEachStore(
  'sessions: an event behind the last gets the next number, and a spectator’s key opens its session alone',
  async (store) => {
    const log = new SessionLog(store)
    await log.create(header('a', { last_seq: 4 }), [], [])
    const added = await log.appendInternal('a', (seq) => event('a', seq))
    assert.equal(added?.seq, 5)
    assert.equal((await log.header('a'))?.last_seq, 5)
    assert.equal(await log.appendInternal('none', (seq) => event('none', seq)), undefined)
    await log.addSpectatorKey('a', 'hash')
    assert.equal(await log.hasSpectatorKey('a', 'hash'), true)
    assert.equal(await log.hasSpectatorKey('b', 'hash'), false)
  },
)
