// Reads command files: every fault is found, and named by its JSON path, before the first step runs.
import { z } from 'zod'
import { AppError } from '../../kernel/errors.ts'
import { parseWith } from '../../kernel/parse.ts'
import type { World } from '../../kernel/world.ts'
import { HeadlessStep, STEP_LIMIT } from '../../protocol/headless.ts'
import type { JsonValue } from '../../protocol/json.ts'

const Steps = z.array(HeadlessStep).max(STEP_LIMIT)
const StepsObject = z.strictObject({ steps: Steps })

/**
 * Steps of a command file: a list, or an object whose `steps` is the list.
 * @throws AppError VALIDATION_ERROR with the JSON path of the first fault
 */
export function parseScript(value: JsonValue, world: World): HeadlessStep[] {
  const what = { code: 'VALIDATION_ERROR', what: 'The command file' } as const
  const isList = Array.isArray(value)
  const steps = isList ? parseWith(Steps, value, what) : parseWith(StepsObject, value, what).steps
  for (const [index, step] of steps.entries()) {
    if (step.type !== 'apply_command') continue
    const at = `${isList ? '$' : '$.steps'}[${index}].command`
    checkCommand(world, step.command, at)
  }
  return steps
}

function checkCommand(world: World, command: JsonValue, at: string): void {
  try {
    parseWith(world.command, command, { code: 'VALIDATION_ERROR', what: 'The command file' })
  } catch (error) {
    throw error instanceof AppError ? movedFault(error, { what: 'The command file', root: at }) : error
  }
}

/** The same error, with the paths of its faults under `root` instead of `$`. */
export function movedFault(error: AppError, to: { readonly what: string; readonly root: string }): AppError {
  const faults = Faults.safeParse(error.details)
  if (!faults.success) return error
  const moved = faults.data.faults.map(({ path, message }) => ({ path: `${to.root}${path.slice(1)}`, message }))
  const first = moved[0]
  return new AppError(error.code, `${to.what} is not valid: ${first?.path ?? to.root}: ${first?.message ?? ''}`, {
    details: { faults: moved },
    cause: error,
  })
}

const Faults = z.object({ faults: z.array(z.object({ path: z.string(), message: z.string() })).min(1) })
