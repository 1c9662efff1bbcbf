// The registry of this server: the part of the OCI distribution API with which images are pushed and pulled, and the
// operation of ECR by which a client turns temporary credentials into a password.
import { Readable } from 'node:stream'
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import { z } from 'zod'
import { AppError } from '../../kernel/errors.ts'
import { parseWith } from '../../kernel/parse.ts'
import { type ImageDesk, MAX_MANIFEST_BYTES } from '../../league/uploads/image-desk.ts'
import type { PushTickets } from '../../league/uploads/push-tickets.ts'
import type { ImageRecord, Images } from '../../store/leagues/images.ts'
import type { LeagueTokens } from '../../store/leagues/tokens.ts'
import { toFailure } from '../../transport/errors.ts'
import { routeLimit } from '../../transport/rate-limit.ts'
import { type HostedAuth, mayUse } from '../hosted-auth.ts'
import { AUTHORIZATION } from '../hosted-images.ts'

export interface RegistryOptions {
  readonly images: Images
  readonly imageDesk: ImageDesk
  readonly tickets: PushTickets
  readonly tokens: LeagueTokens
  readonly auth: HostedAuth
}

/** Requests per minute and address: an image has up to 500 layers, with two requests each. */
const REQUESTS_PER_MINUTE = 3000
const VERSION = { 'docker-distribution-api-version': 'registry/2.0' }

/** Requests have streams as bodies, so these routes need a scope of their own. */
export function registryRoutes(app: FastifyInstance, options: RegistryOptions, done: () => void): void {
  app.removeAllContentTypeParsers()
  app.addContentTypeParser('*', (_request, payload, parsed) => parsed(null, payload))
  app.setErrorHandler(answerFailure)
  app.addHook('onSend', async (_request, reply) => void reply.headers(VERSION))
  const config = { rateLimit: routeLimit(REQUESTS_PER_MINUTE) }
  const schema = { hide: true }
  const at = (path: string): string => `/v2/paracosm/:repository/${path}`
  // Clients ask for this first. A client that reads what is public needs no password.
  app.get('/v2/', { config, schema }, () => ({}))
  app.post(AUTHORIZATION, { config, schema }, (request, reply) => authorize(options, request, reply))
  app.post(at('blobs/uploads/'), { config, schema }, async (request, reply) => {
    const { repository } = await pushed(options, request)
    const id = crypto.randomUUID()
    const location = `/v2/paracosm/${repository}/blobs/uploads/${id}`
    return reply.code(202).headers({ location, 'docker-upload-uuid': id, range: '0-0' }).send()
  })
  app.put(at('blobs/uploads/:upload'), { config, schema }, async (request, reply) => {
    const image = await pushed(options, request)
    const digest = paramOf(request.query, 'digest')
    const size = Number(request.headers['content-length'])
    if (!Number.isSafeInteger(size)) {
      throw new AppError('UPLOAD_INVALID', 'a blob is sent in one request with Content-Length', {
        hint: 'Push with: paracosm coworld upload-coworld or upload-policy.',
      })
    }
    await options.imageDesk.putBlob(image, { digest, size, content: streamOf(request.body) })
    const location = `/v2/paracosm/${image.repository}/blobs/${digest}`
    return reply.code(201).headers({ location, 'docker-content-digest': digest }).send()
  })
  app.put(at('manifests/:reference'), { config, schema }, async (request, reply) => {
    const image = await pushed(options, request)
    const reference = paramOf(request.params, 'reference')
    if (reference !== image.tag) throw new AppError('NOT_YOURS', `this push has the tag ${image.tag}, not ${reference}`)
    const digest = await options.imageDesk.putManifest(image, await readAll(streamOf(request.body)))
    const location = `/v2/paracosm/${image.repository}/manifests/${digest}`
    return reply.code(201).headers({ location, 'docker-content-digest': digest }).send()
  })
  app.get(at('manifests/:reference'), { config, schema }, (request, reply) => sendManifest(options, request, reply))
  app.get(at('blobs/:digest'), { config, schema }, (request, reply) => sendBlob(options, request, reply))
  done()
}

/** Failures in the shape of the distribution API, whose clients show them. */
function answerFailure(error: unknown, request: FastifyRequest, reply: FastifyReply): void {
  const { status, code, message, hint } = toFailure(error)
  if (status >= 500) request.log.error({ err: error, path: request.url.split('?')[0] }, 'request.failed')
  if (status === 401) void reply.header('www-authenticate', 'Basic realm="paracosm"')
  void reply.code(status).send({ errors: [{ code, message, detail: { hint } }] })
}

async function sendManifest(options: RegistryOptions, request: FastifyRequest, reply: FastifyReply) {
  const { imageDesk } = options
  const reference = paramOf(request.params, 'reference')
  const images = await readable(options, request)
  const image = images.find(({ tag, digest, isReady }) => isReady && (reference === tag || reference === digest))
  if (!image?.digest) throw new AppError('UNKNOWN_UPLOAD', `there is no image ${reference} in this repository`)
  const bytes = await imageDesk.manifestBytes(image.digest)
  const { mediaType } = await imageDesk.manifest(image.digest)
  return reply.type(mediaType).header('docker-content-digest', image.digest).send(bytes)
}

async function sendBlob(options: RegistryOptions, request: FastifyRequest, reply: FastifyReply) {
  const { images, imageDesk } = options
  const digest = paramOf(request.params, 'digest')
  const [image] = await readable(options, request)
  const size = image && (await images.blobs(image.repository)).get(digest)
  if (size === undefined) throw new AppError('UNKNOWN_BLOB', `there is no ${digest} in this repository`)
  const bytes = imageDesk.registry.readBlob(digest)
  if (!bytes) {
    throw new AppError('UNKNOWN_BLOB', 'the bytes of images are in another registry', {
      hint: `Pull from ${imageDesk.registry.place}.`,
    })
  }
  reply.type('application/octet-stream').headers({ 'docker-content-digest': digest, 'content-length': size })
  return reply.send(Readable.from(bytes))
}

/** ECR's GetAuthorizationToken, for the tickets of this server. */
async function authorize({ tickets }: RegistryOptions, request: FastifyRequest, reply: FastifyReply) {
  const { 'x-amz-security-token': ticket, 'x-amz-target': operation = '' } = request.headers
  void reply.type('application/x-amz-json-1.1')
  const refuse = (type: string, message: string) => reply.code(400).send(JSON.stringify({ __type: type, message }))
  if (!/\.GetAuthorizationToken$/.test(String(operation))) {
    return refuse('UnknownOperationException', 'Only GetAuthorizationToken is answered here.')
  }
  const found = typeof ticket === 'string' ? tickets.open(ticket) : undefined
  if (typeof ticket !== 'string' || !found) {
    return refuse('ExpiredTokenException', 'The credentials are unknown or have expired: announce the image again.')
  }
  const authorizationToken = Buffer.from(`AWS:${ticket}`).toString('base64')
  const proxyEndpoint = `${request.protocol}://${request.host}`
  const data = { authorizationToken, expiresAt: Math.floor(found.until / 1000), proxyEndpoint }
  return reply.send(JSON.stringify({ authorizationData: [data] }))
}

/** The image of a repository whose push the caller has a ticket for. @throws AppError KEY_REFUSED, UNKNOWN_UPLOAD */
async function pushed(options: RegistryOptions, request: FastifyRequest): Promise<ImageRecord> {
  const password = passwordOf(request)
  const ticket = password === undefined ? undefined : options.tickets.open(password)
  if (!ticket || ticket.imageId !== paramOf(request.params, 'repository')) throw refused()
  return options.images.get(ticket.imageId)
}

/** The images of a repository that the caller may pull. @throws AppError KEY_REFUSED */
async function readable(options: RegistryOptions, request: FastifyRequest) {
  const { images, tokens, tickets, auth } = options
  const found = await images.ofRepository(paramOf(request.params, 'repository'))
  if (found.some(({ isPublic }) => isPublic)) return found
  const password = passwordOf(request)
  const owner = password === undefined ? undefined : await tokens.find(password)
  const caller = owner ? { playerId: owner.playerId, name: owner.playerName } : await auth.find(request)
  const hasTicket = password !== undefined && found.some(({ id }) => id === tickets.open(password)?.imageId)
  if (hasTicket || (caller && found.every(({ playerId }) => mayUse(caller, playerId)))) return found
  throw refused()
}

function refused(): AppError {
  return new AppError('KEY_REFUSED', 'this needs the password of a push, or the token of the owner', {
    hint: 'Announce the image again for a new password.',
  })
}

function passwordOf({ headers }: FastifyRequest): string | undefined {
  const [, basic] = /^Basic ([A-Za-z0-9+/=]+)$/i.exec(headers.authorization ?? '') ?? []
  if (basic === undefined) return undefined
  const text = Buffer.from(basic, 'base64').toString('utf8')
  return text.slice(text.indexOf(':') + 1)
}

const Params = z.record(z.string(), z.unknown())

/** A value of the path or the query; empty: it is missing. */
function paramOf(values: unknown, name: string): string {
  const value = parseWith(Params, values, { code: 'BAD_REQUEST', what: 'The address' })[name]
  return typeof value === 'string' ? value : ''
}

function streamOf(body: unknown): Readable {
  if (body instanceof Readable) return body
  throw new AppError('UPLOAD_INVALID', 'the request has no body', { hint: 'Send the bytes with a Content-Type.' })
}

async function readAll(source: AsyncIterable<Uint8Array>): Promise<Buffer> {
  const parts: Uint8Array[] = []
  let size = 0
  for await (const part of source) {
    size += part.length
    if (size > MAX_MANIFEST_BYTES)
      throw new AppError('BODY_TOO_LARGE', `the manifest of an image has at most ${MAX_MANIFEST_BYTES} bytes`)
    parts.push(part)
  }
  return Buffer.concat(parts)
}
