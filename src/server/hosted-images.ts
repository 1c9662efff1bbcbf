// Converts images and packages of the store to the objects of the hosted API, and says where their bytes are.
import { ImageDesk } from '../league/uploads/image-desk.ts'
import { IMAGE_ID } from '../league/uploads/local-images.ts'
import type { HostedCoworldEntry, HostedImage, PushInfo } from '../protocol/hosted-images.ts'
import { replaceImages } from '../runner/package-images.ts'
import type { CoworldRecord } from '../store/leagues/coworlds.ts'
import type { ImageRecord, Images } from '../store/leagues/images.ts'

/** Where a caller reaches this server, and the registry of the operator. */
export interface ImagePlace {
  /** `http` or `https`. */
  readonly protocol: string
  /** Host and port of this server. */
  readonly host: string
  /** Host and path of another registry; undefined: this server is the registry. */
  readonly registry: string | undefined
}

/** Registries of this kind need a region; no other one exists here. */
const REGION = 'us-east-1'
/** Below which the registry of this server answers, and where it gives passwords. */
export const AUTHORIZATION = '/v2/paracosm/authorization'

const pulledFrom = ({ registry, host }: ImagePlace): string => registry ?? host

export function toHostedImage(image: ImageRecord, place: ImagePlace): HostedImage {
  const base = `${pulledFrom(place)}/${ImageDesk.path(image)}`
  return {
    id: `${IMAGE_ID}${image.id}`,
    name: image.name,
    version: image.version,
    client_hash: image.clientHash,
    status: image.isReady ? 'ready' : 'pending',
    image_uri: image.isReady ? `${base}:${image.tag}` : null,
    image_digest: image.isReady ? image.digest : null,
    public_image_uri: image.isReady && image.isPublic && image.digest !== null ? `${base}@${image.digest}` : null,
  }
}

/** Pushes go to this server, also where it passes them on: it checks who sends what. */
export function pushInfoOf(image: ImageRecord, place: ImagePlace, ticket: string): PushInfo {
  const repository = ImageDesk.path(image)
  return {
    kind: 'ecr',
    region: REGION,
    registry: place.host,
    repository,
    tag: image.tag,
    image_uri: `${place.host}/${repository}:${image.tag}`,
    endpoint_url: `${place.protocol}://${place.host}${AUTHORIZATION}`,
    credentials: { access_key_id: image.id, secret_access_key: image.id, session_token: ticket },
  }
}

export const toHostedCoworld = (coworld: CoworldRecord): HostedCoworldEntry => ({
  id: `cow_${coworld.id}`,
  name: coworld.name,
  version: coworld.version,
  manifest: coworld.manifest,
  manifest_hash: coworld.hash,
  size_bytes: coworld.bytes,
  canonical: coworld.isCanonical,
  created_at: new Date(coworld.createdAt).toISOString(),
})

/** A package with the addresses of its images instead of their ids. */
export async function withPublicImages(
  coworld: CoworldRecord,
  images: Images,
  place: ImagePlace,
): Promise<HostedCoworldEntry> {
  const addresses = new Map<string, string>()
  const ids = new Set<string>()
  replaceImages(coworld.manifest, (id) => {
    ids.add(id)
    return id
  })
  for (const id of ids) {
    const { public_image_uri: open, image_uri: own } = toHostedImage(await images.get(id.slice(IMAGE_ID.length)), place)
    addresses.set(id, open ?? own ?? id)
  }
  const hosted = toHostedCoworld(coworld)
  return { ...hosted, manifest: replaceImages(hosted.manifest, (id) => addresses.get(id) ?? id) }
}
