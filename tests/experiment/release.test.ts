// Fingerprints, approvals, manifests, coverage and exit reasons against the recorded answers of the original.
import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { test } from 'node:test'
import { fingerprintOf, parseSpelled } from '../../src/experiment/release/fingerprint.ts'
import {
  approvedCharacters,
  CharacterEvaluation,
  manifestText,
  ReleasePolicy,
} from '../../src/experiment/release/policy.ts'
import { colourOf, coverageOf, percentText } from '../../src/reports/coverage.ts'
import { completes } from '../../src/store/studies/reasons.ts'
import { vectors, vectorsOf } from './vectors.ts'

const source = readFileSync(new URL('../fixtures/simulation-engine/characters.json', import.meta.url), 'utf8')
const spelled = parseSpelled(source) as any[]
const characters: any[] = JSON.parse(source)

for (const { id, input, expect } of vectors('fingerprints.jsonl')) {
  test(`fingerprints: ${id} has the digest of the original`, () => {
    const { character_json, fixture_hid, model, ...prompts } = input
    const document: any = character_json ? parseSpelled(character_json) : spelled.find(({ hid }) => hid === fixture_hid)
    assert.equal(fingerprintOf(document, model, prompts), expect.sha256)
  })
}

test('fingerprints: the vectors of the contract hold', () => {
  const document: any = parseSpelled(
    '{"hid":"TEST","name":"Tést","short_description":"A test.","abilities":["can walk"],"is_human":true,"hsn_divergence":null}',
  )
  const model = 'openai/gpt-5-mini'
  assert.equal(
    fingerprintOf(document, model, { updater_system_prompt_template: 'T' }),
    '971dc81b38a08053d6ec027d52643fed36cbd014f182533b2548ee3b24a3ef52',
  )
})

for (const { id, input, expect } of vectorsOf('policy.jsonl', 'policy.approve')) {
  test(`policy: ${id} is approved like in the original`, () => {
    const { model, simulator_prompt_bundle } = input
    const prompts = { simulator_prompt_bundle }
    const fingerprints = new Map<string, string>(
      input.prod_characters.map((each: any) => [each.hid, fingerprintOf(each, model, prompts)]),
    )
    for (const [hid, digest] of Object.entries(input.current_fingerprints)) assert.equal(fingerprints.get(hid), digest)
    const evaluations = input.evaluations.map((each: any) => CharacterEvaluation.parse(each))
    assert.deepEqual(approvedCharacters(ReleasePolicy.parse(input.policy), evaluations, fingerprints), expect.approved)
  })
}

for (const { id, input, expect } of vectorsOf('policy.jsonl', 'policy.manifest')) {
  test(`policy: ${id} is written like in the original`, () => {
    assert.equal(manifestText(input.policy_version, input.generated_at, input.approved), expect.text)
  })
}

const coverage: any[] = JSON.parse(
  readFileSync(new URL('../fixtures/experiments/coverage.json', import.meta.url), 'utf8'),
)
for (const { id, input, expect } of coverage) {
  test(`coverage: ${id} has the figures of the original`, () => {
    const found = coverageOf(characters.filter(({ hid }) => input.fixture_hids.includes(hid)))
    assert.deepEqual([found.humans, found.others], [expect.human_count, expect.nonhuman_count])
    for (const [ratio, wanted] of [
      [found.human, expect.human],
      [found.nonhuman, expect.nonhuman],
    ] as const) {
      assert.deepEqual(ratio && { ...ratio, percent_text: percentText(ratio), color: colourOf(ratio) }, wanted)
    }
    assert.deepEqual(found.pairs, expect.pairs)
    if (expect.divergent_counts) assert.deepEqual(found.divergent, expect.divergent_counts)
  })
}

for (const { id, input, expect, expect_advice } of vectorsOf('transitions.jsonl', '')) {
  if (!id.includes('exit_reason')) continue
  test(`exit reasons: ${id} settles as recommended`, () => {
    const wanted = expect_advice?.status ?? expect.status
    assert.equal(completes(input.exit_reason) ? 'completed' : 'interrupted', wanted)
  })
}
