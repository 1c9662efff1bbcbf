// The perception adapter over HTTP: the same routes bare, and below `/api/episodes/:id/slots/:slot`. The adapter reads
// and validates bodies and formats failures; the schemas here are only for /openapi.json.
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import type { Credentials, PerceptionAdapter } from '../../adapters/perception/adapter.ts'
import type { EncodedPerception } from '../../adapters/perception/bridge.ts'
import { AppError } from '../../kernel/errors.ts'
import { Perception } from '../../protocol/perception.ts'
import {
  BridgeStatus,
  CommandAccepted,
  CommandInput,
  CommandReport,
  IdempotencyKey,
  MAX_COMMAND_BYTES,
  PerceptionError,
} from '../../protocol/perception-adapter.ts'
import { readBearer } from '../../transport/credentials.ts'
import { PERCEPTION_STYLE } from '../../transport/failure-styles.ts'
import type { RouteFailures } from '../../transport/fastify-failures.ts'
import type { Locality } from '../../transport/locality.ts'

/** Which adapter a request is for. */
export interface ResolvedAdapter {
  readonly adapter: PerceptionAdapter
  /** The slot in the URL; undefined: the slot of the token. */
  readonly slot: number | undefined
}

/** The episode, slot and token of a request. */
export interface Address {
  readonly id: string | undefined
  readonly slot: string | undefined
  readonly token: string | undefined
}

export interface PerceptionRouteOptions {
  /** @throws AppError UNKNOWN_EPISODE, EPISODE_OVER, NOT_PERCEIVED, TOKEN_MISSING, TOKEN_REFUSED (also as a rejection) */
  find(address: Address): ResolvedAdapter | Promise<ResolvedAdapter>
  /** Prefix of each route: empty, or `/api/episodes/:id/slots/:slot`. */
  readonly below: string
  readonly failures: RouteFailures
  /** Refuses callers that are not local; undefined: tokens decide who may ask. */
  readonly locality: Locality | undefined
}

type Where = { id?: string; slot?: string; engine?: string; command_id?: string }

const failures = { '4xx': PerceptionError, '5xx': PerceptionError }
const config = { isData: true }

export function perceptionRoutes(app: FastifyInstance, options: PerceptionRouteOptions, done: () => void): void {
  const { below } = options
  const name = below === '' ? 'bare' : 'of one slot'
  installForm(app, options)
  const describe = (summary: string) => ({ summary: `${summary} (${name})`, tags: ['perception'] })
  app.get(
    `${below}/perception`,
    { config, schema: { ...describe('Current perception of the agent'), response: { 200: Perception, ...failures } } },
    (request, reply) => {
      const found = locate(options, request)
      if (found instanceof Promise) return found.then((at) => look(at, request, reply))
      return look(found, request, reply)
    },
  )
  app.post(
    `${below}/command`,
    {
      config,
      schema: { ...describe('Send a command'), body: CommandInput, response: { 202: CommandAccepted, ...failures } },
      validatorCompiler: () => (value) => ({ value }),
    },
    async (request, reply) => {
      const at = await locate(options, request)
      const accepted = await at.adapter.command(credentialsOf(at, request), bytesOf(request.body), keyOf(request))
      return reply.code(202).type(JSON_TYPE).send(JSON.stringify(accepted))
    },
  )
  app.get<{ Params: Where }>(
    `${below}/commands/:command_id`,
    { config, schema: { ...describe('Status of a command'), response: { 200: CommandReport, ...failures } } },
    async (request, reply) => {
      const at = await locate(options, request)
      const report = await at.adapter.report(credentialsOf(at, request), request.params.command_id ?? '')
      return reply.type(JSON_TYPE).send(JSON.stringify(report))
    },
  )
  app.get<{ Params: Where }>(
    `${below}/:engine/status`,
    { config, schema: { ...describe('Whether an engine is connected'), response: { 200: BridgeStatus, ...failures } } },
    async (request, reply) => {
      const { adapter } = await locate(options, request)
      const status = adapter.status()
      // Clients of the original request /morrowind/status, whatever the engine.
      if (![status.engine, 'morrowind'].includes(request.params.engine ?? '')) {
        throw new AppError('UNKNOWN_WORLD', `behind this adapter is ${status.engine}`)
      }
      return reply.type(JSON_TYPE).send(JSON.stringify(status))
    },
  )
  app.get(
    `${below}/perception/stream`,
    { schema: describe('WebSocket: perceptions and outcomes as they happen') },
    () => {
      throw new AppError('UPGRADE_REQUIRED', 'connect by WebSocket', { hint: 'docs/perception.md has an example.' })
    },
  )
  done()
}

const JSON_TYPE = 'application/json; charset=utf-8'

/** Bodies as bytes, and failures in the protocol's format, only for the routes of `app`. */
function installForm(app: FastifyInstance, { locality, failures }: PerceptionRouteOptions): void {
  app.removeAllContentTypeParsers()
  app.addContentTypeParser('*', { parseAs: 'buffer', bodyLimit: MAX_COMMAND_BYTES }, (_request, body, done) => {
    done(null, body)
  })
  failures.installScope(app, PERCEPTION_STYLE)
  if (locality) app.addHook('onRequest', (request, _reply, done) => done(locality.refuse(request.raw)))
}

function locate(options: PerceptionRouteOptions, request: FastifyRequest): ResolvedAdapter | Promise<ResolvedAdapter> {
  const { params } = request
  return options.find({ id: textAt(params, 'id'), slot: textAt(params, 'slot'), token: readBearer(request.headers) })
}

function credentialsOf({ adapter, slot }: ResolvedAdapter, request: FastifyRequest): Credentials {
  const agentId = textAt(request.query, 'agent_id')
  return slotCredentials(adapter, slot, { token: readBearer(request.headers), agentId })
}

/** A text among params or in a query; read by hand, since every perception request needs it. */
function textAt(values: unknown, name: string): string | undefined {
  if (typeof values !== 'object' || values === null) return undefined
  const value: unknown = Reflect.get(values, name)
  return typeof value === 'string' ? value : undefined
}

/**
 * The caller, after checking that a slot in the URL belongs to the token.
 * @throws AppError TOKEN_MISSING, TOKEN_REFUSED
 */
export function slotCredentials(
  adapter: PerceptionAdapter,
  slot: number | undefined,
  caller: Credentials,
): Credentials {
  if (slot === undefined || adapter.admit(caller).slot === slot) return caller
  throw new AppError('TOKEN_REFUSED', 'the token does not match this slot')
}

function look(at: ResolvedAdapter, request: FastifyRequest, reply: FastifyReply): Promise<unknown> | undefined {
  const encoded = at.adapter.perceive(credentialsOf(at, request))
  if (encoded instanceof Promise) return encoded.then((seen) => show(reply, seen))
  void show(reply, encoded)
  return undefined
}

function show(reply: FastifyReply, encoded: EncodedPerception): FastifyReply {
  return reply.type(JSON_TYPE).header('cache-control', 'no-store').send(encoded.bytes)
}

const bytesOf = (body: unknown): Buffer => (Buffer.isBuffer(body) ? body : Buffer.alloc(0))

function keyOf(request: FastifyRequest): string | undefined {
  const header = request.headers['idempotency-key']
  if (header === undefined) return undefined
  const key = IdempotencyKey.safeParse(header)
  if (key.success) return key.data
  throw new AppError('VALIDATION_ERROR', 'Idempotency-Key must have 1 to 128 visible characters')
}
