// Waiting rooms under random arrivals, departures and racing servers: nobody is in two groups, no group is too large, and
// every member of a group was present. On both stores.
import assert from 'node:assert/strict'
import { randomUUID } from 'node:crypto'
import { test } from 'node:test'
import fc from 'fast-check'
import type { Store } from '../../src/store/store.ts'
import { nextMatch, type RoomRules } from '../../src/store/studies/matching.ts'
import type { StoredAssignment } from '../../src/store/studies/rows.ts'
import { Studies } from '../../src/store/studies/studies.ts'
import { StudyEpisodes } from '../../src/store/studies/study-episodes.ts'
import { type PlannedSlots, WaitingRooms } from '../../src/store/studies/waiting-rooms.ts'
import { forEachStore } from '../../src/testing/stores.ts'

const STUDY = 'pairs'
const ARM = 'Together'

test('matching: full groups form in order of arrival; at the end of the waiting time a bot fills in or participants are released', () => {
  const waiters = fc.array(fc.record({ enteredAt: fc.nat(1000), wait: fc.integer({ min: 1, max: 1000 }) }), {
    maxLength: 12,
  })
  fc.assert(
    fc.property(
      waiters,
      fc.integer({ min: 2, max: 5 }),
      fc.constantFrom('bot' as const, 'release' as const),
      fc.nat(2500),
      (drawn, size, onTimeout, now) => {
        const room = drawn
          .map(({ enteredAt, wait }, index) => ({
            player: `p${index}`,
            assignment: `a${index}`,
            enteredAt,
            deadline: enteredAt + wait,
          }))
          .toSorted((a, b) => a.enteredAt - b.enteredAt)
        const match = nextMatch(room, { study: STUDY, arm: ARM, size, graceMs: 1, onTimeout }, now)
        if (room.length >= size) assert.deepEqual(match, { kind: 'group', members: room.slice(0, size) })
        else if (!room.some(({ deadline }) => deadline <= now)) assert.equal(match, undefined)
        else if (onTimeout === 'bot') assert.deepEqual(match, { kind: 'group', members: room })
        else assert.ok(match?.kind === 'release' && match.members.every(({ deadline }) => deadline <= now))
      },
    ),
  )
})

const PEOPLE = 12

/** An action of a participant; several race. */
const deed = fc.record({
  who: fc.nat({ max: PEOPLE - 1 }),
  act: fc.constantFrom('enter', 'enter', 'enter', 'leave', 'vanish', 'match', 'match', 'expire', 'end', 'withdraw'),
  server: fc.nat({ max: 1 }),
})
type Deed = typeof deed extends fc.Arbitrary<infer T> ? T : never

class Hall {
  readonly #store: Store
  readonly #servers: readonly WaitingRooms[]
  readonly #studies: Studies
  readonly #episodes: StudyEpisodes
  readonly #rules: RoomRules
  readonly #rows = new Map<string, string>()
  readonly groups: { readonly episode: string; readonly members: readonly string[] }[] = []

  constructor(store: Store, other: Store, rules: RoomRules) {
    this.#store = store
    this.#servers = [new WaitingRooms(store), new WaitingRooms(other)]
    this.#studies = new Studies(store)
    this.#episodes = new StudyEpisodes(store)
    this.#rules = rules
  }

  async open(): Promise<void> {
    for (let i = 0; i < PEOPLE; i++) {
      const id = randomUUID()
      this.#rows.set(`p${i}`, id)
      await this.#studies.act({ study: STUDY, player: `p${i}` }, { limit: null }, ({ now }) => ({
        rows: [rowOf(id, `p${i}`, now)],
        result: undefined,
      }))
    }
  }

  async do({ who, act, server }: Deed): Promise<void> {
    const player = `p${who}`
    const key = { study: STUDY, player }
    const rooms = this.#servers[server]
    assert.ok(rooms)
    const assignment = this.#rows.get(player) ?? ''
    if (act === 'enter') {
      const entry = {
        ...key,
        assignment,
        arm: ARM,
        waitMs: 60_000,
        graceMs: 60_000,
        limit: null,
        check: () => undefined,
      }
      await rooms.enter(entry)
      await this.#match(rooms)
    } else if (act === 'leave') await rooms.leave(key)
    else if (act === 'vanish') await this.#set(player, { seen_at: 0 })
    else if (act === 'expire') await this.#set(player, { deadline: 0 })
    else if (act === 'match') await this.#match(rooms)
    else if (act === 'withdraw') {
      await this.#studies.act(key, { limit: null }, ({ participant, now }) => ({
        participant: { ...participant, withdrawnAt: now },
        result: undefined,
      }))
    } else await this.#end()
  }

  async #set(player: string, columns: { seen_at?: number; deadline?: number }): Promise<void> {
    await this.#store.db.updateTable('study_waiting').set(columns).where('player_id', '=', player).execute()
  }

  async #match(rooms: WaitingRooms): Promise<void> {
    for (;;) {
      let members: readonly string[] = []
      const matched = await rooms.match(this.#rules, (waiters): PlannedSlots => {
        members = waiters.map(({ player }) => player)
        const taken = members.map((_, slot) => ({ slot, token: `t${slot}` }))
        const about = { world: 'paint-arena', variant: null, seed: 1, players: [], endsBy: 0 }
        return { ...about, episode: `study-${randomUUID()}`, taken }
      })
      if (!matched) return
      if (matched.kind === 'group') this.groups.push({ episode: matched.plan.episode, members })
    }
  }

  /** Everyone leaves the oldest episode; settling it twice concurrently counts once. */
  async #end(): Promise<void> {
    const [open] = await this.#episodes.open(1)
    if (!open) return
    const end = {
      outcome: null,
      results: null,
      exitOf: () => 'left' as const,
      playersOf: (_: number, planned: string) => planned,
    }
    const settled = await Promise.all([this.#episodes.settle(open.id, end), this.#episodes.settle(open.id, end)])
    assert.ok(settled.filter(Boolean).length <= 1)
  }

  async check(): Promise<void> {
    const { db } = this.#store
    const slots = await db.selectFrom('study_slots').selectAll().execute()
    const episodes = await db.selectFrom('study_episodes').selectAll().execute()
    const open = new Set(episodes.filter(({ status }) => status !== 'ended').map(({ episode_id }) => episode_id))
    const rows = await this.#studies.assignments(STUDY, [...this.#rows.keys()])
    for (const [player, assignment] of this.#rows) {
      const mine = slots.filter((each) => each.player_id === player && open.has(each.episode_id))
      assert.ok(mine.length <= 1, `${player} is in ${mine.length} groups at once`)
      const row = rows.find(({ id }) => id === assignment)
      assert.equal(row?.status === 'in_progress', mine.length === 1, `${player}: ${row?.status}, ${mine.length} groups`)
      if (mine[0]) assert.equal(row?.session, mine[0].episode_id)
    }
    for (const id of episodes.map(({ episode_id }) => episode_id)) {
      const group = slots.filter((each) => each.episode_id === id)
      assert.ok(group.length >= 1 && group.length <= this.#rules.size, `a group of ${group.length}`)
      assert.equal(new Set(group.map((each) => each.player_id)).size, group.length)
    }
    assert.equal(episodes.length, this.groups.length, 'every group that was made is kept, and no other')
    const waiting = await db.selectFrom('study_waiting').selectAll().execute()
    const playing = new Set(rows.filter(({ status }) => status === 'in_progress').map(({ player }) => player))
    for (const { player_id } of waiting) assert.ok(!playing.has(player_id), `${player_id} plays and waits`)
    const tally = await this.#studies.tally(STUDY)
    assert.equal(tally.games.get(ARM)?.inProgress ?? 0, playing.size, 'the counter of people who play')
  }
}

function rowOf(id: string, player: string, now: number): StoredAssignment {
  const times = {
    assignedAt: now,
    createdAt: now,
    updatedAt: now,
    startedAt: null,
    completedAt: null,
    interruptedAt: null,
  }
  const free = {
    session: null,
    forms: {},
    batchId: null,
    batch: null,
    isReserved: false,
    reservedUntil: null,
    reserveMs: null,
  }
  return { id, study: STUDY, player, ordinal: 1, game: ARM, pc: '', npc: null, status: 'assigned', ...times, ...free }
}

forEachStore(
  'matching: random joins, leaves, timeouts and ends on two servers: never two groups for one, never one too many',
  async (_store, services) => {
    await fc.assert(
      fc.asyncProperty(
        fc.integer({ min: 2, max: 4 }),
        fc.constantFrom('bot' as const, 'release' as const),
        fc.array(fc.array(deed, { minLength: 1, maxLength: 10 }), { minLength: 4, maxLength: 12 }),
        async (size, onTimeout, rounds) => {
          const store = await services.open()
          const hall = new Hall(store, store, { study: STUDY, arm: ARM, size, graceMs: 60_000, onTimeout })
          try {
            await hall.open()
            for (const round of rounds) {
              const all = await Promise.allSettled(round.map((each) => hall.do(each)))
              const failed = all.filter((each) => each.status === 'rejected')
              assert.deepEqual(failed, [], 'nothing that races fails')
              await hall.check()
            }
          } finally {
            // All runs together would exceed the connection limit of the database.
            await store.close()
          }
        },
      ),
      { numRuns: 12, endOnFailure: true },
    )
  },
)
