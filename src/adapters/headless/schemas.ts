// JSON Schemas of the interface, with the shapes of one world inserted.
import { z } from 'zod'
import { AppError } from '../../kernel/errors.ts'
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
/** What `--schema` prints: the schemas, and the world's data. */
export const DOCUMENT_NAMES = [...SCHEMA_NAMES, 'catalogue'] as const
export type DocumentName = (typeof DOCUMENT_NAMES)[number]
export type SchemaName = (typeof SCHEMA_NAMES)[number]

/**
 * A schema of the interface, or the catalogue of the world.
 * @throws AppError USAGE for the catalogue of a world that has none
 */
export function emitDocument(name: DocumentName, world: World): JsonObject {
  if (name !== 'catalogue') return emitSchema(name, world)
  const catalogue = world.headless?.catalogue?.()
  if (catalogue) return { world: { id: world.id, version: world.version }, ...catalogue }
  throw new AppError('USAGE', `${world.id} has no catalogue`, {
    hint: `See the commands of the world with: paracosm headless --world ${world.id} --schema commands`,
  })
}

/** The JSON Schema (2020-12) of a document that the interface reads or writes for a world. */
export function emitSchema(name: SchemaName, world: World): JsonObject {
  const io = name === 'commands' ? 'input' : 'output'
  const title = `paracosm headless, ${world.id}: ${name}`
  const json: unknown = z.toJSONSchema(schemaOf(name, world).meta({ title }), { io, unrepresentable: 'any' })
  return parseWith(JsonObject, JSON.parse(JSON.stringify(json)), { code: 'VALIDATION_ERROR', what: 'The schema' })
}

/** The zod schema of a document that the interface reads or writes for a world. */
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
