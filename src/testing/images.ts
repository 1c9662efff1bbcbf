// Images for tests: archives as `docker image save` writes them, and how a client of coworld 0.1.0 pushes one.
import { createHash } from 'node:crypto'
import { tarOf } from './tar.ts'

export const digestOf = (bytes: Uint8Array | string): string =>
  `sha256:${createHash('sha256').update(bytes).digest('hex')}`

/** The parts of a small image. Different texts make different images. */
export function imageOf(text: string) {
  const config = Buffer.from(JSON.stringify({ architecture: 'amd64', os: 'linux', config: { Env: [`T=${text}`] } }))
  const layers = [tarOf([{ path: 'a.txt', data: text }]), tarOf([{ path: 'b.txt', data: 'the same in all' }])]
  const parts = { config: digestOf(config), layers: layers.map(digestOf) }
  return { config, layers, parts, hash: digestOf(JSON.stringify(parts)) }
}
export type TestImage = ReturnType<typeof imageOf>

/** What `docker image save` writes of it. */
export function savedImage({ config, layers }: TestImage, tag: string): Buffer {
  const manifest = [{ Config: 'config.json', RepoTags: [tag], Layers: layers.map((_, index) => `${index}/layer.tar`) }]
  return tarOf([
    ...layers.map((data, index) => ({ path: `${index}/layer.tar`, data })),
    { path: 'config.json', data: config },
    { path: 'manifest.json', data: JSON.stringify(manifest) },
  ])
}

/** The manifest that a client of coworld 0.1.0 pushes. */
export function imageManifest({ config, layers }: TestImage): string {
  const type = 'application/vnd.docker'
  const part = (data: Buffer, mediaType: string) => ({ mediaType, size: data.length, digest: digestOf(data) })
  return JSON.stringify({
    schemaVersion: 2,
    mediaType: `${type}.distribution.manifest.v2+json`,
    config: part(config, `${type}.container.image.v1+json`),
    layers: layers.map((layer) => part(layer, `${type}.image.rootfs.diff.tar.gzip`)),
  })
}
