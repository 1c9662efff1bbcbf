// JSON Schemas of the interface, with the shapes of one world laid into them.
import { z } from 'zod'
import { parseWith } from '../../kernel/parse.ts'
import type { World } from '../../kernel/world.ts'
import {
  ApplyCommandStep,
  HeadlessReport,
  HeadlessStep,
  HeadlessSummary,
  SaveFile,
  STEP_LIMIT,
  StepOutcome,
  TraceRecord,
} from '../../protocol/headless.ts'
import { JsonObject } from '../../protocol/json.ts'

export const SCHEMA_NAMES = ['output', 'commands', 'trace', 'save'] as const
export type SchemaName = (typeof SCHEMA_NAMES)[number]

/** The JSON Schema (2020-12) of what the interface reads or writes for a world. */
export function emitSchema(name: SchemaName, world: World): JsonObject {
  const io = name === 'commands' ? 'input' : 'output'
  const title = `paracosm headless, ${world.id}: ${name}`
  const json: unknown = z.toJSONSchema(schemaOf(name, world).meta({ title }), { io, unrepresentable: 'any' })
  return parseWith(JsonObject, JSON.parse(JSON.stringify(json)), { code: 'VALIDATION_ERROR', what: 'The schema' })
}

/** The zod schema of what the interface reads or writes for a world. */
export function schemaOf(name: SchemaName, world: World): z.ZodType {
  const Step = stepOf(world)
  const Save = SaveFile.extend(world.headless?.shapes?.saved ? { state: world.headless.shapes.saved } : {})
  const Summary = summaryOf(world)
  const Inspection = world.headless?.shapes?.inspection ?? JsonObject
  switch (name) {
    case 'commands': {
      const Steps = z.array(Step).max(STEP_LIMIT)
      return z.union([Steps, z.strictObject({ steps: Steps })])
    }
    case 'save':
      return Save
    case 'trace':
      return TraceRecord.extend({ step: Step.nullable(), summary: Summary, inspection: Inspection.optional() })
    case 'output':
      return HeadlessReport.extend({
        steps: z.array(StepOutcome),
        summary: Summary.nullable(),
        inspect: Inspection.optional(),
        world: Save.optional(),
      })
    default:
      return name satisfies never
  }
}

function stepOf(world: World): z.ZodType {
  const others = HeadlessStep.options.filter((option) => option !== ApplyCommandStep)
  return z.union([ApplyCommandStep.extend({ command: world.command }), ...others])
}

function summaryOf(world: World): z.ZodType {
  const own = world.headless?.shapes?.summary
  return own instanceof z.ZodObject ? own.extend({ tick: z.int().min(0), state_hash: z.string() }) : HeadlessSummary
}
