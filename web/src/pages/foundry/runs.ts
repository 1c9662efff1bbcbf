// The foundry runs of this browser: which episodes it started, the slot in each, and which line each left when somebody
// undid something. The episodes themselves are the server's.
import { createStore } from '../../data/store.ts'

/** A run, or one line of it: undoing makes a new one. */
export interface Run {
  readonly episode: string
  readonly scenario: string
  readonly title: string
  /** Of slot 0: the player's way in. */
  readonly token: string
  /** Milliseconds since 1970. */
  readonly startedAt: number
  /** The line that this one left, and after which tick. */
  readonly from?: { readonly episode: string; readonly tick: number; readonly undoneAt: number }
  /** Whether the player keeps it in the list. */
  readonly isSaved?: boolean
}

const KEY = 'paracosm.foundry.runs'
/** Runs that are remembered: the oldest are forgotten. */
const MAX_RUNS = 60

function readRuns(): readonly Run[] {
  try {
    const stored: unknown = JSON.parse(localStorage.getItem(KEY) ?? '[]')
    return Array.isArray(stored) ? stored.filter(isRun) : []
  } catch {
    // What somebody else has written there is no list of runs.
    return []
  }
}

function isRun(value: unknown): value is Run {
  if (typeof value !== 'object' || value === null) return false
  return ['episode', 'scenario', 'title', 'token'].every((key) => typeof Reflect.get(value, key) === 'string')
}

export const runsStore = createStore<readonly Run[]>(readRuns())

/** Keeps a run, in place of what was known of its episode. */
export function keepRun(run: Run): void {
  const runs = [run, ...runsStore.get().filter(({ episode }) => episode !== run.episode)].slice(0, MAX_RUNS)
  localStorage.setItem(KEY, JSON.stringify(runs))
  runsStore.set(runs)
}

export function findRun(episode: string): Run | undefined {
  return runsStore.get().find((run) => run.episode === episode)
}

/** The lines that were left on the way to a run, the newest first. */
export function leftBehind(run: Run | undefined): readonly NonNullable<Run['from']>[] {
  const left: NonNullable<Run['from']>[] = []
  for (let at = run?.from; at && left.length < MAX_RUNS; at = findRun(at.episode)?.from) left.push(at)
  return left
}
