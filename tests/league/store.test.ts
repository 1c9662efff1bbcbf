// Leagues in the store, on both backends.
import assert from 'node:assert/strict'
import { builtInWorlds } from '../../src/host/world-registry.ts'
import { makeLeague } from '../../src/league/make-league.ts'
import { RoundComplete } from '../../src/protocol/commissioner.ts'
import { LeagueSpec } from '../../src/protocol/league.ts'
import { Leagues } from '../../src/store/leagues/leagues.ts'
import { Rounds } from '../../src/store/leagues/rounds.ts'
import type { Store } from '../../src/store/store.ts'
import { forEachStore } from '../../src/testing/stores.ts'

async function setUp(store: Store) {
  const leagues = new Leagues(store)
  const rounds = new Rounds(store, leagues)
  const spec = LeagueSpec.parse({
    name: 'Big Painters!',
    world: 'paint-arena',
    policies: ['greedy', 'sweep'].map((bot) => ({ kind: 'bot', name: bot, bot })),
  })
  const league = await makeLeague(leagues, builtInWorlds(), spec)
  const divisions = await leagues.divisions(league.id)
  const proposed = { division_id: divisions[0]!.id, round_config: {}, execution_backend: 'dispatch', notes: null }
  return { leagues, rounds, league, divisions, proposed, spec }
}

forEachStore('league store: a league begins with divisions, policies and events, and once only', async (store) => {
  const { leagues, league, divisions, spec } = await setUp(store)
  assert.equal(league.slug, 'big-painters')
  assert.deepEqual(
    divisions.map(({ name }) => name),
    ['Qualifiers', 'Competition'],
  )
  const members = await leagues.memberships({ leagueId: league.id })
  assert.deepEqual(
    members.map(({ status, isChampion }) => [status, isChampion]),
    [
      ['qualifying', false],
      ['qualifying', false],
    ],
  )
  assert.deepEqual(
    (await leagues.policyVersions()).map(({ version }) => version),
    [1, 1],
  )
  const events = await leagues.events({ leagueId: league.id }, 10)
  assert.deepEqual(events.map(({ type }) => type).toSorted(), [
    'league_created',
    'membership_started',
    'membership_started',
  ])
  await assert.rejects(makeLeague(leagues, builtInWorlds(), spec), { code: 'FILE_EXISTS' })
})

forEachStore('league store: a division has one open round, and numbers count through the league', async (store) => {
  const { rounds, league, divisions, proposed } = await setUp(store)
  const both = await Promise.all([rounds.create(league.id, proposed), rounds.create(league.id, proposed)])
  assert.equal(both.filter(Boolean).length, 1)
  const other = await rounds.create(league.id, { ...proposed, division_id: divisions[1]!.id })
  assert.equal(other?.number, 2)
})

forEachStore(
  'league store: an episode is settled once, and a round completes once with all that follows',
  async (store) => {
    const { leagues, rounds, league, divisions, proposed } = await setUp(store)
    const round = (await rounds.create(league.id, proposed))!
    const members = await leagues.memberships({ leagueId: league.id })
    const lineup = members.map(({ policyVersionId }) => policyVersionId)
    const request = { request_id: '0', variant_id: 'default', policy_version_ids: lineup, seed: 7, tags: {} }
    const [one, same] = [await rounds.episode(round.id, request, 7), await rounds.episode(round.id, request, 8)]
    assert.equal(one.id, same.id)
    const result = { status: 'completed', scores: [1, 2], error: null, journal: 'j', hash: 'h' } as const
    const settled = await Promise.all([
      rounds.settle(one.id, result),
      rounds.settle(one.id, { ...result, scores: [9, 9] }),
    ])
    assert.equal(settled.filter(Boolean).length, 1)
    const changed = await rounds.episode(round.id, { ...request, policy_version_ids: lineup.toReversed() }, 7)
    assert.notEqual(changed.id, one.id)

    const complete = RoundComplete.parse({
      type: 'round_complete',
      results: [
        {
          division_id: divisions[0]!.id,
          rankings: lineup.map((id, index) => ({ policy_version_id: id, rank: index + 1, score: 5 - index })),
        },
      ],
      policy_membership_events: [
        {
          league_policy_membership_id: members[0]!.id,
          from_division_id: divisions[0]!.id,
          to_division_id: divisions[1]!.id,
          status: 'competing',
          substatus: 'champion',
          reason: 'Passed',
        },
        {
          league_policy_membership_id: members[1]!.id,
          from_division_id: divisions[0]!.id,
          to_division_id: null,
          status: 'disqualified',
          substatus: 'inactive',
          reason: 'Failed',
        },
      ],
      state: { kept: true },
    })
    const done = await Promise.all([rounds.complete(round, complete), rounds.complete(round, complete)])
    assert.equal(done.filter(Boolean).length, 1)
    assert.equal((await rounds.results({ roundId: round.id })).length, 2)
    assert.deepEqual((await leagues.get(league.id)).state, { kept: true })
    const after = await leagues.memberships({ leagueId: league.id })
    assert.deepEqual(
      after.map(({ divisionId, status, isChampion, isActive }) => [divisionId, status, isChampion, isActive]),
      [
        [divisions[1]!.id, 'competing', true, true],
        [divisions[0]!.id, 'disqualified', false, false],
      ],
    )
    const events = await leagues.events({ leagueId: league.id, roundId: round.id }, 10)
    assert.deepEqual(events.map(({ type, summary }) => `${type}: ${summary}`).toSorted(), [
      'membership_ended: Failed',
      'membership_moved: Passed',
      'round_completed: 2 policies were ranked.',
    ])
    assert.deepEqual(await rounds.prune(league.id, 0), [])
    assert.equal((await rounds.list({}, { limit: 10 })).total, 0)
  },
)

forEachStore('league store: a leaderboard reads every result once, also beyond a page', async (store) => {
  const { rounds, divisions } = await setUp(store)
  const [, division] = divisions
  const [count, batch] = [45_000, 1000]
  for (let from = 0; from < count; from += batch) {
    const rows = Array.from({ length: batch }, (_, index) => ({
      round_id: `round-${Math.floor((from + index) / 700)}`,
      division_id: division!.id,
      policy_version_id: `policy-${(from + index) % 700}`,
      player_id: index % 2 === 0 ? null : 'somebody',
      rank: 1,
      // With digits up to the last one that a number can hold.
      score: (from + index) * Math.PI,
      metadata: `{"seed_order":${index}}`,
    }))
    await store.db.insertInto('league_results').values(rows).execute()
  }
  const { results } = await rounds.leaderboards.rows(division!.id)
  assert.equal(results.length, count)
  const byScore = results.toSorted((a, b) => a.score - b.score)
  for (const [index, { score, roundId, policyVersionId, playerId, metadata }] of byScore.entries()) {
    const found = { score, roundId, policyVersionId, playerId, metadata }
    const [round, policy] = [`round-${Math.floor(index / 700)}`, `policy-${index % 700}`]
    const owner = index % 2 === 0 ? null : 'somebody'
    const wanted = { score: index * Math.PI, roundId: round, policyVersionId: policy, playerId: owner }
    assert.deepEqual(found, { ...wanted, metadata: { seed_order: index % batch } })
  }
})
