// Players of text games whose server is killed during play: no answered turn is lost, none is duplicated, and the
// numbering has no gap.
import assert from 'node:assert/strict'
import { get, register, start } from '../play-api.ts'
import { PlayClient } from '../play-client.ts'
import type { ServerProcess } from '../server-process.ts'
import { until } from '../until.ts'

export interface SessionPlayer {
  readonly id: string
  readonly key: string
  /** Event ids of the scenes whose turn end was shown. */
  readonly answered: string[]
  /** Inputs sent, in order. */
  readonly said: string[]
}

/** Milliseconds between two attempts to take over a session whose claim a killed server still holds. */
const CLAIM_MS = 200

/** Starts sessions for one new player. */
export async function enrolPlayers(served: ServerProcess, count: number): Promise<SessionPlayer[]> {
  const key = await register(served)
  const players: SessionPlayer[] = []
  for (let i = 0; i < count; i++) {
    const { id } = await start(served, key, { overrides: { max_turns: 500, max_playtime: 3600 } })
    players.push({ id, key, answered: [], said: [] })
  }
  return players
}

/**
 * Maximum number of turns that one session plays on one server: a session has 500 in total and must last for several
 * kills.
 */
const MOST_TURNS = 40

/** Plays until the server is gone, then rejects; rejects with an AssertionError if a scene is missing. */
export async function playSession(served: ServerProcess, player: SessionPlayer, onTurn: () => void): Promise<void> {
  const { client, first } = await connect(served, player)
  const known = first.filter((frame) => frame.event_type === 'ai').map((frame) => String(frame.event_id))
  for (const id of player.answered) assert.ok(known.includes(id), 'a scene that was answered is shown again')
  for (let turns = 0; turns < MOST_TURNS; turns++) {
    const text = `I count to ${player.said.length + 1}.`
    player.said.push(text)
    const turn = await client.advance(text)
    for (const frame of turn) if (frame.event_type === 'ai') player.answered.push(String(frame.event_id))
    onTurn()
  }
  await client.closed
}

/** The next server has ended the turn that a kill interrupted: every session continues. */
export async function playLastTurn(served: ServerProcess, player: SessionPlayer): Promise<void> {
  const { client } = await connect(served, player)
  player.said.push('I stop here.')
  await client.advance('I stop here.')
  await client.close()
}

/** When servers share the store, the claims of a killed server last for some seconds. */
async function connect(served: ServerProcess, { id, key }: SessionPlayer) {
  return until('the claim of a killed server to run out', async () => {
    const client = new PlayClient(`${served.url.replace('http', 'ws')}/api/play/game/${id}/ws`, key)
    const first = await client.until('turn_end', 'replay_end', 'error')
    const last = first.at(-1)
    if (last?.type !== 'error') return { client, first }
    if (last.detail !== 'Session already connected') throw new Error(String(last.detail))
    await client.closed
    await new Promise((resolve) => setTimeout(resolve, CLAIM_MS))
    return undefined
  })
}

/** @throws AssertionError if a session's record lacks something or has it twice */
export async function inspectSession(served: ServerProcess, player: SessionPlayer): Promise<void> {
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
