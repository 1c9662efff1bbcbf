// Kills the server during text games, again and again, and checks every session: no answered turn is
// lost or duplicated, and the numbers have no gap. By hand: node tests/sessions/kills.ts 50
import assert from 'node:assert/strict'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { createRandom, nextBelow } from '../../src/kernel/random.ts'
import { SessionLog } from '../../src/store/sessions/session-log.ts'
import { openStore, storeInFolder } from '../../src/store/store.ts'
import {
  enrolPlayers,
  inspectSession,
  playLastTurn,
  playSession,
  type SessionPlayer,
} from '../../src/testing/kills/session-players.ts'
import { type ServerProcess, startServerProcess } from '../../src/testing/server-process.ts'
import { assertReplays } from '../../src/testing/session-replay.ts'

const PLAYERS = 12
/** Maximum number of answered turns between two kills. */
const MOST_TURNS = 60

export interface KillReport {
  readonly kills: number
  readonly turns: number
  readonly sessions: number
}

/** @param env location of the store: empty for a file, DATABASE_URL for PostgreSQL */
export async function killSessions(kills: number, env: Readonly<Record<string, string>> = {}): Promise<KillReport> {
  const folder = mkdtempSync(join(tmpdir(), 'paracosm-session-kills-'))
  const random = createRandom(kills, 'kills')
  const players: SessionPlayer[] = []
  try {
    for (let kill = 0; kill < kills; kill++) {
      const served = await startServerProcess(folder, [], { env })
      if (players.length === 0) players.push(...(await enrolPlayers(served, PLAYERS)))
      const enough = 1 + nextBelow(random, MOST_TURNS)
      await playUntil(served, players, enough)
      await served.command.ended
    }
    const served = await startServerProcess(folder, [], { env })
    // The next server has completed the interrupted turns: every session continues.
    for (const player of players) {
      await playLastTurn(served, player)
      await inspectSession(served, player)
    }
    served.command.kill('SIGTERM')
    await served.command.ended
    if (env.DATABASE_URL === undefined) await replayAll(folder, players)
    return { kills, sessions: players.length, turns: players.reduce((sum, each) => sum + each.answered.length, 0) }
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}

/** All players play; the server is killed after this number of answered turns. */
async function playUntil(served: ServerProcess, players: readonly SessionPlayer[], enough: number): Promise<void> {
  let answered = 0
  const count = (): void => {
    answered++
    if (answered === enough) served.command.kill('SIGKILL')
  }
  const ends = await Promise.allSettled(players.map((player) => playSession(served, player, count)))
  for (const end of ends) if (end.status === 'rejected' && end.reason instanceof assert.AssertionError) throw end.reason
}

/** Every journal verifies and gives its events without the server. */
async function replayAll(folder: string, players: readonly SessionPlayer[]): Promise<void> {
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
