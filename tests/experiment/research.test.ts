// The researchers' routes through the client, on SQLite and on PostgreSQL.
import assert from 'node:assert/strict'
import { createResearchClient } from '../../src/client/index.ts'
import { get, post } from '../../src/testing/play-api.ts'
import { PlayClient } from '../../src/testing/play-client.ts'
import { eventually } from '../../src/testing/server-process.ts'
import { forEachStore } from '../../src/testing/stores.ts'
import { ADMIN_KEY } from '../sessions/session-server.ts'
import { EXPERIMENT, RUN, type StudyServer, startStudyServer } from './study-server.ts'

const ANSWERS = { group_id: 'before', responses: { intake: { age: 40 } } }

const researchOf = (server: StudyServer) => createResearchClient({ url: server.url, key: ADMIN_KEY })

async function join(server: StudyServer, study: string, body = {}): Promise<{ key: string; player: string }> {
  const joined = await post(server, `/api/studies/${encodeURIComponent(study)}/join`, body)
  assert.equal(joined.status, 200, JSON.stringify(joined.body))
  return { key: joined.body.api_key, player: joined.body.player_id }
}

async function start(server: StudyServer, study: string, key: string): Promise<PlayClient> {
  const { body } = await post(server, `/api/studies/${encodeURIComponent(study)}/sessions`, {}, key)
  const client = new PlayClient(server.url.replace('http', 'ws') + body.ws_path, key)
  await client.until('turn_end')
  return client
}

forEachStore(
  'research: a participant is seen at every stage, with timeline and transcript',
  async (store, services) => {
    const server = await startStudyServer(store, { files: [] })
    services.atEnd(() => server.close())
    const research = researchOf(server)
    const added = await research.put(EXPERIMENT, null)
    assert.deepEqual([added.name, added.people.joined], ['Two games', 0])
    const { links } = await research.links('Two games', { count: 2, label: 'class A' })
    assert.deepEqual((await research.linkGroups('Two games')).groups, [
      { label: 'class A', is_reusable: false, made: 2, used: 0, revoked: 0 },
    ])
    const { key, player } = await join(server, 'Two games', {
      token: links[0]?.token,
      external: { PROLIFIC_PID: 'p1' },
    })
    const stage = async () => (await research.participants('Two games')).participants.map((each) => each.stage)
    assert.deepEqual(await stage(), ['consent'])
    await post(server, '/api/studies/Two%20games/consent', { version: '1', signature: 'Rosa' }, key)
    assert.deepEqual(await stage(), ['forms'])
    await post(server, '/api/studies/Two%20games/forms', ANSWERS, key)
    assert.deepEqual(await stage(), ['assignment'])
    const client = await start(server, 'Two games', key)
    await client.advance('I wait for a moment.')
    const [playing] = (await research.participants('Two games', { view: 'now' })).participants
    assert.deepEqual([playing?.stage, playing?.source], ['session', 'class A'])
    const session = playing?.assignments.find(({ status }) => status === 'in_progress')?.active_session_id ?? ''
    assert.ok(Date.parse(playing?.active_at ?? '') >= Date.parse(playing?.stage_since ?? ''))
    const said = await research.transcript('Two games', session)
    assert.equal(said.player_id, player)
    assert.ok(
      said.events.some(({ content, direction }) => direction === 'inbound' && content === 'I wait for a moment.'),
    )
    await assert.rejects(research.transcript('Two games', 'nothing'), { code: 'NOT_FOUND' })
    assert.deepEqual(await research.endSession('Two games', session), { ended: true })
    assert.deepEqual(await research.endSession('Two games', session), { ended: false })
    const after = await research.timeline('Two games', player)
    assert.equal(after.participant.assignments[0]?.status, 'interrupted')
    assert.equal(after.sessions[0]?.termination_reason, 'ended_by_researcher')
    assert.deepEqual(after.external, { PROLIFIC_PID: 'p1' })
    assert.equal(after.forms.intake?.answers.age?.answer, 40)
    const { people, arms } = await research.board('Two games')
    assert.deepEqual(people, {
      joined: 1,
      consented: 1,
      assigned: 1,
      conversed: 0,
      playing: 0,
      finished: 0,
      withdrawn: 0,
    })
    assert.deepEqual(arms[0], { game_name: 'Explore', quota: 3, completed: 0, in_progress: 0, reserved: 0 })
    const [interrupted] = after.participant.assignments
    const released = await research.release('Two games', player, interrupted?.assignment_id ?? '')
    assert.equal(released.participant.assignments[0]?.status, 'expired')
    await assert.rejects(research.release('Two games', player, interrupted?.assignment_id ?? ''), { status: 400 })
    assert.equal((await research.linkGroups('Two games')).groups[0]?.used, 1)
    await client.close()
    assert.deepEqual(server.faults, [])
  },
)

forEachStore(
  'research: an assignment that is being played is not released, and a deleted participant leaves nothing',
  async (store, services) => {
    const server = await startStudyServer(store, { files: [{ path: 'run.yml', text: RUN }] })
    services.atEnd(() => server.close())
    const research = researchOf(server)
    const { key, player } = await join(server, 'Two minds')
    const answer = (group_id: string, responses: object) =>
      post(server, '/api/studies/Two%20minds/forms', { group_id, responses }, key)
    await answer('before_all_assignments', { consent: { ok: true } })
    const { body } = await get(server, '/api/studies/Two%20minds/me', key)
    await answer(body.group_id, { before: { mood: 'Fine.' } })
    const client = await start(server, 'Two minds', key)
    const { participant } = await research.timeline('Two minds', player)
    const id = participant.assignments[0]?.assignment_id ?? ''
    await assert.rejects(research.release('Two minds', player, id), /being played/)
    assert.equal((await research.board('Two minds')).people.playing, 1)
    assert.deepEqual(await research.erase('Two minds', player), { erased: true })
    await assert.rejects(research.timeline('Two minds', player), { code: 'NOT_FOUND' })
    await assert.rejects(research.erase('Two minds', player), { code: 'NOT_FOUND' })
    await eventually('the counters forget the participant', async () => {
      const { people, arms } = await research.board('Two minds')
      return people.joined + people.playing + arms.reduce((sum, arm) => sum + arm.in_progress, 0) === 0
        ? true
        : undefined
    })
    await client.close()
    assert.deepEqual(server.faults, [])
  },
)

forEachStore(
  'research: pages of participants are newest first, complete, and without participants who have left',
  async (store, services) => {
    const server = await startStudyServer(store, { files: [{ path: 'run.yml', text: RUN }] })
    services.atEnd(() => server.close())
    const research = researchOf(server)
    const joined: string[] = []
    for (let i = 0; i < 205; i++) joined.push((await join(server, 'Two minds')).player)
    const first = await research.participants('Two minds')
    assert.equal(first.participants.length, 200)
    const second = await research.participants('Two minds', { after: first.next ?? '' })
    assert.equal(second.next, null)
    const all = [...first.participants, ...second.participants]
    assert.deepEqual(all.map((each) => each.player_id).toSorted(), joined.toSorted())
    assert.deepEqual(
      all.map((each) => each.joined_at),
      all
        .map((each) => each.joined_at)
        .toSorted()
        .toReversed(),
    )
    const { key, player } = await join(server, 'Two minds')
    await post(server, '/api/studies/Two%20minds/withdraw', { erase: false }, key)
    const present = await research.participants('Two minds', { view: 'now' })
    assert.ok(!present.participants.some((each) => each.player_id === player))
    assert.equal((await research.participants('Two minds')).participants[0]?.stage, 'withdrawn')
    await assert.rejects(research.participants('Two minds', { after: 'x' }), { status: 422 })
  },
)

forEachStore(
  'research: a file is replaced only where it was meant, and the quota changes nothing else in it',
  async (store, services) => {
    const server = await startStudyServer(store, { files: [] })
    services.atEnd(() => server.close())
    const research = researchOf(server)
    const commented = RUN.replace('seed: 7', 'seed: 7 # drawn by hand')
    await research.put(commented, null)
    await assert.rejects(research.put(RUN, null), { status: 409 })
    await assert.rejects(research.put(EXPERIMENT, 'Two minds'), { status: 409 })
    await assert.rejects(research.put(EXPERIMENT, 'Nothing'), { status: 409 })
    const { source, arms } = await research.setQuota('Two minds', 12)
    assert.deepEqual(
      arms.map(({ quota }) => quota),
      [12, 12],
    )
    assert.match(source, /# drawn by hand/)
    assert.equal((await research.check(source)).is_valid, true)
    await research.put(EXPERIMENT, null)
    const { source: older } = await research.setQuota('Two games', 9)
    assert.equal(older, EXPERIMENT.replace('quota_per_game: 3', 'quota_per_game: 9'))
    await research.close('Two games')
    assert.equal((await research.list()).studies.find(({ name }) => name === 'Two games')?.is_closed, true)
    await research.open('Two games')
    assert.equal((await research.board('Two games')).is_closed, false)
    const refused = createResearchClient({ url: server.url, key: 'dcs-ak-other' })
    await assert.rejects(refused.setQuota('Two games', 1), { status: 403 })
    await assert.rejects(createResearchClient({ url: server.url }).list(), { status: 401 })
  },
)

forEachStore('research: data and report are files of one study, in the wanted format', async (store, services) => {
  const files = [
    { path: 'run.yml', text: RUN },
    { path: 'other.yml', text: RUN.replace('Two minds', 'Other minds') },
  ]
  const server = await startStudyServer(store, { files })
  services.atEnd(() => server.close())
  const research = researchOf(server)
  for (const study of ['Two minds', 'Other minds']) {
    const { key } = await join(server, study)
    const responses = { consent: { ok: true } }
    await post(
      server,
      `/api/studies/${encodeURIComponent(study)}/forms`,
      { group_id: 'before_all_assignments', responses },
      key,
    )
  }
  const bytes = async (stream: ReadableStream<Uint8Array>) => Buffer.from(await new Response(stream).arrayBuffer())
  const whole = (await bytes(await research.downloadData('Two minds'))).toString('latin1')
  for (const name of ['participants.csv', 'events.parquet', 'codebook.json', 'study.yml', 'SHA256SUMS']) {
    assert.ok(whole.includes(`Two-minds/${name}`), name)
  }
  const csv = (await bytes(await research.downloadData('Two minds', 'csv'))).toString('latin1')
  assert.ok(csv.includes('answers.csv') && !csv.includes('.parquet'))
  const report = (await bytes(await research.downloadReport('Two minds'))).toString()
  assert.match(report, /Do you agree\?/)
  assert.match(report, /Two minds/)
  assert.doesNotMatch(report, /Other minds/)
  const players = (await research.participants('Other minds')).participants
  assert.ok(!report.includes(players[0]?.player_id ?? '?'))
  await assert.rejects(research.downloadData('Nothing'), { code: 'NOT_FOUND' })
  assert.deepEqual(server.faults, [])
})
