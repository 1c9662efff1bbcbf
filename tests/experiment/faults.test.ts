// Thirty kinds of mistakes, injected into correct files of both generations: each is found at its line, with a hint.
import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { test } from 'node:test'
import fc from 'fast-check'
import { checkStudyFile } from '../../src/experiment/file/read-study-file.ts'
import { games } from './vectors.ts'

const experiment = readFileSync(
  new URL('../fixtures/simulation-engine/experiments/usability.yml', import.meta.url),
  'utf8',
)
const run = `name: demo
description: Two games.
seed: 7
ui:
  registration_required: true
games:
  - name: Explore
    overrides:
      max_turns: 20
  - name: Infer Intent
next_game_strategy:
  strategy:
    id: random_unique_game
    quota_per_game: 3
    require_completion: true
forms:
  - name: intake
    trigger:
      event: before_all_assignments
    questions:
      - prompt: Age?
        answer_type: number
        required: true
`

interface Mistake {
  readonly kind: string
  readonly file: 'experiment' | 'run'
  readonly from: string
  readonly to: string
  /** Offset from the line of the change to the line that the error must name. */
  readonly below?: number
  readonly hint: RegExp
}

const MISTAKES: readonly Mistake[] = [
  {
    kind: 'mistyped top-level key',
    file: 'experiment',
    from: 'description: |',
    to: 'descripton: |',
    hint: /Did you mean `description`/,
  },
  {
    kind: 'retired key',
    file: 'experiment',
    from: 'assignment_strategy:',
    to: 'assignment_protocol:',
    hint: /rename it to `assignment_strategy`/,
  },
  {
    kind: 'value outside a closed set',
    file: 'experiment',
    from: 'condition: learning',
    to: 'condition: lerning',
    hint: /Did you mean `learning`/,
  },
  {
    kind: 'unknown strategy',
    file: 'experiment',
    from: 'strategy: random_unique',
    to: 'strategy: randon_unique',
    hint: /Did you mean `random_unique`/,
  },
  {
    kind: 'strategy of the other generation',
    file: 'experiment',
    from: 'strategy: random_unique',
    to: 'strategy: random_unique_game',
    hint: /run configurations/,
  },
  {
    kind: 'unknown game',
    file: 'experiment',
    from: '    - Goal Horizon',
    to: '    - Goal Horizn',
    hint: /Did you mean `Goal Horizon`/,
  },
  {
    kind: 'repeated game',
    file: 'experiment',
    from: '    - Goal Horizon',
    to: '    - infer_intent',
    hint: /Remove one/,
  },
  {
    kind: 'quota of zero',
    file: 'experiment',
    from: 'quota_per_game: 3',
    to: 'quota_per_game: 0',
    hint: /quota_per_game: 10/,
  },
  {
    kind: 'quota as a word',
    file: 'experiment',
    from: 'quota_per_game: 3',
    to: 'quota_per_game: three',
    hint: /whole number/,
  },
  {
    kind: 'maximum above the games',
    file: 'experiment',
    from: 'max_assignments_per_player: 2',
    to: 'max_assignments_per_player: 5',
    hint: /from 1 to 2/,
  },
  {
    kind: 'boolean as a word',
    file: 'experiment',
    from: 'pc_eligible_only: true',
    to: 'pc_eligible_only: maybe',
    hint: /true or false/,
  },
  {
    kind: 'unknown mode',
    file: 'experiment',
    from: 'assignment_mode: auto',
    to: 'assignment_mode: automatic',
    hint: /auto, player_choice|Did you mean/,
  },
  { kind: 'seed that is a fraction', file: 'experiment', from: 'seed: 43 #', to: 'seed: 4.3 #', hint: /whole number/ },
  {
    kind: 'unknown phase',
    file: 'experiment',
    from: 'before_or_after: after',
    to: 'before_or_after: afterwards',
    hint: /before, after|Did you mean/,
  },
  {
    kind: 'trigger in an experiment',
    file: 'experiment',
    from: 'before_or_after: after',
    to: 'trigger: {event: after_assignment}',
    hint: /belongs to runs/,
  },
  {
    kind: 'unknown answer type',
    file: 'experiment',
    from: 'answer_type: single_choice',
    to: 'answer_type: single_chioce',
    hint: /Did you mean `single_choice`/,
  },
  {
    kind: 'choice without options',
    file: 'experiment',
    from: '        options:\n          - On the lower end\n          - On the higher end\n',
    to: '',
    below: -4,
    hint: /Add `options/,
  },
  {
    kind: 'options on a text',
    file: 'experiment',
    from: '        answer_type: string\n\n      - key: technical_savviness\n',
    to: '        answer_type: string\n        options: [a]\n\n      - key: technical_savviness\n',
    below: -3,
    hint: /Remove `options`/,
  },
  {
    kind: 'mistyped key of a question',
    file: 'experiment',
    from: '        prompt: How technically',
    to: '        promt: How technically',
    hint: /Did you mean `prompt`/,
  },
  {
    kind: 'question without prompt',
    file: 'experiment',
    from: '        prompt: Anything else?\n',
    to: '',
    below: -1,
    hint: /Add `prompt/,
  },
  {
    kind: 'two forms of one name',
    file: 'experiment',
    from: '  - name: outtake',
    to: '  - name: InTake',
    hint: /name of its own/,
  },
  {
    kind: 'form without letters',
    file: 'experiment',
    from: '  - name: outtake',
    to: '  - name: "!!"',
    hint: /Name the form/,
  },
  {
    kind: 'tab as indentation',
    file: 'experiment',
    from: '  strategy: random_unique',
    to: '\tstrategy: random_unique',
    hint: /spaces/,
  },
  {
    kind: 'unclosed quote',
    file: 'experiment',
    from: 'condition: learning',
    to: 'condition: "learning',
    hint: /quote/,
  },
  { kind: 'unclosed list', file: 'run', from: 'seed: 7', to: 'seed: [7', hint: /Close the list/ },
  {
    kind: 'uneven indentation',
    file: 'experiment',
    from: '  quota_per_game: 3',
    to: '   quota_per_game: 3',
    hint: /indent/i,
  },
  {
    kind: 'colon in a bare text',
    file: 'run',
    from: 'description: Two games.',
    to: 'description: Two: games.',
    hint: /quotes/,
  },
  { kind: 'missing name', file: 'run', from: 'name: demo\n', to: '', hint: /Add `name/ },
  {
    kind: 'key of the other generation',
    file: 'run',
    from: 'seed: 7',
    to: 'condition: learning',
    hint: /no condition/,
  },
  { kind: 'override out of range', file: 'run', from: 'max_turns: 20', to: 'max_turns: 501', hint: /range/ },
  {
    kind: 'unknown override',
    file: 'run',
    from: 'max_turns: 20',
    to: 'max_turn: 20',
    hint: /Did you mean `max_turns`/,
  },
  {
    kind: 'missing quota',
    file: 'run',
    from: '    quota_per_game: 3\n',
    to: '',
    below: -1,
    hint: /Add `quota_per_game/,
  },
  {
    kind: 'unknown trigger',
    file: 'run',
    from: 'event: before_all_assignments',
    to: 'event: before_all',
    hint: /Use one of|Did you mean/,
  },
  {
    kind: 'list for a mapping',
    file: 'run',
    from: 'ui:\n  registration_required: true',
    to: 'ui: [registration_required]',
    hint: /Write keys/,
  },
  { kind: 'date for a text', file: 'run', from: 'name: demo', to: 'name: 2026-05-01', hint: /quotes/ },
  { kind: 'undefined alias', file: 'run', from: 'name: demo', to: 'name: *demo', hint: /anchor/ },
]

const SOURCES = { experiment, run }

test('faults: the files are correct before a mistake is inserted', () => {
  for (const source of Object.values(SOURCES)) assert.deepEqual(checkStudyFile(source, { games }).faults, [])
  assert.ok(MISTAKES.length >= 30)
})

for (const { kind, file, from, to, below = 0, hint } of MISTAKES) {
  test(`faults: ${kind} is reported at its line with a hint`, () => {
    const source = SOURCES[file]
    const at = source.indexOf(from)
    assert.ok(at >= 0, from)
    const line = source.slice(0, at).split('\n').length + below
    const { faults } = checkStudyFile(
      source.replace(from, () => to),
      { games, generation: file },
    )
    const found = faults.filter((fault) => fault.line === line)
    assert.ok(found.length > 0, `line ${line} of ${JSON.stringify(faults, undefined, 1)}`)
    assert.ok(
      found.some((fault) => hint.test(fault.hint)),
      JSON.stringify(found, undefined, 1),
    )
  })
}

test('faults: after any deletion, duplication or replacement every fault has a location and a hint, and nothing throws', () => {
  const lines = experiment.split('\n')
  const line = fc.nat({ max: lines.length - 1 })
  const mutation = fc.record({ line, kind: fc.constantFrom('drop', 'double', 'indent', 'text'), text: fc.string() })
  fc.assert(
    fc.property(fc.array(mutation, { minLength: 1, maxLength: 4 }), (mutations) => {
      const changed = [...lines]
      for (const each of mutations) {
        const old = changed[each.line] ?? ''
        changed[each.line] =
          each.kind === 'drop'
            ? ''
            : each.kind === 'double'
              ? `${old}\n${old}`
              : each.kind === 'indent'
                ? `  ${old}`
                : each.text
      }
      const { faults, study } = checkStudyFile(changed.join('\n'), { games })
      assert.equal(study === undefined, faults.length > 0)
      for (const fault of faults)
        assert.ok(fault.line >= 1 && fault.column >= 1 && fault.hint !== '' && fault.message !== '')
    }),
    { numRuns: 300 },
  )
})
