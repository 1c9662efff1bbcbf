// Hosted games over a restart: to its players a game goes on, and nobody else sees it meanwhile.
import assert from 'node:assert/strict'
import { spawnSync } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test } from 'node:test'
import { setTimeout as sleep } from 'node:timers/promises'
import { LeagueTokens } from '../../src/store/leagues/tokens.ts'
import { openStore, storeInFolder } from '../../src/store/store.ts'
import { get } from '../../src/testing/play-api.ts'
import { mountSmallDisk } from '../../src/testing/postgres.ts'
import { eventually, type ServerProcess, startServerProcess } from '../../src/testing/server-process.ts'
import { handshakeStatus, openWire } from '../../src/testing/wire.ts'

const PATH = '/v2/coworlds/play/session'

async function tokensIn(folder: string): Promise<readonly string[]> {
  const store = await openStore(storeInFolder(folder, { mode: 'create', runs: 'inline' }))
  const tokens = new LeagueTokens(store)
  const made = []
  for (let nth = 0; nth < 4; nth++) made.push(await tokens.issue(`player-${nth}`))
  await store.close()
  return made.map(({ token }) => token)
}

async function post(served: ServerProcess, path: string, body?: object, token?: string) {
  const answer = await fetch(served.url + PATH + path, {
    method: 'POST',
    headers: {
      ...(token === undefined ? {} : { 'x-auth-token': token }),
      ...(body ? { 'content-type': 'application/json' } : {}),
    },
    ...(body ? { body: JSON.stringify(body) } : {}),
  })
  return { status: answer.status, body: (await answer.json()) as any }
}

/** Opens a game that nobody may watch; both players are connected. */
async function open(served: ServerProcess, tokens: readonly string[]) {
  const wanted = { coworld_id: 'cow_paint-arena', variant_id: null, allow_spectators: false }
  const { body } = await post(served, '', wanted)
  const id: string = body.session_id
  const joined = []
  for (const token of tokens) joined.push((await post(served, `/${id}/join`, undefined, token)).body)
  const sockets = joined.map(({ player_url: url }): string => url.replace('http', 'ws').replace('/clients/', '/'))
  await Promise.all(sockets.map(openWire))
  const state = async () => (await fetch(`${served.url}${PATH}/${id}`)).json() as Promise<{ status: string }>
  await eventually('it plays', async () => ((await state()).status === 'playing' ? true : undefined))
  const episode = new URL(sockets[0]!).pathname.split('/')[2]
  return { id, sockets, state, episode }
}

test('hosted games: over kills and restarts a game is never ended, its slots are kept, and nobody else sees it', async (t) => {
  const folder = mkdtempSync(join(tmpdir(), 'paracosm-hosted-restarts-'))
  t.after(() => rmSync(folder, { recursive: true, force: true }))
  const tokens = await tokensIn(folder)
  const first = await startServerProcess(folder)
  const servers = [first]
  t.after(() => servers.at(-1)?.crash())
  // Those are resumed before it.
  for (const token of [...tokens, ...tokens, ...tokens, ...tokens]) {
    await post(first, '', { coworld_id: 'cow_paint-arena' }, token)
  }
  const { id, sockets, episode } = await open(first, tokens.slice(0, 2))
  const looks: Record<string, () => Promise<unknown>> = {
    state: async () => {
      const answer = await fetch(`${first.url}${PATH}/${id}`)
      const found = (await answer.json()) as { status: string }
      return answer.ok ? found.status : answer.status
    },
    join: async () => (await post(first, `/${id}/join`, undefined, tokens[0])).status,
    journal: async () => (await fetch(`${first.url}/api/episodes/${episode}/journal.jsonl`)).status,
    socket: () => handshakeStatus(sockets[1]!),
  }
  let isOver = false
  const watched = Object.entries(looks).map(async ([name, look]) => {
    const seen = new Set<unknown>()
    while (!isOver) {
      seen.add(await look().catch(() => 'away'))
      await sleep(name === 'join' ? 1500 : 5)
    }
    return [name, seen] as const
  })
  for (const end of ['crash', 'stop'] as const) {
    await servers.at(-1)?.[end]()
    const next = await startServerProcess(folder, ['--port', new URL(first.url).port])
    servers.push(next)
    await eventually('the server is ready', async () =>
      (await fetch(`${next.url}/readyz`)).status === 200 ? true : undefined,
    )
    assert.equal((await post(next, `/${id}/join`, undefined, tokens[0])).status, 200)
  }
  isOver = true
  const allowed: Record<string, readonly unknown[]> = {
    // A server that stops answers with 503.
    state: ['away', 'lobby', 'playing', 503],
    // Too many of them are refused as well.
    join: ['away', 200, 429, 503],
    journal: ['away', 403, 503],
    socket: [-1, 101, 503],
  }
  for (const [name, seen] of await Promise.all(watched)) {
    assert.deepEqual(
      [...seen].filter((each) => !allowed[name]?.includes(each)),
      [],
      name,
    )
  }
})

test('hosted games: a game that a full disk has stopped continues, ends, and is then public', async (t) => {
  const folder = mkdtempSync(join(tmpdir(), 'paracosm-hosted-disk-'))
  const unmount = mountSmallDisk(folder, '48m')
  if (!unmount) return t.skip('this process may not mount a file system')
  const tokens = await tokensIn(folder)
  const served = await startServerProcess(folder)
  t.after(async () => {
    await served.crash()
    unmount()
    rmSync(folder, { recursive: true, force: true })
  })
  const { id, sockets, state, episode } = await open(served, tokens.slice(0, 2))
  const journal = async () => (await fetch(`${served.url}/api/episodes/${episode}/journal.jsonl`)).status
  const filler = join(folder, 'filler')
  spawnSync('dd', ['if=/dev/zero', `of=${filler}`, 'bs=4096'])
  const episodeStatus = async (): Promise<string> => (await get(served, `/api/episodes/${episode}`)).body.status
  await eventually('the episode is suspended', async () =>
    (await episodeStatus()) === 'unfinished' ? true : undefined,
  )
  assert.notEqual((await state()).status, 'ended')
  assert.notEqual(await journal(), 200)
  rmSync(filler)
  await eventually('the episode is live', async () => ((await episodeStatus()) === 'live' ? true : undefined))
  assert.equal(await journal(), 403)
  assert.equal(await handshakeStatus(sockets[0]!), 101)
  assert.equal((await post(served, `/${id}/terminate`)).body.status, 'ended')
  await eventually('its recording is public', async () => ((await journal()) === 200 ? true : undefined))
})
