// Asks an OpenAI-compatible endpoint for its models: whether it answers, accepts the key, and lists the configured
// models. Endpoints without such a list return another status and count as reachable.
import { z } from 'zod'
import { closestOf } from '../kernel/closest.ts'
import { limitBody } from './limit-body.ts'

export interface ProbeResult {
  /** Whether calls can be expected to work. */
  readonly ok: boolean
  /** The finding, in one sentence. Never contains the key. */
  readonly message: string
}

/** Milliseconds to wait for the list; a local server may be starting. */
const PATIENCE_MS = 3000
/** Bytes of the list; hosted endpoints list hundreds of models. */
const MAX_LIST_BYTES = 4 * 1024 * 1024

const ModelList = z.object({ data: z.array(z.object({ id: z.string() })) })

/** @param models names that the endpoint should list */
export async function probeEndpoint(
  endpoint: { readonly baseUrl: string; readonly apiKey: string | undefined },
  models: readonly string[],
): Promise<ProbeResult> {
  const { baseUrl, apiKey } = endpoint
  if (!URL.canParse(baseUrl)) return { ok: false, message: 'The address of the model endpoint is not a URL.' }
  // The rest of the URL may contain a secret.
  const name = `The model endpoint ${new URL(baseUrl).host}`
  try {
    const response = await fetch(`${baseUrl.replace(/\/+$/, '')}/models`, {
      headers: apiKey === undefined ? {} : { authorization: `Bearer ${apiKey}` },
      signal: AbortSignal.timeout(PATIENCE_MS),
    })
    if (response.ok) return compare(name, await knownModels(response), models)
    await response.body?.cancel()
    const { status } = response
    if (status === 401 || status === 403) return { ok: false, message: `${name} refuses the key (status ${status}).` }
    if (status >= 500) return { ok: false, message: `${name} fails with status ${status}.` }
    return { ok: true, message: `${name} answers.` }
  } catch {
    return { ok: false, message: `${name} does not answer.` }
  }
}

/** The ids that the endpoint lists; undefined when the list has another shape. */
async function knownModels(response: Response): Promise<readonly string[] | undefined> {
  const text = await limitBody(response, MAX_LIST_BYTES).text()
  try {
    return ModelList.safeParse(JSON.parse(text)).data?.data.map(({ id }) => id)
  } catch (error) {
    if (error instanceof SyntaxError) return undefined
    throw error
  }
}

function compare(name: string, known: readonly string[] | undefined, models: readonly string[]): ProbeResult {
  const missing = known === undefined ? undefined : models.find((model) => !known.includes(model))
  if (known === undefined || missing === undefined) return { ok: true, message: `${name} answers.` }
  const closest = closestOf(missing, known)
  const guess = closest === undefined ? '' : ` Did you mean ${closest}?`
  return { ok: false, message: `${name} answers, but does not list the model ${missing}.${guess}` }
}
