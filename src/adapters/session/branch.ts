// A branch: a new session with the past of another up to a turn. Its journal is complete and names its parent; its
// events are copies with new ids.
import { randomUUID } from 'node:crypto'
import type { EpisodeService } from '../../host/episode-service.ts'
import { DIALOGUE_EVENTS, DialogueTurnEnd } from '../../kernel/dialogue.ts'
import { AppError } from '../../kernel/errors.ts'
import { createFold, foldLine } from '../../kernel/fold.ts'
import { parseLine, splitHash } from '../../kernel/journal.ts'
import { configureWorld } from '../../kernel/world.ts'
import type { JournalHeader, StepLine } from '../../protocol/journal.ts'
import type { SessionHeader } from '../../protocol/session.ts'
import type { SessionLog } from '../../store/sessions/session-log.ts'
import type { DialogueWorld, GameCatalogue } from './games.ts'
import type { SessionRegistry } from './registry.ts'
import { readJournalHeader, SESSION_SLOTS } from './session-episode.ts'
import { eventIdOf } from './view.ts'

interface BranchOptions {
  readonly log: SessionLog
  readonly games: GameCatalogue
  readonly episodes: EpisodeService
  readonly registry: SessionRegistry
  /** The turn after which the branch leaves its parent; absent: the current one. */
  readonly atTurn?: number | undefined
}

/**
 * @returns the header of the new session, paused; its player continues it by connecting
 * @throws AppError UNKNOWN_SESSION for a session that cannot be branched; STEP_OUT_OF_RANGE for a turn that it does not
 * have
 */
export async function branchSession(header: SessionHeader, options: BranchOptions): Promise<SessionHeader> {
  const { log, games, registry, episodes } = options
  // A turn in progress belongs only to the parent.
  await registry.peek(header.session_id)?.settled()
  const { lines } = await log.journal(header.session_id)
  if (lines.length === 0) throw new AppError('UNKNOWN_SESSION', 'the session has no journal to branch from')
  const recorded = readJournalHeader(lines[0])
  const playable = await games.recorded(recorded)
  const { config } = configureWorld(playable.world, undefined, recorded.config)
  const shared = cut(lines, { ...playable, header: recorded, config }, options.atTurn)
  const id = randomUUID()
  const kept = await episodes.copyPast(playable.world, config, shared, {
    id,
    slots: SESSION_SLOTS,
    // The session's own time continues, so that intervals between turns are preserved.
    startedAt: Date.parse(recorded.started_at),
  })
  const parentEvents = (await log.events(header.session_id)).slice(0, shared.events + 1)
  const events = parentEvents.map((event) => ({
    ...event,
    session_id: id,
    event_id: eventIdOf(id, event.seq),
    feedback: null,
    updated_at: null,
  }))
  const child = childOf(header, { id, turns: shared.turns, lastSeq: events.length })
  await log.create(child, kept, events)
  return child
}

function childOf(parent: SessionHeader, at: { id: string; turns: number; lastSeq: number }): SessionHeader {
  const now = new Date().toISOString()
  return {
    ...parent,
    session_id: at.id,
    branch_from_session_id: parent.session_id,
    status: 'paused',
    session_started_at: now,
    session_ended_at: null,
    termination_reason: null,
    turns_completed: at.turns,
    last_seq: at.lastSeq,
    created_at: now,
    updated_at: now,
    paused_at: now,
    resumed_at: null,
  }
}

/** The end of a turn in a journal. */
interface TurnMark {
  /** Number of step lines up to and including it. */
  readonly lines: number
  /** Steps done. */
  readonly step: number
  readonly hash: string
  readonly turns: number
  /** Events emitted, without `session_start`. */
  readonly events: number
}

interface Shared extends Omit<TurnMark, 'lines'> {
  readonly header: JournalHeader
  readonly prefix: readonly StepLine[]
}

/** The part of a journal up to the end of a turn. Reads each line once. */
function cut(
  lines: readonly string[],
  { world, header, config }: DialogueWorld & { header: JournalHeader; config: unknown },
  atTurn: number | undefined,
): Shared {
  const fold = createFold(world, config, header.seed)
  const prefix: StepLine[] = []
  let turns = 0
  let events = 0
  let found: TurnMark | undefined
  for (const [index, text] of lines.entries()) {
    const opened = index === 0 ? undefined : splitHash(text)
    const line = opened && parseLine(opened.body, index + 1)
    if (line?.kind !== 'step' || !opened) continue
    const fault = foldLine(fold, line.line)
    if (fault) throw new AppError('DIVERGED', `at step ${line.line.step}: ${fault.what}`)
    prefix.push(line.line)
    const ends = fold.out.events.filter((event) => event.kind === DIALOGUE_EVENTS.turnEnd)
    events += fold.out.events.filter((event) => event.kind === DIALOGUE_EVENTS.event).length
    turns = ends.reduce((_, event) => DialogueTurnEnd.parse(event.data).turns, turns)
    fold.out.clear()
    if (world.outcome(fold.state) || (atTurn !== undefined && turns > atTurn)) break
    if (ends.length > 0) found = { lines: prefix.length, step: fold.step, hash: opened.hash, turns, events }
  }
  if (!found || (atTurn !== undefined && found.turns < atTurn)) {
    throw new AppError('STEP_OUT_OF_RANGE', `the session has ${turns} turns`, {
      hint: 'Branch at one of its turns, from 1 on.',
    })
  }
  return { ...found, header, prefix: prefix.slice(0, found.lines) }
}
