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
/** Turns that are answered between two kills, at most. */
const MOST_TURNS = 60

export interface KillReport {
  readonly kills: number
  readonly turns: number
  readonly sessions: number
}

/** @param env where the store is: nothing for a file, DATABASE_URL for PostgreSQL */
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
    // A turn that a kill cut short has been ended by the next server: every session goes on.
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

/** Everybody plays; the server is killed after this number of answered turns. */
async function playUntil(served: ServerProcess, players: readonly SessionPlayer[], enough: number): Promise<void> {
  let answered = 0
  const count = (): void => {
    answered++
    if (answered === enough) served.command.kill('SIGKILL')
  }
  const ends = await Promise.allSettled(players.map((player) => playSession(served, player, count)))
  for (const end of ends) if (end.status === 'rejected' && end.reason instanceof assert.AssertionError) throw end.reason
}

/** Every journal proves itself and tells its events, with the server gone. */
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
