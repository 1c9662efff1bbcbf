// Refusals of the session API have its own format, `{detail}`, and the right status.
import assert from 'node:assert/strict'
import { request } from 'node:http'
import { FORM, post, put, register } from '../../src/testing/play-api.ts'
import { PlayClient } from '../../src/testing/play-client.ts'
import { forEachStore, onSqlite } from '../../src/testing/stores.ts'
import { ADMIN_KEY, startSessionServer } from './session-server.ts'

/** Sends the path unchanged: `fetch` would normalise it. */
function ask(url: string, method: string, path: string, key?: string): Promise<{ status: number; text: string }> {
  return new Promise((resolve, reject) => {
    const headers = key === undefined ? {} : { authorization: `Bearer ${key}` }
    const asked = request(url, { method, path, headers }, (answer) => {
      let text = ''
      answer.on('data', (chunk) => {
        text += String(chunk)
      })
      answer.on('end', () => resolve({ status: answer.statusCode ?? 0, text }))
    })
    asked.on('error', reject)
    asked.end()
  })
}

onSqlite('session API: every refusal has the format {detail}', async (store, services) => {
  const server = await startSessionServer(store)
  services.atEnd(() => server.close())
  const cases: readonly (readonly [status: number, method: string, path: string])[] = [
    [404, 'GET', '/api/sessions/x/zzz'],
    [404, 'GET', '/api/sessions'],
    [404, 'GET', '/api/play/nope'],
    [404, 'GET', '/api/player/nope'],
    [404, 'GET', '/api/characters/x/y'],
    [404, 'GET', '/api/games'],
    [405, 'PATCH', '/api/sessions/list'],
    [405, 'PUT', '/api/play/game'],
    [422, 'GET', '/api/sessions/%ff/status'],
    [414, 'GET', `/api/sessions/${'x'.repeat(3000)}/status`],
    [422, 'GET', `/api/sessions/${'x'.repeat(300)}/status`],
  ]
  for (const [status, method, path] of cases) {
    const answer = await ask(server.url, method, path)
    const shown = `${method} ${path.slice(0, 60)}: ${answer.text.slice(0, 200)}`
    assert.equal(answer.status, status, shown)
    assert.deepEqual(Object.keys(JSON.parse(answer.text)), ['detail'], shown)
  }
})

forEachStore(
  'session API: NUL anywhere is refused or kept, and never a fault of the server',
  async (store, services) => {
    const server = await startSessionServer(store)
    services.atEnd(() => server.close())
    const key = await register(server)
    for (const [method, path] of [
      ['GET', '/api/sessions/%00/status'],
      ['GET', '/api/sessions/%00/reconstruction'],
      ['POST', '/api/sessions/%00/branch'],
      ['POST', '/api/sessions/%00/spectators'],
      ['POST', '/api/sessions/%00/infer-intent/evaluation'],
      ['DELETE', '/api/sessions/a/events/%00/feedback'],
      ['GET', '/api/play/setup/%00'],
    ] as const) {
      const { status, text } = await ask(server.url, method, path, key)
      assert.ok(status >= 400 && status < 500, `${method} ${path}: ${status} ${text}`)
      assert.deepEqual(Object.keys(JSON.parse(text)), ['detail'])
    }
    const game = { api_key: key, game: 'Explore', pc_choice: 'ODA', npc_choice: 'JACK' }
    for (const body of [
      { ...game, source: 'a\0b' },
      { ...game, game: 'Expl\0re' },
      { ...game, pc_choice: 'O\0A' },
      { ...game, api_key: 'a\0b' },
      { ...game, overrides: { '\0': 1 } },
    ]) {
      const { status } = await post(server, '/api/play/game', body)
      assert.ok(status >= 400 && status < 500, `${JSON.stringify(body)}: ${status}`)
    }
    const auth = await post(server, '/api/player/auth', { api_key: 'a\0b' })
    assert.equal(auth.status, 401)
    const form = {
      full_name: 'A\0da',
      email: 'a\0',
      phone_number: '\0',
      consent_signature: '\0',
      consent_to_followup: true,
    }
    assert.equal((await post(server, '/api/player/registration', form)).status, 200)
    const written = await put(server, '/api/characters/%00', { data: { hid: '\0' } }, ADMIN_KEY)
    assert.ok(written.status >= 400 && written.status < 500, String(written.status))
    const socket = new PlayClient(`${server.url.replace('http', 'ws')}/api/play/game/%00/ws`, key)
    await socket.closed
    assert.equal(
      socket.frames.some((frame) => frame.detail === 'Internal server error'),
      false,
    )
    assert.deepEqual(server.faults, [])
  },
)

onSqlite('session API: errors of a body name the right field, and nothing is echoed', async (store, services) => {
  const server = await startSessionServer(store)
  services.atEnd(() => server.close())
  const key = await register(server)
  const send = async (type: string, body: string | Uint8Array<ArrayBuffer>) => {
    const headers = { 'content-type': type }
    const answer = await fetch(`${server.url}/api/player/registration`, { method: 'POST', headers, body })
    return { status: answer.status, body: JSON.parse(await answer.text()) }
  }
  const form = await send('application/x-www-form-urlencoded', 'full_name=Ada')
  assert.equal(form.status, 422)
  assert.deepEqual([form.body.detail[0].type, form.body.detail[0].input], ['media_type_unsupported', null])
  assert.match(form.body.detail[0].msg, /application\/json/)
  const broken = await send('application/json', '{"full_name": ')
  assert.deepEqual(
    [broken.status, broken.body.detail[0].type, broken.body.detail[0].input],
    [422, 'json_invalid', null],
  )
  const bytes = new TextEncoder().encode(JSON.stringify(FORM))
  bytes[bytes.indexOf(0x41)] = 0xff
  const latin = await send('application/json', bytes)
  assert.deepEqual([latin.status, latin.body.detail[0].type], [422, 'json_invalid'])
  assert.match(latin.body.detail[0].msg, /UTF-8/)
  const override = await post(server, '/api/play/game', { api_key: key, game: 'Explore', overrides: { speed: 2 } })
  assert.equal(override.status, 400)
  assert.match(override.body.detail, /^overrides: .*speed/)
  const turns = await post(server, '/api/play/game', { api_key: key, game: 'Explore', overrides: { max_turns: 0 } })
  assert.match(turns.body.detail, /^overrides\.max_turns: /)
})

onSqlite('session API: in free play registration is 409 whatever its body', async (store, services) => {
  const server = await startSessionServer(store, { mode: 'free_play' })
  services.atEnd(() => server.close())
  for (const body of [FORM, {}, { nonsense: 1 }]) {
    for (const path of ['/api/player/registration', '/api/player/auth']) {
      assert.equal((await post(server, path, body)).status, 409, `${path} ${JSON.stringify(body)}`)
    }
  }
})
