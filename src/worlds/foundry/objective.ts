// The fifth phase of a tick: the objective and its progress.

import { at } from '../../kernel/at.ts'
import type { JsonObject } from '../../protocol/json.ts'
import { ITEMS } from './catalogue.ts'
import type { FoundryConfig, Goal } from './config.ts'
import { createEmpty, type Foundry } from './state.ts'

export interface GoalReport {
  readonly [key: string]: string | number | boolean
  readonly kind: Goal['kind']
  /** The goal as text. */
  readonly text: string
  readonly done: number
  readonly needed: number
  readonly met: boolean
}

export interface ObjectiveReport {
  readonly [key: string]: string | boolean | number | null | GoalReport[]
  /** `open` until it is complete or impossible; `none` when the scenario has no objective. */
  readonly status: 'none' | 'open' | 'complete' | 'failed'
  readonly complete: boolean
  readonly failed: boolean
  /** Tick after which it was complete. */
  readonly completed_at: number | null
  /** Tick at which the run is truncated; null: unlimited. */
  readonly last_tick: number | null
  readonly goals: GoalReport[]
}

/** Counts this tick towards the goals. */
export function runObjective(f: Foundry): void {
  const { goals } = f.config
  if (goals.length === 0 || f.completedAt >= 0 || isOutOfTime(f)) return
  let isComplete = true
  for (let i = 0; i < goals.length; i++) {
    const goal = goals[i]
    if (goal) isComplete = count(f, goal, i) && isComplete
  }
  if (isComplete) f.completedAt = f.tick + 1
}

function count(f: Foundry, goal: Goal, index: number): boolean {
  const progress = f.goals[index]
  if (!progress) return false
  switch (goal.kind) {
    case 'deliver':
      progress.done = at(f.ledger.delivered, ITEMS.indexOf(goal.item))
      return progress.done >= goal.count
    case 'contamination_below':
      progress.done = f.air.total < goal.limit ? Math.min(progress.done + 1, goal.ticks) : 0
      return progress.done >= goal.ticks
    case 'before_tick':
      return f.tick < goal.tick
    case 'parts_at_most':
      return placedParts(f) <= goal.parts
    default:
      return goal satisfies never
  }
}

/** Number of existing parts placed by crews. */
function placedParts(f: Foundry): number {
  return f.parts.count - f.config.fixed.length
}

/** Whether the run has reached its time limit. */
export function isOutOfTime(f: Foundry): boolean {
  return f.config.max_ticks > 0 && f.tick >= f.config.max_ticks
}

/** Whether the objective can no longer be completed: the last tick of a goal has passed. */
export function hasFailed(f: Foundry): boolean {
  return f.completedAt < 0 && f.config.goals.some((goal) => goal.kind === 'before_tick' && f.tick >= goal.tick)
}

function reportGoal(f: Foundry, goal: Goal, index: number): GoalReport {
  const { kind } = goal
  const done = at(f.goals, index).done
  switch (kind) {
    case 'deliver': {
      const { item, count: needed } = goal
      return {
        kind,
        text: `deliver ${needed} ${item}`,
        item,
        done: Math.min(done, needed),
        needed,
        met: done >= needed,
      }
    }
    case 'contamination_below': {
      const text = `hold contamination below ${goal.limit} for ${goal.ticks} ticks`
      return { kind, text, limit: goal.limit, done, needed: goal.ticks, met: done >= goal.ticks }
    }
    case 'before_tick': {
      const met = f.completedAt >= 0 || f.tick < goal.tick
      return { kind, text: `before tick ${goal.tick}`, done: f.tick, needed: goal.tick, met }
    }
    case 'parts_at_most': {
      const parts = placedParts(f)
      return {
        kind,
        text: `with at most ${goal.parts} parts of your own`,
        done: parts,
        needed: goal.parts,
        met: parts <= goal.parts,
      }
    }
    default:
      return goal satisfies never
  }
}

/** An objective without progress. */
export function outlineObjective(config: FoundryConfig): JsonObject {
  return { ...reportObjective(createEmpty({ ...config, size: { x: 1, y: 2, z: 1 }, deposits: [] }, 0)) }
}

export function reportObjective(f: Foundry): ObjectiveReport {
  const complete = f.completedAt >= 0
  const hasGoals = f.config.goals.length > 0
  const failed = hasFailed(f) || (hasGoals && !complete && isOutOfTime(f))
  return {
    status: complete ? 'complete' : failed ? 'failed' : hasGoals ? 'open' : 'none',
    complete,
    failed,
    completed_at: complete ? f.completedAt : null,
    last_tick: f.config.max_ticks > 0 ? f.config.max_ticks : null,
    goals: f.config.goals.map((goal, index) => reportGoal(f, goal, index)),
  }
}

/** Score of the run so far, 0..1000: the completed share of the counted goals. */
export function objectiveScore(f: Foundry): number {
  const counting = reportObjective(f).goals.filter(({ kind }) => kind === 'deliver' || kind === 'contamination_below')
  if (counting.length === 0) return 0
  if (f.completedAt >= 0) return 1000
  const shares = counting.map(({ done, needed }) => Math.trunc((1000 * Math.min(done, needed)) / needed))
  return Math.trunc(shares.reduce((sum, share) => sum + share, 0) / counting.length)
}
