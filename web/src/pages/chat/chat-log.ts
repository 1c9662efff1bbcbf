// The displayed conversation, folded from the events of its session. Pure functions.
import type { PlayEvent } from '../../../../src/client/play-event.ts'

/** One entry of the conversation, oldest first. */
export type Entry =
  /** A scene: the result of the last action. Every turn has one; the opening is turn 1. */
  | {
      readonly kind: 'scene'
      readonly key: number
      readonly text: string
      readonly event: string | null
      readonly turn: number
    }
  /** The player's action. `refused`: it was not played, and `reasons` explain why; `free` actions cost nothing. */
  | {
      readonly kind: 'said'
      readonly key: number
      readonly text: string
      readonly state: 'sent' | 'played' | 'refused' | 'fault'
      readonly reasons: readonly string[]
    }
  /** The game itself: help, questions at the end, the score. */
  | { readonly kind: 'info'; readonly key: number; readonly text: string }

export interface ChatLog {
  readonly entries: readonly Entry[]
  /** The part of the current answer received so far. */
  readonly streaming: string
  /** Ids of the player's character and of the other one; empty until the session is open. */
  readonly pc: string
  readonly npc: string
  readonly turns: number
  /** Whether an input is being processed. */
  readonly isWaiting: boolean
  readonly connection: 'connecting' | 'open' | 'waiting' | 'closed'
  readonly isOver: boolean
}

export const EMPTY_LOG: ChatLog = {
  entries: [],
  streaming: '',
  pc: '',
  npc: '',
  turns: 0,
  isWaiting: false,
  connection: 'connecting',
  isOver: false,
}

/** An error of a model contains this text; the wire has no other mark for it. */
const COSTS_NOTHING = /costs you no/

/** The player has sent something. */
export function say(log: ChatLog, text: string): ChatLog {
  const said = { kind: 'said', key: log.entries.length, text, state: 'sent', reasons: [] } as const
  return { ...log, entries: [...log.entries, said], isWaiting: true }
}

/** The current input was not accepted at all. */
export function failed(log: ChatLog, reason: string): ChatLog {
  return { ...withReason(log, reason, 'fault'), isWaiting: false, streaming: '' }
}

/** Applies an event of the session. */
export function take(log: ChatLog, event: PlayEvent): ChatLog {
  switch (event.kind) {
    case 'meta':
      return { ...log, pc: event.pc_hid, npc: event.npc_hid }
    case 'event':
      return takeSaid(log, event)
    case 'turn_end': {
      const isOver = log.isOver || event.exited
      return { ...settled(log), turns: event.turns, isWaiting: false, streaming: '', isOver }
    }
    case 'status':
      return { ...log, turns: event.turns, isOver: log.isOver || event.exited || event.status === 'closed' }
    case 'token':
      return { ...log, streaming: log.streaming + event.text }
    case 'token_reset':
      return { ...log, streaming: '' }
    case 'connection':
      return { ...log, connection: event.state }
    case 'error':
      return { ...withReason(log, event.detail, 'fault'), isWaiting: false }
    case 'gap':
      return add(log, { kind: 'info', text: `${event.dropped} events were not shown. Reload the page to see them.` })
    case 'closed':
      return {
        ...log,
        connection: 'closed',
        isOver: log.isOver || event.reason !== 'left',
        isWaiting: false,
        streaming: '',
      }
  }
}

function takeSaid(log: ChatLog, event: Extract<PlayEvent, { kind: 'event' }>): ChatLog {
  const { content: text, event_type, role } = event
  if (role === 'user') return add(log, { kind: 'said', text, state: 'played', reasons: [] })
  if (event_type === 'error') return withReason(log, text, COSTS_NOTHING.test(text) ? 'fault' : 'refused')
  const answered = { ...settled(log), streaming: '' }
  return event_type === 'ai'
    ? add(answered, { kind: 'scene', text, event: event.event_id, turn: scenesOf(log) + 1 })
    : addInfo(answered, text)
}

const scenesOf = ({ entries }: ChatLog): number => entries.filter(({ kind }) => kind === 'scene').length

/** The welcome is sent again with every connection. */
function addInfo(log: ChatLog, text: string): ChatLog {
  const isKnown = log.entries.length > 0 && log.entries[0]?.kind === 'info' && log.entries[0].text === text
  return isKnown && !log.isWaiting ? log : add(log, { kind: 'info', text })
}

type NewEntry = Entry extends infer E ? (E extends Entry ? Omit<E, 'key'> : never) : never

function add(log: ChatLog, entry: NewEntry): ChatLog {
  return { ...log, entries: [...log.entries, { ...entry, key: log.entries.length }] }
}

/** The last input counts as played. */
function settled(log: ChatLog): ChatLog {
  return mapLast(log, 'sent', (said) => ({ ...said, state: 'played' }))
}

function withReason(log: ChatLog, reason: string, state: 'refused' | 'fault'): ChatLog {
  const last = log.entries.findLast((entry) => entry.kind === 'said')
  // A replayed refusal also belongs to the last input.
  if (!last || last !== lastSaidOrError(log)) return add(log, { kind: 'info', text: reason })
  const reasons = [...last.reasons, reason]
  return {
    ...log,
    entries: log.entries.map((entry) => (entry === last ? { ...last, state, reasons } : entry)),
    streaming: '',
  }
}

const lastSaidOrError = (log: ChatLog): Entry | undefined => log.entries.at(-1)

function mapLast(
  log: ChatLog,
  state: 'sent',
  change: (said: Extract<Entry, { kind: 'said' }>) => Extract<Entry, { kind: 'said' }>,
): ChatLog {
  const last = log.entries.findLast((entry) => entry.kind === 'said')
  if (last?.kind !== 'said' || last.state !== state) return log
  return { ...log, entries: log.entries.map((entry) => (entry === last ? change(last) : entry)) }
}
