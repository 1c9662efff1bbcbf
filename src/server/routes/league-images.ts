// Images and packages of the hosted API (contract section 10.4): announced, completed, listed; and policies made of images.
import type { FastifyRequest } from 'fastify'
import type { FastifyPluginCallbackZod } from 'fastify-type-provider-zod'
import { z } from 'zod'
import { AppError } from '../../kernel/errors.ts'
import { readVersion } from '../../lib/version.ts'
import {
  CoworldCertification,
  CoworldUploadRequest,
  HostedCoworld,
  HostedCoworldEntry,
  HostedImage,
  ImageCompleteRequest,
  ImagePolicyRequest,
  ImageUploadAnswer,
  ImageUploadRequest,
} from '../../protocol/hosted-images.ts'
import { PolicyUpload } from '../../protocol/hosted-uploads.ts'
import { Problem } from '../../protocol/problem.ts'
import type { CoworldRecord } from '../../store/leagues/coworlds.ts'
import type { ImageRecord } from '../../store/leagues/images.ts'
import { routeLimit } from '../../transport/rate-limit.ts'
import { findHostedWorld, worldAsPackage } from '../coworlds.ts'
import { type Caller, mayUse } from '../hosted-auth.ts'
import { type ImagePlace, pushInfoOf, toHostedCoworld, toHostedImage, withPublicImages } from '../hosted-images.ts'
import { bareId } from '../hosted-view.ts'
import { describe, Id, type LeagueRouteOptions, limit, Offset } from './league-queries.ts'
import { removalRoutes } from './league-removal.ts'
import { addUploaded } from './league-uploads.ts'

/** Uploads per minute and address. */
const UPLOADS_PER_MINUTE = 120
/** Bytes of a manifest: a hundred times the largest known one. */
const MAX_MANIFEST = 1024 * 1024
const Page = z.object({ limit: limit(500, 200), offset: Offset })
const config = { rateLimit: routeLimit(UPLOADS_PER_MINUTE) }

export const imageRoutes: FastifyPluginCallbackZod<LeagueRouteOptions> = (app, options, done) => {
  const { auth, images, imageDesk, tickets } = options
  const placeOf = placing(options)
  app.post(
    '/v2/container_images/upload',
    {
      config,
      schema: {
        ...describe('Announce an image by name and hash; the answer says where to push it'),
        body: ImageUploadRequest,
        response: { 200: ImageUploadAnswer, '4xx': Problem },
      },
    },
    async (request) => {
      const { playerId } = await auth.require(request)
      const image = await images.announce(playerId, request.body.name, request.body.client_hash)
      const place = placeOf(request)
      const push = image.isReady ? null : pushInfoOf(image, place, tickets.issue(image.id))
      return { image: toHostedImage(image, place), pre_signed_info: push }
    },
  )
  app.post(
    '/v2/container_images/upload/complete',
    {
      config,
      schema: {
        ...describe('Complete the push of an image'),
        body: ImageCompleteRequest,
        response: { 200: HostedImage, '4xx': Problem },
      },
    },
    async (request) => {
      const image = await ownImage(options, await auth.require(request), request.body.id)
      return toHostedImage(await imageDesk.complete(image), placeOf(request))
    },
  )
  app.get(
    '/v2/container_images',
    {
      schema: {
        ...describe('Images of the caller, newest first'),
        querystring: Page,
        response: { 200: z.array(HostedImage), '4xx': Problem },
      },
    },
    async (request) => {
      const { playerId } = await auth.require(request)
      const found = await images.list(playerId ?? undefined, request.query)
      return found.map((image) => toHostedImage(image, placeOf(request)))
    },
  )
  app.get(
    '/v2/container_images/:id',
    { schema: { ...describe('One image'), params: Id, response: { 200: HostedImage, '4xx': Problem } } },
    async (request) =>
      toHostedImage(await ownImage(options, await auth.require(request), request.params.id), placeOf(request)),
  )
  app.register(imagePolicyRoute, options)
  app.register(packageRoutes, options)
  app.register(removalRoutes, options)
  done()
}

const imagePolicyRoute: FastifyPluginCallbackZod<LeagueRouteOptions> = (app, options, done) => {
  const { auth, images } = options
  app.post(
    '/stats/policies/docker-img/complete',
    {
      config,
      schema: {
        ...describe('Make a policy version of an uploaded image'),
        body: ImagePolicyRequest,
        response: { 200: PolicyUpload, '4xx': Problem },
      },
    },
    async (request) => {
      const caller = await auth.require(request)
      const { name, container_image_id: id, run = [], policy_secret_env: secrets = {} } = request.body
      await images.touch(bareId(id))
      const image = await ownImage(options, caller, id)
      if (!image.isReady) {
        throw new AppError('UPLOAD_INVALID', `the image ${id} is not completely pushed`, {
          hint: 'Push it, and call /v2/container_images/upload/complete first.',
        })
      }
      const player = { kind: 'container' as const, name, image: `img_${image.id}`, run }
      return addUploaded(options, { caller, name, player, secrets })
    },
  )
  done()
}

const packageRoutes: FastifyPluginCallbackZod<LeagueRouteOptions> = (app, options, done) => {
  const { auth, coworlds, images, packages } = options
  const placeOf = placing(options)
  app.post(
    '/v2/coworlds/upload',
    {
      config,
      bodyLimit: MAX_MANIFEST,
      schema: {
        ...describe('Upload a package: its manifest, with ids of images. Waits up to 90 s for its certification'),
        body: CoworldUploadRequest,
        response: { 200: HostedCoworld, '4xx': Problem },
      },
    },
    async (request) => {
      const { playerId } = await auth.require(request)
      return toHostedCoworld(await packages.receive(playerId, request.body.manifest))
    },
  )
  app.get(
    '/v2/coworlds',
    {
      schema: {
        ...describe('Accepted packages, and the caller’s others, newest first'),
        querystring: Page,
        response: { 200: z.array(HostedCoworldEntry), '4xx': Problem },
      },
    },
    async (request) => {
      const caller = await auth.find(request)
      return (await coworlds.list(caller?.playerId, request.query)).map(toHostedCoworld)
    },
  )
  app.get(
    '/v2/coworlds/:id',
    {
      schema: {
        ...describe('One package, with the addresses of its images; or a world of the server: cow_<world>'),
        params: Id,
        response: { 200: HostedCoworld, '4xx': Problem },
      },
    },
    async (request) => {
      const own = await findHostedWorld(options.episodes.worlds, request.params.id)
      if (own) return worldAsPackage(own.world, readVersion())
      const found = await shownPackage(options, request, request.params.id)
      return withPublicImages(found, images, placeOf(request))
    },
  )
  app.get(
    '/v2/coworlds/:id/certification',
    {
      schema: {
        ...describe('How far the certification of a package is'),
        params: Id,
        response: { 200: CoworldCertification, '4xx': Problem },
      },
    },
    async (request) => {
      const found = await shownPackage(options, request, request.params.id)
      return { coworld_id: `cow_${found.id}`, ...found.certification }
    },
  )
  done()
}

const placing =
  ({ imageDesk }: LeagueRouteOptions) =>
  ({ protocol, host }: FastifyRequest): ImagePlace => ({ protocol, host, registry: imageDesk.registry.place })

/** @throws AppError UNKNOWN_UPLOAD, NOT_YOURS */
async function ownImage({ images }: LeagueRouteOptions, caller: Caller, id: string): Promise<ImageRecord> {
  const image = await images.get(bareId(id))
  if (mayUse(caller, image.playerId)) return image
  throw new AppError('NOT_YOURS', `the image ${id} belongs to another player`)
}

/** Packages that are not accepted exist for their owner only. @throws AppError UNKNOWN_UPLOAD */
async function shownPackage(
  { auth, coworlds }: LeagueRouteOptions,
  request: FastifyRequest,
  id: string,
): Promise<CoworldRecord> {
  const found = await coworlds.get(bareId(id))
  const caller = await auth.find(request)
  if (found.status === 'accepted' || (caller && mayUse(caller, found.playerId))) return found
  throw new AppError('UNKNOWN_UPLOAD', `there is no accepted coworld ${id}`, {
    hint: 'List the packages with: paracosm coworld list',
  })
}
