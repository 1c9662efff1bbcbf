// The OpenAPI document against the running server: every response of the session routes, good or bad, matches what it
// says for its status, and every reference resolves.

import assert from 'node:assert/strict'
import { test } from 'node:test'
import { Ajv2020 } from 'ajv/dist/2020.js'
import { createFixedRoleModels, createOfflineResponder } from '../../src/adapters/session/role-models.ts'
import { startServer } from '../../src/server/app.ts'
import { FORM, register, start } from '../../src/testing/play-api.ts'
import { PlayClient } from '../../src/testing/play-client.ts'
import { TEST_SERVER } from '../../src/testing/test-server.ts'
import { readJson } from '../../src/testing/wire.ts'
import { characters } from '../../src/worlds/parley/characters/index.ts'
import { atEnd, createFolder, openEngine } from '../perception/adapters.ts'
import { refsOf, resolve } from './channels.ts'

type Json = any
const ADMIN = 'dcs-ak-the-admin'
/** Routes of the session API. */
const OURS = /^\/api\/(status|server|player|games|characters|play|sessions)(\/|$)/

interface Wanted {
  readonly body?: unknown
  readonly key?: string | undefined
}

/** Sends a request, and checks the response against the document. */
class Walker {
  readonly url: string
  readonly document: Json
  readonly seen = new Set<string>()
  readonly #ajv = new Ajv2020({ strict: false, validateFormats: false })

  constructor(url: string, document: Json) {
    this.url = url
    this.document = document
    this.#ajv.addSchema(document, 'doc')
  }

  /** @param path template of the document; `params` fill it in order */
  async ask(
    status: number,
    method: string,
    [path, ...params]: readonly [string, ...string[]],
    wanted: Wanted = {},
  ): Promise<Json> {
    let filled = path
    for (const param of params) filled = filled.replace(/\{\w+\}/, encodeURIComponent(param))
    const headers: Record<string, string> = wanted.body === undefined ? {} : { 'content-type': 'application/json' }
    if (wanted.key !== undefined) headers.authorization = `Bearer ${wanted.key}`
    const body = typeof wanted.body === 'string' ? wanted.body : JSON.stringify(wanted.body)
    const answer = await fetch(this.url + filled, {
      method,
      headers,
      ...(wanted.body === undefined ? {} : { body }),
    })
    const json: Json = await answer.json()
    const where = `${method} ${path} ${answer.status} ${JSON.stringify(json).slice(0, 300)}`
    assert.equal(answer.status, status, where)
    const responses = this.document.paths[path]?.[method.toLowerCase()]?.responses ?? {}
    const declared = [String(status), `${String(status).charAt(0)}XX`].find((each) => responses[each])
    assert.ok(declared, `the document has no such status: ${where}`)
    const pointer = [path, method.toLowerCase(), 'responses', declared, 'content', 'application/json', 'schema']
    const escaped = pointer.map((part) => encodeURIComponent(part.replaceAll('~', '~0').replaceAll('/', '~1')))
    const validate = this.#ajv.compile({ $ref: `doc#/paths/${escaped.join('/')}` })
    assert.ok(validate(json), `${where}: ${this.#ajv.errorsText(validate.errors)}`)
    this.seen.add(`${method.toLowerCase()} ${path} ${declared}`)
    return json
  }

  /** Responses of the session API that the document declares and that have not occurred. */
  unseen(): string[] {
    return Object.entries<Json>(this.document.paths)
      .filter(([path]) => OURS.test(path))
      .flatMap(([path, methods]) =>
        Object.entries<Json>(methods).flatMap(([method, { responses }]) =>
          Object.keys(responses).map((status) => `${method} ${path} ${status}`),
        ),
      )
      .filter((each) => !this.seen.has(each))
  }
}

/** A run that anyone may enter. */
const OPEN_RUN = `name: open
games:
- name: Explore
next_game_strategy:
  strategy:
    id: full_character_access
ui:
  registration_required: false
`

async function openServer(
  t: Parameters<typeof createFolder>[0],
  sessions: object = {},
  runs: readonly string[] = [],
): Promise<Walker> {
  const server = await startServer({
    dataDir: createFolder(t),
    ...TEST_SERVER,
    logLevel: 'silent',
    version: '0.0.0-test',
    sessions: { adminKey: ADMIN, hasRateLimits: false, ...sessions },
    studies: { files: runs.map((text, index) => ({ path: `run-${index}.yml`, text })) },
  })
  atEnd(t, () => server.close())
  return new Walker(server.url, await readJson(`${server.url}/openapi.json`))
}

test('openapi: every reference of the documents resolves', async (t) => {
  const { document } = await openServer(t)
  const adapter = await openEngine(t)
  for (const each of [document, await readJson(`${adapter.url}/openapi.json`)]) {
    for (const ref of refsOf(each)) resolve(each, ref)
  }
})

test('openapi: every response of the session routes, good or bad, matches the document', async (t) => {
  // A scorer that fails at the end of the game and at the first evaluation afterwards.
  const local = createOfflineResponder()
  let faults = 2
  const models = {
    ...local,
    answer: (...[request, options]: Parameters<typeof local.answer>) =>
      request.role === 'scorer' && faults-- > 0 ? Promise.resolve({ text: 'prose' }) : local.answer(request, options),
  }
  const walk = await openServer(t, { models })
  await walk.ask(200, 'GET', ['/api/status'])
  await walk.ask(200, 'GET', ['/api/server/config'])
  await walk.ask(200, 'GET', ['/api/games/list'])
  await walk.ask(200, 'GET', ['/api/characters/list'])

  const { api_key: key } = await walk.ask(200, 'POST', ['/api/player/registration'], { body: FORM })
  for (const body of [{}, 'not json', [], { ...FORM, more: 1 }])
    await walk.ask(422, 'POST', ['/api/player/registration'], { body })
  await walk.ask(413, 'POST', ['/api/player/registration'], { body: 'x'.repeat(1024 * 1024 + 1) })
  await walk.ask(200, 'POST', ['/api/player/auth'], { body: { api_key: key } })
  await walk.ask(401, 'POST', ['/api/player/auth'], { body: { api_key: 'x' } })
  await walk.ask(422, 'POST', ['/api/player/auth'], { body: {} })

  const anonymous = ['/api/player/anonymous'] as const
  await walk.ask(404, 'POST', anonymous)
  const withRun = await openServer(t, {}, [OPEN_RUN])
  await withRun.ask(200, 'POST', anonymous)
  for (const each of withRun.seen) walk.seen.add(each)

  const all = ['/api/characters'] as const
  const one = ['/api/characters/{character_id}', 'NEWONE'] as const
  const data = { ...characters[0], hid: 'NEWONE' }
  await walk.ask(401, 'POST', all, { body: { data } })
  await walk.ask(403, 'POST', all, { body: { data }, key })
  await walk.ask(422, 'POST', all, { body: {}, key: ADMIN })
  await walk.ask(201, 'POST', all, { body: { data }, key: ADMIN })
  await walk.ask(200, 'GET', ['/api/characters/table'])
  await walk.ask(200, 'GET', ['/api/characters/coverage'])
  await walk.ask(200, 'GET', one)
  await walk.ask(404, 'GET', ['/api/characters/{character_id}', 'NOBODY'])
  await walk.ask(200, 'PUT', one, { body: { data: { short_description: 'Somebody.' } }, key: ADMIN })
  await walk.ask(401, 'PUT', one, { body: { data } })
  await walk.ask(200, 'DELETE', one, { key: ADMIN })
  await walk.ask(403, 'DELETE', one, { key })

  await walk.ask(200, 'GET', ['/api/play/setup/{game_name}', 'Infer Intent'], { key })
  await walk.ask(401, 'GET', ['/api/play/setup/{game_name}', 'Explore'])
  await walk.ask(404, 'GET', ['/api/play/setup/{game_name}', 'Chess'], { key })
  const play = ['/api/play/game'] as const
  const game = { api_key: key, game: 'Infer Intent', pc_choice: 'ODA', npc_choice: 'JACK' }
  const { session_id: id, ws_path } = await walk.ask(200, 'POST', play, { body: game })
  await walk.ask(400, 'POST', play, { body: { ...game, npc_choice: 'NOBODY' } })
  await walk.ask(400, 'POST', play, { body: { ...game, overrides: { max_turns: 0 } } })
  await walk.ask(401, 'POST', play, { body: { game: 'Explore' } })
  await walk.ask(404, 'POST', play, { body: { ...game, game: 'Chess' } })
  await walk.ask(422, 'POST', play, { body: { ...game, pc_hid: 'ODA' } })

  const evaluation = ['/api/sessions/{id}/infer-intent/evaluation', id] as const
  await walk.ask(409, 'POST', evaluation, { key })
  const client = new PlayClient(walk.url.replace('http', 'ws') + ws_path, key)
  const scene = (await client.until('turn_end')).find((frame) => frame.event_type === 'ai')
  await client.advance('I watch.')
  const branch = ['/api/sessions/{id}/branch', id] as const
  await walk.ask(200, 'POST', branch, { key })
  await walk.ask(200, 'POST', branch, { key, body: { at_turn: 1 } })
  await walk.ask(416, 'POST', branch, { key, body: { at_turn: 99 } })
  await walk.ask(422, 'POST', branch, { key, body: { at_turn: 0 } })
  for (const text of ['/finish', 'It wants to find food.', 'Quite sure.']) await client.advance(text)
  await walk.ask(502, 'POST', evaluation, { key })
  for (const _ of ['asked', 'kept']) await walk.ask(200, 'POST', evaluation, { key })
  await walk.ask(401, 'POST', evaluation)

  const opinion = { liked: false, comment: 'odd', doesnt_make_sense: true, out_of_character: false }
  const event = ['/api/sessions/{id}/events/{event_id}/feedback', id, String(scene?.event_id)] as const
  await walk.ask(200, 'POST', event, { body: opinion, key })
  await walk.ask(422, 'POST', event, { body: {}, key })
  await walk.ask(200, 'GET', ['/api/sessions/{id}/reconstruction', id], { key })
  await walk.ask(200, 'DELETE', event, { key })
  for (const method of ['POST', 'DELETE'])
    await walk.ask(404, method, [event[0], id, 'nothing'], { key, ...(method === 'POST' ? { body: opinion } : {}) })

  await walk.ask(200, 'POST', ['/api/sessions/{id}/spectators', id], { key })
  await walk.ask(200, 'GET', ['/api/sessions/list'], { key })
  await walk.ask(401, 'GET', ['/api/sessions/list'])
  await walk.ask(200, 'GET', ['/api/sessions/{id}/status', id])
  const stranger = await register(walk)
  for (const [method, what] of [
    ['GET', 'status'],
    ['GET', 'reconstruction'],
    ['POST', 'spectators'],
    ['POST', 'branch'],
  ] as const) {
    await walk.ask(404, method, [`/api/sessions/{id}/${what}`, 'nobody'], { key })
    await walk.ask(422, method, [`/api/sessions/{id}/${what}`, 'x'.repeat(101)], { key })
    if (what !== 'status') await walk.ask(404, method, [`/api/sessions/{id}/${what}`, id], { key: stranger })
  }
  await client.close()
  assert.deepEqual(
    walk.unseen().filter((each) => each !== 'post /api/play/game 5XX'),
    [],
  )
})

test('openapi: in free play, routes that need a registration are refused as the document says', async (t) => {
  const walk = await openServer(t, { mode: 'free_play', models: createFixedRoleModels('{"type":"ai","content":"x"}') })
  await walk.ask(200, 'GET', ['/api/server/config'])
  await walk.ask(409, 'POST', ['/api/player/registration'], { body: FORM })
  await walk.ask(409, 'POST', ['/api/player/auth'], { body: { api_key: 'x' } })
  await walk.ask(409, 'GET', ['/api/sessions/list'])
  await walk.ask(200, 'GET', ['/api/play/setup/{game_name}', 'Explore'])
  const { id } = await start(walk, undefined)
  for (const [method, what] of [
    ['GET', 'reconstruction'],
    ['POST', 'branch'],
    ['POST', 'spectators'],
  ] as const)
    await walk.ask(409, method, [`/api/sessions/{id}/${what}`, id])
})

test('openapi: a caller above the rate limit gets 429 as the document says', async (t) => {
  const walk = await openServer(t, { hasRateLimits: true })
  for (let i = 0; i < 30; i++) await walk.ask(200, 'POST', ['/api/player/registration'], { body: FORM })
  await walk.ask(429, 'POST', ['/api/player/registration'], { body: FORM })
})
