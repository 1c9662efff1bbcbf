// Experiment files of both generations, forms and answers against the recorded answers of the original.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { Faults } from '../../src/experiment/file/faults.ts'
import { checkStudyFile } from '../../src/experiment/file/read-study-file.ts'
import { answerForm } from '../../src/experiment/forms/answers.ts'
import { type Form, formJson, readForm } from '../../src/experiment/forms/form.ts'
import { ExperimentConfig, RunConfig } from '../../src/protocol/experiment-file.ts'
import { games, plain, vectors, vectorsOf } from './vectors.ts'

for (const { id, kind, input, expect, expect_advice } of vectors('config.jsonl')) {
  test(`files: ${id} is read like in the original`, () => {
    const wanted = { ...expect, ...expect_advice }
    const generation = kind === 'run' ? 'run' : 'experiment'
    const { config, faults } = checkStudyFile(input.yaml, { games, generation })
    assert.equal(config !== undefined, wanted.accepted, JSON.stringify(faults))
    if (!config) {
      for (const { line, column, hint } of faults) assert.ok(line >= 1 && column >= 1 && hint !== '')
      const kinds = new Set(faults.map((fault) => fault.kind))
      for (const { kind: wantedKind } of wanted.errors) {
        if (wantedKind !== 'crash') assert.ok(kinds.has(wantedKind), `${wantedKind} not in ${[...kinds]}`)
      }
      return
    }
    ;(generation === 'run' ? RunConfig : ExperimentConfig).parse(config)
    const normal = structuredClone(wanted.normal)
    // Canonical names; the original keeps the spelling of the file (contract 9.5).
    if (generation === 'run') for (const [i, game] of normal.games.entries()) game.name = (config as any).games[i].name
    assert.deepEqual(JSON.parse(JSON.stringify(config)), normal)
  })
}

function parse(form: unknown, schema: 'experiment' | 'run'): { form?: Form | undefined; faults: Faults } {
  const faults = new Faults()
  const read = readForm(schema)(form as never, [], faults)
  return { form: faults.isEmpty ? read : undefined, faults }
}

for (const kind of ['experiment.form.parse', 'run.form.parse']) {
  for (const { id, input, expect } of vectorsOf('forms.jsonl', kind, { floats: true })) {
    test(`forms: ${id} is read like in the original`, () => {
      const { form, faults } = parse(input.form, input.schema)
      assert.equal(form !== undefined, expect.ok, JSON.stringify(faults.found))
      if (form) assert.deepEqual(formJson(form), plain(expect.form))
      else
        assert.deepEqual(
          faults.found.map((each) => each.path.join('.')).toSorted(),
          expect.errors.map((each: any) => each.path).toSorted(),
        )
    })
  }
}

for (const kind of ['experiment.answers', 'run.answers']) {
  for (const { id, input, expect } of vectorsOf('forms.jsonl', kind, { floats: true })) {
    test(`answers: ${id} are normalised like in the original`, () => {
      const { form } = parse(input.form, input.schema)
      assert.ok(form)
      const answered = answerForm(form, input.responses)
      assert.equal(answered.ok, expect.ok, JSON.stringify(answered))
      if (answered.ok) assert.deepEqual({ [form.name]: answered.payload }, plain(expect.payload))
      else assert.deepEqual([answered.fault.kind, answered.fault.question], [expect.error, expect.question])
    })
  }
}
