// The flags that simulate and explain share, turned into the options of a simulation.
import { pathToFileURL } from 'node:url'
import { z } from 'zod'
import { locateModule } from '../../host/world-paths.ts'
import { AppError } from '../../kernel/errors.ts'
import { parseWith } from '../../kernel/parse.ts'
import { JsonObject } from '../../protocol/json.ts'
import type { ParentResult } from '../../strategy/context.ts'
import type { StrategyLimits } from '../../strategy/limits.ts'
import { tableAnalytics } from '../../strategy/recorded.ts'
import { createRegistry, type StrategyPlugin } from '../../strategy/registry.ts'
import type { SimulateOptions } from '../../strategy/simulate.ts'
import { createBuiltIn, type ParentStrategy } from '../../strategy/strategy.ts'
import { moduleOfFile } from '../config-file.ts'
import type { Io } from '../io.ts'
import { type LimitFlags, type ProgramText, readMockState, readObject, readStrategyConfig } from './input.ts'
import { duplicateWarnings, mockWarnings, partWarnings } from './warnings.ts'

export interface RunFlags extends LimitFlags {
  readonly template?: string
  readonly mode?: 'full' | 'extend' | 'pre' | 'post'
  readonly data?: string
  readonly mock?: string
  readonly set?: readonly string[]
  readonly user: string
  readonly task: string
  readonly game: string
  readonly parent?: string
  readonly parentResult?: string
  readonly plugin?: readonly string[]
  readonly timeout?: number
  readonly trace?: boolean
  readonly json?: boolean
}

const ParentResultShape = z.strictObject({
  points: z.union([z.number(), z.boolean(), z.null()]).default(0),
  case_name: z.string().nullable().default(null),
  callback_data: JsonObject.nullable().default({}),
})

function readParentResult(text: string | undefined): ParentResult | null {
  const given = readObject('--parent-result', text)
  if (given === null) return null
  const parsed = parseWith(ParentResultShape, given, { code: 'VALIDATION_ERROR', what: '--parent-result' })
  return { points: parsed.points, caseName: parsed.case_name, callbackData: parsed.callback_data ?? {} }
}

/** A name that is not found is passed to `import`, whose error names it. */
function moduleUrl(name: string): string {
  const path = locateModule(name, process.cwd())
  return path === undefined ? name : pathToFileURL(path).href
}

/** A plug-in that is named by path, package or file URL, looked up from the current folder. */
const pluginOf = (name: string): StrategyPlugin => ({
  name,
  load: () => import(name.startsWith('file:') ? name : moduleUrl(name)),
})

/** The strategies of paracosm.config.ts. */
function configuredPlugins({ configFile }: Io): readonly StrategyPlugin[] {
  const all = configFile?.config.strategies ?? []
  if (configFile === undefined || all.length === 0) return []
  const specs = all.filter((each) => typeof each !== 'string')
  const modules = all.flatMap((each, index) =>
    typeof each === 'string' ? [pluginOf(moduleOfFile(configFile, `strategies.${index}`, each))] : [],
  )
  return [{ name: configFile.path, load: () => Promise.resolve({ strategies: specs }) }, ...modules]
}

interface Prepared {
  readonly options: SimulateOptions
  readonly timeoutMs: number
}

/** @throws AppError USAGE, UNKNOWN_STRATEGY, and what reading JSON may throw */
export async function prepareSimulation(
  io: Io,
  source: ProgramText,
  flags: RunFlags & StrategyLimits,
): Promise<Prepared> {
  const mockState = readMockState(flags.mock, flags.set)
  const analytics = tableAnalytics(mockState ?? {})
  const parent = await findParent(io, source, { flags, analytics })
  const isWhole = flags.mode !== 'pre' && flags.mode !== 'post'
  warn(io, [
    ...duplicateWarnings(source.name, source.text),
    ...mockWarnings(mockState),
    ...partWarnings(source.program, parent, isWhole),
  ])
  const timeoutMs = flags.timeout ?? readStrategyConfig().DSL_EXECUTION_TIMEOUT_MS
  const phase = flags.mode === 'pre' || flags.mode === 'post' ? flags.mode : undefined
  const data = readObject('--data', flags.data)
  const options: SimulateOptions = {
    event: { externalGameId: flags.game, externalTaskId: flags.task, externalUserId: flags.user, data },
    mockState,
    analytics,
    ...(parent === undefined ? {} : { parent }),
    ...(phase === undefined ? {} : { phase }),
    parentResult: readParentResult(flags.parentResult),
    limits: { maxNodes: flags.maxNodes, maxDepth: flags.maxDepth },
    startTimer: () => startTimer(timeoutMs),
  }
  return { options, timeoutMs }
}

/** Tells what a person most likely did not mean. */
export function warn(io: Io, warnings: readonly string[]): void {
  for (const warning of warnings) io.err(`warning: ${warning}`)
}

function startTimer(timeoutMs: number): () => boolean {
  const deadline = performance.now() + timeoutMs
  return () => performance.now() > deadline
}

interface ParentChoice {
  readonly flags: RunFlags
  readonly analytics: SimulateOptions['analytics']
}

/** A parent comes from the flags, or from the template; the mode may do without. */
async function findParent(
  io: Io,
  { template }: ProgramText,
  { flags, analytics }: ParentChoice,
): Promise<ParentStrategy | undefined> {
  const id = flags.parent ?? template?.parentStrategyId ?? undefined
  const { mode = id === undefined ? 'full' : 'extend' } = flags
  const named = (flags.plugin ?? []).map(pluginOf)
  const registry = createRegistry({
    plugins: [...configuredPlugins(io), ...named],
    warn: (message, cause) => io.err(`warning: ${message}: ${String(cause)}`),
  })
  // A plug-in that somebody names is looked for, whether or not a parent is asked of it.
  if (named.length > 0) await registry.list()
  if (mode !== 'extend') return undefined
  if (id === undefined) throw new AppError('USAGE', '--mode extend needs --parent', { hint: 'Add --parent default.' })
  return createBuiltIn(await registry.find(id), analytics)
}
