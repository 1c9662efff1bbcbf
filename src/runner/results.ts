// Reads the results of a finished episode and validates them against the package's own results_schema.
import { AppError } from '../kernel/errors.ts'
import { parseJson } from '../kernel/parse.ts'
import type { CoworldManifest } from '../protocol/coworld.ts'
import { JsonObject, type JsonValue } from '../protocol/json.ts'
import { compileForeignSchema } from './foreign-schema.ts'
import { readArtefact, type Workspace } from './workspace.ts'

/**
 * The results of a finished episode, validated.
 * @throws AppError RESULTS_INVALID when they are missing, are not JSON, break results_schema, or results_schema is
 * invalid
 */
export async function readResults(workspace: Workspace, manifest: CoworldManifest): Promise<JsonValue> {
  const text = await readArtefact(workspace.results)
  if (text === undefined) {
    throw new AppError('RESULTS_INVALID', `the game exited without writing ${workspace.results}`, {
      hint: 'Make the game write its results to COGAME_RESULTS_URI before it exits.',
      details: { path: workspace.results, missing: true },
    })
  }
  const results = parseResults(text, workspace.results)
  const schema = compileForeignSchema(manifest.game.results_schema)
  if (!schema.ok) {
    throw new AppError('RESULTS_INVALID', `$.game.results_schema is not a draft 2020-12 schema: ${schema.reason}`, {
      hint: 'Correct game.results_schema in the manifest.',
    })
  }
  const faults = schema.validate(results)
  const [first] = faults
  if (first === undefined) return results
  throw new AppError('RESULTS_INVALID', `${workspace.results} breaks results_schema: ${first.path}: ${first.message}`, {
    details: { faults: faults.map(({ path, message }) => ({ path, message })) },
  })
}

/**
 * The same, for callers that need an object.
 * @throws AppError RESULTS_INVALID
 */
export async function readResultsObject(workspace: Workspace, manifest: CoworldManifest): Promise<JsonObject> {
  const parsed = JsonObject.safeParse(await readResults(workspace, manifest))
  if (parsed.success) return parsed.data
  throw new AppError('RESULTS_INVALID', `${workspace.results} is not a JSON object`, {
    hint: 'Make the game write an object, by convention with "scores", one number per slot.',
  })
}

function parseResults(text: string, path: string): JsonValue {
  try {
    return parseJson(text, path)
  } catch (error) {
    if (!(error instanceof AppError)) throw error
    throw new AppError('RESULTS_INVALID', error.message, {
      cause: error,
      hint: 'Make the game write JSON, to a temporary name that is then renamed to results.json.',
    })
  }
}
