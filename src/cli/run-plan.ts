// The options of `paracosm run`, and the plan derived from them.
import type { Configured, World } from '../kernel/world.ts'
import type { Io } from './io.ts'
import type { RunOutput } from './run-output.ts'

export interface RunOptions {
  readonly variant?: string
  readonly seed?: number
  readonly slots?: number
  readonly tickRate?: number
  readonly lockstep?: boolean
  readonly runtime?: 'process' | 'container'
  readonly timeout: number
  readonly outputDir?: string
  readonly force?: boolean
  /** False with --no-log. */
  readonly log: boolean
  readonly json?: boolean
}

/** A run in progress. */
export interface Run {
  readonly io: Io
  readonly world: World
  readonly configured: Configured
  /** Names of the players, one per slot. */
  readonly assigned: readonly string[]
  readonly seed: number
  readonly options: RunOptions
  readonly output: RunOutput | undefined
}

/** Whether a player comes from outside this process. */
export const isExternal = (name: string): boolean => name === 'human' || name.startsWith('cmd:')

/** The step limit in the configuration of many worlds, used for the time left; undefined: unknown. */
export function expectedSteps({ config }: Configured): number | undefined {
  if (typeof config !== 'object' || config === null || !('max_ticks' in config)) return undefined
  return typeof config.max_ticks === 'number' ? config.max_ticks : undefined
}
