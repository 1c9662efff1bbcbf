// The routes of the session API: names, schemas, statuses, modes and limits.
import assert from 'node:assert/strict'
import { FORM, get, post, put, register, remove, start } from '../../src/testing/play-api.ts'
import { PlayClient } from '../../src/testing/play-client.ts'
import { forEachStore, onSqlite } from '../../src/testing/stores.ts'
import { ADMIN_KEY, startedSession, startSessionServer } from './session-server.ts'

onSqlite(
  'session API: a player registers and authenticates, and no answer has personal data',
  async (store, services) => {
    const server = await startSessionServer(store)
    services.atEnd(() => server.close())
    const registered = await post(server, '/api/player/registration', FORM)
    assert.equal(registered.status, 200)
    assert.match(registered.body.api_key, /^dcs-ak-[A-Za-z0-9_-]{43}$/)
    assert.deepEqual(Object.keys(registered.body).sort(), ['api_key', 'player_id'])
    const auth = await post(server, '/api/player/auth', { api_key: registered.body.api_key })
    assert.deepEqual(auth.body, { player_id: registered.body.player_id, full_name: '', authenticated: true })
    assert.deepEqual(await (await post(server, '/api/player/auth', { api_key: 'dcs-ak-x' })).body, {
      detail: 'Invalid access key',
    })
    for (const path of ['/api/sessions/list', '/api/play/setup/Explore', '/api/sessions/x/reconstruction']) {
      assert.equal((await get(server, path)).status, 401, path)
      assert.equal((await get(server, path, 'nonsense')).status, 401, path)
    }
  },
)

onSqlite('session API: invalid bodies are 422 with their paths, and no value is echoed', async (store, services) => {
  const server = await startSessionServer(store)
  services.atEnd(() => server.close())
  const { full_name: _, ...rest } = FORM
  const missing = await post(server, '/api/player/registration', rest)
  assert.equal(missing.status, 422)
  assert.deepEqual(missing.body.detail[0].loc, ['body', 'full_name'])
  assert.equal(missing.body.detail[0].type, 'missing')
  for (const [path, body] of [
    ['/api/player/registration', { ...FORM, full_name: '' }],
    ['/api/player/registration', { ...FORM, consent_to_followup: 'yes' }],
    ['/api/player/registration', { ...FORM, pc_hid: 'secret-value' }],
    ['/api/player/registration', []],
    ['/api/player/registration', 'not json'],
    ['/api/player/auth', {}],
    ['/api/play/game', { api_key: 'secret-value', game: '' }],
    ['/api/play/game', { api_key: 'secret-value', game: 'Explore', pc_hid: 'ODA' }],
  ] as const) {
    const answer = await post(server, path, body)
    assert.equal(answer.status, 422, JSON.stringify(body))
    assert.ok(Array.isArray(answer.body.detail))
    assert.doesNotMatch(JSON.stringify(answer.body), /secret-value/)
  }
})

onSqlite(
  'session API: games, characters, setup and start work, and every refusal has its status',
  async (store, services) => {
    const server = await startSessionServer(store)
    services.atEnd(() => server.close())
    const key = await register(server)
    const { body: games } = await get(server, '/api/games/list')
    assert.equal(games.games.length, 5)
    for (const game of games.games) assert.deepEqual(Object.keys(game).sort(), ['author', 'description', 'name'])
    const { body: list } = await get(server, '/api/characters/list')
    assert.ok(list.characters.length >= 24)
    const { body: setup } = await get(server, '/api/play/setup/infer-intent', key)
    assert.equal(setup.game, 'Infer Intent')
    assert.equal(setup.denial_reason, null)
    assert.ok(setup.pcs.every((each: { hid: string; label: string }) => each.hid === each.label))
    assert.equal((await get(server, '/api/play/setup/Chess', key)).status, 404)
    const play = (body: object) => post(server, '/api/play/game', { api_key: key, game: 'Explore', ...body })
    assert.equal((await play({ game: 'Chess' })).status, 404)
    assert.equal((await play({ game: '../../etc/passwd' })).status, 404)
    assert.deepEqual((await play({ pc_choice: 'NOBODY' })).body, { detail: 'Invalid pc_choice: NOBODY' })
    assert.equal((await play({ npc_choice: 'NOBODY' })).status, 400)
    assert.equal((await play({ overrides: { max_turns: 501 } })).status, 400)
    assert.equal((await play({ api_key: 'dcs-ak-x' })).status, 401)
    const started = await play({})
    assert.equal(started.status, 200)
    assert.equal(started.body.ws_path, `/api/play/game/${started.body.session_id}/ws`)
    const { body: status } = await get(server, `/api/sessions/${started.body.session_id}/status`)
    assert.deepEqual(status, { status: 'active', game_name: 'Explore', turns: 0 })
    assert.equal((await get(server, '/api/sessions/nope/status')).status, 404)
  },
)

onSqlite('session API: overrides of turns, budget and filters take effect', async (store, services) => {
  const { server, key, id, socket } = await startedSession(store, services, {
    wanted: { overrides: { max_turns: 2, max_input_length: 20 } },
  })
  const client = new PlayClient(socket, key)
  await client.until('turn_end')
  assert.equal((await client.advance('I say far too many words here.'))[0]?.event_type, 'error')
  assert.equal((await client.advance('I sit down.')).at(-1)?.turns, 2)
  const stop = await client.advance('I bow.')
  assert.deepEqual(
    stop.map((frame) => [frame.type, frame.event_id]),
    [
      ['event', null],
      ['turn_end', undefined],
    ],
  )
  assert.equal(stop.at(-1)?.exited, true)
  const { body } = await get(server, `/api/sessions/${id}/reconstruction`, key)
  assert.equal(body.session.termination_reason, 'stopping_condition_met:_turns_>=2')
  assert.ok(!body.events.some((event: { content: string }) => event.content === 'I bow.'))
  await client.close()
})

onSqlite(
  'session API: only the admin can write characters, and they are available to the next player at once',
  async (store, services) => {
    const server = await startSessionServer(store)
    services.atEnd(() => server.close())
    const key = await register(server)
    const data = { ...(await server.services.characters.get('ODA')), hid: 'NEWONE', short_description: 'Somebody new.' }
    assert.equal((await post(server, '/api/characters', { data })).status, 401)
    assert.equal((await post(server, '/api/characters', { data }, key)).status, 403)
    const made = await post(server, '/api/characters', { data }, ADMIN_KEY)
    assert.deepEqual([made.status, made.body], [201, { character_id: 'NEWONE' }])
    const changed = await put(server, '/api/characters/NEWONE', { data: { short_description: 'Changed.' } }, ADMIN_KEY)
    assert.equal(changed.status, 200)
    const { body } = await get(server, '/api/characters/list')
    assert.equal(body.characters.find((each: { hid: string }) => each.hid === 'NEWONE').short_description, 'Changed.')
    assert.deepEqual((await remove(server, '/api/characters/NEWONE', ADMIN_KEY)).body, { character_id: 'NEWONE' })
    assert.equal((await remove(server, '/api/characters/NEVER', ADMIN_KEY)).status, 200)
  },
)

forEachStore(
  'session API: feedback is kept with its message, and another’s session cannot be judged',
  async (store, services) => {
    const { server, key, id, socket } = await startedSession(store, services)
    const client = new PlayClient(socket, key)
    const opening = await client.until('turn_end')
    const scene = opening.find((frame) => frame.event_type === 'ai')
    const info = opening.find((frame) => frame.event_type === 'info')
    const path = `/api/sessions/${id}/events/${scene?.event_id}/feedback`
    const opinion = { liked: true, comment: '  nice ', doesnt_make_sense: true, out_of_character: true, other: true }
    const given = await post(server, path, opinion, key)
    assert.equal(given.status, 200)
    const { submitted_at, ...rest } = given.body.feedback
    assert.deepEqual(rest, {
      liked: true,
      comment: 'nice',
      doesnt_make_sense: false,
      out_of_character: false,
      other: false,
    })
    assert.ok(Date.parse(submitted_at) > 0)
    assert.equal((await post(server, path, opinion, await register(server))).status, 404)
    assert.equal(
      (await post(server, `/api/sessions/${id}/events/${info?.event_id}/feedback`, opinion, key)).status,
      404,
    )
    assert.equal((await post(server, path, { liked: false }, key)).status, 422)
    const { body } = await get(server, `/api/sessions/${id}/reconstruction`, key)
    assert.equal(
      body.events.find((event: { event_id: string }) => event.event_id === scene?.event_id).feedback.comment,
      'nice',
    )
    const cleared = await remove(server, path, key)
    assert.deepEqual(cleared.body, { session_id: id, event_id: scene?.event_id, cleared: true })
    assert.equal((await remove(server, path, key)).status, 200)
    await client.close()
  },
)

forEachStore('session API: an intention is evaluated once, however often it is asked for', async (store, services) => {
  const { server, key, id, socket } = await startedSession(store, services, { wanted: { game: 'Infer Intent' } })
  const path = `/api/sessions/${id}/infer-intent/evaluation`
  assert.equal((await post(server, path, {}, key)).status, 409)
  const client = new PlayClient(socket, key)
  await client.until('turn_end')
  for (const text of ['I watch.', '/finish', 'It wants to find food.', 'Quite sure.']) await client.advance(text)
  const answers = await Promise.all([1, 2, 3].map(() => post(server, path, {}, key)))
  for (const { status, body } of answers) {
    assert.equal(status, 200, JSON.stringify(body))
    assert.equal(body.event_id, answers[0]?.body.event_id)
    assert.ok(body.evaluation.score >= 0 && body.evaluation.reasoning.length > 0)
  }
  const again = await post(server, path, {}, key)
  assert.equal(again.body.cached, true)
  const { body } = await get(server, `/api/sessions/${id}/reconstruction`, key)
  assert.equal(body.events.filter((event: { event_type: string }) => event.event_type === 'llm_eval').length, 1)
  assert.equal((await post(server, path, {}, await register(server))).status, 404)
  const other = await start(server, key)
  assert.equal((await post(server, `/api/sessions/${other.id}/infer-intent/evaluation`, {}, key)).status, 409)
  await client.close()
})

onSqlite(
  'session API: in free play the id of a session is enough to play, and routes that need a registration are 409',
  async (store, services) => {
    const server = await startSessionServer(store, { mode: 'free_play' })
    services.atEnd(() => server.close())
    const { body: config } = await get(server, '/api/server/config')
    assert.deepEqual(config, {
      mode: 'free_play',
      authentication_required: false,
      registration_enabled: false,
      experiments_enabled: false,
      default_experiment_name: null,
      run_name: 'paracosm',
    })
    for (const answer of [
      await post(server, '/api/player/registration', FORM),
      await post(server, '/api/player/auth', { api_key: 'x' }),
      await get(server, '/api/sessions/list'),
      await get(server, '/api/sessions/x/reconstruction'),
    ]) {
      assert.equal(answer.status, 409)
      assert.match(answer.body.detail, /free play mode/)
    }
    assert.equal((await get(server, '/api/play/setup/Explore')).status, 200)
    const { id, socket } = await start(server, undefined)
    const client = new PlayClient(socket)
    const opening = await client.until('turn_end')
    assert.equal(opening[0]?.type, 'session_meta')
    const scene = opening.find((frame) => frame.event_type === 'ai')
    const opinion = { liked: true, doesnt_make_sense: false, out_of_character: false }
    assert.equal((await post(server, `/api/sessions/${id}/events/${scene?.event_id}/feedback`, opinion)).status, 200)
    assert.equal((await client.advance('I wave.')).at(-1)?.turns, 2)
    await client.close()
  },
)

onSqlite('session API: the server reports its uptime', async (store, services) => {
  const server = await startSessionServer(store)
  services.atEnd(() => server.close())
  const { body } = await get(server, '/api/status')
  assert.equal(body.status, 'ok')
  assert.ok(Number.isInteger(body.uptime) && body.uptime >= 0)
  assert.match(body.started_at, /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/)
})

onSqlite('session API: one registration too many in a minute gets 429 and Retry-After', async (store, services) => {
  const server = await startSessionServer(store, { hasRateLimits: true })
  services.atEnd(() => server.close())
  const statuses = new Set<number>()
  let refused: Response | undefined
  for (let n = 0; n < 40 && !refused; n++) {
    const response = await fetch(`${server.url}/api/player/auth`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ api_key: 'x' }),
    })
    statuses.add(response.status)
  }
  for (let n = 0; n < 40 && !refused; n++) {
    const response = await fetch(`${server.url}/api/player/registration`, { method: 'POST' })
    if (response.status === 429) refused = response
  }
  assert.deepEqual([...statuses], [401])
  assert.ok(refused)
  assert.ok(Number(refused.headers.get('retry-after')) >= 1)
  assert.match(await refused.text(), /^\{"detail":"Too many requests/)
})
