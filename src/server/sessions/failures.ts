// Failures as the session API tells them: `{detail: "…"}`, and for bodies and queries that do not parse 422 with a list of
// `{type, loc, msg, input}`.
import type { FastifyInstance } from 'fastify'
import { hasZodFastifySchemaValidationErrors } from 'fastify-type-provider-zod'
import { AppError, type ErrorCode } from '../../kernel/errors.ts'
import type { JsonObject } from '../../protocol/json.ts'

/** A refusal in the API's own words. */
export class SessionApiError extends Error {
  readonly status: number

  constructor(status: number, detail: string) {
    super(detail)
    this.name = 'SessionApiError'
    this.status = status
  }
}

export const unauthorized = (): SessionApiError => new SessionApiError(401, 'Invalid access key')
export const noSession = (id: string): SessionApiError => new SessionApiError(404, `Session ${id} not found`)

/** Statuses that the API fixes where the rest of paracosm has others. */
const STATUSES: Readonly<Partial<Record<ErrorCode, number>>> = {
  CONFIG_INVALID: 400,
  CHOICE_INVALID: 400,
  QUEUE_FULL: 503,
  RATE_LIMITED: 429,
}

/** Tells failures of the routes of `app` so, and takes a request that says JSON and sends nothing. */
export function installFailures(app: FastifyInstance): void {
  app.addContentTypeParser('application/json', { parseAs: 'string' }, (_request, body, done) => {
    const text = String(body)
    if (text.trim() === '') return done(null, undefined)
    try {
      done(null, JSON.parse(text))
    } catch {
      done(Object.assign(new Error('JSON decode error'), { statusCode: 400 }))
    }
  })
  app.setErrorHandler(async (error, request, reply) => {
    if (error instanceof SessionApiError) return reply.code(error.status).send({ detail: error.message })
    if (hasZodFastifySchemaValidationErrors(error)) {
      const where = error.validationContext === 'querystring' ? 'query' : (error.validationContext ?? 'body')
      const faults = error.validation.map((each) => faultOf(each, where, request.body))
      return reply.code(422).send({ detail: faults })
    }
    if (error instanceof AppError) {
      const retryAfter = error.details?.retry_after_s
      if (typeof retryAfter === 'number') void reply.header('retry-after', retryAfter)
      return reply.code(STATUSES[error.code] ?? error.status).send({ detail: error.message })
    }
    const status = error instanceof Error && 'statusCode' in error ? Number(error.statusCode) : 500
    if (status === 400 || status === 415) {
      // What cannot be read as JSON is a body that does not parse.
      const fault = { type: 'json_invalid', loc: ['body'], msg: error instanceof Error ? error.message : '', input: {} }
      return reply.code(422).send({ detail: [fault] })
    }
    if (status > 400 && status < 500) return reply.code(status).send({ detail: String(error) })
    request.log.error({ error: String(error), path: request.url.split('?')[0] }, 'request.failed')
    return reply.code(500).send({ detail: 'Internal server error' })
  })
}

interface SchemaFault {
  readonly instancePath: string
  readonly message?: string | undefined
  readonly keyword?: string
  readonly params?: object
}

function faultOf(fault: SchemaFault, where: string, body: unknown): JsonObject {
  const path = fault.instancePath.split('/').filter((part) => part !== '')
  const input = inputAt(body, path)
  const isMissing = input === undefined && path.length > 0
  return {
    type: isMissing ? 'missing' : (fault.keyword ?? 'value_error'),
    loc: [where, ...path],
    msg: isMissing ? 'Field required' : (fault.message ?? 'invalid'),
    // What was sent may be a secret in the wrong place: names are told, values are not.
    input: null,
  }
}

function inputAt(body: unknown, path: readonly string[]): unknown {
  let at = body
  for (const part of path) {
    if (typeof at !== 'object' || at === null) return undefined
    at = new Map<string, unknown>(Object.entries(at)).get(part)
  }
  return at
}
