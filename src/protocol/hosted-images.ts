// Images and coworlds of the hosted API (contract section 10.4). Clients read them with the same schemas: a field that is
// absent counts as null, and unknown fields are dropped.
import { z } from 'zod'
import { PolicyName } from './hosted-uploads.ts'
import { JsonObject } from './json.ts'
import { Argv } from './league.ts'

const Text = z.string()
const maybe = <T extends z.ZodType>(schema: T) => schema.nullable().default(null)

/** The hash that a client computes of the bytes of an image: contract section 12.2. */
export const ClientHash = z.string().regex(/^sha256:[0-9a-f]{64}$/, 'must be sha256: and 64 hex digits')

/** An uploaded image. Its versions count from 1 for each name of an owner. */
export const HostedImage = z.object({
  id: Text,
  name: Text,
  version: z.int(),
  client_hash: maybe(Text),
  /** `pending` until its push is complete, then `ready`. */
  status: Text,
  image_uri: maybe(Text),
  image_digest: maybe(Text),
  /** Null unless the image belongs to an accepted coworld. */
  public_image_uri: maybe(Text),
})
export type HostedImage = z.infer<typeof HostedImage>

/** How an image is pushed: to a registry whose password the endpoint gives for these temporary credentials. */
export const PushInfo = z.object({
  kind: z.literal('ecr'),
  region: Text,
  registry: Text,
  repository: Text,
  tag: Text,
  image_uri: Text,
  endpoint_url: maybe(Text),
  credentials: z.object({ access_key_id: Text, secret_access_key: Text, session_token: Text }),
})
export type PushInfo = z.infer<typeof PushInfo>

/** Announces an image. */
export const ImageUploadRequest = z.strictObject({
  name: z
    .string()
    .min(1)
    .max(200)
    .regex(/^\P{C}+$/u, 'must be printable text'),
  client_hash: ClientHash,
})

/** What is to be pushed; `pre_signed_info` null: the server has the bytes. */
export const ImageUploadAnswer = z.object({ image: HostedImage, pre_signed_info: maybe(PushInfo) })
export type ImageUploadAnswer = z.infer<typeof ImageUploadAnswer>

/** Ends the push of an image. */
export const ImageCompleteRequest = z.strictObject({ id: Text.min(1).max(100) })

/** Makes a policy version of an uploaded image. */
export const ImagePolicyRequest = z.strictObject({
  name: PolicyName,
  container_image_id: Text.min(1).max(100),
  run: Argv.optional(),
  policy_secret_env: z.record(Text, Text).optional(),
})

/** Uploads a package: its manifest in upload form, with ids of images. */
export const CoworldUploadRequest = z.strictObject({ manifest: JsonObject })

/** An uploaded package. `size_bytes` counts its manifest. */
export const HostedCoworld = z.object({
  id: Text,
  name: Text,
  version: Text,
  manifest: JsonObject,
  manifest_hash: Text,
  size_bytes: z.int(),
  canonical: z.boolean(),
})
export type HostedCoworld = z.infer<typeof HostedCoworld>

/** An entry of the list of packages. */
export const HostedCoworldEntry = HostedCoworld.extend({ created_at: Text })
export type HostedCoworldEntry = z.infer<typeof HostedCoworldEntry>

/** How far the server's own certification of a package is. */
export const CERTIFICATION_STATUSES = ['pending', 'running', 'passed', 'failed', 'trusted'] as const
/** The server's certification of a package, with the checks so far. */
export const CoworldCertification = z.object({
  coworld_id: Text,
  status: z.enum(CERTIFICATION_STATUSES),
  notes: Text.nullable(),
  checks: z.array(
    z.object({ number: z.int().nullable(), id: Text, outcome: z.enum(['passed', 'failed', 'skipped']), reason: Text }),
  ),
})
export type CoworldCertification = z.infer<typeof CoworldCertification>

/** The job that certifies a package. */
export const CoworldCertificationJob = z.strictObject({ coworld: z.string() })

/** A package that was removed, or would be. */
export const RemovedCoworld = z.object({ coworld_id: Text, name: Text, version: Text, dry_run: z.boolean() })
export type RemovedCoworld = z.infer<typeof RemovedCoworld>

/** Hours for which uploads are kept without being used: a push may take 12. */
export const GRACE_HOURS = { least: 12, usual: 24 } as const

/** Removes uploads that nothing uses. */
export const PruneRequest = z.strictObject({
  dry_run: z.boolean().default(false),
  grace_hours: z.number().min(GRACE_HOURS.least).max(87_600).default(GRACE_HOURS.usual),
})

/** What was removed, or would be: refused packages, images that nothing names, and bytes that no image needs. */
export const PruneReport = z.object({
  dry_run: z.boolean(),
  coworlds: z.array(z.object({ id: Text, name: Text, version: Text })),
  images: z.array(z.object({ id: Text, name: Text, version: z.int(), status: Text, size_bytes: z.int() })),
  /** Bytes on the disk of this server; layers that several images share count once. */
  blobs: z.object({ count: z.int(), bytes: z.int() }),
  /** The registry that has the bytes instead, and keeps them; null: this server has them. */
  registry: maybe(Text),
})
export type PruneReport = z.infer<typeof PruneReport>
