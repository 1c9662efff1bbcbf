// Sources of manifests and replays: paths, URIs, a local server, an `aws` on the PATH.
import assert from 'node:assert/strict'
import { chmodSync, existsSync, mkdtempSync, readFileSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:http'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { after, before, test } from 'node:test'
import { pathToFileURL } from 'node:url'
import { gzipSync } from 'node:zlib'
import { loadManifest } from '../../src/runner/manifest.ts'
import { findManifest, findReplay } from '../../src/runner/manifest-source.ts'

const manifestPath = new URL('../fixtures/coworld-manifests/paintarena-0.1.0.json', import.meta.url).pathname
const manifest = readFileSync(manifestPath, 'utf8')
const folder = mkdtempSync(join(tmpdir(), 'a folder '))
const seen: string[] = []
let base = ''

const answers: Readonly<Record<string, () => readonly [number, string | Buffer, Readonly<Record<string, string>>?]>> = {
  '/m.json': () => [200, manifest],
  '/v2/coworlds/cow_1': () => [200, JSON.stringify({ id: 'cow_1', manifest: JSON.parse(manifest) })],
  '/empty': () => [200, '{"manifest": {}}'],
  '/list': () => [200, '[]'],
  '/text': () => [200, 'hello'],
  '/moved': () => [302, '', { location: `${base}/m.json` }],
  '/replays/one.json': () => [200, '{"frames": [1]}'],
  '/replays/two.json.z': () => [200, gzipSync('{"frames": [2]}')],
  '/replays/moved': () => [302, '', { location: `${base}/replays/one.json` }],
  '/replays/': () => [200, '{"frames": [3]}'],
}
const server = createServer((request, response) => {
  seen.push(`${request.method} ${request.url} ${request.headers['x-auth-token'] ?? ''}`)
  const [status, body, headers] = answers[request.url ?? '']?.() ?? [404, '']
  response.writeHead(status, headers).end(body)
})
before(async () => {
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const address = server.address()
  base = typeof address === 'object' ? `http://127.0.0.1:${address?.port}` : ''
})
after(() => server.close())

test('find manifest: a path and a file URI are used in place, blanks and all', async () => {
  const path = join(folder, 'm.json')
  writeFileSync(path, manifest)
  for (const argument of [path, pathToFileURL(path).href]) {
    await using found = await findManifest(argument)
    assert.equal(found.path, path)
  }
  assert.ok(existsSync(path))
})

test('find manifest: an address, an id and a platform path are fetched without a token, and removed afterwards', async () => {
  for (const argument of [`${base}/m.json`, 'cow_1', '/v2/coworlds/cow_1']) {
    let path = ''
    {
      await using found = await findManifest(argument, { server: `${base}/` })
      path = found.path
      assert.equal((await loadManifest(path)).manifest.game.name, 'paintarena')
    }
    assert.equal(existsSync(path), false)
  }
  assert.ok(seen.includes('GET /v2/coworlds/cow_1 '))
})

const REFUSED: readonly (readonly [string, string])[] = [
  ['/absent', 'DOWNLOAD_FAILED'],
  ['/moved', 'DOWNLOAD_FAILED'],
  ['/text', 'JSON_MALFORMED'],
  ['/list', 'MANIFEST_INVALID'],
  ['/empty', 'MANIFEST_INVALID'],
]
for (const [path, code] of REFUSED) {
  test(`find manifest: the response of ${path} is refused as ${code}`, async () => {
    await assert.rejects(findManifest(base + path), { code })
  })
}

test('find manifest: another scheme is an unreadable path; an unreachable server is a failed download', async () => {
  await using found = await findManifest('gopher://x/y')
  await assert.rejects(loadManifest(found.path), { code: 'FILE_UNREADABLE' })
  await assert.rejects(findManifest('http://127.0.0.1:9/m.json'), { code: 'DOWNLOAD_FAILED' })
  await assert.rejects(findManifest('file://elsewhere/m.json'), { code: 'USAGE' })
})

const frames = (path: string): unknown => JSON.parse(readFileSync(path, 'utf8')).frames

test('find replay: local files are used in place, packed ones as a temporary replay.json', async () => {
  const plain = join(folder, 'r.json')
  writeFileSync(plain, '{"frames": [0]}')
  await using found = await findReplay(pathToFileURL(plain).href)
  assert.equal(found.path, plain)
  for (const name of ['p.json.z', 'p.json.gz']) {
    writeFileSync(join(folder, name), gzipSync('{"frames": [4]}'))
    await using packed = await findReplay(join(folder, name))
    assert.match(packed.path, /\/replay\.json$/)
    assert.notEqual(dirname(packed.path), folder)
    assert.deepEqual(frames(packed.path), [4])
  }
  writeFileSync(join(folder, 'broken.json.z'), 'not packed at all')
  await assert.rejects(findReplay(join(folder, 'broken.json.z')), { code: 'FILE_UNREADABLE' })
})

test('find replay: downloaded files keep their name, redirects are followed, packed files are unpacked', async () => {
  const expected: readonly (readonly [string, string, number])[] = [
    ['/replays/one.json', 'one.json', 1],
    ['/replays/moved', 'moved', 1],
    ['/replays/two.json.z', 'replay.json', 2],
  ]
  for (const [path, name, frame] of expected) {
    await using found = await findReplay(base + path)
    assert.equal(found.path.split('/').at(-1), name)
    assert.deepEqual(frames(found.path), [frame])
  }
  await assert.rejects(findReplay(`${base}/absent.json`), { code: 'DOWNLOAD_FAILED' })
})

test('find replay: s3 goes through the aws program of this machine; without one the error says so', async () => {
  const bin = mkdtempSync(join(tmpdir(), 'bin-'))
  const before = process.env.PATH
  try {
    process.env.PATH = bin
    await assert.rejects(findReplay('s3://bucket/a/r.json'), /aws program is not installed/)
    writeFileSync(join(bin, 'aws'), '#!/bin/sh\nprintf \'{"frames": ["%s"]}\' "$4" > "$5"\n')
    chmodSync(join(bin, 'aws'), 0o755)
    await using found = await findReplay('s3://bucket/a/r.json')
    assert.match(found.path, /\/r\.json$/)
    assert.deepEqual(frames(found.path), ['s3://bucket/a/r.json'])
  } finally {
    process.env.PATH = before
  }
})
