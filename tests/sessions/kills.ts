// Kills the server in the middle of text games, again and again, and looks at every session: no turn that was answered is
// lost, none is doubled, and the numbers have no gap. By hand: node tests/sessions/kills.ts 50
import assert from 'node:assert/strict'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { createRandom, nextBelow } from '../../src/kernel/random.ts'
import { SessionLog } from '../../src/store/sessions/session-log.ts'
import { openStore, storeInFolder } from '../../src/store/store.ts'
import { type RunningCommand, startCommand } from '../../src/testing/cli.ts'
import { get, register, start } from '../../src/testing/play-api.ts'
import { PlayClient } from '../../src/testing/play-client.ts'
import { assertReplays } from '../../src/testing/session-replay.ts'

const PLAYERS = 12
/** Turns that are answered between two kills, at most. */
const MOST_TURNS = 60

interface Served {
  readonly url: string
  readonly process: RunningCommand
}

async function serve(folder: string, store: Readonly<Record<string, string>>): Promise<Served> {
  const args = ['serve', '--port', '0', '--no-showcase', '--no-rate-limits', '--data', folder, '--json']
  const process = startCommand(args, { env: store })
  const [line] = await process.sees(/^\{.*\}$/m)
  return { url: JSON.parse(line).url, process }
}

interface Player {
  readonly id: string
  readonly key: string
  /** Event ids of the scenes that were shown with a turn end. */
  readonly answered: string[]
  /** Inputs that were sent, in order. */
  readonly said: string[]
}

export interface KillReport {
  readonly kills: number
  readonly turns: number
  readonly sessions: number
}

/** @param env where the store is: nothing for a file, DATABASE_URL for PostgreSQL */
export async function killSessions(kills: number, env: Readonly<Record<string, string>> = {}): Promise<KillReport> {
  const folder = mkdtempSync(join(tmpdir(), 'paracosm-session-kills-'))
  const random = createRandom(kills, 'kills')
  const players: Player[] = []
  try {
    for (let kill = 0; kill < kills; kill++) {
      const served = await serve(folder, env)
      if (players.length === 0) await enrol(served, players)
      const enough = 1 + nextBelow(random, MOST_TURNS)
      await playUntil(served, players, enough)
      await served.process.ended
    }
    const served = await serve(folder, env)
    // A turn that a kill cut short has been ended by the next server: every session goes on.
    for (const player of players) {
      const { client } = await connect(served, player)
      player.said.push('I stop here.')
      await client.advance('I stop here.')
      await client.close()
      await inspect(served, player)
    }
    served.process.kill('SIGTERM')
    await served.process.ended
    if (env.DATABASE_URL === undefined) await replayAll(folder, players)
    return { kills, sessions: players.length, turns: players.reduce((sum, each) => sum + each.answered.length, 0) }
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}

async function enrol(served: Served, players: Player[]): Promise<void> {
  const key = await register(served)
  for (let i = 0; i < PLAYERS; i++) {
    const { id } = await start(served, key, { overrides: { max_turns: 500, max_playtime: 3600 } })
    players.push({ id, key, answered: [], said: [] })
  }
}

/** Everybody plays; the server is killed once so many turns were answered. */
async function playUntil(served: Served, players: readonly Player[], enough: number): Promise<void> {
  let answered = 0
  const play = async (player: Player): Promise<void> => {
    const { client, first } = await connect(served, player)
    const known = first.filter((frame) => frame.event_type === 'ai').map((frame) => String(frame.event_id))
    for (const id of player.answered) assert.ok(known.includes(id), 'a scene that was answered is shown again')
    for (;;) {
      const text = `I count to ${player.said.length + 1}.`
      player.said.push(text)
      const turn = await client.advance(text)
      for (const frame of turn) if (frame.event_type === 'ai') player.answered.push(String(frame.event_id))
      answered++
      if (answered === enough) served.process.kill('SIGKILL')
    }
  }
  const ends = await Promise.allSettled(players.map(play))
  for (const end of ends) if (end.status === 'rejected' && end.reason instanceof assert.AssertionError) throw end.reason
}

/** A server that was killed holds its claims for some seconds where others share the store. */
async function connect(served: Served, { id, key }: Player) {
  for (;;) {
    const client = new PlayClient(`${served.url.replace('http', 'ws')}/api/play/game/${id}/ws`, key)
    const first = await client.until('turn_end', 'replay_end', 'error')
    const last = first.at(-1)
    if (last?.type !== 'error') return { client, first }
    if (last.detail !== 'Session already connected') throw new Error(String(last.detail))
    await client.closed
    await new Promise((resolve) => setTimeout(resolve, 200))
  }
}

async function inspect(served: Served, player: Player): Promise<void> {
  const { body } = await get(served, `/api/sessions/${player.id}/reconstruction`, player.key)
  const seqs: number[] = body.events.map((event: { seq: number }) => event.seq)
  assert.deepEqual(
    seqs,
    seqs.map((_, index) => index + 1),
    'numbers without gap or repeat',
  )
  const ids: string[] = body.events.map((event: { event_id: string }) => event.event_id)
  assert.equal(new Set(ids).size, ids.length)
  for (const id of player.answered) assert.ok(ids.includes(id), 'no answered turn is lost')
  const heard: string[] = body.events
    .filter((event: { direction: string }) => event.direction === 'inbound')
    .map((event: { content: string }) => event.content)
  assert.equal(new Set(heard).size, heard.length, 'no input is taken twice')
  for (const text of heard) assert.ok(player.said.includes(text))
}

/** Every journal proves itself and tells its events, with the server gone. */
async function replayAll(folder: string, players: readonly Player[]): Promise<void> {
  const store = await openStore(storeInFolder(folder, { mode: 'existing', runs: 'inline' }))
  try {
    for (const { id } of players) await assertReplays(new SessionLog(store), id)
  } finally {
    await store.close()
  }
}

if (process.argv[1] !== undefined && import.meta.url === pathToFileURL(process.argv[1]).href) {
  process.stdout.write(`${JSON.stringify(await killSessions(Number(process.argv[2] ?? 10)))}\n`)
}
