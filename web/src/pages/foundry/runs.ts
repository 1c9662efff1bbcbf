// The foundry runs of this browser: the episodes it started, the slot in each, and the branch that each abandoned by an
// undo. The episodes themselves are stored on the server.
import { createStore } from '../../data/store.ts'

/** A run, or one branch of it: undoing creates a new one. */
export interface Run {
  readonly episode: string
  readonly scenario: string
  readonly title: string
  /** The token of slot 0, for the player. */
  readonly token: string
  /** Milliseconds since 1970. */
  readonly startedAt: number
  /** The branch that this one replaced, and after which tick. */
  readonly from?: { readonly episode: string; readonly tick: number; readonly undoneAt: number }
  /** Whether the player keeps it in the list. */
  readonly isSaved?: boolean
}

const KEY = 'paracosm.foundry.runs'
/** Maximum number of runs remembered: the oldest are dropped. */
const MAX_RUNS = 60

function readRuns(): readonly Run[] {
  try {
    const stored: unknown = JSON.parse(localStorage.getItem(KEY) ?? '[]')
    return Array.isArray(stored) ? stored.filter(isRun) : []
  } catch {
    // The stored value is not a list of runs.
    return []
  }
}

function isRun(value: unknown): value is Run {
  if (typeof value !== 'object' || value === null) return false
  return ['episode', 'scenario', 'title', 'token'].every((key) => typeof Reflect.get(value, key) === 'string')
}

export const runsStore = createStore<readonly Run[]>(readRuns())

/** Stores a run, replacing the entry of its episode. */
export function keepRun(run: Run): void {
  const runs = [run, ...runsStore.get().filter(({ episode }) => episode !== run.episode)].slice(0, MAX_RUNS)
  localStorage.setItem(KEY, JSON.stringify(runs))
  runsStore.set(runs)
}

export function findRun(episode: string): Run | undefined {
  return runsStore.get().find((run) => run.episode === episode)
}

/** The abandoned branches of a run, newest first. */
export function leftBehind(run: Run | undefined): readonly NonNullable<Run['from']>[] {
  const left: NonNullable<Run['from']>[] = []
  for (let at = run?.from; at && left.length < MAX_RUNS; at = findRun(at.episode)?.from) left.push(at)
  return left
}
