// The push of a saved image to a registry of another server, request by request.
import assert from 'node:assert/strict'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, before, test } from 'node:test'
import { HostedCoworld, HostedImage, ImageUploadAnswer, PushInfo } from '../../src/protocol/hosted-images.ts'
import { readImageFile } from '../../src/runner/image-archive.ts'
import { pushImage } from '../../src/runner/push-image.ts'
import { digestOf, imageManifest, imageOf, savedImage } from '../../src/testing/images.ts'
import { startRegistry, type TestRegistry } from '../../src/testing/registry.ts'

const folder = mkdtempSync(join(tmpdir(), 'paracosm-push-'))
const path = join(folder, 'image.tar')
const image = imageOf('pushed')
let registry: TestRegistry
before(async () => {
  writeFileSync(path, savedImage(image, 'x:1'))
  registry = await startRegistry('AWS:the password')
})
after(() => {
  registry.close()
  rmSync(folder, { recursive: true, force: true })
})

const infoOf = (host: string) =>
  PushInfo.parse({
    kind: 'ecr',
    region: 'us-east-1',
    registry: host,
    repository: 'team/game',
    tag: 'v3',
    image_uri: `${host}/team/game:v3`,
    endpoint_url: 'http://ecr.example',
    credentials: { access_key_id: 'a', secret_access_key: 'b', session_token: 'c' },
  })

test('push: every layer in order, then the configuration, then the manifest, and nothing is asked for before', async () => {
  const archive = await readImageFile(path)
  assert.equal(archive.clientHash, image.hash)
  const told: number[][] = []
  const options = { path, archive, info: infoOf(registry.host), password: 'the password' }
  const { signal } = new AbortController()
  await pushImage({ ...options, signal, onProgress: (sent, total) => told.push([sent, total]) })
  const part = ['POST /v2/team/game/blobs/uploads/', 'PUT /v2/team/game/blobs/uploads/session']
  assert.deepEqual(registry.requests, [...part, ...part, ...part, 'PUT /v2/team/game/manifests/v3'])
  for (const data of [...image.layers, image.config]) assert.deepEqual(registry.content.get(digestOf(data)), data)
  assert.deepEqual(JSON.parse(String(registry.content.get('team/game:v3'))), JSON.parse(imageManifest(image)))
  const total = [...image.layers, image.config].reduce((sum, { length }) => sum + length, 0)
  assert.deepEqual(told.at(-1), [total, total])
  await assert.rejects(pushImage({ ...options, password: 'wrong', signal }), { code: 'SERVER_REFUSED' })
  const abort = new AbortController()
  abort.abort()
  await assert.rejects(pushImage({ ...options, signal: abort.signal }), { code: 'INTERRUPTED' })
  const gone = { ...options, info: infoOf('127.0.0.1:1'), signal }
  await assert.rejects(pushImage(gone), { code: 'SERVER_UNREACHABLE' })
})

test('upload objects: unknown fields are dropped, and absent ones are null', () => {
  const made = { id: 'img_1', name: 'game', version: 1, status: 'ready', size: 5 }
  const read = {
    id: 'img_1',
    name: 'game',
    version: 1,
    client_hash: null,
    status: 'ready',
    image_uri: null,
    image_digest: null,
    public_image_uri: null,
  }
  assert.deepEqual(HostedImage.parse(made), read)
  assert.deepEqual(ImageUploadAnswer.parse({ image: made, more: 1 }), { image: read, pre_signed_info: null })
  const { endpoint_url: _, ...rest } = infoOf('h')
  assert.deepEqual(PushInfo.parse({ ...rest, more: 1 }), { ...rest, endpoint_url: null })
  const coworld = {
    id: 'cow_1',
    name: 'g',
    version: '1',
    manifest: { any: [1, null] },
    manifest_hash: 'h',
    size_bytes: 3,
    canonical: true,
  }
  assert.deepEqual(HostedCoworld.parse({ ...coworld, more: 1 }), coworld)
})
