// The later commissioner protocol (contract section 9.4) over real sockets: a foreign commissioner in Python decides on our
// platform what follows a round and which divisions a league has, and a foreign platform in Python asks ours.
import assert from 'node:assert/strict'
import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { after, before, test } from 'node:test'
import { FolderBlobs } from '../../src/host/folder-blobs.ts'
import { builtInWorlds } from '../../src/host/world-registry.ts'
import { askCommissioner } from '../../src/league/ask.ts'
import { socketChannel } from '../../src/league/channel.ts'
import { createBaseline, createManual } from '../../src/league/commissioner/baseline.ts'
import { createRuleset } from '../../src/league/commissioner/ruleset.ts'
import { bundledRuleset, parseRuleset } from '../../src/league/commissioner/ruleset-config.ts'
import { LeagueService } from '../../src/league/league-service.ts'
import { makeLeague } from '../../src/league/make-league.ts'
import { serveCommissioner } from '../../src/league/serve-commissioner.ts'
import { RoundCompletedResponse } from '../../src/protocol/commissioner-requests.ts'
import type { JsonObject } from '../../src/protocol/json.ts'
import { type CommissionerRef, LeagueSpec } from '../../src/protocol/league.ts'
import { JobQueue } from '../../src/store/jobs/job-queue.ts'
import { Leagues } from '../../src/store/leagues/leagues.ts'
import { Rounds } from '../../src/store/leagues/rounds.ts'
import type { LeagueRecord, RoundRecord } from '../../src/store/leagues/rows.ts'
import { openStore, type Store, storeInFolder } from '../../src/store/store.ts'

const STAND_INS = join(import.meta.dirname, '..', 'fixtures', 'league-stand-ins')
const folder = mkdtempSync(join(tmpdir(), 'paracosm-later-'))
const children: ChildProcess[] = []
const worlds = builtInWorlds()

/** Every message that the stand-in got. */
const heard: any[] = []
let url = ''
let store: Store
let leagues: Leagues
let rounds: Rounds
let service: LeagueService

before(async () => {
  const child = spawn('python3', [join(STAND_INS, 'later.py'), '0'], { stdio: ['ignore', 'pipe', 'inherit'] })
  children.push(child)
  let rest = ''
  child.stdout.setEncoding('utf8').on('data', (chunk: string) => {
    const lines = (rest + chunk).split('\n')
    rest = lines.pop() ?? ''
    for (const line of lines) heard.push(JSON.parse(line))
  })
  await until('the stand-in', () => heard[0])
  url = `http://127.0.0.1:${heard[0].listening}`
  store = await openStore(storeInFolder(folder, { mode: 'create', runs: 'inline' }))
  leagues = new Leagues(store)
  rounds = new Rounds(store, leagues)
  service = new LeagueService({
    leagues,
    rounds,
    queue: new JobQueue(store),
    blobs: new FolderBlobs(join(folder, 'blobs')),
    services: { worlds, environment: { PATH: process.env.PATH ?? '' }, engine: undefined, models: undefined },
    log: { info: () => undefined, error: () => undefined },
  })
  service.start()
})
after(async () => {
  await service?.stop()
  await store?.close()
  for (const child of children) child.kill('SIGKILL')
  rmSync(folder, { recursive: true, force: true })
})

async function until<T>(what: string, look: () => Promise<T | undefined> | T | undefined): Promise<T> {
  for (const end = Date.now() + 60_000; ; ) {
    const found = await look()
    if (found !== undefined) return found
    if (Date.now() > end) assert.fail(`not within 60 s: ${what}`)
    await new Promise((resolve) => setTimeout(resolve, 50))
  }
}

let count = 0
const make = (config: JsonObject, more: JsonObject = {}): Promise<LeagueRecord> =>
  makeLeague(
    leagues,
    worlds,
    LeagueSpec.parse({
      name: `League ${++count}`,
      world: 'paint-arena',
      variants: ['duel'],
      config: { width: 8, height: 8, max_ticks: 3 },
      commissioner: { type: 'url', url, config },
      policies: ['greedy', 'random'].map((name) => ({ kind: 'bot', name, bot: name })),
      ...more,
    }),
  )

const divisionOf = async (league: LeagueRecord, name: string) =>
  (await leagues.divisions(league.id)).find((division) => division.name === name)!

/** Plays one round, and waits until the commissioner has said what follows. */
async function playRound(league: LeagueRecord, division: string): Promise<RoundRecord> {
  const [round] = await service.startRound(league, (await divisionOf(league, division)).id)
  assert.ok(round)
  return until(`the aftermath of ${league.name}`, async () => {
    const now = await rounds.get(round.id)
    return now.status === 'completed' && now.aftermath !== 'pending' ? now : undefined
  })
}

const eventsOf = (league: LeagueRecord, type: string) => leagues.events({ leagueId: league.id, type }, 100)
const requests = (type: string, { id }: LeagueRecord) =>
  heard.filter((message) => message.type === type && message.league?.id === id)

test('aftermath: a foreign commissioner qualifies members after a round, and its follow-up round is played once', async () => {
  const league = await make({ qualify: true, follow: ['Competition'] })
  const round = await playRound(league, 'Qualifiers')
  assert.equal(round.aftermath, 'applied')
  const [request] = requests('round_completed_request', league)
  assert.deepEqual(request.commissioner_config, { qualify: true, follow: ['Competition'] })
  assert.deepEqual(
    [request.division.name, request.all_divisions.length, request.division_memberships.length],
    ['Qualifiers', 2, 2],
  )
  assert.deepEqual(
    request.round_results.map(({ rank }: any) => rank),
    [1, 2],
  )
  const members = await leagues.memberships({ leagueId: league.id })
  const competition = await divisionOf(league, 'Competition')
  assert.deepEqual(
    members
      .map(({ status, isActive, isChampion, divisionId }) => [
        status,
        isActive,
        isChampion,
        divisionId === competition.id,
      ])
      .sort(),
    [
      ['competing', true, true, true],
      ['disqualified', false, false, false],
    ],
  )
  const [moved] = await eventsOf(league, 'membership_moved')
  assert.deepEqual(
    [moved?.actor, moved?.summary, moved?.roundId, moved?.payload.notes],
    ['commissioner', 'decided afterwards', round.id, 'well done'],
  )
  // Each round asks for another: the platform stops the loop.
  const all = await until('the end of the loop', async () => {
    const { entries } = await rounds.list({ leagueId: league.id }, { limit: 50 })
    const isOver = entries.every(({ status, aftermath }) => status === 'completed' && aftermath === 'applied')
    return isOver && entries.length === 11 ? entries.toReversed() : undefined
  })
  assert.deepEqual(
    all.map(({ depth }) => depth),
    [0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10],
  )
  assert.deepEqual(
    all.map(({ follows }) => follows),
    [null, ...all.slice(0, 10).map(({ id }) => id)],
  )
  assert.deepEqual(all[1]?.config, { again: true })
  const followed = await eventsOf(league, 'rounds_followed')
  assert.equal(followed.length, 11)
  assert.match(
    followed.find(({ roundId }) => roundId === all[10]?.id)?.summary ?? '',
    /1 were left out: 10 rounds in a row/,
  )
})

test('aftermath: an answer is applied once, whoever stores it a second time', async () => {
  const league = await make({ answer: { policy_membership_events: [] } })
  const division = await divisionOf(league, 'Qualifiers')
  const competition = await divisionOf(league, 'Competition')
  const made = await rounds.create(league.id, {
    division_id: division.id,
    round_config: {},
    execution_backend: 'dispatch',
    notes: null,
  })
  assert.ok(made)
  const complete = {
    type: 'round_complete' as const,
    results: [],
    graduation_changes: [],
    round_display: null,
    state: null,
  }
  assert.ok(await rounds.complete(made, complete, { hasAftermath: true }))
  const [member] = await leagues.memberships({ leagueId: league.id })
  const answer = RoundCompletedResponse.parse({
    type: 'round_completed_response',
    policy_membership_events: [
      { league_policy_membership_id: member!.id, to_division_id: competition.id, status: 'competing' },
    ],
    follow_up_rounds: [{ division_id: competition.id }],
  })
  const outcome = { kind: 'applied', answer } as const
  const settled = await Promise.all([1, 2, 3].map(() => rounds.aftermaths.settle(made, outcome)))
  assert.deepEqual(settled.map(({ length }) => length).sort(), [0, 0, 1])
  assert.equal((await eventsOf(league, 'membership_moved')).length, 1)
  assert.equal((await rounds.list({ leagueId: league.id }, { limit: 9 })).total, 2)
})

test('aftermath: what the round itself decided is not decided again', async () => {
  const league = await make({})
  const [one] = await leagues.memberships({ leagueId: league.id })
  const competition = await divisionOf(league, 'Competition')
  const event = (status: string, to: string | null) => ({
    league_policy_membership_id: one!.id,
    to_division_id: to,
    status,
    reason: 'x',
  })
  const config = {
    complete: { policy_membership_events: [event('competing', competition.id)] },
    answer: { policy_membership_events: [event('disqualified', null)] },
  }
  await setCommissioner(league, { type: 'url', url, config })
  const round = await playRound(await leagues.get(league.id), 'Qualifiers')
  assert.equal(round.aftermath, 'applied')
  const member = (await leagues.memberships({ leagueId: league.id })).find(({ id }) => id === one!.id)
  assert.deepEqual([member?.status, member?.isActive, member?.divisionId], ['competing', true, competition.id])
})

const setCommissioner = async ({ id }: LeagueRecord, commissioner: CommissionerRef): Promise<void> => {
  const text = JSON.stringify(commissioner)
  await store.db.updateTable('leagues').set({ commissioner: text }).where('league_id', '=', id).execute()
}

test('aftermath: an unusable answer is refused with its reason, and the league goes on', async () => {
  const stranger = await make({})
  const [other] = await leagues.memberships({ leagueId: stranger.id })
  const away = await divisionOf(stranger, 'Competition')
  const end = { status: 'disqualified', to_division_id: null, reason: 'x' }
  for (const [config, reason] of [
    [{ answer: { policy_membership_events: [{ ...end, league_policy_membership_id: other!.id }] } }, /unknown member/],
    [{ answer: { follow_up_rounds: [{ division_id: away.id }] } }, /a round of an unknown division/],
    [{ follow: Array(33).fill('Competition') }, /33 rounds at once, at most 32/],
    [{ answer: { policy_membership_events: 'all' } }, /cannot be used/],
    [{ mode: 'text' }, /not JSON/],
  ] as const) {
    const league = await make(config as unknown as JsonObject)
    const round = await playRound(league, 'Qualifiers')
    assert.equal(round.aftermath, 'refused', String(reason))
    const [event] = await eventsOf(league, 'round_answer_refused')
    assert.match(event?.summary ?? '', reason)
    assert.equal(event?.actor, 'platform')
    assert.equal((await playRound(league, 'Qualifiers')).number, 2)
  }
  assert.ok((await leagues.memberships({ leagueId: stranger.id })).every(({ isActive }) => isActive))
})

test('aftermath: a member twice, an odd status and too many decisions are refused', async () => {
  const league = await make({})
  const [one] = await leagues.memberships({ leagueId: league.id })
  const event = { league_policy_membership_id: one!.id, status: 'competing', reason: 'x' }
  for (const [events, reason] of [
    [[event, event], /twice about member/],
    [[{ ...event, status: 'king' }], /unknown status "king"/],
    [Array(10_001).fill(event), /10001 times about members/],
  ] as const) {
    const config: JsonObject = { answer: { policy_membership_events: events.map((each) => ({ ...each })) } }
    await setCommissioner(league, { type: 'url', url, config })
    const round = await playRound(await leagues.get(league.id), 'Qualifiers')
    assert.equal(round.aftermath, 'refused')
    assert.match(
      (await leagues.events({ leagueId: league.id, roundId: round.id, type: 'round_answer_refused' }, 1))[0]!.summary,
      reason,
    )
  }
})

test('aftermath: a commissioner that breaks while it is asked does not stop the league', async () => {
  const league = await make({ mode: 'broken' })
  const round = await playRound(league, 'Qualifiers')
  assert.equal(round.aftermath, 'unknown')
  assert.equal(requests('round_completed_request', league).length, 3)
  assert.equal((await playRound(league, 'Qualifiers')).number, 2)
})

test('aftermath: a program that is started for each round, or that ends with its round, is asked as well', async () => {
  for (const mode of ['stays', 'leaves']) {
    const config = { qualify: true, ...(mode === 'leaves' ? { leaves: true } : {}) }
    const command = `exec python3 '${join(STAND_INS, 'later.py')}' "$PORT"`
    const league = await make({}, { commissioner: { type: 'command', command, config } })
    const round = await playRound(league, 'Qualifiers')
    assert.equal(round.aftermath, 'applied', mode)
    assert.equal((await eventsOf(league, 'membership_moved')).length, 1)
  }
})

test('asking: silence, refusal and other closes are told apart', async () => {
  const league = { id: '00000000-0000-4000-8000-000000000001' }
  const ask = (config: JsonObject, type = 'round_completed_request') =>
    askCommissioner(
      socketChannel(url),
      {
        type,
        league: { ...league, commissioner_config: config },
        division: { ...league, name: 'D', level: 1 },
        divisions: [],
        all_divisions: [],
        round_config: {},
        round_results: [],
        division_memberships: [],
        recent_results: [],
        commissioner_config: null,
      } as any,
      { schema: RoundCompletedResponse, answerMs: 1500 },
    )
  assert.deepEqual(await ask({ mode: 'hold' }), { kind: 'unknown' })
  assert.deepEqual(await ask({}, 'league_migration_config_request'), { kind: 'unknown' })
  assert.deepEqual(await ask({ mode: 'broken' }), { kind: 'closed', code: 1011 })
  assert.equal((await ask({ mode: 'text' })).kind, 'invalid')
  assert.equal((await ask({})).kind, 'answered')
})

test('aftermath: a commissioner in a module of the user is asked as well', async () => {
  const path = join(folder, 'own.ts')
  const source = join(import.meta.dirname, '..', '..', 'src', 'league', 'commissioner')
  writeFileSync(
    path,
    `import { createBaseline } from ${JSON.stringify(join(source, 'baseline.ts'))}
const baseline = createBaseline()
export const commissioner = {
  ...baseline,
  key: 'own',
  completeRound: (request: any) => ({
    policy_membership_events: [],
    membership_changes: [],
    follow_up_rounds: request.division.name === 'First' ? [{ division_id: request.all_divisions[1].id }] : [],
  }),
  divisions: ({ divisions }: any) => [...divisions, { name: 'Third', level: 3 }],
}
`,
  )
  const divisions = ['First', 'Second'].map((name, level) => ({ name, level, type: 'competition' }))
  const league = await make({}, { divisions, commissioner: { type: 'module', path } })
  const second = await divisionOf(league, 'Second')
  const [member] = await leagues.memberships({ leagueId: league.id })
  await store.db
    .updateTable('league_memberships')
    .set({ division_id: second.id })
    .where('membership_id', '=', member!.id)
    .execute()
  await playRound(league, 'First')
  const next = await until('the round that follows', async () => {
    const { entries } = await rounds.list({ divisionId: second.id, status: 'completed' }, { limit: 5 })
    return entries[0]
  })
  assert.equal(next.depth, 1)
  const { created } = await service.migrate(league, { actor: 'operator' })
  assert.deepEqual(
    created.map(({ name }) => name),
    ['Third'],
  )
})

test('commissioner: a round cannot end the membership of another league', async () => {
  const stranger = await make({})
  const [other] = await leagues.memberships({ leagueId: stranger.id })
  const end = { league_policy_membership_id: other!.id, to_division_id: null, status: 'disqualified', reason: 'x' }
  const league = await make({ complete: { policy_membership_events: [end] } })
  const [round] = await service.startRound(league, (await divisionOf(league, 'Qualifiers')).id)
  await until('two attempts', () => requests('round_start', league).length >= 2 || undefined)
  assert.equal((await rounds.get(round!.id)).status, 'running')
  assert.ok((await leagues.memberships({ leagueId: stranger.id })).every(({ isActive }) => isActive))
  await rounds.fail(await rounds.get(round!.id), 'over')
})

test('episodes: single keys of the configuration are overridden, and impossible ones are rejected with a reason', async () => {
  const league = await make({ overrides: { max_ticks: 2 } })
  const round = await playRound(league, 'Qualifiers')
  const [episode] = await rounds.episodes(round.id)
  assert.deepEqual([episode?.status, episode?.request.game_config], ['completed', { max_ticks: 2 }])
  const bad = await make({ overrides: { max_ticks: 'long' } })
  const [started] = await service.startRound(bad, (await divisionOf(bad, 'Qualifiers')).id)
  const rejected = await until('a rejection', () =>
    heard.find((message) => message.type === 'episodes_rejected' && /max_ticks/.test(message.errors['0'])),
  )
  assert.match(rejected.errors['0'], /the configuration is not one of duel: .*max_ticks/)
  await rounds.fail(await rounds.get(started!.id), 'over')
})

test('migration: divisions are renamed with their history, added and archived, and members move first', async () => {
  const divisions = [
    { name: 'Qualifiers', level: -99, type: 'staging' },
    { name: 'Old', level: 0, type: 'competition' },
    { name: 'Competition', level: 1, type: 'competition' },
  ]
  const league = await make({}, { divisions, policies: [] })
  const old = await divisionOf(league, 'Old')
  const competition = await divisionOf(league, 'Competition')
  const version = await leagues.addPolicyVersion('mover', { kind: 'bot', name: 'mover', bot: 'greedy' }, null)
  const member = await leagues.addMembership(
    {
      leagueId: league.id,
      divisionId: old.id,
      policyVersionId: version.id,
      playerId: null,
      status: 'competing',
      substatus: 'active',
      isChampion: true,
    },
    { actor: 'test', reason: 'test' },
  )
  const wanted = [
    { name: 'Qualifiers', level: -99, type: 'staging' },
    { name: 'Second', level: 1 },
    { name: 'Premier', level: 2, previous_name: 'Competition', description: 'The best' },
  ]
  const commissioner = (config: JsonObject) => setCommissioner(league, { type: 'url', url, config })
  const migrate = async (isDryRun = false) =>
    service.migrate(await leagues.get(league.id), { actor: 'operator', isDryRun })
  // It does not know the request.
  await assert.rejects(migrate(), { code: 'MIGRATION_REFUSED' })
  // It would leave a member behind.
  await commissioner({ divisions: wanted })
  await assert.rejects(migrate(), /leaves 1 member in Old/)
  for (const [faulty, reason] of [
    [[], /declares no division/],
    [[...wanted, wanted[0]], /declares Qualifiers twice/],
    [[{ name: 'A', level: 1, type: 'arena' }], /unknown type "arena"/],
    [['A', 'B'].map((name) => ({ name, level: 1, previous_name: 'Old' })), /two divisions were Old/],
  ] as const) {
    await commissioner({ divisions: faulty.map((each) => ({ ...each })), moves: { Old: 'Second' } })
    await assert.rejects(migrate(), reason)
  }
  await commissioner({ divisions: wanted, moves: { Old: 'Nowhere' } })
  await assert.rejects(migrate(), /unknown division/)
  assert.deepEqual(
    (await leagues.divisions(league.id)).map(({ name }) => name),
    ['Qualifiers', 'Old', 'Competition'],
  )
  await commissioner({ divisions: wanted, moves: { Old: 'Second' } })
  const trial = await migrate(true)
  assert.equal((await leagues.divisions(league.id)).length, 3)
  const done = await migrate()
  for (const result of [trial, done]) {
    assert.deepEqual(
      [result.created.map(({ name }) => name), result.archived.map(({ name }) => name), result.movedMembers],
      [['Second'], ['Old'], 1],
    )
    assert.deepEqual(result.renamed, [{ id: `div_${competition.id}`, from: 'Competition', to: 'Premier' }])
  }
  const now = await leagues.divisions(league.id)
  assert.deepEqual(
    now.map(({ name, level }) => [name, level]),
    [
      ['Qualifiers', -99],
      ['Second', 1],
      ['Premier', 2],
    ],
  )
  assert.equal(now[2]?.id, competition.id)
  assert.equal(now[2]?.description, 'The best')
  const moved = (await leagues.memberships({ leagueId: league.id })).find(({ id }) => id === member)
  assert.deepEqual([moved?.divisionId, moved?.status, moved?.isChampion], [now[1]?.id, 'competing', true])
  const [event] = await eventsOf(league, 'league_migrated')
  assert.deepEqual([event?.actor, event?.payload.moved_members], ['operator', 1])
  assert.match(event?.summary ?? '', /Second is new; Competition is Premier now; Old is archived; 1 member moved/)
  // Once more: nothing changes, and nothing is told.
  const again = await migrate()
  assert.deepEqual([again.created, again.renamed, again.archived, again.movedMembers], [[], [], [], 0])
  assert.equal((await eventsOf(league, 'league_migrated')).length, 1)
  // An archived division plays no rounds, keeps its history, and comes back under its name.
  assert.deepEqual(await service.startRound(league, old.id), [])
  assert.equal((await leagues.division(old.id)).name, 'Old')
  await commissioner({ divisions: [...wanted, { name: 'Old', level: 0 }] })
  assert.deepEqual((await migrate()).restored, [{ id: `div_${old.id}`, name: 'Old' }])
})

test('commissioner: ours answers a foreign platform in Python what follows a round and which divisions it wants', async () => {
  const uuid = (n: number): string => `${String(n).padStart(8, '0')}-0000-4000-8000-000000000000`
  const league = { id: uuid(1), commissioner_config: { qualifiers_division_name: 'Qualifiers' } }
  const staging = { id: uuid(2), name: 'Qualifiers', level: -99, type: 'staging' }
  const competition = { id: uuid(3), name: 'Competition', level: 1, type: 'competition' }
  const old = { id: uuid(4), name: 'Wood', level: 0, type: 'competition' }
  const member = (n: number, division: { id: string }, status: string) => ({
    id: uuid(n),
    league_id: league.id,
    division_id: division.id,
    policy_version_id: uuid(n + 10),
    status,
    is_champion: status === 'competing',
  })
  const result = (n: number, completed: number) => ({
    round_id: uuid(9),
    policy_version_id: uuid(n + 10),
    rank: 1,
    score: 1,
    result_metadata: { completed_episode_count: completed },
  })
  const completed = {
    type: 'round_completed_request',
    league,
    division: staging,
    all_divisions: [staging, competition],
    round_config: {},
    round_results: [result(20, 2), result(21, 0)],
    division_memberships: [member(20, staging, 'qualifying'), member(21, staging, 'qualifying')],
    recent_results: [{ round_id: uuid(9), policy_version_id: uuid(30), rank: 1, score: 1, result_metadata: {} }],
  }
  const config = { type: 'league_migration_config_request', league, divisions: [competition] }
  const migration = {
    type: 'league_migration_request',
    league,
    divisions: [staging, competition, old],
    memberships: [member(22, old, 'competing'), member(23, competition, 'competing')],
  }
  const ask = async (commissioner: Parameters<typeof serveCommissioner>[0]): Promise<any[]> => {
    const server = await serveCommissioner(commissioner, {
      host: '127.0.0.1',
      port: 0,
      onFault: (error) => assert.fail(String(error)),
    })
    const child = spawn('python3', [join(STAND_INS, 'asks.py'), '127.0.0.1', String(server.port)], {
      stdio: ['pipe', 'pipe', 'inherit'],
    })
    let out = ''
    child.stdout.on('data', (chunk) => {
      out += chunk
    })
    child.stdin.end(JSON.stringify([completed, config, migration]))
    const [status] = await once(child, 'close')
    await server.close()
    assert.equal(status, 0)
    return JSON.parse(out)
  }
  for (const commissioner of [createBaseline(), createManual()]) {
    const [followed, wanted, moved] = await ask(commissioner)
    assert.deepEqual(
      followed.membership_changes.map((each: any) => [each.membership_id, each.to_division_id, each.is_active]),
      [
        [uuid(20), competition.id, true],
        [uuid(21), null, false],
      ],
    )
    assert.deepEqual([followed.policy_membership_events, followed.follow_up_rounds], [[], []])
    assert.deepEqual(
      wanted.divisions.map(({ name, level, type }: any) => [name, level, type]),
      [['Competition', 1, 'competition']],
    )
    assert.deepEqual(moved, { type: 'league_migration_response', policy_membership_events: [] })
  }
  const [followed, wanted, moved] = await ask(createRuleset(bundledRuleset('default')))
  assert.deepEqual(
    followed.policy_membership_events.map((each: any) => [
      each.league_policy_membership_id,
      each.to_division_id,
      each.status,
      each.substatus,
    ]),
    [[uuid(20), competition.id, 'competing', 'champion']],
  )
  assert.deepEqual(
    wanted.divisions.map(({ name, previous_name, level, type }: any) => [name, previous_name, level, type]),
    [
      ['Qualifiers', null, -99, 'staging'],
      ['Competition', 'Daily', 1, 'competition'],
    ],
  )
  assert.deepEqual(
    moved.policy_membership_events.map((each: any) => [each.league_policy_membership_id, each.to_division_id]),
    [[uuid(22), competition.id]],
  )
  const levels = parseRuleset({ divisions: { qualifiers: {}, first_league: {}, second: { level: 7 }, third: {} } })
  const [, named] = await ask(createRuleset(levels))
  assert.deepEqual(
    named.divisions.map(({ name, level, type }: any) => [name, level, type]),
    [
      ['Qualifiers', -99, 'staging'],
      ['First League', 1, 'competition'],
      ['Second', 7, 'competition'],
      ['Third', 2, 'competition'],
    ],
  )
})

test('preferences: what players wish travels to the commissioner, and auto_champion decides who is champion', async () => {
  const league = await make({ qualify: true }, { policies: [] })
  const division = await divisionOf(league, 'Qualifiers')
  const player = await leagues.addPlayer('wisher')
  const enter = async (name: string, autoChampion: 'always' | 'never' | 'lineage', score: number) => {
    const version = await leagues.addPolicyVersion(name, { kind: 'bot', name, bot: 'greedy' }, player)
    return leagues.addMembership(
      {
        leagueId: league.id,
        divisionId: division.id,
        policyVersionId: version.id,
        playerId: player,
        status: 'qualifying',
        substatus: null,
        isChampion: false,
        autoChampion,
        preferences: { pace: score },
      },
      { actor: 'test', reason: 'test' },
    )
  }
  const state = async (id: string) => {
    const member = (await leagues.memberships({ leagueId: league.id })).find((each) => each.id === id)
    return [member?.status, member?.isChampion, member?.substatus]
  }
  const never = await enter('quiet', 'never', 1)
  await playRound(league, 'Qualifiers')
  const [start] = requests('round_start', league)
  assert.deepEqual(start.memberships[0].preferences, { pace: 1 })
  assert.deepEqual(await state(never), ['competing', false, 'benched'])
  const first = await enter('lead', 'lineage', 2)
  await playRound(league, 'Qualifiers')
  assert.deepEqual(await state(first), ['competing', true, 'champion'])
  const other = await enter('other', 'lineage', 3)
  await playRound(league, 'Qualifiers')
  assert.deepEqual(await state(other), ['competing', false, 'benched'])
  const next = await enter('lead', 'lineage', 4)
  await playRound(league, 'Qualifiers')
  assert.deepEqual(await state(next), ['competing', true, 'champion'])
  assert.deepEqual(await state(first), ['competing', false, 'benched'])
})

test('aftermath: a server that is killed before it has the answer asks again, and applies it once', async () => {
  const data = mkdtempSync(join(folder, 'killed-'))
  const config = {
    qualify: true,
    follow: ['Competition'],
    followed: 'Qualifiers',
    rounds: ['Qualifiers'],
    mode: 'hold-first',
  }
  const spec = {
    name: 'Killed',
    world: 'paint-arena',
    variants: ['duel'],
    config: { width: 8, height: 8, max_ticks: 3 },
    commissioner: { type: 'url', url, config },
    policies: ['greedy', 'random'].map((name) => ({ kind: 'bot', name, bot: name })),
  }
  const start = (): ChildProcess => {
    const child = spawn(process.execPath, [join(import.meta.dirname, 'league-child.ts'), data, JSON.stringify(spec)], {
      stdio: 'ignore',
    })
    children.push(child)
    return child
  }
  const query = (sql: string): any[] => {
    const db = new DatabaseSync(join(data, 'paracosm.sqlite'), { timeout: 5000 })
    try {
      return db.prepare(sql).all()
    } finally {
      db.close()
    }
  }
  const isAsked = (message: any) => message.commissioner_config?.mode === 'hold-first'
  const first = start()
  await until('the first question', () => heard.find(isAsked))
  const gone = once(first, 'exit')
  first.kill('SIGKILL')
  await gone
  const [left, ...others] = query('select status, aftermath from league_rounds')
  assert.deepEqual([left.status, left.aftermath, others.length], ['completed', 'pending', 0])
  const second = start()
  await until('both rounds', () => {
    const rows = query('select aftermath from league_rounds')
    return rows.length === 2 && rows.every(({ aftermath }) => aftermath === 'applied') ? true : undefined
  })
  second.kill('SIGKILL')
  const counted = query('select event_type, count(*) as n from league_events group by event_type')
  const events = Object.fromEntries(counted.map(({ event_type: type, n }) => [type, n]))
  assert.deepEqual(
    [events.membership_moved, events.membership_ended, events.rounds_followed, events.round_completed],
    [1, 1, 1, 2],
  )
})
