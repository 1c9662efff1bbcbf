// Live episodes: two socket players each, 20 ticks per second, journalled, with the load generator on the same machine as
// the server. Finds the largest number of rooms that stays on time; targets alternate, so that all of them see the
// same conditions. Options: --rooms [--runs], --seconds, --peer colyseus, --only posts|receipts|colyseus, --profile FOLDER,
// --shards N, --share PERCENT.
import { measureFloor } from './floor.ts'
import { Bisection } from './live/bisection.ts'
import { type Measured, runLoad } from './live/run-load.ts'
import { colyseusTarget, measureIdle, paracosmTargets, type Target } from './live/targets.ts'
import { median, percentile, type Row } from './measure.ts'
import type { BenchOptions } from './options.ts'

export const name = 'live'

const RATE = 20
const SECONDS = 12
/** Maximum delay of a tick that counts as on time: one period. */
const LATE_MS = 1000 / RATE
const LEAST_ON_TIME = 0.98
const FIRST_ROOMS = 300
/** MAX_LIVE of src/host/episode-service.ts. */
const MOST_ROOMS = 2000
/** The number of rooms in the project's goals, measured in addition to the limit. */
const IDLE_ROOMS = 500

interface Point extends Measured {
  readonly rooms: number
  readonly p50: number
  readonly p99: number
  readonly onTime: number
  readonly delivered: number
  readonly logBytes: number | undefined
}

interface Run {
  readonly target: Target
  readonly points: Point[]
}

interface Search extends Run {
  readonly bisection: Bisection
}

/** The run whose p99 is the median. */
function middleOf(points: readonly Point[]): Point {
  const sorted = points.toSorted((a, b) => a.p99 - b.p99)
  return sorted[sorted.length >> 1]!
}

const holds = ({ p99, onTime }: Point): boolean => p99 < LATE_MS && onTime >= LEAST_ON_TIME

async function measure(target: Target, rooms: number, seconds: number): Promise<Point> {
  const server = await target.start(rooms, RATE)
  try {
    const measured = await runLoad(server.pids, {
      sockets: server.sockets,
      seconds,
      rate: RATE,
      protocol: target.protocol,
    })
    const { delays, expected } = measured
    return {
      ...measured,
      rooms,
      p50: median(delays),
      p99: percentile(delays, 0.99),
      onTime: delays.filter((delay) => delay <= LATE_MS).length / expected,
      delivered: delays.length / expected,
      logBytes: server.logBytes(),
    }
  } finally {
    await server.stop()
  }
}

/** A failing point is measured again: the search looks for the machine's capacity, not for its worst moment. */
async function measureTwice(target: Target, rooms: number, seconds: number): Promise<Point> {
  const first = await measure(target, rooms, seconds)
  logPoint(target, first)
  if (holds(first)) return first
  const second = await measure(target, rooms, seconds)
  logPoint(target, second)
  return second
}

function logPoint(target: Target, point: Point): void {
  const figures = `p50 ${point.p50.toFixed(1)} ms, p99 ${point.p99.toFixed(1)} ms, ${(point.onTime * 100).toFixed(1)}% on time`
  const cpu = `server ${Math.round(point.serverCpu * 100)}%, generator ${Math.round(point.generatorCpu * 100)}% of a core`
  console.log(`    ${target.name}, ${point.rooms} rooms: ${figures}; ${cpu}${holds(point) ? '' : ' — fails'}`)
}

async function search(searches: readonly Search[], seconds: number): Promise<void> {
  for (;;) {
    const open = searches.filter(({ bisection }) => bisection.next !== undefined)
    if (open.length === 0) return
    for (const { target, bisection, points } of open) {
      const rooms = bisection.next
      if (rooms === undefined) continue
      const point = await measureTwice(target, rooms, seconds)
      points.push(point)
      bisection.tell(rooms, holds(point))
    }
  }
}

function reportPoint(report: (row: Row) => void, target: Target, point: Point): void {
  const what = `${target.name}, ${point.rooms} rooms`
  const cpu = `server ${Math.round(point.serverCpu * 100)}%, generator ${Math.round(point.generatorCpu * 100)}% of a core`
  report({ what: `${what}: delay of a tick, median`, value: point.p50, unit: 'ms' })
  report({ what: `${what}: delay of a tick, p99`, value: point.p99, unit: 'ms', note: `goal under ${LATE_MS}; ${cpu}` })
  report({ what: `${what}: ticks on time`, value: point.onTime * 100, unit: '%', note: 'goal 98' })
  report({ what: `${what}: ticks delivered`, value: point.delivered * 100, unit: '%' })
  if (point.logBytes === undefined) return
  const kilobytes = point.logBytes / 1024
  report({ what: `${what}: commit log`, value: kilobytes, unit: 'KiB', note: 'durable within 200 ms' })
  if (target.protocol === 'receipts')
    report({ what: `${what}: receipts`, value: point.receipts / point.seconds, unit: 'receipts/s' })
}

function targetsOf(options: BenchOptions): Target[] {
  const { peer, only, profile, shards, share } = options
  if (peer !== undefined && peer !== 'colyseus') throw new TypeError(`there is no peer ${peer}; there is colyseus`)
  const all = [
    ...paracosmTargets({ profile, shards, share }),
    ...(peer === undefined && only !== 'colyseus' ? [] : [colyseusTarget({ share })]),
  ]
  return only === undefined ? all : all.filter(({ protocol }) => protocol === only)
}

async function reportFloor(report: (row: Row) => void, when: string): Promise<void> {
  report({ what: `floor: minimal loop, typed arrays, ${when}`, value: await measureFloor(), unit: 'steps/s' })
}

export async function run(report: (row: Row) => void, options: BenchOptions): Promise<void> {
  if (process.platform !== 'linux') {
    console.log('  skipped: memory and processor time are read from /proc')
    return
  }
  const seconds = options.seconds ?? SECONDS
  const targets = targetsOf(options)
  await reportFloor(report, 'before')
  if (options.rooms !== undefined) {
    const runs = targets.map((target): Run => ({ target, points: [] }))
    for (let i = 0; i < (options.runs ?? 1); i++) {
      for (const { target, points } of runs) {
        const point = await measure(target, options.rooms, seconds)
        logPoint(target, point)
        points.push(point)
      }
    }
    for (const { target, points } of runs) reportPoint(report, target, middleOf(points))
    await reportFloor(report, 'after')
    return
  }
  const idle = await measureIdle(IDLE_ROOMS, RATE)
  report({ what: 'memory of an idle episode, two slots waited for', value: idle / 1024, unit: 'kB', note: 'goal 100' })
  const searches = targets.map((target) => ({
    target,
    bisection: new Bisection(FIRST_ROOMS, MOST_ROOMS),
    points: [],
  }))
  await search(searches, seconds)
  reportLimits(report, searches)
  await reportFloor(report, 'after')
}

function reportLimits(report: (row: Row) => void, searches: readonly Search[]): void {
  const peer = searches.find(({ target }) => target.protocol === 'colyseus')
  for (const { target, bisection, points } of searches) {
    const { limit } = bisection
    const note = `p99 under ${LATE_MS} ms and ${LEAST_ON_TIME * 100}% on time`
    report({ what: `${target.name}: limit`, value: limit, unit: 'rooms', note })
    const point = points.find(({ rooms }) => rooms === limit)
    if (point) reportPoint(report, target, point)
    if (peer === undefined || target === peer.target || peer.bisection.limit === 0) continue
    report({
      what: `${target.name}, against Colyseus`,
      value: limit / peer.bisection.limit,
      unit: 'times as many rooms',
      note: 'goal 1.5',
    })
  }
}
