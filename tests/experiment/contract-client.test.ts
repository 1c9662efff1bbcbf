// A client written from the contract alone takes participants from their link to the completion code, in both generations.
// It disconnects in every state and continues on the other server, with a new key of the same link.
import assert from 'node:assert/strict'
import { get, post } from '../../src/testing/play-api.ts'
import { PlayClient } from '../../src/testing/play-client.ts'
import { eventually } from '../../src/testing/server-process.ts'
import { forEachStore } from '../../src/testing/stores.ts'
import { ADMIN_KEY } from '../sessions/session-server.ts'
import { EXPERIMENT, RUN, type StudyServer, startStudyServer } from './study-server.ts'

const files = [
  { path: 'studies/two-games.yml', text: EXPERIMENT },
  { path: 'studies/two-minds.yml', text: RUN },
]

/** Requests alternate between the servers: all state must be in the store. */
class Participant {
  readonly servers: readonly StudyServer[]
  readonly study: string
  readonly token: string | undefined
  key = ''
  player = ''
  #turn = 0

  constructor(servers: readonly StudyServer[], study: string, token: string | undefined) {
    this.servers = servers
    this.study = encodeURIComponent(study)
    this.token = token
  }

  get server(): StudyServer {
    const server = this.servers[this.#turn++ % this.servers.length]
    assert.ok(server)
    return server
  }

  /** Arrives through the link, like a browser without storage. */
  async join(external = {}): Promise<boolean> {
    const body = { ...(this.token === undefined ? {} : { token: this.token }), external }
    const joined = await post(this.server, `/api/studies/${this.study}/join`, body)
    assert.equal(joined.status, 200, JSON.stringify(joined.body))
    if (this.player !== '') assert.equal(joined.body.player_id, this.player, 'the link leads to the same participant')
    this.key = joined.body.api_key
    this.player = joined.body.player_id
    return joined.body.is_resumed
  }

  async get(path: string): Promise<any> {
    const { status, body } = await get(this.server, path, this.key)
    assert.equal(status, 200, `${path}: ${JSON.stringify(body)}`)
    return body
  }

  async post(path: string, body: unknown, wanted = 200): Promise<any> {
    const answer = await post(this.server, path, body, this.key)
    assert.equal(answer.status, wanted, `${path}: ${JSON.stringify(answer.body)}`)
    return answer.body
  }

  me(): Promise<any> {
    return this.get(`/api/studies/${this.study}/me`)
  }

  /** Plays a session to its end; disconnects once in the middle, and resumes on the other server. */
  async play(session: { session_id: string; ws_path: string }): Promise<void> {
    const first = new PlayClient(this.server.url.replace('http', 'ws') + session.ws_path, this.key)
    await first.until('turn_end')
    await first.advance('I wave.')
    await first.close()
    await eventually('the session is paused', async () => {
      const { status } = await this.get(`/api/sessions/${session.session_id}/status`)
      return status === 'paused' ? true : undefined
    })
    const { stage, session: found } = await this.me()
    assert.equal(stage, 'session')
    assert.equal(found.session_id, session.session_id, 'the session to resume is found after a drop')
    const second = new PlayClient(this.server.url.replace('http', 'ws') + found.ws_path, this.key)
    await second.until('replay_end')
    let frames = await second.advance('/finish')
    for (let i = 0; i < 5 && frames.at(-1)?.exited !== true; i++) frames = await second.advance('It was easy enough.')
    assert.equal(frames.at(-1)?.exited, true)
    await second.close()
  }
}

async function twoServers(store: any, services: any): Promise<StudyServer[]> {
  const count = services.kind === 'postgres' ? 2 : 1
  const servers: StudyServer[] = []
  for (let i = 0; i < count; i++) {
    const server = await startStudyServer(store, { files }, { isAlone: count === 1 })
    services.atEnd(() => server.close())
    servers.push(server)
  }
  return servers
}

forEachStore('experiment: from link to completion code, with a drop in every state', async (store, services) => {
  const servers = await twoServers(store, services)
  const [first] = servers
  assert.ok(first)
  const made = await post(first, '/api/research/studies/two-games/links', { count: 1 }, ADMIN_KEY)
  const p = new Participant(servers, 'Two games', made.body.links[0].token)
  const base = '/api/experiments/two%20games'
  assert.equal(await p.join(), false)
  assert.equal((await p.me()).stage, 'consent')
  assert.match((await p.post(`${base}/players`, { responses: {} }, 400)).detail, /Consent/)
  assert.equal(await p.join(), true, 'a drop before the consent')
  await p.post(`/api/studies/${p.study}/consent`, { version: '1' }, 400)
  await p.post(`/api/studies/${p.study}/consent`, { version: '1', signature: 'Ada L.' })
  await p.join()
  assert.equal((await p.get(`${base}/setup`)).current_assignment, null)
  await p.post(`${base}/sessions`, {}, 400)
  assert.match((await p.post(`${base}/players`, { responses: { intake: { age: 'old' } } }, 400)).detail, /age/)
  await p.post(`${base}/players`, { responses: null }, 422)
  const { assignment } = await p.post(`${base}/players`, { responses: { intake: { age: '36' } } })
  await p.join()
  const setup = await p.get(`${base}/setup`)
  assert.deepEqual(setup.current_assignment, assignment, 'the setup read returns the row of the submission')
  assert.equal(setup.assignments.length, 2, 'the other assignments were made in one go')
  const played = new Set<string>()
  for (let round = 0; round < 2; round++) {
    const { current_assignment: current } = await p.get(`${base}/setup`)
    played.add(current.game_name)
    const session = await p.post(`${base}/sessions`, { source: 'experiment' })
    assert.match((await p.post(`${base}/sessions`, {}, 400)).detail, /in progress/)
    await p.play(session)
    await p.join()
    const after = await p.get(`${base}/setup`)
    assert.equal(after.pending_post_play, true, JSON.stringify(after))
    await p.post(`${base}/post-play`, { responses: { outtake: {} } }, 400)
    const summary = await p.post(`${base}/post-play`, { responses: { outtake: { easy: 'yes' } } })
    assert.equal(summary.status, 'completed')
    await p.post(`${base}/post-play`, { responses: { outtake: { easy: 'yes' } } }, 400)
  }
  assert.deepEqual([...played].toSorted(), ['Explore', 'Teamwork'])
  const end = await p.me()
  assert.equal(end.stage, 'finished')
  assert.match(end.completion.code, /^[A-Z2-9]{8}$/)
  assert.equal(end.completion.url, `https://example.org/complete?cc=${end.completion.code}`)
  await p.join()
  assert.deepEqual((await p.me()).completion, end.completion, 'the code stays the same')
  assert.deepEqual(await p.get(`${base}/progress`), { total: 6, completed: 2, is_complete: false })
  const data = await p.get(`/api/studies/${p.study}/export`)
  assert.equal(data.assignments.length, 2)
  assert.equal(data.sessions.length, 2)
  assert.equal(data.sessions[0].consentVersion, '1')
  await p.post(`/api/studies/${p.study}/withdraw`, { erase: true })
  assert.equal((await get(first, `${base}/setup`, p.key)).status, 401, 'nothing is left of the participant')
  const progress = await first.study.experiments.progress(await first.study.catalogue.open('two games'))
  assert.deepEqual(progress, { total: 6, completed: 0, is_complete: false }, 'the counters forget, too')
  assert.deepEqual(
    servers.flatMap(({ faults }) => faults),
    [],
  )
})

forEachStore('run: from the open link to the completion code, with a drop in every state', async (store, services) => {
  const servers = await twoServers(store, services)
  const p = new Participant(servers, 'Two minds', undefined)
  const prolific = { PROLIFIC_PID: '5f0c', STUDY_ID: 'abc', SESSION_ID: 'x' }
  assert.equal(await p.join(prolific), false)
  assert.equal(await p.join(prolific), true, 'the recruiting platform names the participant')
  const pending = await p.get('/api/run/setup')
  assert.deepEqual(
    pending.pending_form_groups.map((group: any) => group.group_id),
    ['before_all_assignments'],
  )
  assert.deepEqual([pending.next_assignment.mode, pending.next_assignment.reason], ['blocked', 'pending_forms'])
  await p.post('/api/run/forms/submit', { group_id: 'after_all_assignments', responses: {} }, 400)
  await p.post('/api/run/forms/submit', { group_id: 'before_all_assignments', responses: { consent: { ok: true } } })
  for (let round = 0; round < 2; round++) {
    await p.join(prolific)
    const setup = await p.get('/api/run/setup')
    const { current_assignment: current } = setup
    assert.deepEqual(setup.next_assignment, { mode: 'locked', reason: 'locked', assignment: current, options: [] })
    await p.post('/api/run/sessions', { assignment_id: current.assignment_id }, 400)
    const group = `before_assignment:${current.assignment_id}`
    await p.post('/api/run/forms/submit', { group_id: group, responses: { before: { mood: 'Fine.' } } })
    await p.join(prolific)
    const session = await p.post('/api/run/sessions', { assignment_id: current.assignment_id })
    assert.deepEqual(await p.post('/api/run/sessions', {}), session, 'starting again returns the session')
    assert.equal((await p.get('/api/run/setup')).resumable_session_id, session.session_id)
    await p.play(session)
    await p.join(prolific)
    const after = await p.get('/api/run/setup')
    assert.equal(after.next_assignment.reason, 'pending_assignment_forms')
    await p.post('/api/run/sessions', { assignment_id: current.assignment_id }, 400)
    const answers = { after: { easy: 'yes' } }
    await p.post('/api/run/forms/submit', { group_id: `after_assignment:${current.assignment_id}`, responses: answers })
  }
  const last = await p.me()
  assert.deepEqual([last.stage, last.group_id], ['forms', 'after_all_assignments'])
  await p.post(`/api/studies/${p.study}/forms`, {
    group_id: 'after_all_assignments',
    responses: { final: { again: true } },
  })
  const end = await p.me()
  assert.deepEqual([end.stage, end.completion], ['finished', { code: 'DONE-42', url: null }])
  assert.equal((await p.get('/api/run/setup')).next_assignment.reason, 'complete')
  assert.deepEqual(
    servers.flatMap(({ faults }) => faults),
    [],
  )
})

forEachStore(
  'studies: unknown names are 404, keys are asked for first, and researchers need theirs',
  async (store, services) => {
    const server = await startStudyServer(store, { files })
    services.atEnd(() => server.close())
    assert.equal((await get(server, '/api/experiments/nothing/setup')).status, 401)
    const joined = await post(server, '/api/studies/two-minds/join', {})
    const key = joined.body.api_key
    assert.equal((await get(server, '/api/experiments/nothing/setup', key)).status, 404)
    const wrong = await get(server, '/api/experiments/two-minds/setup', key)
    assert.equal(wrong.status, 404, 'a run is no experiment')
    assert.equal(
      (await get(server, '/api/studies/TWO-MINDS')).body.name,
      'Two minds',
      'the stem of the file names it too',
    )
    assert.equal((await post(server, '/api/studies/two-games/join', {})).status, 403, 'there is no open link')
    assert.equal((await post(server, '/api/studies/two-games/join', { token: 'guess' })).status, 403)
    assert.equal((await get(server, '/api/research/studies', key)).status, 403)
    const { body } = await get(server, '/api/research/studies', ADMIN_KEY)
    assert.deepEqual(
      body.studies.map((study: any) => study.name),
      ['Two games', 'Two minds'],
    )
    const bad = await post(
      server,
      '/api/research/studies/check',
      { source: 'name: x\nassigment_strategy: {}\n' },
      ADMIN_KEY,
    )
    assert.deepEqual([bad.body.is_valid, bad.body.faults[0].line], [false, 1])
    assert.equal((await post(server, '/api/research/studies', { source: 'name: [' }, ADMIN_KEY)).status, 422)
    await post(server, '/api/research/studies/two-minds/close', {}, ADMIN_KEY)
    assert.equal((await get(server, '/api/studies/two-minds')).body.is_open, false)
    assert.deepEqual(server.faults, [])
  },
)
