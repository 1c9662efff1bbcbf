// Simulated and real kills: everything acknowledged must survive, and every journal must be readable.
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { cpSync, existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, truncateSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { CommitLog } from '../episode/commit-log.ts'
import { readUnfinished } from '../episode/journal-tail.ts'
import type { LineSink } from '../episode/sink.ts'
import { startEpisode } from '../episode/start.ts'
import { createRandom, nextBelow } from '../kernel/random.ts'
import { configureWorld } from '../kernel/world.ts'
import { frontier } from '../worlds/frontier/world.ts'
import { openFolder } from './data-folder.ts'
import { SEEN_DURABLE_MS } from './kills/ledger.ts'
import { recordMatch } from './matches.ts'
import { ODD_TEXT } from './odd-text.ts'
import { nim } from './worlds.ts'

/** A data folder as left by a process that died at some moment: a log, and journals that lag behind it. */
export interface Remains {
  readonly folder: string
  readonly log: string
  readonly journals: readonly string[]
}

/** Simulated kills use a folder in memory if there is one, because they do not test the disk. */
const MEMORY = existsSync('/dev/shm') ? '/dev/shm' : tmpdir()

/** Number of steps of an episode with odd text. */
const ODD_STEPS = 400

const journalOf = (folder: string) => (episode: string) => join(folder, `${episode}.jsonl`)

/** Writes a few matches through one commit log and leaves it unclosed, as a crash would. */
export async function leaveRemains(matches: number): Promise<Remains> {
  const folder = mkdtempSync(join(tmpdir(), 'paracosm-alive-'))
  mkdirSync(join(folder, 'log'))
  const { log } = await CommitLog.open(join(folder, 'log'), { journalOf: journalOf(folder) })
  for (let i = 0; i < matches; i++) {
    const sink = await log.sink(`match-${i}`, journalOf(folder)(`match-${i}`), 0)
    // The sink is not closed with the episode: closing would bring the journal's file up to date.
    const open = { ...wrap(sink), close: () => sink.commit() }
    if (i % 2 === 0) await recordMatch({ seed: i, sink: open, config: { max_ticks: 300 } })
    else await recordOddNotes(open)
  }
  const [segment = ''] = readdirSync(join(folder, 'log'))
  const remains = mkdtempSync(join(tmpdir(), 'paracosm-crash-'))
  cpSync(folder, remains, { recursive: true })
  await log.close()
  rmSync(folder, { recursive: true })
  return {
    folder: remains,
    log: join('log', segment),
    journals: Array.from({ length: matches }, (_, i) => `match-${i}.jsonl`),
  }
}

/** Four agents of frontier that write odd text into their journals in every step. */
async function recordOddNotes(sink: LineSink): Promise<void> {
  const note = { command: 'journal_note', params: { content: ODD_TEXT.replace('\u0000', '') } }
  const slots = [0, 1, 2, 3].map(() => ({
    player: { kind: 'bot' as const, name: ODD_TEXT },
    inProcess: {
      play: (_step: number, _observe: () => unknown, say: (command: unknown) => void): void => say(note),
    },
  }))
  const configured = configureWorld(frontier, 'company')
  const pacing = { mode: 'fast' } as const
  const episode = startEpisode(frontier, configured, { seed: 1, slots, pacing, sink, maxSteps: ODD_STEPS })
  episode.begin()
  await episode.done
}

function wrap(sink: Awaited<ReturnType<CommitLog['sink']>>) {
  return { append: (line: string) => sink.append(line), commit: () => sink.commit(), backlog: 0 }
}

/**
 * Truncates the remains at random places, recovers, and checks the result. Throws if a line that is complete in the
 * truncated log is missing, or if a journal is inconsistent.
 */
export async function recoverCut(remains: Remains, seed: number): Promise<void> {
  const random = createRandom(seed, 'cuts')
  const folder = mkdtempSync(join(MEMORY, 'paracosm-cut-'))
  try {
    cpSync(remains.folder, folder, { recursive: true })
    const logText = readFileSync(join(folder, remains.log), 'latin1')
    const cut = nextBelow(random, logText.length + 1)
    truncateSync(join(folder, remains.log), cut)
    for (const name of remains.journals) {
      const size = readFileSync(join(folder, name)).length
      truncateSync(join(folder, name), nextBelow(random, size + 1))
    }
    const { log } = await CommitLog.open(join(folder, 'log'), { journalOf: journalOf(folder) })
    await log.close()
    const whole = logText.slice(0, logText.lastIndexOf('\n', cut - 1) + 1)
    for (const name of remains.journals) {
      const episode = name.replace('.jsonl', '')
      const expected = whole.split('\n').filter((entry) => entry.startsWith(`${episode} `)).length
      const text = readFileSync(join(folder, name), 'utf8')
      const { length } = !text.includes('\n') ? [] : (await readUnfinished(join(folder, name))).lines
      if (length < expected) throw new Error(`seed ${seed}: ${name} has ${length} lines, and ${expected} were durable`)
    }
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}

/** Whether the child asks for receipts or not. */
export type CrashMode = 'receipts' | 'posts'

/** Kills a playing child after a while, then opens the folder as the next start would. */
export async function killAndCheck(
  folder: string,
  afterMs: number,
  mode: CrashMode = 'receipts',
): Promise<{ acknowledged: number }> {
  const child = spawn(process.execPath, [join(import.meta.dirname, 'crash-child.ts'), folder, '2', mode], {
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  let text = ''
  child.stdout.on('data', (chunk: Buffer) => {
    text += chunk.toString()
  })
  await once(child.stdout, 'readable')
  await new Promise((resolve) => setTimeout(resolve, afterMs))
  const killedAt = Date.now()
  child.kill('SIGKILL')
  await once(child, 'close')
  const told = readTold(text.slice(0, text.lastIndexOf('\n') + 1), killedAt)
  const open = await openFolder(folder, [nim], { resume: { gatherMs: 60_000 } })
  try {
    await open.episodes.resumeUnfinished()
    for (const [id, step] of told) {
      const found = await open.episodes.find(id)
      if (found.status === 'finished') continue
      if (found.status !== 'live') throw new Error(`${id}: ${found.status}: ${found.problem?.message}`)
      if (found.steps <= step) throw new Error(`${id} resumes at step ${found.steps}; step ${step} was told`)
    }
  } finally {
    await open.close()
  }
  return { acknowledged: told.size }
}

/** The last step that every episode must still have; -1: only the episode itself. */
function readTold(text: string, killedAt: number): ReadonlyMap<string, number> {
  const told = new Map<string, number>()
  for (const line of text.split('\n')) {
    const [kind = '', id = '', step = '', at = ''] = line.split(' ')
    if (kind === 'started') told.set(id, Math.max(told.get(id) ?? -1, -1))
    const isDurable = kind === 'step' || (kind === 'seen' && killedAt - Number(at) > SEEN_DURABLE_MS)
    if (isDurable) told.set(id, Math.max(told.get(id) ?? -1, Number(step)))
  }
  return told
}
