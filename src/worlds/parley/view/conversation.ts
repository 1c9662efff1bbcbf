// A session as a conversation: what was said, by turn, and what the validators rejected. Pure: the view draws it.

import { listOf, numberOf, objectOf, textOf } from '../../../kernel/view/read.ts'
import { isObject } from '../../../protocol/is-object.ts'
import type { JsonObject } from '../../../protocol/json.ts'

/** A rejection by a validator: of an action of the player, or of a draft of the character's scene. */
export interface Verdict {
  readonly step: number
  /** The turn in progress, from 1. */
  readonly turn: number
  readonly validator: string
  readonly stage: 'action' | 'draft'
  readonly message: string
  /** The rejected text. */
  readonly response: string
  readonly raw: string
}

export type Entry =
  | { readonly kind: 'scene'; readonly turn: number; readonly text: string }
  | { readonly kind: 'said'; readonly text: string; readonly isRefused: boolean }
  | { readonly kind: 'refusal'; readonly text: string }
  | { readonly kind: 'info'; readonly text: string }
  | { readonly kind: 'verdict'; readonly verdict: Verdict }

export interface Score {
  readonly tier: number
  readonly score: number
  readonly reasoning: string
}

export interface Conversation {
  readonly game: string
  readonly pc: string
  readonly npc: string
  readonly turns: number
  readonly isOver: boolean
  readonly isWaiting: boolean
  readonly reason: string
  readonly score: Score | undefined
  readonly entries: readonly Entry[]
}

interface RawEvent {
  readonly kind: string
  readonly data: JsonObject
}

/** The verdicts among the events of a step. */
export function verdictsOf(step: number, events: readonly RawEvent[]): Verdict[] {
  return events.flatMap(({ kind, data }) => {
    if (kind !== 'session_event' || data.event_type !== 'validation_violation') return []
    const content = parse(textOf(data.content))
    return [
      {
        step,
        turn: numberOf(data.turn_index, 1),
        validator: nameOf(textOf(content.validator_name)),
        stage: textOf(content.stage).startsWith('player') ? ('action' as const) : ('draft' as const),
        message: textOf(content.message),
        response: textOf(content.response),
        raw: JSON.stringify(content.raw_result ?? null, null, 2),
      },
    ]
  })
}

function parse(text: string): JsonObject {
  try {
    return objectOf(JSON.parse(text))
  } catch {
    // A row from another source: only its text is available.
    return { message: text }
  }
}

/** A validator's id is followed by its definition, whose first words name it. */
function nameOf(name: string): string {
  return (name.split(/[:\n—]/)[0] ?? name).trim()
}

/**
 * @param view the public view, or the player's observation
 * @param verdicts of steps up to the view's, in order; each is shown in its turn
 */
export function readConversation(view: JsonObject, verdicts: readonly Verdict[]): Conversation {
  const rows = listOf(view.transcript).map(objectOf)
  const entries: Entry[] = []
  let turn = 0
  let left = [...verdicts]
  const place = (upTo: number): void => {
    for (const verdict of left.filter((each) => each.turn <= upTo)) entries.push({ kind: 'verdict', verdict })
    left = left.filter((each) => each.turn > upTo)
  }
  for (const [index, row] of rows.entries()) {
    const text = textOf(row.content)
    if (row.role === 'user') {
      const next = rows.slice(index + 1).find((each) => each.role === 'user' || each.event_type !== 'info')
      entries.push({ kind: 'said', text, isRefused: next?.role !== 'user' && next?.event_type === 'error' })
    } else if (row.event_type === 'ai') {
      turn++
      place(turn)
      entries.push({ kind: 'scene', turn, text })
    } else entries.push({ kind: row.event_type === 'error' ? 'refusal' : 'info', text })
  }
  place(Number.POSITIVE_INFINITY)
  const score = isObject(view.score) ? view.score : undefined
  return {
    game: textOf(view.game),
    pc: textOf(view.pc),
    npc: textOf(view.npc),
    turns: numberOf(view.turns),
    isOver: view.exited === true,
    isWaiting: view.awaits === true,
    reason: textOf(view.reason).replaceAll('_', ' '),
    score: score && { tier: numberOf(score.tier), score: numberOf(score.score), reasoning: textOf(score.reasoning) },
    entries,
  }
}
