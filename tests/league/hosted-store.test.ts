// Secrets, tokens and champions in the store, on both backends.
import assert from 'node:assert/strict'
import { builtInWorlds } from '../../src/host/world-registry.ts'
import { enter, makeLeague } from '../../src/league/make-league.ts'
import { LeagueSpec } from '../../src/protocol/league.ts'
import { Leagues } from '../../src/store/leagues/leagues.ts'
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
