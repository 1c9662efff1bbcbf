// Repeatedly kills `paracosm serve` under load through every adapter, and looks for everything that it had
// acknowledged: first in the files as the kill left them, then through the API of the next server.
import assert from 'node:assert/strict'
import { cpSync, existsSync, mkdtempSync, readdirSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { FolderBlobs } from '../../host/folder-blobs.ts'
import { JournalFolder } from '../../host/journal-folder.ts'
import { createAgentClient } from '../agent-client.ts'
import { post } from '../play-api.ts'
import { childrenOf, type ServerProcess, startServerProcess } from '../server-process.ts'
import { type Actor, createAgents, createBots, createPlayers, createRegistrar, createStarter } from './actors.ts'
import { Ledger, type Told } from './ledger.ts'
import { enrolPlayers, inspectSession, playLastTurn, playSession, type SessionPlayer } from './session-players.ts'

/** Number of text sessions per data folder. */
const SESSIONS = 3
/** Number of concurrent requests while checking the next server. */
const ASKED_AT_ONCE = 16
/** Milliseconds within which actors must notice that their server is gone. */
const GONE_MS = 10_000

export interface KillReport {
  readonly kills: number
  /** Acknowledged facts by kind, all of which must have survived. */
  readonly told: Readonly<Record<Told['kind'] | 'turn', number>>
  /** One line for each missing fact. */
  readonly lost: readonly string[]
}

export interface KillPlan {
  /** A new folder, or the folder of an earlier run. */
  readonly folder: string
  /** Milliseconds from the start of the clients to each kill. */
  readonly afterMs: readonly number[]
  /** Shards of the server, which are killed with it; default: none. */
  readonly shards?: number
}

/** Recorded commands: steps by episode, with the slots whose commands were applied in each. */
type Kept = ReadonlyMap<string, { readonly steps: number; readonly inputs: ReadonlySet<string> }>

/** Kills the server of one folder once for each time in the plan, and checks after each kill. */
export async function killServer({ folder, afterMs, shards = 0 }: KillPlan): Promise<KillReport> {
  const ledger = new Ledger()
  const actors: Actor[] = [
    createPlayers(ledger, 'receipts'),
    createPlayers(ledger, 'posts'),
    createPlayers(ledger, 'silent'),
    createBots(ledger),
    createAgents(ledger),
    createStarter(ledger),
    createRegistrar(ledger),
  ]
  const lost: string[] = []
  const sessions: SessionPlayer[] = []
  const start = (): Promise<ServerProcess> => startServerProcess(folder, ['--shards', String(shards)])
  let served = await start()
  for (const [kill, ms] of afterMs.entries()) {
    const where = `kill ${kill + 1}, after ${ms} ms`
    if (sessions.length === 0) sessions.push(...(await enrolPlayers(served, SESSIONS)))
    const { killedAt, failures } = await playUntilKilled(served, { actors, sessions, ms })
    ledger.close(killedAt)
    lost.push(...failures.map((each) => `${where}: ${each}`))
    lost.push(...checkRecord(ledger, await readRecord(folder)).map((each) => `${where}: on disk: ${each}`))
    served = await start()
    lost.push(...(await checkServer(served, ledger)).map((each) => `${where}: after the restart: ${each}`))
  }
  for (const player of sessions) {
    await playLastTurn(served, player)
    await inspectSession(served, player).catch((error: unknown) => lost.push(`session ${player.id}: ${String(error)}`))
  }
  await killAll(served)
  const turn = sessions.reduce((sum, { answered }) => sum + answered.length, 0)
  return { kills: afterMs.length, told: { ...ledger.count(), turn }, lost }
}

interface Scene {
  readonly actors: readonly Actor[]
  readonly sessions: readonly SessionPlayer[]
  readonly ms: number
}

/** @returns problems that actors noticed and that no kill explains */
async function playUntilKilled(
  served: ServerProcess,
  { actors, sessions, ms }: Scene,
): Promise<{ killedAt: number; failures: string[] }> {
  let isKilled = false
  const failures: string[] = []
  const watch = async (name: string, play: Promise<void>): Promise<void> => {
    try {
      await play
    } catch (error) {
      // A killed server explains every error except a missing scene.
      if (!isKilled || error instanceof assert.AssertionError) failures.push(`${name}: ${String(error)}`)
    }
  }
  const ends = [
    ...actors.map((actor) => watch(actor.name, actor.play(served))),
    ...sessions.map((player) =>
      watch(
        `session ${player.id}`,
        playSession(served, player, () => undefined),
      ),
    ),
  ]
  await new Promise((resolve) => setTimeout(resolve, ms))
  isKilled = true
  const killedAt = Date.now()
  await killAll(served)
  const timer = Promise.withResolvers<void>()
  const timeout = setTimeout(() => timer.resolve(), GONE_MS)
  await Promise.race([Promise.all(ends), timer.promise])
  clearTimeout(timeout)
  return { killedAt, failures }
}

/** Kills the server and its shards, as a power cut would. */
async function killAll({ command }: ServerProcess): Promise<void> {
  const shards = childrenOf(command.pid ?? 0)
  command.kill('SIGKILL')
  for (const pid of shards) {
    try {
      process.kill(pid, 'SIGKILL')
    } catch {
      // It has ended with its server.
    }
  }
  await command.ended
}

/** Reads copies of the folder and of those of its shards, as the next server will: the log completes the journals. */
async function readRecord(folder: string): Promise<Kept> {
  const shards = join(folder, 'shards')
  const folders = [folder, ...(existsSync(shards) ? readdirSync(shards).map((name) => join(shards, name)) : [])]
  const records = await Promise.all(folders.map(readFolder))
  return new Map(records.flatMap((record) => [...record]))
}

async function readFolder(folder: string): Promise<Kept> {
  const copy = mkdtempSync(join(tmpdir(), 'paracosm-killed-'))
  try {
    for (const part of ['live', 'log']) {
      cpSync(join(folder, part), join(copy, part), { recursive: true, force: true })
    }
    const journals = await JournalFolder.open(copy, new FolderBlobs(join(copy, 'blobs')))
    const record = new Map<string, { steps: number; inputs: Set<string> }>()
    try {
      for (const id of await journals.liveIds()) {
        const reopened = await journals.reopen(id)
        if (!reopened) continue
        record.set(id, readLines(reopened.journal.lines))
      }
    } finally {
      await journals.close()
    }
    return record
  } finally {
    rmSync(copy, { recursive: true, force: true })
  }
}

function readLines(lines: readonly string[]): { steps: number; inputs: Set<string> } {
  const inputs = new Set<string>()
  let steps = 0
  for (const text of lines) {
    const line = JSON.parse(text)
    if (!Number.isInteger(line.step)) continue
    // A line with commands belongs to the step that follows them; checkpoints name the completed steps.
    steps = Math.max(steps, 'digest' in line || line.hold === true ? line.step : line.step + 1)
    for (const [slot] of line.inputs ?? []) inputs.add(`${slot} ${line.step}`)
  }
  return { steps, inputs }
}

/** Episodes and steps that are missing from the files. Finished episodes are checked on the next server. */
function checkRecord(ledger: Ledger, record: Kept): string[] {
  const lost = new Set<string>()
  const frames = new Map<string, Extract<Told, { kind: 'frame' }>>()
  for (const told of ledger.all) {
    if (told.kind === 'episode' && !record.has(told.id)) lost.add(`episode ${told.id} (${told.by})`)
    if (told.kind === 'receipt' && !record.get(told.id)?.inputs.has(`${told.slot} ${told.step}`))
      lost.add(`receipt of slot ${told.slot} for step ${told.step} of ${told.id}`)
    if (told.kind === 'frame' && told.steps > (frames.get(told.id)?.steps ?? 0)) frames.set(told.id, told)
  }
  for (const { id, steps, who } of frames.values()) {
    const kept = record.get(id)?.steps ?? -1
    if (kept < steps) lost.add(`${id} stands at step ${kept}; a ${who} saw ${steps}`)
  }
  return [...lost]
}

/** Acknowledged facts that the next server does not know. */
async function checkServer(served: ServerProcess, ledger: Ledger): Promise<string[]> {
  const queue = [...ledger.all]
  const lost: string[] = []
  const work = async (): Promise<void> => {
    for (let told = queue.pop(); told !== undefined; told = queue.pop()) {
      const missing = await findMissing(served, told)
      if (missing !== undefined) lost.push(missing)
    }
  }
  await Promise.all(Array.from({ length: ASKED_AT_ONCE }, work))
  return lost
}

async function findMissing(served: ServerProcess, told: Told): Promise<string | undefined> {
  if (told.kind === 'episode') {
    const answer = await fetch(`${served.url}/api/episodes/${told.id}`)
    const body: any = await answer.json()
    if (answer.status !== 200) return `episode ${told.id} (${told.by}): status ${answer.status}`
    const isWell = body.status === 'live' || body.status === 'finished'
    return isWell ? undefined : `episode ${told.id} is ${body.status}: ${body.problem?.message}`
  }
  if (told.kind === 'command') {
    const { id, slot, token, commandId } = told
    const agentId = `agent-${slot}`
    const agent = createAgentClient(`${served.url}/api/episodes/${id}/slots/${slot}`, agentId, token)
    const { status } = await agent.get(`/commands/${commandId}?agent_id=${agentId}`)
    return status === 200 ? undefined : `command ${commandId} of ${id}, slot ${slot}: status ${status}`
  }
  if (told.kind === 'registration') {
    const { status } = await post(served, '/api/player/auth', { api_key: told.key })
    return status === 200 ? undefined : `a registration: status ${status}`
  }
  return undefined
}
