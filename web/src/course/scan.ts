// One pass over a whole course: scores after every step, and the markers of the timeline.
import type { PlayerRef } from '../../../src/protocol/episode.ts'
import type { SlotChange, StepLine } from '../../../src/protocol/journal.ts'
import { leader } from '../data/words.ts'
import type { Segment } from './segment.ts'
import type { Marker, Series, SlotSpan } from './types.ts'

/** Maximum number of markers of one course; more would fill the timeline. */
const MAX_MARKERS = 5000

export interface Scan {
  readonly series: Series
  readonly markers: readonly Marker[]
  readonly spans: readonly SlotSpan[]
  /** Completed steps; fewer than requested if the world threw an error. */
  readonly steps: number
}

/** @param steps number of steps of the course */
export function scan(segment: Segment, steps: number): Scan {
  const { header } = segment
  const at: number[] = []
  const scores: number[][] = header.slots.map(() => [])
  const markers: Marker[] = markersOfLines(segment.lines)
  let first: number | undefined
  let made = 0
  for (let step = 0; step <= steps; step++) {
    const moment = attempt(() => segment.at(step))
    if (!moment) break
    made = step
    at.push(step)
    const standing = segment.world.standing(moment.fold.state).scores
    for (const [slot, list] of scores.entries()) list.push(standing[slot] ?? 0)
    const ahead = leader(standing)
    if (ahead !== undefined && ahead !== first) {
      if (first !== undefined)
        markers.push({ step, kind: 'lead', slot: ahead, text: `${nameOf(header.slots, ahead)} takes the lead` })
      first = ahead
    }
    for (const { slot, kind, data } of moment.events) {
      if (slot === null) markers.push({ step, kind: 'event', slot: null, text: kind.replaceAll(/[._]/g, ' '), data })
    }
  }
  return {
    series: { steps: at, scores },
    markers: markers.toSorted((a, b) => a.step - b.step).slice(0, MAX_MARKERS),
    spans: spansOf(header.slots, segment.lines),
    steps: made,
  }
}

function attempt<T>(run: () => T): T | undefined {
  try {
    return run()
  } catch {
    // A world that throws ends the course here; the journal's failure line has the reason.
    return undefined
  }
}

const nameOf = (players: readonly PlayerRef[], slot: number): string => players[slot]?.name ?? `Slot ${slot}`

/** Markers derived from the lines: timeouts, refusals, slots that change hands. */
export function markersOfLines(lines: readonly StepLine[]): Marker[] {
  const markers: Marker[] = []
  for (const line of lines) {
    const step = line.step + 1
    for (const slot of line.timeouts ?? [])
      markers.push({ step, kind: 'timeout', slot, text: `Slot ${slot} ran out of time` })
    for (const [slot, , refusal] of line.refused ?? []) {
      markers.push({ step, kind: 'refused', slot, text: `Refused: ${refusal.reason}` })
    }
    // A player who joins before the first step changes nothing visible.
    if (line.step === 0) continue
    for (const [slot, change] of line.changes ?? [])
      markers.push({ step, kind: 'slot', slot, text: wordsOf(slot, change) })
  }
  return markers
}

function wordsOf(slot: number, { event, player }: SlotChange): string {
  if (event === 'handed_over') return `Slot ${slot} passes to ${player.name}`
  return event === 'left' ? `${player.name} left slot ${slot}` : `${player.name} took slot ${slot}`
}

/** The players of each slot that changed hands. */
export function spansOf(players: readonly PlayerRef[], lines: readonly StepLine[]): readonly SlotSpan[] {
  const spans: SlotSpan[] = players.map((player, slot) => ({ slot, from: 0, player }))
  for (const line of lines) {
    for (const [slot, { event, player }] of line.changes ?? []) {
      if (event === 'left') continue
      const last = spans.findLast((span) => span.slot === slot)
      if (last?.player.name === player.name && last.player.kind === player.kind) continue
      // A player that takes an empty slot at the start counts as its player from the start.
      if (line.step === 0 && last) spans[spans.indexOf(last)] = { slot, from: 0, player }
      else spans.push({ slot, from: line.step, player })
    }
  }
  const changed = new Set(spans.filter(({ from }) => from > 0).map(({ slot }) => slot))
  return spans.filter(({ slot }) => changed.has(slot)).toSorted((a, b) => a.slot - b.slot || a.from - b.from)
}
