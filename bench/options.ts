// Options of `npm run bench`. Suites take what concerns them.
import { parseArgs } from 'node:util'

export interface BenchOptions {
  /** Suites to run; none: all. */
  readonly names: readonly string[]
  /** Keeps the figures in docs/benchmarks.md. */
  readonly isWriting: boolean
  /** Prints every suite's rows as one JSON line. */
  readonly isJson: boolean
  /** live: measures this many rooms alone instead of searching the limit. */
  readonly rooms: number | undefined
  /** live: seconds of each measured window. */
  readonly seconds: number | undefined
  /** live: runs this peer in turn with Paracosm. */
  readonly peer: string | undefined
  /** live: measures this one target, a key of PROTOCOLS. */
  readonly only: string | undefined
  /** live: a folder for processor profiles of the server. */
  readonly profile: string | undefined
  /** durability: real kills. */
  readonly kills: number | undefined
  /** durability: simulated kills. */
  readonly cuts: number | undefined
  /** durability: seed of kill times. */
  readonly seed: number
  /** compare: the git ref to compare with. */
  readonly base: string | undefined
  /** compare: runs of each version; live with --rooms: measured windows; their median is printed. */
  readonly runs: number | undefined
  /** Options as given, for a process that runs one suite of several. */
  readonly given: readonly string[]
}

function readCount(text: string | undefined, name: string): number | undefined {
  if (text === undefined) return undefined
  const value = Number(text)
  if (!Number.isInteger(value) || value < 0) throw new TypeError(`--${name} takes a whole number, not '${text}'`)
  return value
}

/** @throws TypeError for an unknown option or a value that is no number */
export function readOptions(args: readonly string[]): BenchOptions {
  const text = { type: 'string' } as const
  const { values, positionals } = parseArgs({
    args: [...args],
    allowPositionals: true,
    options: {
      write: { type: 'boolean' },
      json: { type: 'boolean' },
      rooms: text,
      seconds: text,
      peer: text,
      only: text,
      profile: text,
      kills: text,
      cuts: text,
      seed: text,
      base: text,
      runs: text,
    },
  })
  const { rooms, seconds, kills, cuts, seed, runs, peer, only, profile, base } = values
  return {
    names: positionals,
    isWriting: values.write === true,
    isJson: values.json === true,
    rooms: readCount(rooms, 'rooms'),
    seconds: readCount(seconds, 'seconds'),
    kills: readCount(kills, 'kills'),
    cuts: readCount(cuts, 'cuts'),
    seed: readCount(seed, 'seed') ?? 1,
    runs: readCount(runs, 'runs'),
    peer,
    only,
    profile,
    base,
    given: args.filter((each) => !positionals.includes(each)),
  }
}
