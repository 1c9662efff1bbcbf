// Images and packages on a real server: announced, pushed to its registry like a coworld 0.1.0 client, completed,
// listed, pulled, and used in policies and packages.

import assert from 'node:assert/strict'
import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { connect } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { after, before, test } from 'node:test'
import { type Server, startServer } from '../../src/server/app.ts'
import { LeagueTokens } from '../../src/store/leagues/tokens.ts'
import { openStore, storeInFolder } from '../../src/store/store.ts'
import { type RunningCommand, runCommand, startCommand } from '../../src/testing/cli.ts'
import { createFakeDocker } from '../../src/testing/fake-docker.ts'
import { digestOf, imageManifest, imageOf, savedImage, type TestImage } from '../../src/testing/images.ts'
import { startRegistry } from '../../src/testing/registry.ts'
import { TEST_SERVER } from '../../src/testing/test-server.ts'

const folder = mkdtempSync(join(tmpdir(), 'paracosm-images-'))
const MANIFEST = JSON.parse(
  readFileSync(new URL('../fixtures/coworld-manifests/paintarena-0.1.0.json', import.meta.url), 'utf8'),
)
let server: Server
let tokens: Record<'alice' | 'bob', string>

const open = (more: Partial<Parameters<typeof startServer>[0]> = {}): Promise<Server> =>
  startServer({
    dataDir: folder,
    ...TEST_SERVER,
    logLevel: 'error',
    version: 'test',
    ...more,
  })

before(async () => {
  const store = await openStore(storeInFolder(folder, { mode: 'create', runs: 'inline' }))
  const made = new LeagueTokens(store)
  tokens = { alice: (await made.issue('alice')).token, bob: (await made.issue('bob')).token }
  await store.close()
  server = await open()
})
after(async () => {
  await server.close()
  rmSync(folder, { recursive: true, force: true })
})

type Sent = { as?: 'alice' | 'bob' | 'stranger'; body?: unknown; headers?: Record<string, string>; method?: string }
async function call(path: string, { as, body, headers = {}, method }: Sent = {}) {
  const answer = await fetch(server.url + path, {
    method: method ?? (body === undefined ? 'GET' : 'POST'),
    redirect: 'error',
    headers: {
      // Forwarded requests never count as local.
      ...(as === 'stranger' ? { 'x-forwarded-for': '203.0.113.7' } : {}),
      ...(as === 'alice' || as === 'bob' ? { 'x-auth-token': tokens[as] } : {}),
      ...(body === undefined || Buffer.isBuffer(body) ? {} : { 'content-type': 'application/json' }),
      ...headers,
    },
    ...(body === undefined ? {} : { body: Buffer.isBuffer(body) ? new Uint8Array(body) : JSON.stringify(body) }),
  })
  const bytes = Buffer.from(await answer.arrayBuffer())
  const isJson = bytes.length > 0 && answer.headers.get('content-type')?.includes('json')
  return {
    status: answer.status,
    headers: answer.headers,
    bytes,
    body: isJson ? JSON.parse(bytes.toString()) : undefined,
  }
}
async function ok(path: string, sent: Sent = {}): Promise<any> {
  const { status, body } = await call(path, sent)
  assert.equal(status, 200, `${path}: ${JSON.stringify(body)}`)
  return body
}

/** The password, from the ECR operation that the AWS command line calls. */
async function passwordOf(info: any): Promise<string> {
  const target = new URL(info.endpoint_url)
  const { status, body } = await call(target.pathname, {
    as: 'stranger',
    body: {},
    headers: {
      'content-type': 'application/x-amz-json-1.1',
      'x-amz-target': 'AmazonEC2ContainerRegistry_V20150921.GetAuthorizationToken',
      'x-amz-security-token': info.credentials.session_token,
    },
  })
  assert.equal(status, 200, JSON.stringify(body))
  const text = Buffer.from(body.authorizationData[0].authorizationToken, 'base64').toString()
  assert.match(text, /^AWS:/)
  assert.ok(body.authorizationData[0].expiresAt > Date.now() / 1000)
  return text.slice(4)
}

const login = (password: string) => ({ authorization: `Basic ${Buffer.from(`AWS:${password}`).toString('base64')}` })

async function push(info: any, image: TestImage, parts: readonly Buffer[] = [...image.layers, image.config]) {
  const headers = login(await passwordOf(info))
  const base = `/v2/${info.repository}`
  for (const data of parts) {
    const begun = await call(`${base}/blobs/uploads/`, { as: 'stranger', method: 'POST', headers })
    assert.equal(begun.status, 202, JSON.stringify(begun.body))
    const location = `${begun.headers.get('location')}?digest=${digestOf(data)}`
    const put = await call(location, {
      as: 'stranger',
      method: 'PUT',
      body: data,
      headers: { ...headers, 'content-type': 'application/octet-stream' },
    })
    assert.equal(put.status, 201, JSON.stringify(put.body))
  }
  return call(`${base}/manifests/${info.tag}`, {
    as: 'stranger',
    method: 'PUT',
    body: Buffer.from(imageManifest(image)),
    headers: { ...headers, 'content-type': 'application/vnd.docker.distribution.manifest.v2+json' },
  })
}

const announce = (name: string, image: TestImage, as: 'alice' | 'bob' = 'alice') =>
  ok('/v2/container_images/upload', { as, body: { name, client_hash: image.hash } })

async function upload(name: string, image: TestImage, as: 'alice' | 'bob' = 'alice') {
  const { image: made, pre_signed_info: info } = await announce(name, image, as)
  if (info === null) return made
  assert.equal((await push(info, image)).status, 201)
  return ok('/v2/container_images/upload/complete', { as, body: { id: made.id } })
}

const IMAGE = ['client_hash', 'id', 'image_digest', 'image_uri', 'name', 'public_image_uri', 'status', 'version']
const keysOf = (value: object): string[] => Object.keys(value).toSorted()

test('images: an image is announced, pushed and completed; the same bytes need no second push', async () => {
  const image = imageOf('one')
  const { image: made, pre_signed_info: info } = await announce('game', image)
  assert.deepEqual(keysOf(made), IMAGE)
  assert.match(made.id, /^img_[0-9a-f-]{36}$/)
  assert.deepEqual([made.name, made.version, made.status, made.client_hash], ['game', 1, 'pending', image.hash])
  assert.deepEqual(keysOf(info), [
    'credentials',
    'endpoint_url',
    'image_uri',
    'kind',
    'region',
    'registry',
    'repository',
    'tag',
  ])
  assert.deepEqual(keysOf(info.credentials), ['access_key_id', 'secret_access_key', 'session_token'])
  assert.equal(info.kind, 'ecr')
  assert.equal(info.registry, new URL(server.url).host)
  assert.ok(info.endpoint_url.startsWith('http://'))
  // Nothing is complete before its push.
  const early = await call('/v2/container_images/upload/complete', { as: 'alice', body: { id: made.id } })
  assert.deepEqual([early.status, early.body.code], [422, 'UPLOAD_INVALID'])
  const pushed = await push(info, image)
  assert.equal(pushed.status, 201)
  assert.equal(pushed.headers.get('docker-content-digest'), digestOf(imageManifest(image)))
  const done = await ok('/v2/container_images/upload/complete', { as: 'alice', body: { id: made.id } })
  assert.deepEqual(
    [done.status, done.image_digest, done.public_image_uri],
    ['ready', digestOf(imageManifest(image)), null],
  )
  assert.equal(done.image_uri, info.image_uri)
  assert.deepEqual(await ok('/v2/container_images/upload/complete', { as: 'alice', body: { id: made.id } }), done)
  const again = await announce('game', image)
  assert.deepEqual([again.image, again.pre_signed_info], [done, null])
  const renamed = await announce('other-name', image)
  assert.deepEqual([renamed.image.name, renamed.image.version, renamed.pre_signed_info], ['other-name', 1, null])
  assert.notEqual((await announce('game', image, 'bob')).pre_signed_info, null, 'another player has to push')
  assert.equal((await announce('game', imageOf('two'))).image.version, 2)
})

test('images: an interrupted push continues after a restart with its credentials', async () => {
  const image = imageOf('restart')
  const { image: made, pre_signed_info: info } = await announce('restart', image)
  const cut = await push(info, image, image.layers.slice(0, 1))
  assert.deepEqual([cut.status, cut.body.errors[0].code], [422, 'UPLOAD_INVALID'])
  await server.close()
  server = await open()
  const again = await announce('restart', image)
  assert.equal(again.image.id, made.id)
  assert.equal((await push(info, image)).status, 201)
  const done = await ok('/v2/container_images/upload/complete', { as: 'alice', body: { id: made.id } })
  assert.equal(done.status, 'ready')
})

test('images: two concurrent pushes of one image leave one complete image', async () => {
  const image = imageOf('race')
  const infos = await Promise.all([announce('race', image), announce('race', image)])
  assert.equal(new Set(infos.map((each) => each.image.id)).size, 1)
  const pushed = await Promise.all(infos.map((each) => push(each.pre_signed_info, image)))
  assert.deepEqual(
    pushed.map(({ status }) => status),
    [201, 201],
  )
  const body = { id: infos[0].image.id }
  const done = await Promise.all([1, 2].map(() => ok('/v2/container_images/upload/complete', { as: 'alice', body })))
  assert.deepEqual(
    done.map(({ status }) => status),
    ['ready', 'ready'],
  )
})

test('images: bytes that differ from the announced ones are refused, wherever they differ', async () => {
  const [image, other] = [imageOf('honest'), imageOf('different')]
  const { image: made, pre_signed_info: info } = await announce('honest', image)
  const headers = { ...login(await passwordOf(info)), 'content-type': 'application/octet-stream' }
  const at = (digest: string) => `/v2/${info.repository}/blobs/uploads/x?digest=${digest}`
  const [layer] = image.layers
  assert.ok(layer)
  const put = (path: string, body: Buffer) => call(path, { as: 'stranger', method: 'PUT', body, headers })
  assert.match((await put(at(digestOf(layer)), Buffer.from('other'))).body.errors[0].message, /have the digest sha256:/)
  assert.equal((await put(at('sha256:x'), layer)).status, 422)
  assert.equal((await put(at('../../x'), layer)).status, 422)
  // A manifest cannot refer to bytes that were not pushed with it, even if the server has them.
  const foreign = await upload('bobs', imageOf('bobs secret'), 'bob')
  assert.equal(foreign.status, 'ready')
  const refused = await push(info, imageOf('bobs secret'), [image.config])
  assert.match(refused.body.errors[0].message, /was not pushed/)
  // A complete image whose hash differs from the announced one.
  assert.equal((await push(info, other)).status, 201)
  const done = await call('/v2/container_images/upload/complete', { as: 'alice', body: { id: made.id } })
  assert.match(done.body.message, /was announced with/)
  assert.equal((await push(info, image)).status, 201)
  assert.equal((await call('/v2/container_images/upload/complete', { as: 'alice', body: { id: made.id } })).status, 200)
  const late = await push(info, other)
  assert.equal(late.body.errors[0].code, 'FILE_EXISTS', 'a complete image never changes')
})

test('images: wrong bodies, ids, hashes and callers are refused with the reason', async () => {
  const hash = imageOf('x').hash
  for (const body of [
    {},
    { name: 'x' },
    { name: '', client_hash: hash },
    { name: 'x', client_hash: 'sha256:1' },
    { name: 'a\nb', client_hash: hash },
    { name: 'x', client_hash: hash, more: 1 },
  ]) {
    assert.equal((await call('/v2/container_images/upload', { as: 'alice', body })).status, 422, JSON.stringify(body))
  }
  const body = { name: 'x', client_hash: hash }
  assert.equal((await call('/v2/container_images/upload', { as: 'stranger', body })).status, 401)
  assert.equal((await call('/v2/container_images', { as: 'stranger' })).status, 401)
  const none = 'img_00000000-0000-4000-8000-000000000000'
  assert.equal((await call(`/v2/container_images/${none}`, { as: 'alice' })).status, 404)
  assert.equal((await call('/v2/container_images/upload/complete', { as: 'alice', body: { id: none } })).status, 404)
  const mine = await upload('mine', imageOf('mine'))
  assert.equal((await call(`/v2/container_images/${mine.id}`, { as: 'bob' })).body.code, 'NOT_YOURS')
  assert.deepEqual(await ok(`/v2/container_images/${mine.id}`, { as: 'alice' }), mine)
  const listed = await ok('/v2/container_images?limit=1&offset=0', { as: 'alice' })
  assert.deepEqual(listed, [mine])
  assert.ok((await ok('/v2/container_images', { as: 'bob' })).every(({ name }: any) => name !== 'mine'))
  for (const query of ['limit=0', 'limit=501', 'offset=-1'])
    assert.equal((await call(`/v2/container_images?${query}`, { as: 'alice' })).status, 422, query)
})

test('registry: a push needs a ticket for its image, and only the owner can pull a private image', async () => {
  const [image, other] = [await announce('ticket', imageOf('ticket')), await announce('ticket2', imageOf('ticket2'))]
  const headers = login(await passwordOf(image.pre_signed_info))
  const begin = (repository: string, sent: Sent) =>
    call(`/v2/${repository}/blobs/uploads/`, { method: 'POST', ...sent })
  const { repository } = other.pre_signed_info
  for (const sent of [
    { as: 'stranger' as const },
    { headers },
    { as: 'alice' as const },
    { headers: login('wrong') },
  ]) {
    const { status, headers: answered } = await begin(repository, sent)
    assert.equal(status, 401)
    assert.match(answered.get('www-authenticate') ?? '', /^Basic/)
  }
  const bad = await call(new URL(image.pre_signed_info.endpoint_url).pathname, {
    body: {},
    headers: { 'x-amz-target': 'X.GetAuthorizationToken', 'x-amz-security-token': 'v1.x' },
  })
  assert.deepEqual([bad.status, bad.body.__type], [400, 'ExpiredTokenException'])
  const ready = await upload('pulled', imageOf('pulled'))
  const path = `/v2/${ready.image_uri.split('/').slice(1).join('/').replace(/:v1$/, '')}`
  const manifest = `${path}/manifests/${ready.image_digest}`
  assert.equal((await call(manifest, { as: 'stranger' })).status, 401)
  assert.equal((await call(manifest, { as: 'bob' })).status, 401)
  const pulled = await call(manifest, { as: 'stranger', headers: login(tokens.alice) })
  assert.equal(digestOf(pulled.bytes), ready.image_digest)
  assert.equal(pulled.headers.get('content-type'), 'application/vnd.docker.distribution.manifest.v2+json')
  const { config } = JSON.parse(pulled.bytes.toString())
  const blob = await call(`${path}/blobs/${config.digest}`, { as: 'stranger', headers: login(tokens.alice) })
  assert.equal(digestOf(blob.bytes), config.digest)
  assert.equal((await call('/v2/', { as: 'stranger' })).status, 200)
  const head = await call(manifest, { method: 'HEAD' })
  assert.equal(head.headers.get('docker-content-digest'), ready.image_digest)
})

test('packages: an upload of the operator is accepted, one of a player waits, and both can use only their own images', async () => {
  const withImages = (game: string, player: string, version = MANIFEST.game.version) => {
    const copy = structuredClone(MANIFEST)
    copy.game.version = version
    copy.game.runnable.image = game
    for (const each of copy.player) each.image = player
    return copy
  }
  const mine = await upload('pack', imageOf('pack'))
  const send = (manifest: object, as?: 'alice' | 'bob' | 'stranger') =>
    call('/v2/coworlds/upload', { body: { manifest }, ...(as ? { as } : {}) })
  const manifest = withImages(mine.id, mine.id)
  assert.equal((await send(manifest, 'stranger')).status, 401)
  assert.equal((await send({ game: 1 }, 'alice')).body.code, 'MANIFEST_INVALID')
  assert.match(
    (await send(withImages(mine.id, 'busybox:1'), 'alice')).body.message,
    /busybox:1.*not the id of an image/,
  )
  assert.match((await send(manifest, 'bob')).body.message, /not the id of an image of yours/)
  const pending = await announce('unpushed', imageOf('unpushed'))
  assert.match((await send(withImages(pending.image.id, mine.id), 'alice')).body.message, /not completely pushed/)

  const waiting = await send(manifest, 'alice')
  assert.equal(waiting.status, 200, JSON.stringify(waiting.body))
  assert.deepEqual(keysOf(waiting.body), [
    'canonical',
    'id',
    'manifest',
    'manifest_hash',
    'name',
    'size_bytes',
    'version',
  ])
  assert.equal(waiting.body.canonical, false)
  assert.deepEqual(waiting.body.manifest, manifest)
  assert.match(waiting.body.manifest_hash, /^sha256:[0-9a-f]{64}$/)
  const certification = await ok(`/v2/coworlds/${waiting.body.id}/certification`, { as: 'alice' })
  assert.equal(certification.status, 'pending')
  assert.match(certification.notes, /--run-uploads/)
  assert.equal((await call(`/v2/coworlds/${waiting.body.id}`, { as: 'stranger' })).status, 404)
  assert.equal((await call(`/v2/coworlds/${waiting.body.id}`, { as: 'alice' })).status, 200)
  assert.equal((await send(manifest, 'alice')).body.id, waiting.body.id, 'the same again is the same')
  const changed = { ...manifest, game: { ...manifest.game, description: 'changed' } }
  assert.equal((await send(changed, 'alice')).body.code, 'FILE_EXISTS')
  const dashed = withImages(
    (await upload('bobs-pack', imageOf('bp'), 'bob')).id,
    (await upload('bobs-pack', imageOf('bp'), 'bob')).id,
    '9.0',
  )
  dashed.game.name = MANIFEST.game.name.replaceAll('_', '-')
  assert.equal((await send(dashed, 'bob')).body.code, 'NOT_YOURS', 'a name is its first owner’s')
  assert.ok((await ok('/v2/coworlds', { as: 'bob' })).every(({ id }: any) => id !== waiting.body.id))

  const accepted = await ok('/v2/coworlds/upload', { body: { manifest: withImages(mine.id, mine.id, '99.0') } })
  assert.equal(accepted.canonical, true)
  const [listed] = await ok('/v2/coworlds?limit=200&offset=0', { as: 'stranger' })
  const { created_at, ...rest } = listed
  assert.deepEqual(rest, accepted)
  assert.ok(Date.parse(created_at) > 0)
  // Its images are public now: anyone can get their addresses and pull them.
  const shown = await ok(`/v2/coworlds/${accepted.id}`, { as: 'stranger' })
  const uri = shown.manifest.game.runnable.image
  assert.equal(uri, (await ok(`/v2/container_images/${mine.id}`, { as: 'alice' })).public_image_uri)
  assert.equal(uri, `${new URL(server.url).host}/paracosm/${mine.id.slice(4)}@${mine.image_digest}`)
  assert.equal(shown.manifest.player[0].image, uri)
  const [, repository, digest] = /\/(.*)@(.*)$/.exec(uri) ?? []
  assert.equal((await call(`/v2/${repository}/manifests/${digest}`, { as: 'stranger' })).status, 200)
  const trusted = await ok(`/v2/coworlds/${accepted.id}/certification`, { as: 'stranger' })
  assert.equal(trusted.status, 'trusted')
  assert.match(trusted.notes, /without certification/)
  assert.equal((await call('/v2/coworlds/cow_x', {})).status, 404)
})

test('policies: a version is created from a complete image, with secrets that only the store has', async () => {
  const image = await upload('painter', imageOf('painter'))
  const complete = (body: object, as: 'alice' | 'bob' = 'alice') =>
    call('/stats/policies/docker-img/complete', {
      as,
      body: { name: 'painter', container_image_id: image.id, ...body },
    })
  const made = await complete({ run: ['/app/play', '--fast'], policy_secret_env: { API_KEY: 'very-secret-0815' } })
  assert.equal(made.status, 200, JSON.stringify(made.body))
  assert.deepEqual(keysOf(made.body), ['id', 'name', 'pools', 'submit_error', 'version'])
  assert.equal((await complete({})).body.version, 2)
  assert.equal((await complete({}, 'bob')).body.code, 'NOT_YOURS')
  assert.equal((await complete({ policy_secret_env: { PATH: 'x' } })).status, 422)
  assert.equal((await complete({ name: 'a:b' })).status, 422)
  const pending = await announce('half', imageOf('half'))
  assert.match((await complete({ container_image_id: pending.image.id })).body.message, /not completely pushed/)
  const names = await ok(`/v2/policy-versions/${made.body.id}/secrets`, { as: 'alice' })
  assert.deepEqual(names, { names: ['API_KEY'] })
  const db = new DatabaseSync(join(folder, 'paracosm.sqlite'), { readOnly: true, timeout: 5000 })
  const rows = db.prepare('select player from league_policy_versions where version = 1').all()
  db.close()
  assert.deepEqual(
    rows.map((row) => JSON.parse(String(row.player))).find(({ name }) => name === 'painter'),
    {
      kind: 'container',
      name: 'painter',
      image: image.id,
      run: ['/app/play', '--fast'],
    },
  )
})

test('registry: a push whose connection breaks leaves nothing behind', async () => {
  const image = imageOf('broken')
  const { pre_signed_info: info } = await announce('broken', image)
  const { authorization } = login(await passwordOf(info))
  const [layer] = image.layers
  assert.ok(layer)
  const socket = connect(Number(new URL(server.url).port), '127.0.0.1')
  socket.on('error', () => undefined)
  socket.write(
    [
      `PUT /v2/${info.repository}/blobs/uploads/x?digest=${digestOf(layer)} HTTP/1.1`,
      'Host: 127.0.0.1',
      `Authorization: ${authorization}`,
      'Content-Type: application/octet-stream',
      `Content-Length: ${layer.length}`,
      '\r\n',
    ].join('\r\n'),
  )
  await new Promise<void>((resolve) => socket.write(layer.subarray(0, 600), () => resolve()))
  socket.destroy()
  assert.equal((await push(info, image, [image.config])).status, 422)
  assert.equal((await push(info, image)).status, 201)
})

const engine = createFakeDocker(join(folder, 'engine'))
const cli = (args: readonly string[], env: Record<string, string> = {}) =>
  runCommand(['coworld', ...args.slice(0, 1), '--server', server.url, ...args.slice(1)], {
    cwd: folder,
    env: { ...engine.env, COWORLD_TOKEN: tokens.alice, ...env },
  })

test('coworld commands: a policy image is uploaded, pushed once, and listed', async () => {
  const image = imageOf('cli')
  engine.add('reg.example:5000/team/grosse-1:latest', savedImage(image, 'x:1'))
  const args = ['upload-policy', 'reg.example:5000/team/grosse-1:latest', '--name', 'cli-painter', '--run', 'play']
  const made = await cli([...args, '--secret-env', 'TOKEN=a=b', '--use-bedrock'])
  assert.equal(made.out, 'Upload complete: cli-painter:v1\n', made.err)
  const [aws] = engine.calls().filter((line) => line.startsWith('aws'))
  const { origin } = new URL(server.url)
  assert.match(
    aws ?? '',
    new RegExp(`^aws ecr get-login-password --region \\S+ --endpoint-url ${origin}/\\S+ profile= key=\\S+$`),
  )
  const again = await cli([...args, '--json'])
  assert.equal(JSON.parse(again.out).version, 2, again.err)
  assert.match(again.err, /the server has it as img_/)
  assert.equal(engine.calls().filter((line) => line.startsWith('aws')).length, 1)
  const list = await cli(['images', '--limit', '1'])
  assert.match(list.out, /^ID +Name +Version +Status +Public URI\nimg_\S+ +grosse-1 +v1 +ready +-\n$/)
  const [known] = JSON.parse((await cli(['images', '--json', '--limit', '1'])).out)
  const detail = `Image: ${known.id}\nName: grosse-1\nVersion: v1\nStatus: ready\nClient hash: ${image.hash}\nImage URI: ${known.image_uri}\nImage digest: ${known.image_digest}\n`
  assert.equal((await cli(['images', known.id])).out, detail)
  const absent = await cli(['upload-policy', 'absent:1', '--name', 'x'])
  assert.equal(absent.status, 1)
  assert.match(absent.err, /absent:1 cannot be saved: No such image/)
  const option = await cli(['upload-policy', '--name', 'x', '--image', '--', '--privileged'])
  assert.match(option.err, /is not an image reference/)
  assert.deepEqual(
    readdirSync(tmpdir()).filter((name) => name.startsWith('paracosm-image-')),
    [],
  )
})

test('coworld commands: without the AWS command line the password is requested directly', async () => {
  engine.add('direct:1', savedImage(imageOf('direct'), 'x:1'))
  const bin = join(folder, 'bin')
  mkdirSync(bin)
  // The launcher's own programs and the engine's, and nothing of AWS.
  const env = { PATH: `/usr/bin:/bin:${bin}`, PARACOSM_NODE: process.execPath }
  const made = await cli(['upload-policy', 'direct:1', '--name', 'direct', '--json'], env)
  assert.equal(JSON.parse(made.out || '{}').version, 1, made.err)
})

test('coworld commands: packages are listed, shown and downloaded; nothing is overwritten', async () => {
  const [listed] = await ok('/v2/coworlds', { as: 'stranger' })
  const { id, name, version, size_bytes: size, manifest_hash: hash } = listed
  const table = (await cli(['list'])).out
  assert.match(table, /^ID +Name +Version +Canonical +Size +Manifest Hash\n/)
  assert.ok(table.includes(id) && table.includes(`${size} B`) && table.includes(hash))
  assert.deepEqual(JSON.parse((await cli(['list', '--json', '--limit', '1'])).out), [listed])
  assert.equal((await cli(['list', '--offset', '500'])).out, 'No uploaded Coworlds found.\n')
  assert.equal((await cli(['list', '--limit', '501'])).status, 2)
  assert.equal(
    (await cli(['show', id])).out,
    `Coworld: ${id}\nName: ${name}\nVersion: ${version}\nCanonical: yes\nManifest hash: ${hash}\nSize: ${size} bytes\n`,
  )
  const none = await cli(['show', 'cow_none'])
  assert.deepEqual([none.status, none.out], [1, ''])
  assert.match(none.err, /Coworld not found/)

  const target = join(folder, 'downloaded')
  // By name, with either of the two characters; without a token, by id.
  const done = await cli(['download', name.replaceAll('_', '-'), '-o', target])
  const files = { manifest: join(target, 'coworld_manifest.json'), images: join(target, 'coworld_images.json') }
  const said = `Downloaded Coworld: ${name}:${version}\nManifest: ${files.manifest}\nImages: ${files.images}\n`
  assert.equal(done.out, said, done.err)
  const text = readFileSync(files.images, 'utf8')
  assert.ok(text.endsWith('}\n') && readFileSync(files.manifest, 'utf8').endsWith('}\n'))
  const document = JSON.parse(text)
  const [{ public_image_uri: uri, local_image: tag }] = document.images
  assert.deepEqual(document, { coworld_id: id, name, version, images: [{ public_image_uri: uri, local_image: tag }] })
  assert.equal(tag, `coworld/${id}/${name}-${version}-0:downloaded`)
  const manifest = JSON.parse(readFileSync(files.manifest, 'utf8'))
  assert.deepEqual([manifest.game.runnable.image, manifest.player[0].image], [tag, tag])
  assert.deepEqual(engine.calls().slice(-2), [`docker pull ${uri}`, `docker tag ${uri} ${tag}`])

  const before = engine.calls().length
  const twice = await cli(['download', id, '-o', target])
  assert.equal(twice.status, 2)
  assert.match(twice.err, /coworld_manifest.json exists/)
  assert.equal(engine.calls().length, before, 'nothing was pulled')
  const forced = await cli(['download', id, '-o', target, '--force', '--json'], { COWORLD_TOKEN: 'pct-not-sent' })
  assert.deepEqual(JSON.parse(forced.out), { coworld_id: id, name, version, ...files })
  const unknown = await cli(['download', 'no-such-name', '-o', join(folder, 'other')])
  assert.equal(unknown.status, 1)
  assert.ok(!existsSync(join(folder, 'other')))
})

test('coworld commands: a package that is not certified uploads nothing', async () => {
  const path = join(folder, 'coworld_manifest.json')
  writeFileSync(path, JSON.stringify(MANIFEST))
  const before = await ok('/v2/container_images?limit=500', { as: 'alice' })
  const made = await cli(['upload-coworld', path])
  assert.equal(made.status, 1)
  assert.match(made.err, /is not certified: images: .*Nothing was uploaded/s)
  assert.equal((await cli(['upload-coworld', join(folder, 'none.json')])).status, 2)
  assert.deepEqual(await ok('/v2/container_images?limit=500', { as: 'alice' }), before)
})

test('registry: a server forwards images to the registry of its operator', async () => {
  const registry = await startRegistry('user:p@ss')
  const [own] = [server]
  server = await open({
    dataDir: join(folder, 'remote'),
    imageRegistry: `http://user:p%40ss@${registry.host}/team`,
    logLevel: 'silent',
  })
  try {
    const image = imageOf('passed on')
    const { image: made, pre_signed_info: info } = await ok('/v2/container_images/upload', {
      body: { name: 'game', client_hash: image.hash },
    })
    assert.equal(info.registry, new URL(server.url).host, 'pushes are checked here')
    const wrong = Buffer.from('other bytes')
    const { authorization } = login(await passwordOf(info))
    const refused = await call(`/v2/${info.repository}/blobs/uploads/x?digest=${digestOf('x')}`, {
      method: 'PUT',
      body: wrong,
      headers: { authorization, 'content-type': 'application/octet-stream' },
    })
    assert.equal(refused.status, 422, JSON.stringify(refused.body))
    assert.equal((await push(info, image)).status, 201)
    const done = await ok('/v2/container_images/upload/complete', { body: { id: made.id } })
    assert.equal(done.image_uri, `${registry.host}/team/${info.repository}:v1`)
    for (const data of [...image.layers, image.config]) assert.deepEqual(registry.content.get(digestOf(data)), data)
    assert.equal(String(registry.content.get(`team/${info.repository}:v1`)), imageManifest(image))
    assert.ok(registry.requests.every((line) => !line.startsWith('HEAD')))
    registry.close()
    const { pre_signed_info: next } = await ok('/v2/container_images/upload', {
      body: { name: 'next', client_hash: imageOf('next').hash },
    })
    await assert.rejects(push(next, imageOf('next')), /SERVER_UNREACHABLE/)
  } finally {
    await server.close()
    server = own as Server
    registry.close()
  }
})

test('images: a server that is killed in a push and before its completion loses nothing that it acknowledged', {
  timeout: 120_000,
}, async () => {
  const [own] = [server]
  const data = join(folder, 'killed')
  const begin = async (): Promise<RunningCommand> => {
    const child = startCommand(['serve', '--port', '0', '--data', data, '--no-showcase', '--json', '--log', 'silent'])
    const [, url = ''] = await child.sees(/"url":"([^"]+)"/)
    server = { ...server, url }
    return child
  }
  const image = imageOf('killed')
  const ask = () => ok('/v2/container_images/upload', { body: { name: 'killed', client_hash: image.hash } })
  let child = await begin()
  try {
    const { image: made, pre_signed_info: info } = await ask()
    const { authorization } = login(await passwordOf(info))
    const [first, second] = image.layers
    assert.ok(first && second)
    await push(info, image, [first])
    // Half a layer is on its way when the server dies.
    const socket = connect(Number(new URL(server.url).port), '127.0.0.1')
    socket.on('error', () => undefined)
    const path = `/v2/${info.repository}/blobs/uploads/x?digest=${digestOf(second)}`
    socket.write(
      `PUT ${path} HTTP/1.1\r\nHost: a\r\nAuthorization: ${authorization}\r\nContent-Type: application/octet-stream\r\nContent-Length: ${second.length}\r\n\r\n`,
    )
    await new Promise<void>((resolve) => socket.write(second.subarray(0, 700), () => resolve()))
    child.kill('SIGKILL')
    await child.ended
    child = await begin()
    // The credentials are still good; the address of the server may be another.
    const next = {
      ...info,
      registry: new URL(server.url).host,
      endpoint_url: `${server.url}/v2/paracosm/authorization`,
    }
    assert.match((await push(next, image, [image.config])).body.errors[0].message, /was not pushed/)
    assert.equal((await push(next, image, [second])).status, 201, 'the first layer is there')
    child.kill('SIGKILL')
    await child.ended
    child = await begin()
    assert.equal((await ask()).image.id, made.id)
    const done = await ok('/v2/container_images/upload/complete', { body: { id: made.id } })
    assert.deepEqual([done.status, done.image_digest], ['ready', digestOf(imageManifest(image))])
  } finally {
    child.kill('SIGKILL')
    await child.ended
    server = own as Server
  }
})
