// Options of `npm run bench`. Each suite uses the ones that apply to it.
import { parseArgs } from 'node:util'

export interface BenchOptions {
  /** Suites to run; empty for all. */
  readonly names: readonly string[]
  /** Prints `BENCH_HELP` instead. */
  readonly isHelp: boolean
  /** Writes the results to docs/benchmarks.md. */
  readonly isWriting: boolean
  /** Prints the rows of each suite as one JSON line. */
  readonly isJson: boolean
  /** live: measures only this number of rooms instead of searching for the limit. */
  readonly rooms: number | undefined
  /** live: seconds of each measured window. */
  readonly seconds: number | undefined
  /** live: alternates this peer with Paracosm. */
  readonly peer: string | undefined
  /** live: shards of each Paracosm server. */
  readonly shards: number | undefined
  /** live: most percent of a core for each process of a server; 0: as much as there is. */
  readonly share: number | undefined
  /** live: measures only this target, a key of PROTOCOLS. */
  readonly only: string | undefined
  /** live: folder for CPU profiles of the server. */
  readonly profile: string | undefined
  /** durability: real kills. */
  readonly kills: number | undefined
  /** durability: simulated kills. */
  readonly cuts: number | undefined
  /** durability: seed of kill times. */
  readonly seed: number
  /** compare: the git ref to compare with. */
  readonly base: string | undefined
  /** compare: runs per version; live with --rooms: measured windows; the median is printed. */
  readonly runs: number | undefined
  /** The original options, for a process that runs a single suite. */
  readonly given: readonly string[]
}

export const BENCH_HELP = `npm run bench -- [SUITE…] [OPTION…]

Runs suites one after another and prints medians beside a floor or a peer. Without SUITE: all suites except compare.

  --json               each suite as one line of JSON
  --write              write the results to docs/benchmarks.md
  --runs N             compare: runs per version; live with --rooms: windows
  --rooms N            live: measure this number of rooms instead of searching for the limit
  --seconds N          live: length of a measured window
  --peer colyseus      live: alternate with this peer
  --shards N           live: shards of each Paracosm server
  --share PERCENT      live: most of a core that each process of a server gets, through a control group
  --only NAME          live: one target; compare: one suite
  --profile DIR        live: write CPU profiles of the server
  --cuts N, --kills N  durability: simulated and real kills
  --seed N             durability: seed of the kill times
  --base REF           compare: the version to compare with

Examples:
  npm run bench -- evaluation journal
  npm run bench -- durability --cuts 1000 --kills 20
  npm run bench -- live --only receipts --shards 2 --share 25
  npm run bench -- compare --base HEAD~20 --only journal --runs 1
`

function readCount(text: string | undefined, name: string): number | undefined {
  if (text === undefined) return undefined
  const value = Number(text)
  if (!Number.isInteger(value) || value < 0) throw new TypeError(`--${name} takes a whole number, not '${text}'`)
  return value
}

/** @throws TypeError for an unknown option or a value that is not a number */
export function readOptions(args: readonly string[]): BenchOptions {
  const text = { type: 'string' } as const
  const { values, positionals } = parseArgs({
    args: [...args],
    allowPositionals: true,
    options: {
      help: { type: 'boolean', short: 'h' },
      write: { type: 'boolean' },
      json: { type: 'boolean' },
      rooms: text,
      seconds: text,
      peer: text,
      only: text,
      profile: text,
      shards: text,
      share: text,
      kills: text,
      cuts: text,
      seed: text,
      base: text,
      runs: text,
    },
  })
  const { rooms, seconds, kills, cuts, seed, runs, peer, only, profile, shards, share, base } = values
  return {
    names: positionals,
    isHelp: values.help === true,
    isWriting: values.write === true,
    isJson: values.json === true,
    rooms: readCount(rooms, 'rooms'),
    seconds: readCount(seconds, 'seconds'),
    kills: readCount(kills, 'kills'),
    cuts: readCount(cuts, 'cuts'),
    seed: readCount(seed, 'seed') ?? 1,
    runs: readCount(runs, 'runs'),
    shards: readCount(shards, 'shards'),
    share: readCount(share, 'share'),
    peer,
    only,
    profile,
    base,
    given: args.filter((each) => !positionals.includes(each)),
  }
}
