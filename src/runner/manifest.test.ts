import assert from 'node:assert/strict'
import { readdirSync, readFileSync } from 'node:fs'
import { mkdtemp, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test } from 'node:test'
import fc from 'fast-check'
import { AppError } from '../kernel/errors.ts'
import { isPackageVersion, JobSpec, jobSpecJsonSchema, manifestJsonSchema } from '../protocol/coworld.ts'
import { jobSpecToRequestForm, manifestToRequestForm, manifestToUploadForm } from '../protocol/coworld-forms.ts'
import type { JsonValue } from '../protocol/json.ts'
import { compileForeignSchema } from './foreign-schema.ts'
import { loadManifest, parseAnyManifest, parseManifest } from './manifest.ts'

const fixtures = new URL('../../tests/fixtures/coworld-manifests/', import.meta.url)
const readFixture = (name: string) => JSON.parse(readFileSync(new URL(name, fixtures), 'utf8'))
const base = () => readFixture('paintarena-0.1.0.json')

interface Patch {
  readonly op: 'add' | 'remove' | 'replace'
  readonly path: string
  readonly value?: JsonValue
}
interface Mutation {
  readonly name: string
  readonly mutate: readonly Patch[]
  readonly expect: string
}

/** JSON whose shape the test knows. */
const asPlain = (value: JsonValue) => JSON.parse(JSON.stringify(value))

/** The three operations of RFC 6902 that the fixtures use. */
function applyPatch(original: JsonValue, { op, path, value }: Patch): JsonValue {
  if (path === '') return value ?? null
  const document = asPlain(original)
  const keys = path
    .split('/')
    .slice(1)
    .map((key) => key.replaceAll('~1', '/').replaceAll('~0', '~'))
  const last = keys.pop() ?? ''
  let target = document
  for (const key of keys) target = target[key]
  if (Array.isArray(target)) {
    const index = last === '-' ? target.length : Number(last)
    target.splice(index, op === 'add' ? 0 : 1, ...(op === 'remove' ? [] : [value]))
  } else if (op === 'remove') delete target[last]
  else target[last] = value
  return document
}

const mutated = (mutation: Mutation) => mutation.mutate.reduce(applyPatch, base())

function faultOf(work: () => unknown): AppError {
  try {
    work()
  } catch (error) {
    assert.ok(error instanceof AppError, String(error))
    return error
  }
  assert.fail('nothing was thrown')
}

const REJECTED: Readonly<Record<string, RegExp>> = {
  'persephones_escape.json': /schema: \$\.game\.protocols\.player\.value|schema: \$\.certification/,
}
/** Valid only by the rules of its own generation. */
const LATER = 'paintarena-newer.json'
const SLOTS: Readonly<Record<string, number>> = {
  'paintarena-0.1.0.json': 2,
  'cogs_vs_clips-0.1.0.json': 8,
  'diplomacog.json': 6,
  'overcogged.json': 2,
}
const real = readdirSync(fixtures).filter((name) => !['README.md', 'invalid.json', 'accepted.json'].includes(name))

test('manifest: the fixtures are eleven real manifests and two tables of mutations', () => {
  assert.equal(real.length, 11)
  assert.equal(readFixture('invalid.json').length, 40)
  assert.equal(readFixture('accepted.json').length, 20)
})

for (const name of real) {
  const expected = REJECTED[name]
  test(`manifest: the real ${name} is ${expected ? 'rejected by its schema' : 'accepted'}`, async () => {
    const path = new URL(name, fixtures).pathname
    if (!expected) {
      const loaded = await loadManifest(path)
      assert.equal(loaded.slots, SLOTS[name] ?? loaded.slots)
      return
    }
    await assert.rejects(loadManifest(path), (error: AppError) => {
      assert.equal(error.code, 'MANIFEST_INVALID')
      assert.equal(error.details?.layer, 'schema')
      return assert.match(error.message, expected) === undefined
    })
  })
}

for (const mutation of readFixture('invalid.json') as Mutation[]) {
  test(`manifest: ${mutation.name} is rejected by the layer ${mutation.expect.split(':')[0]}`, () => {
    for (const parse of [parseManifest, parseAnyManifest]) {
      const fault = faultOf(() => parse(mutated(mutation)))
      assert.equal(fault.details?.layer, mutation.expect.split(':')[0], fault.message)
      assert.match(String(fault.details?.path), /^\$/)
    }
  })
}

test('manifest: a later manifest is normalised to 0.1.0, and its original text is kept', () => {
  const document = readFixture(LATER)
  assert.match(faultOf(() => parseManifest(document)).message, /schema: \$\.tags: unknown key/)
  const { manifest, generation, written } = parseAnyManifest(document)
  assert.equal(generation, 'later')
  assert.equal(written, document)
  assert.equal(JobSpec.safeParse({ manifest, game_config: {}, players: [] }).success, true)
  for (const name of real.filter((each) => ![LATER, 'persephones_escape.json'].includes(each))) {
    assert.equal(parseAnyManifest(readFixture(name)).generation, '0.1.0', name)
  }
})

const LATER_FAULTS: readonly (readonly [string, string, string])[] = [
  ['/tags', '$.tags', 'two tags'],
  ['/game/docs/readme', '$.game.docs.readme', 'no readme'],
  ['/variants/0/parent_id', '$.variants[0].parent_id', 'a parent'],
  ['/game/runnable/colour', '$.game.runnable.colour', 'an unknown key in a runnable'],
  ['/grader/0/type', '$.grader[0].type', 'a role in a section of another type'],
  [
    '/game/config_schema/properties/tokens/maxItems',
    '$.game.config_schema.properties.tokens.maxItems',
    'bounds the wrong way round',
  ],
]
for (const [path, at, what] of LATER_FAULTS) {
  test(`manifest: a later manifest with ${what} is rejected with its path`, () => {
    const value =
      { '/tags': ['a', 'b'], '/game/docs/readme': null, '/grader/0/type': 'player' }[path] ??
      (path.endsWith('maxItems') ? 1 : 'x')
    const document = applyPatch(readFixture(LATER), { op: 'replace', path, value })
    assert.equal(faultOf(() => parseAnyManifest(document)).details?.path, at)
  })
}

for (const mutation of readFixture('accepted.json') as Mutation[]) {
  test(`manifest: ${mutation.name} is accepted: ${mutation.expect}`, () => {
    assert.ok(parseManifest(mutated(mutation)))
  })
}

const paths: readonly (readonly [string, string])[] = [
  ['no-game', '$.game'],
  ['unknown-top-level-key', '$.tags'],
  ['env-value-number', '$.player[0].env.LEVEL'],
  ['variant-config-breaks-schema', '$.variants[0].game_config.width'],
  ['certification-config-breaks-schema', '$.certification.game_config.players'],
  ['certification-unknown-player', '$.certification.players[1].player_id'],
  ['tokens-variable-length', '$.game.config_schema.properties.tokens.maxItems'],
  ['version-not-pep440', '$.game.version'],
  ['doc-page-without-title', '$.game.docs.pages[0].title'],
]
for (const [name, path] of paths) {
  test(`manifest: the error of ${name} names ${path}`, () => {
    const mutation = (readFixture('invalid.json') as Mutation[]).find((each) => each.name === name)
    assert.ok(mutation)
    assert.equal(faultOf(() => parseManifest(mutated(mutation))).details?.path, path)
  })
}

test('manifest: rules apply in order: a short roster is found before a broken variant', () => {
  const document = base()
  document.certification.players.pop()
  document.variants[0].game_config.width = 3
  assert.match(faultOf(() => parseManifest(document)).message, /certification\.players/)
})

test('manifest: a broken variant is found before duplicate player ids, and its config before its parent', () => {
  const document = base()
  document.player.push(document.player[0])
  document.variants[0].parent_id = 'nowhere'
  document.variants[0].game_config.width = 3
  assert.equal(faultOf(() => parseManifest(document)).details?.path, '$.variants[0].game_config.width')
})

test('manifest: text that is not JSON is an error of the file layer, with line and column', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'a manifest '))
  await writeFile(join(folder, 'm.json'), '{\n  "game": }')
  await assert.rejects(loadManifest(join(folder, 'm.json')), (error: AppError) => {
    assert.deepEqual([error.code, error.details?.layer, error.details?.line], ['JSON_MALFORMED', 'file', 2])
    return true
  })
  await assert.rejects(loadManifest(join(folder, 'absent.json')), { code: 'FILE_UNREADABLE' })
})

test('manifest: the normal form has every default and no unknown key of a runnable', () => {
  const document = base()
  document.game.docs = {}
  document.player[0].source_url = 'https://example.com'
  delete document.game.runnable.type
  const { game, player, grader, variants } = parseManifest(document)
  assert.deepEqual(game.docs, { readme: null, pages: [] })
  assert.equal(game.runnable.type, 'game')
  assert.deepEqual(game.runnable.env, {})
  assert.equal('source_url' in (player[0] ?? {}), false)
  assert.deepEqual(grader, [])
  assert.equal(variants[0]?.parent_id, null)
})

test('manifest: the request form leaves defaults out, the upload form only nulls, and both load to the same manifest', () => {
  for (const name of real.filter((each) => !REJECTED[each] && each !== LATER)) {
    const manifest = parseManifest(readFixture(name))
    const request = manifestToRequestForm(manifest)
    const upload = manifestToUploadForm(manifest)
    assert.deepEqual(parseManifest(request), manifest, name)
    assert.deepEqual(parseManifest(upload), manifest, name)
    assert.equal('optimizer' in request, false)
    assert.deepEqual(upload.optimizer, [])
  }
  const document = base()
  document.game.docs = {}
  document.game.config_schema.properties.width.default = null
  const manifest = parseManifest(document)
  const request = asPlain(manifestToRequestForm(manifest))
  const upload = asPlain(manifestToUploadForm(manifest))
  assert.deepEqual(request.game.docs, {})
  assert.deepEqual(upload.game.docs, { pages: [] })
  assert.equal('type' in request.game.runnable, false)
  assert.equal(upload.game.runnable.type, 'game')
  assert.equal(request.game.config_schema.properties.width.default, null)
  assert.equal(upload.game.config_schema.properties.width.default, null)
})

test('job spec: its request form parses back; names must match players; the manifest needs a version but no cross rules', () => {
  const document = base()
  document.certification.players = [{ player_id: 'nobody' }]
  const spec = { manifest: document, game_config: {}, players: [{ image: 'a', extra: 1 }] }
  const parsed = JobSpec.parse(spec)
  assert.deepEqual(parsed.players, [{ image: 'a', run: [], env: {} }])
  assert.deepEqual(JobSpec.parse(jobSpecToRequestForm(parsed)), parsed)
  assert.equal(JobSpec.safeParse({ ...spec, policy_names: [] }).success, false)
  assert.equal(JobSpec.safeParse({ ...spec, policy_names: ['p'] }).success, true)
  assert.equal(JobSpec.safeParse({ ...spec, seed: 1 }).success, false)
  document.game.version = 'latest'
  assert.equal(JobSpec.safeParse(spec).success, false)
})

test('version: PEP 440 versions are distinguished from lookalikes', () => {
  for (const version of [
    '1.0',
    'v1.0',
    '1.0.0-beta',
    '0.1.0-alpha.1',
    '1!2.0',
    '1.0+local',
    '01.2',
    ' v1.0.0-beta+linux ',
    '1.0.post1',
    '1.0-1',
    '1.0.dev',
  ])
    assert.equal(isPackageVersion(version), true, version)
  for (const version of ['abc', 'latest', '1.x', '', '1.0+', '1..0', '1.0-', 'v', '1.0+a!b'])
    assert.equal(isPackageVersion(version), false, version)
})

test('emitted schemas: an independent validator agrees on every fixture that the schema layer decides', () => {
  const verdict = compileForeignSchema(manifestJsonSchema())
  assert.ok(verdict.ok, verdict.ok ? '' : verdict.reason)
  for (const name of real) {
    assert.equal(verdict.validate(readFixture(name)).length === 0, !REJECTED[name] && name !== LATER, name)
  }
  for (const mutation of readFixture('accepted.json') as Mutation[]) {
    assert.deepEqual(verdict.validate(mutated(mutation)), [], mutation.name)
  }
  for (const mutation of readFixture('invalid.json') as Mutation[]) {
    const isFound = ['schema', 'file'].includes(mutation.expect.split(':')[0] ?? '')
    assert.equal(verdict.validate(mutated(mutation)).length > 0, isFound, mutation.name)
  }
  const job = compileForeignSchema(jobSpecJsonSchema())
  assert.ok(job.ok)
  assert.deepEqual(job.validate({ manifest: base(), game_config: {}, players: [] }), [])
})

const arbJson = fc.oneof(
  fc.constantFrom(null, true, 0, 1, -1, 1.5, '', 'x', 'player', 'grader', 'http://', '1.0', [], {}, ['x'], { a: null }),
  fc.jsonValue({ maxDepth: 2 }).map((value) => JSON.parse(JSON.stringify(value))),
)

/** Every place of a document, as the keys that lead to it. */
function placesOf(value: JsonValue, path: readonly string[] = []): (readonly string[])[] {
  if (typeof value !== 'object' || value === null) return [path]
  return [path, ...Object.entries(value).flatMap(([key, inner]) => placesOf(inner, [...path, key]))]
}
const places = placesOf(base()).filter((path) => path.length > 0)

/** The base document with up to three places removed, replaced or extended by a key. */
const arbMutated = fc
  .array(
    fc.record({ path: fc.constantFrom(...places), op: fc.constantFrom('remove', 'replace', 'add'), value: arbJson }),
    {
      minLength: 1,
      maxLength: 3,
    },
  )
  .map((mutations) => {
    const document = base()
    for (const { path, op, value } of mutations) {
      const keys = [...path]
      const last = keys.pop() ?? ''
      let target = document
      for (const key of keys) target = typeof target === 'object' && target !== null ? target[key] : undefined
      if (typeof target !== 'object' || target === null) continue
      if (op === 'remove') delete target[last]
      else if (op === 'replace' || Array.isArray(target)) target[last] = value
      else target.extra = value
    }
    return JSON.parse(JSON.stringify(document))
  })

test('manifest: any mutation is accepted or refused with layer and path; the emitted schema agrees with the schema layer', () => {
  const emitted = compileForeignSchema(manifestJsonSchema())
  assert.ok(emitted.ok)
  const seen = new Map<string, number>()
  fc.assert(
    fc.property(arbMutated, (document) => {
      let layer = 'accepted'
      try {
        parseManifest(document)
      } catch (error) {
        assert.ok(error instanceof AppError && error.code === 'MANIFEST_INVALID', String(error))
        assert.match(String(error.details?.path), /^\$/)
        layer = String(error.details?.layer)
      }
      seen.set(layer, (seen.get(layer) ?? 0) + 1)
      assert.equal(emitted.validate(document).length > 0, layer === 'schema' || layer === 'file')
    }),
    { numRuns: 400 },
  )
  for (const layer of ['accepted', 'schema', 'cross'])
    assert.ok((seen.get(layer) ?? 0) > 8, `${layer}: ${seen.get(layer)}`)
})
