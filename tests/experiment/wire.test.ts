// The routes of the original's studies from outside: a participant in Python takes the way of its client, and odd requests
// get the statuses of the contract without changing anything.
import assert from 'node:assert/strict'
import { spawn, spawnSync } from 'node:child_process'
import { once } from 'node:events'
import { join } from 'node:path'
import { test } from 'node:test'
import { type Answered, get, post, register } from '../../src/testing/play-api.ts'
import { withTestStore } from '../../src/testing/stores.ts'
import { EXPERIMENT, RUN, type StudyServer, startStudyServer } from './study-server.ts'

/** Without the settings that the original's files do not have. */
const plain = (source: string): string => source.replace(/^study:[\s\S]*/m, '')
const files = [
  { path: 'two-games.yml', text: plain(EXPERIMENT) },
  { path: 'two-minds.yml', text: plain(RUN) },
]
const noPython = spawnSync('python3', ['--version']).status === 0 ? false : 'there is no python3'

async function withServer(work: (server: StudyServer) => Promise<void>): Promise<void> {
  const { store, close } = await withTestStore()
  const server = await startStudyServer(store, { files })
  try {
    await work(server)
  } finally {
    await server.close()
    await close()
  }
}

test('wire: a client in Python plays an experiment and a run from registration to the end', { skip: noPython }, () =>
  withServer(async ({ url }) => {
    const child = spawn('python3', [join(import.meta.dirname, 'study_client.py'), url, 'two GAMES'])
    const said = { out: '', err: '' }
    child.stdout.on('data', (chunk) => {
      said.out += chunk
    })
    child.stderr.on('data', (chunk) => {
      said.err += chunk
    })
    const [status] = await once(child, 'close')
    assert.equal(status, 0, said.err)
    const { experiment, run } = JSON.parse(said.out)
    assert.deepEqual(experiment.played.toSorted(), ['Explore', 'Teamwork'])
    assert.equal(experiment.first, experiment.played[0], 'the answer to the forms names what comes first')
    assert.deepEqual(experiment.progress, { total: 6, completed: 2, is_complete: false })
    assert.deepEqual(run.played.toSorted(), ['Explore', 'Teamwork'])
    const around = ['before_assignment', 'after_assignment']
    assert.deepEqual(run.groups, ['before_all_assignments', ...around, ...around, 'after_all_assignments'])
    assert.equal(run.next, 'complete')
  }),
)

const BASE = '/api/experiments/Two%20games'

test('wire: odd bodies, unknown names and strangers get the statuses of the contract, and change nothing', () =>
  withServer(async (server) => {
    const key = await register(server)
    const setup = async () => (await get(server, `${BASE}/setup`, key)).body
    const before = await setup()
    const statusOf = async (path: string, body: unknown): Promise<number> => {
      const answer: Answered = await post(server, path, body, key)
      const { detail } = answer.body
      assert.ok(typeof detail === 'string' || Array.isArray(detail), `${path} ${JSON.stringify(body)}`)
      return answer.status
    }
    for (const [path, body, status] of [
      [`${BASE}/players`, { responses: null }, 422],
      [`${BASE}/players`, { responses: [] }, 422],
      [`${BASE}/players`, { responses: { intake: null } }, 422],
      [`${BASE}/players`, { responses: { intake: 'x' } }, 422],
      [`${BASE}/players`, {}, 422],
      [`${BASE}/players`, '[1', 422],
      [`${BASE}/players`, [], 422],
      [`${BASE}/players`, { responses: {} }, 400],
      [`${BASE}/players`, { responses: { intake: { age: true } } }, 400],
      [`${BASE}/players`, { responses: { intake: { age: '1e3' } } }, 400],
      [`${BASE}/players`, { responses: { intake: { age: { a: 1 } } } }, 400],
      [`${BASE}/sessions`, { source: '' }, 422],
      [`${BASE}/sessions`, { source: 7 }, 422],
      [`${BASE}/sessions`, {}, 400],
      [`${BASE}/sessions`, '', 400],
      [`${BASE}/post-play`, { responses: {} }, 400],
      [`${BASE}/assignments/select`, {}, 422],
      [`${BASE}/assignments/select`, { game_name: 'Explore', character_hid: 5 }, 422],
      [`${BASE}/assignments/select`, { game_name: 'Explore', character_hid: 'NA' }, 400],
      ['/api/experiments/nothing/players', { responses: {} }, 404],
      ['/api/experiments/Two%20minds/players', { responses: {} }, 404],
      ['/api/run/forms/submit', { group_id: '', responses: {} }, 422],
      ['/api/run/forms/submit', { group_id: 'before_all_assignments', responses: { consent: 3 } }, 422],
      ['/api/run/forms/submit', { group_id: 'after_assignment:nothing', responses: {} }, 400],
      ['/api/run/sessions', { source: 'run', assignment_id: 'nothing' }, 400],
      ['/api/run/sessions', { source: '', assignment_id: null }, 422],
      ['/api/run/sessions', { source: 'run', assignment_id: 4 }, 422],
      ['/api/run/assignments/select', { game_name: 'Explore', pc_hid: 'NA' }, 422],
      ['/api/run/assignments/select', { game_name: 'Explore', pc_hid: 'NA', npc_hid: 'DS' }, 400],
    ] as const)
      assert.equal(await statusOf(path, body), status, `${path} ${JSON.stringify(body)}`)
    for (const path of ['setup', 'progress', 'status', 'eligible-options']) {
      assert.equal((await get(server, `${BASE}/${path}`)).status, 401, path)
      assert.equal((await get(server, `/api/experiments/nothing/${path}`)).status, 401, 'auth before the name')
      assert.equal((await get(server, `/api/experiments/nothing/${path}`, key)).status, 404, path)
      assert.equal((await get(server, `/api/run/${path}`, 'dcs-ak-wrong')).status, 401, path)
    }
    assert.deepEqual(await setup(), before, 'nothing was assigned or stored')
  }))

test('wire: posts that race or come twice have one effect', () =>
  withServer(async (server) => {
    const key = await register(server)
    const body = { responses: { intake: { age: 40 } } }
    const answers = await Promise.all(Array.from({ length: 5 }, () => post(server, `${BASE}/players`, body, key)))
    assert.deepEqual([...new Set(answers.map(({ status }) => status))], [200])
    const ids = new Set(answers.map((each) => each.body.assignment.assignment_id))
    assert.equal(ids.size, 1, 'everybody is told of the same assignment')
    const { assignments } = (await get(server, `${BASE}/setup`, key)).body
    assert.equal(assignments.length, 2)
    const starts = await Promise.all(Array.from({ length: 5 }, () => post(server, `${BASE}/sessions`, {}, key)))
    assert.deepEqual(
      starts.map(({ status }) => status).toSorted((one, other) => one - other),
      [200, 400, 400, 400, 400],
    )
    const stranger = await register(server)
    const own = await get(server, '/api/run/setup', stranger)
    await post(
      server,
      '/api/run/forms/submit',
      { group_id: 'before_all_assignments', responses: { consent: { ok: true } } },
      stranger,
    )
    const mine = (await get(server, '/api/run/setup', stranger)).body.current_assignment?.assignment_id
    assert.equal(own.status, 200)
    const theirs = await post(server, '/api/run/sessions', { source: 'run', assignment_id: mine }, key)
    assert.equal(theirs.status, 400, 'an assignment of another player')
  }))
