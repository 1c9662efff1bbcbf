// Secrets, tokens and champions in the store, on both backends.
import assert from 'node:assert/strict'
import { builtInWorlds } from '../../src/host/world-registry.ts'
import { enter, makeLeague } from '../../src/league/make-league.ts'
import { RoundComplete } from '../../src/protocol/commissioner.ts'
import { LeagueSpec } from '../../src/protocol/league.ts'
import { CoworldSecrets } from '../../src/store/leagues/coworld-secrets.ts'
import type { DivisionPlan } from '../../src/store/leagues/division-changes.ts'
import { Leagues } from '../../src/store/leagues/leagues.ts'
import { Memberships } from '../../src/store/leagues/memberships.ts'
import { Rounds } from '../../src/store/leagues/rounds.ts'
import { LeagueSecrets } from '../../src/store/leagues/secrets.ts'
import { LeagueTokens } from '../../src/store/leagues/tokens.ts'
import { openVault, rotateKey } from '../../src/store/people/personal-key.ts'
import { PlaySessions } from '../../src/store/play/play-sessions.ts'
import { forEachStore } from '../../src/testing/stores.ts'

const BOT = { kind: 'bot', name: 'greedy', bot: 'greedy' } as const

forEachStore(
  'secrets: a rotation of the key seals them again, and the old key opens nothing',
  async (store, { folder }) => {
    const leagues = new Leagues(store)
    const before = new LeagueSecrets(store, await openVault(store, { folder }))
    const { id } = await leagues.addPolicyVersion('p', BOT, null, (tx, made) =>
      before.seal(tx, made, { A: 'one', B: 'two' }),
    )
    assert.deepEqual(await before.open(id), { A: 'one', B: 'two' })
    await rotateKey(store, { folder })
    await assert.rejects(before.open(id), { code: 'PII_KEY_WRONG' })
    await assert.rejects(
      leagues.addPolicyVersion('p', BOT, null, (tx, made) => before.seal(tx, made, { A: 'three' })),
      { code: 'PII_KEY_WRONG' },
    )
    assert.equal((await leagues.policyVersions({ name: 'p' })).length, 1, 'no version without its secrets')
    const after = new LeagueSecrets(store, await openVault(store, { folder }))
    assert.deepEqual(await after.open(id), { A: 'one', B: 'two' })
    // A row moved to another name does not decrypt.
    await store.db.updateTable('league_secrets').set({ name: 'C' }).where('name', '=', 'A').execute()
    await assert.rejects(after.open(id), { code: 'STORE_CORRUPT' })
  },
)

forEachStore('versions: of uploads at once each gets a number of its own', async (store) => {
  const leagues = new Leagues(store)
  const player = await leagues.addPlayer('alice')
  const made = await Promise.all(Array.from({ length: 5 }, () => leagues.addPolicyVersion('p', BOT, player)))
  assert.deepEqual(made.map(({ version }) => version).toSorted(), [1, 2, 3, 4, 5])
  assert.equal(new Set(made.map(({ policyId }) => policyId)).size, 1)
})

forEachStore('champions: the newest of a player takes the place of the others, and says why', async (store) => {
  const leagues = new Leagues(store)
  const divisions = [{ name: 'Open', level: 1, type: 'competition' }]
  const spec = LeagueSpec.parse({ name: 'Champions', world: 'paint-arena', divisions, policies: [BOT] })
  const league = await makeLeague(leagues, builtInWorlds(), spec)
  const player = await leagues.addPlayer('alice')
  for (const name of ['one', 'two']) {
    await enter(leagues, league, await leagues.addPolicyVersion(name, BOT, player), { actor: 'alice' })
  }
  const own = (await leagues.memberships({ leagueId: league.id })).filter(({ playerId }) => playerId === player)
  assert.deepEqual(own.map(({ isChampion, substatus, isActive }) => [isChampion, substatus, isActive]).toSorted(), [
    [false, 'benched', true],
    [true, null, true],
  ])
  const [event] = await leagues.events({ leagueId: league.id, type: 'membership_changed' }, 10)
  assert.match(event?.summary ?? '', /Another policy of the same player/)
  assert.equal((await leagues.memberships({ leagueId: league.id })).filter(({ isChampion }) => isChampion).length, 2)
})

forEachStore('tokens: they expire, and those of one player are independent', async (store) => {
  const clock = { now: 1_000_000 }
  const tokens = new LeagueTokens(store, () => clock.now)
  const [short, long] = [await tokens.issue('alice', { expiresAt: 2_000_000 }), await tokens.issue('alice')]
  assert.equal(short.playerId, long.playerId)
  assert.equal((await tokens.find(` ${short.token} `))?.playerName, 'alice')
  clock.now = 2_000_000
  assert.equal(await tokens.find(short.token), undefined)
  await tokens.revoke(short.id)
  assert.equal((await tokens.find(long.token))?.playerId, long.playerId)
  await assert.rejects(tokens.revoke('x'), { code: 'UNKNOWN_TOKEN' })
  await assert.rejects(tokens.issue('a\nb'), { code: 'VALIDATION_ERROR' })
  assert.equal((await tokens.list()).length, 2)
})

forEachStore(
  'hosted games: of many who join at once each slot goes to one, and a lobby expires only with a free slot',
  async (store) => {
    const sessions = new PlaySessions(store)
    const base = { coworldId: 'cow_x', variantId: 'v', playerId: null, allowsSpectators: true, slots: 3, expiresAt: 0 }
    const { id } = await sessions.add({ ...base, id: 'one', episodeId: 'e1' })
    const guest = { playerId: null, guestHash: null, label: undefined }
    const joins = await Promise.allSettled(Array.from({ length: 6 }, () => sessions.join(id, guest)))
    const slots = joins.flatMap((each) => (each.status === 'fulfilled' ? [each.value.holder.slot] : []))
    assert.deepEqual(slots.toSorted(), [0, 1, 2])
    assert.equal(await sessions.close(id, 'expired', { onlyLobby: true }), false)
    await sessions.add({ ...base, id: 'two', episodeId: 'e2' })
    const [joined, expired] = await Promise.allSettled([
      sessions.join('two', { ...guest, playerId: 'p' }),
      sessions.close('two', 'expired', { onlyLobby: true }),
    ])
    // In either order, nobody gets a slot of a lobby after it has expired.
    assert.equal(expired.status === 'fulfilled' && expired.value, true)
    if (joined.status === 'rejected') assert.equal(joined.reason.code, 'EPISODE_OVER')
    await assert.rejects(sessions.join('two', guest), { code: 'EPISODE_OVER' })
  },
)

forEachStore('memberships: they end once, and a change that arrives later does not bring them back', async (store) => {
  const leagues = new Leagues(store)
  const memberships = new Memberships(store)
  const divisions = [{ name: 'Open', level: 1, type: 'competition' }]
  const spec = LeagueSpec.parse({ name: 'Ends', world: 'paint-arena', divisions, policies: [BOT] })
  const league = await makeLeague(leagues, builtInWorlds(), spec)
  const [member] = await leagues.memberships({ leagueId: league.id })
  const cause = { actor: 'alice', reason: 'tired' }
  const ends = await Promise.allSettled([1, 2, 3].map(() => memberships.retire(member!.id, cause)))
  assert.deepEqual(ends.map(({ status }) => status).toSorted(), ['fulfilled', 'rejected', 'rejected'])
  for (const end of ends) if (end.status === 'rejected') assert.equal(end.reason.code, 'MEMBERSHIP_ENDED')
  const now = await memberships.get(member!.id)
  assert.deepEqual(
    [now.isActive, now.status, now.substatus, now.isChampion],
    [false, 'disqualified', 'inactive', false],
  )
  assert.ok(now.endedAt)
  const [event, ...others] = await leagues.events({ leagueId: league.id, type: 'membership_ended' }, 9)
  assert.deepEqual([event?.actor, event?.summary, others.length], ['alice', 'tired', 0])
  // A round that began before the end.
  const rounds = new Rounds(store, leagues)
  const [division] = await leagues.divisions(league.id)
  const proposed = { division_id: division!.id, round_config: {}, execution_backend: 'dispatch', notes: null }
  const round = await rounds.create(league.id, proposed)
  const complete = RoundComplete.parse({
    type: 'round_complete',
    policy_membership_events: [
      {
        league_policy_membership_id: member!.id,
        to_division_id: division!.id,
        status: 'competing',
        substatus: 'active',
      },
    ],
  })
  assert.ok(await rounds.complete(round!, complete))
  assert.equal((await memberships.get(member!.id)).isActive, false)
  await assert.rejects(memberships.get('x'), { code: 'UNKNOWN_LEAGUE' })
})

forEachStore('rounds: none begins in a division of another league, or in an archived one', async (store) => {
  const leagues = new Leagues(store)
  const rounds = new Rounds(store, leagues)
  const make = (name: string) =>
    makeLeague(leagues, builtInWorlds(), LeagueSpec.parse({ name, world: 'paint-arena', policies: [] }))
  const [one, other] = [await make('One'), await make('Other')]
  const [division] = await leagues.divisions(one.id)
  const proposed = { division_id: division!.id, round_config: {}, execution_backend: 'dispatch', notes: null }
  assert.equal(await rounds.create(other.id, proposed), undefined)
  assert.equal((await leagues.get(other.id)).rounds, 0)
  assert.equal((await rounds.create(one.id, proposed))?.number, 1)
  assert.deepEqual(
    (await rounds.unfinished(one.id)).map(({ number }) => number),
    [1],
  )
  // A division with a round under way is not archived.
  const [, kept] = await leagues.divisions(one.id)
  const plan: DivisionPlan = {
    league: one,
    before: await leagues.divisions(one.id),
    after: [kept!],
    created: new Set(),
    archived: [division!],
    events: [],
    actor: 'operator',
  }
  await assert.rejects(leagues.divisionChanges.apply(plan), /round 1 of Qualifiers is not over/)
  await rounds.fail((await rounds.unfinished(one.id))[0]!, 'over')
  assert.equal(await leagues.divisionChanges.apply(plan), 0)
  await assert.rejects(leagues.divisionChanges.apply(plan), /have changed in the meantime/)
  assert.equal(await rounds.create(one.id, proposed), undefined)
  assert.deepEqual(
    (await leagues.divisions(one.id, { withArchived: true })).map(({ name, archivedAt }) => [
      name,
      archivedAt === null,
    ]),
    [
      ['Qualifiers', false],
      ['Competition', true],
    ],
  )
})

forEachStore(
  'package secrets: any bytes come back, a rotation seals them again, and nothing at rest shows them',
  async (store, services) => {
    const { folder } = services
    const before = new CoworldSecrets(store, await openVault(store, { folder }))
    const value = Buffer.from([0, 255, 10, 13, 128, ...Buffer.from('päss')])
    await before.put('my_game', 'key', Buffer.from('first'))
    await before.put('my-game', 'key', value)
    await before.put('my-game', 'large', Buffer.alloc(1024 * 1024, 7))
    assert.deepEqual(Buffer.from((await before.open('my_game', 'key')) ?? []), value)
    assert.deepEqual(
      (await before.list('my_game')).map(({ name, bytes }) => [name, bytes]),
      [
        ['key', value.length],
        ['large', 1024 * 1024],
      ],
    )
    for (const [name, bytes, code] of [
      ['large', 1024 * 1024 + 1, 'BODY_TOO_LARGE'],
      ['empty', 0, 'VALIDATION_ERROR'],
      ['../up', 1, 'VALIDATION_ERROR'],
      ['', 1, 'VALIDATION_ERROR'],
      ['x'.repeat(101), 1, 'VALIDATION_ERROR'],
    ] as const) {
      await assert.rejects(before.put('my-game', name, Buffer.alloc(bytes, 1)), { code })
    }
    const rows = await store.db.selectFrom('coworld_secrets').selectAll().execute()
    for (const spelled of ['päss', value.toString('base64')]) assert.ok(!JSON.stringify(rows).includes(spelled))
    await rotateKey(store, { folder })
    await assert.rejects(before.open('my-game', 'key'), { code: 'PII_KEY_WRONG' })
    const after = new CoworldSecrets(store, await openVault(store, { folder }))
    assert.deepEqual(Buffer.from((await after.open('my-game', 'key')) ?? []), value)
    assert.equal(await after.open('other-game', 'key'), undefined)
    await after.remove('my-game', 'key')
    assert.equal(await after.open('my-game', 'key'), undefined)
    await assert.rejects(after.remove('my-game', 'key'), { code: 'UNKNOWN_UPLOAD' })
  },
)
