// Feeds hostile inputs to the whole language and checks three things: only a DslError is thrown, nothing takes
// longer than 5 ms, and no global object changes.
import type { JsonObject, JsonValue } from '../../src/protocol/json.ts'
import { buildContext } from '../../src/strategy/context.ts'
import { DslError } from '../../src/strategy/errors.ts'
import { explainPhases } from '../../src/strategy/explain.ts'
import { formatExplanation } from '../../src/strategy/format-explanation.ts'
import { hashProgram } from '../../src/strategy/hash.ts'
import { execute } from '../../src/strategy/interpreter.ts'
import { prepareProgram } from '../../src/strategy/prepared.ts'
import { tableAnalytics } from '../../src/strategy/recorded.ts'
import { inspectProgram, validateProgram } from '../../src/strategy/validator.ts'
import { type Hostile, HostileSource } from './hostile.ts'

const LIMIT_MS = 5
const ids = { externalGameId: '__proto__', externalTaskId: 'constructor', externalUserId: 'toString' }
const analytics = tableAnalytics({ 'user.avg_time': 3, 'all.avg_time': 4 })

export interface FuzzReport {
  readonly inputs: number
  readonly accepted: number
  readonly slowestMs: number
  /** Inputs that threw another error, hung, or changed a global, with descriptions. */
  readonly faults: readonly string[]
}

/** What an escaped program could change: own keys and prototypes of the standard objects. */
function fingerprint(): string {
  const roots: readonly object[] = [
    Object,
    Object.prototype,
    Function.prototype,
    Array,
    Array.prototype,
    String.prototype,
    Number.prototype,
    Boolean.prototype,
    Map.prototype,
    Set.prototype,
    JSON,
    Math,
    Reflect,
    Promise.prototype,
    Symbol.prototype,
  ]
  // The platform initialises some globals on first use, so only their names are compared.
  const names = Reflect.ownKeys(globalThis).map(String).join()
  const contents = roots
    .map((root) => {
      const keys = Reflect.ownKeys(root).map((key) => {
        const descriptor = Reflect.getOwnPropertyDescriptor(root, key)
        return `${String(key)}:${typeof descriptor?.value}:${String(descriptor?.writable)}`
      })
      return `${keys.join()}|${Object.isExtensible(root)}`
    })
    .join('\n')
  return `${names}\n${contents}`
}

function isJsonLike(value: unknown): value is JsonValue {
  return value !== undefined
}

function isPayload(value: unknown): value is JsonObject {
  return typeof value === 'object' && value !== null
}

/** Everything that a server or a person does with a program. True if the validator accepts it. */
async function exercise({ program, data }: Hostile): Promise<boolean> {
  const payload = isPayload(data) ? data : null
  let isAccepted = true
  try {
    const valid = validateProgram(program)
    hashProgram(valid)
  } catch (error) {
    if (!(error instanceof DslError)) throw error
    isAccepted = false
    inspectProgram(program)
  }
  if (!isJsonLike(program)) return isAccepted
  const prepared = prepareProgram(program)
  const context = await buildContext(prepared.layout, { ...ids, data: payload, analytics })
  for (const mode of ['full', 'pre', 'post'] as const) {
    try {
      const result = execute(program, context, { mode, initialData: payload })
      prepared.execute(context, { mode, initialData: payload })
      if (isAccepted) {
        const valid = validateProgram(program)
        formatExplanation(explainPhases(valid, [{ mode, trace: result.trace }]), { ...result, isVetoed: result.vetoed })
      }
    } catch (error) {
      if (!(error instanceof DslError)) throw error
    }
  }
  return isAccepted
}

async function timed(input: Hostile): Promise<{ isAccepted: boolean; ms: number }> {
  const started = performance.now()
  const isAccepted = await exercise(input)
  return { isAccepted, ms: performance.now() - started }
}

/** The time of an input without garbage collection and other processes: the minimum of up to 50 runs. */
async function leastMs(input: Hostile): Promise<number> {
  let least = Number.POSITIVE_INFINITY
  for (let i = 0; i < 50 && least > LIMIT_MS; i++) least = Math.min(least, (await timed(input)).ms)
  return least
}

/** Runs `count` inputs. */
export async function fuzz(count: number, seed: number): Promise<FuzzReport> {
  const source = new HostileSource(seed)
  const before = fingerprint()
  const faults: string[] = []
  let accepted = 0
  let slowestMs = 0
  for (let i = 0; i < count && faults.length < 20; i++) {
    const input = source.next()
    try {
      const { isAccepted, ms } = await timed(input)
      if (isAccepted) accepted++
      const least = ms > LIMIT_MS ? await leastMs(input) : ms
      slowestMs = Math.max(slowestMs, least)
      if (least > LIMIT_MS) faults.push(`input ${i}: takes ${least.toFixed(1)} ms`)
    } catch (error) {
      faults.push(`input ${i}: ${error instanceof Error ? (error.stack ?? error.message) : String(error)}`)
    }
    if (i % 50_000 === 0 && fingerprint() !== before) faults.push(`input ${i}: a global object has changed`)
  }
  if (fingerprint() !== before) faults.push('a global object has changed')
  return { inputs: count, accepted, slowestMs, faults }
}
