import assert from 'node:assert/strict'
import { test } from 'node:test'
import { JobSpec } from '../protocol/coworld.ts'
import { buildJobSpec, concreteConfig, createTokens, requestFormOf } from './job.ts'
import { loadManifest } from './manifest.ts'

const path = new URL('../../tests/fixtures/coworld-manifests/cogs_vs_clips-0.1.0.json', import.meta.url).pathname
const loaded = await loadManifest(path)
const small = await loadManifest(new URL('paintarena-0.1.0.json', `file://${path}`).pathname)

test('job: players match the fixture, with only image, argv and environment', () => {
  const job = buildJobSpec(loaded)
  assert.equal(job.players.length, 8)
  assert.deepEqual(Object.keys(job.players[0] ?? {}), ['image', 'run', 'env'])
  assert.ok('COGAMES_POLICY_URI' in (job.players[0]?.env ?? {}))
  assert.equal(job.game_config, loaded.manifest.certification.game_config)
})

test('job: one image fills all slots; its argv replaces theirs, and their environment stays', () => {
  const job = buildJobSpec(loaded, { images: ['mine'], run: ['go'] })
  assert.ok(
    job.players.every(({ image, run, env }) => image === 'mine' && run[0] === 'go' && 'COGAMES_POLICY_URI' in env),
  )
  assert.deepEqual(buildJobSpec(loaded, { images: ['mine'] }).players[7]?.run, [])
})

test('job: one image per slot is assigned in order; any other number is refused with the accepted ones', () => {
  const images = Array.from({ length: 8 }, (_, slot) => `image-${slot}`)
  assert.deepEqual(
    buildJobSpec(loaded, { images }).players.map(({ image }) => image),
    images,
  )
  assert.throws(() => buildJobSpec(loaded, { images: ['a', 'b'] }), { code: 'USAGE', message: /1 or 8 images.*not 2/ })
  assert.throws(() => buildJobSpec(loaded, { run: ['go'] }), { code: 'USAGE' })
})

test('job: a variant sets its configuration; an unknown one is refused with the known names', () => {
  assert.equal(buildJobSpec(small, { variant: 'default' }).game_config, small.manifest.variants[0]?.game_config)
  assert.throws(() => buildJobSpec(small, { variant: 'x' }), { code: 'UNKNOWN_VARIANT', message: /it has: default/ })
})

test('job: the request form omits defaults and parses to the same job', () => {
  const job = buildJobSpec(small)
  const form = requestFormOf(job)
  assert.deepEqual(Object.keys(form), ['manifest', 'game_config', 'players'])
  assert.deepEqual(JobSpec.parse(form), job)
})

test('tokens: each has 22 URL-safe characters and is unique', () => {
  const tokens = createTokens(1000)
  assert.equal(new Set(tokens).size, 1000)
  for (const token of tokens) assert.match(token, /^[A-Za-z0-9_-]{22}$/)
})

test('concrete configuration: tokens are added, replacing existing ones, and the result is validated', () => {
  const job = buildJobSpec(small)
  assert.deepEqual(concreteConfig(job, ['a', 'b']), { ...job.game_config, tokens: ['a', 'b'] })
  const authored = { ...job, game_config: { ...job.game_config, tokens: ['x'] } }
  assert.deepEqual(concreteConfig(authored, ['a', 'b']).tokens, ['a', 'b'])
  assert.throws(() => concreteConfig(job, ['a']), { code: 'CONFIG_INVALID', message: /\$\.tokens/ })
})
