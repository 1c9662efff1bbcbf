// A branch: a session of its own with the past of another up to a turn, from where it goes its own way. Its journal is
// whole and names its parent; its events are copies with ids of their own.
import { randomUUID } from 'node:crypto'
import { createMemorySink } from '../../episode/sink.ts'
import { forkEpisode } from '../../episode/start.ts'
import { AppError } from '../../kernel/errors.ts'
import { createFold, foldLine } from '../../kernel/fold.ts'
import { parseLine, splitHash } from '../../kernel/journal.ts'
import { configureWorld, type World } from '../../kernel/world.ts'
import type { JournalHeader, StepLine } from '../../protocol/journal.ts'
import type { SessionHeader } from '../../protocol/session.ts'
import type { SessionLog } from '../../store/sessions/session-log.ts'
import { TurnEnd } from '../../worlds/parley/events.ts'
import { parley } from '../../worlds/parley/world.ts'
import type { SessionRegistry } from './registry.ts'
import { eventIdOf } from './view.ts'

interface BranchOptions {
  readonly log: SessionLog
  readonly registry: SessionRegistry
  /** After which turn the ways part; absent: where the session stands. */
  readonly atTurn?: number | undefined
}

/**
 * @returns the header of the new session, paused; its player goes on with it by connecting
 * @throws AppError UNKNOWN_SESSION for a session that cannot be branched; STEP_OUT_OF_RANGE for a turn that it has not
 */
export async function branchSession(header: SessionHeader, options: BranchOptions): Promise<SessionHeader> {
  const { log, registry } = options
  // What is under way belongs to the parent alone.
  await registry.peek(header.session_id)?.settled()
  const { lines } = await log.journal(header.session_id)
  if (lines.length === 0) throw new AppError('UNKNOWN_SESSION', 'the session has no journal to branch from')
  const shared = cut(lines, options.atTurn)
  const id = randomUUID()
  const now = new Date().toISOString()
  const kept = await forkLines(shared, id)
  const parentEvents = (await log.events(header.session_id)).slice(0, shared.events + 1)
  const events = parentEvents.map((event) => ({
    ...event,
    session_id: id,
    event_id: eventIdOf(id, event.seq),
    feedback: null,
    updated_at: null,
  }))
  const child: SessionHeader = {
    ...header,
    session_id: id,
    branch_from_session_id: header.session_id,
    status: 'paused',
    session_started_at: now,
    session_ended_at: null,
    termination_reason: null,
    turns_completed: shared.turns,
    last_seq: events.length,
    created_at: now,
    updated_at: now,
    paused_at: now,
    resumed_at: null,
  }
  await log.copy(child, kept, events)
  return child
}

interface Shared {
  readonly header: JournalHeader
  readonly config: unknown
  readonly prefix: readonly StepLine[]
  /** Steps done at the end of the prefix. */
  readonly step: number
  readonly hash: string
  readonly turns: number
  /** Events that the prefix tells, without `session_start`. */
  readonly events: number
}

/** The part of a journal up to the end of a turn. */
function cut(lines: readonly string[], atTurn: number | undefined): Shared {
  const [first = '', ...rest] = lines
  const split = splitHash(first)
  const head = split && parseLine(split.body, 1)
  if (head?.kind !== 'header') throw new AppError('JOURNAL_CORRUPT', 'the session has no journal')
  const { header } = head
  const { config } = configureWorld(parley, undefined, header.config)
  const world: World = parley
  const fold = createFold(world, config, header.seed)
  const prefix: StepLine[] = []
  let turns = 0
  let events = 0
  let found: Shared | undefined
  for (const [index, text] of rest.entries()) {
    const opened = splitHash(text)
    const line = opened && parseLine(opened.body, index + 2)
    if (line?.kind !== 'step' || !opened) continue
    const fault = foldLine(fold, line.line)
    if (fault) throw new AppError('DIVERGED', `at step ${line.line.step}: ${fault.what}`)
    prefix.push(line.line)
    let isTurnEnd = false
    for (const event of fold.out.events) {
      if (event.kind === 'session_event') events++
      if (event.kind === 'turn_end') {
        turns = TurnEnd.parse(event.data).turns
        isTurnEnd = true
      }
    }
    fold.out.clear()
    if (world.outcome(fold.state)) break
    if (!isTurnEnd || (atTurn !== undefined && turns > atTurn)) continue
    found = { header, config, prefix: [...prefix], step: fold.step, hash: opened.hash, turns, events }
  }
  if (!found || (atTurn !== undefined && found.turns < atTurn)) {
    throw new AppError('STEP_OUT_OF_RANGE', `the session has ${turns} turns`, {
      hint: 'Branch at one of its turns, from 1 on.',
    })
  }
  return found
}

/** The stored lines of the child's journal. */
async function forkLines(shared: Shared, id: string): Promise<readonly string[]> {
  const sink = createMemorySink()
  const episode = forkEpisode(parley, shared.config, shared, {
    id,
    slots: shared.header.slots.map((player) => ({ player })),
    pacing: shared.header.pacing,
    sink,
    // The session's own time goes on: what was said keeps its distance from what will be.
    clock: frozenAt(Date.parse(shared.header.started_at)),
  })
  await episode.stop()
  return sink.lines
}

/** A clock that stands still: nothing of a fork that is only written down takes time. */
function frozenAt(wall: number) {
  return { now: () => 0, wall: () => wall, after: () => () => undefined }
}
