// Every method of the client against real servers, its platforms, and its imports.
import assert from 'node:assert/strict'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { test } from 'node:test'
import { createClient } from '../../src/client/index.ts'
import { startServer } from '../../src/server/app.ts'
import { launchBrowser, NO_BROWSER } from '../../src/testing/browser.ts'
import { startModuleServer } from '../../src/testing/module-server.ts'
import { openClientServer, QUICK } from './client-server.ts'

const ROOT = join(import.meta.dirname, '..', '..')

test('client: the catalogue, players and sessions are returned as the server has them', async (context) => {
  const { client, server } = await openClientServer(context)
  assert.equal((await client.authenticate()).authenticated, true)
  assert.equal((await client.serverConfig()).mode, 'standard')
  assert.equal((await client.serverStatus()).status, 'ok')
  assert.deepEqual((await client.models()).kind, 'local')
  assert.equal((await client.games()).length, 5)
  assert.ok((await client.characters()).length >= 24)
  assert.equal((await client.setup('Goal Horizon')).game, 'Goal Horizon')
  const session = await client.start({ game: 'Infer Intent' }, QUICK)
  const turn = await session.say('I watch it.')
  const event = turn.events.at(-1)?.event_id ?? ''
  assert.equal((await client.sessions())[0]?.session_id, session.id)
  assert.equal((await client.sessionStatus(session.id)).turns, turn.turns)
  if (turn.events[0]?.event_type === 'ai') {
    const given = { liked: true, doesnt_make_sense: false, out_of_character: false }
    assert.equal((await client.setFeedback(session.id, event, given)).feedback.liked, true)
    assert.equal((await client.clearFeedback(session.id, event)).cleared, true)
  }
  const child = await client.branch(session.id, 1)
  assert.equal(child.branch_from_session_id, session.id)
  assert.match((await client.spectatorKey(session.id)).spectator_key, /^dcs-sk-/)
  for (const text of ['/finish', 'It wants to get home.', 'Quite sure.']) await session.say(text)
  assert.ok((await client.evaluation(session.id)).evaluation.score >= 0)
  await assert.rejects(client.setup('Chess'), { code: 'NOT_FOUND', status: 404 })
  await assert.rejects(client.startSession({ game: '' }), { code: 'INVALID', status: 422 })
  await assert.rejects(createClient({ url: server.url }).sessions(), { code: 'UNAUTHORIZED', status: 401 })
})

test('client: worlds and episodes are read, and a journal is downloaded', async () => {
  const dataDir = mkdtempSync(join(tmpdir(), 'paracosm-client-'))
  const where = { dataDir, host: '127.0.0.1', port: 0, otherPorts: 0 }
  const server = await startServer({ ...where, hasShowcase: false, logLevel: 'silent', version: '0.0.0-test' })
  const client = createClient({ url: server.url })
  assert.ok((await client.worlds()).some((world) => world.id === 'paint-arena'))
  assert.equal((await client.world('paint-arena')).id, 'paint-arena')
  const wanted = { world: 'paint-arena', variant: 'duel', players: ['greedy', 'sweep'] }
  const { episode } = await client.episodes.start(wanted)
  assert.equal((await client.episodes.list({ status: 'live' })).entries[0]?.id, episode.id)
  assert.equal((await client.episodes.get(episode.id)).world?.id, 'paint-arena')
  const text = await new Response(await client.episodes.journal(episode.id)).text()
  assert.match(text, /^\{.*"paint-arena"/)
  await assert.rejects(client.world('none'), { code: 'NOT_FOUND' })
  await server.close()
  rmSync(dataDir, { recursive: true })
})

test('client: it imports only zod and itself, and no Node modules', () => {
  const seen = new Set<string>()
  const read = (path: string): void => {
    if (seen.has(path)) return
    seen.add(path)
    // Examples in doc comments import the package itself.
    const text = readFileSync(path, 'utf8').replace(/\/\*\*[\s\S]*?\*\//g, '')
    assert.doesNotMatch(text, /\b(?:process|Buffer|require)\b[.(]/, path)
    for (const [, name = ''] of text.matchAll(/(?:from|import\()\s*'([^']+)'/g)) {
      if (name.startsWith('.')) read(join(dirname(path), name))
      else assert.equal(name, 'zod', path)
    }
  }
  read(join(ROOT, 'src', 'client', 'index.ts'))
  assert.ok(seen.size > 10)
})

test('client: two turns are played from a browser page', { skip: NO_BROWSER }, async (context) => {
  const { proxy, key } = await openClientServer(context)
  const modules = await startModuleServer()
  context.after(() => modules.close())
  const browser = await launchBrowser()
  context.after(() => browser.close())
  const page = await (await browser.newContext({ bypassCSP: true })).newPage()
  await page.goto(modules.url)
  // Node creates the session: the page has another origin, which is fine for sockets but not for requests.
  const { session_id } = await createClient({ url: proxy.url, key }).startSession({ game: 'Explore', pc_choice: 'ODA' })
  const turns = await page.evaluate(
    async ([url, secret, id]) => {
      const load = (path: string): Promise<any> => import(path)
      const client = (await load('/src/client/index.ts')).createClient({ url, key: secret })
      const session = await client.play(id)
      const first = await session.say('I wave.')
      const second = await session.say('/help')
      session.leave()
      return [first.events.length, second.events.length]
    },
    [proxy.url, key, session_id] as const,
  )
  assert.deepEqual(turns, [1, 1])
})
