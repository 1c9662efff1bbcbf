// Mistakes in the arms of a study: each is found at its line, with a hint.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { z } from 'zod'
import { knownWorld } from '../../src/experiment/file/catalogue.ts'
import { checkStudyFile } from '../../src/experiment/file/read-study-file.ts'
import { StudyFileShape } from '../../src/protocol/experiment-file-schema.ts'
import { paintArena } from '../../src/worlds/paint-arena/world.ts'
import { games } from './vectors.ts'

const SOURCE = `name: pairs
games:
  - name: Alone
  - name: Pairs
next_game_strategy:
  strategy: {id: random_unique_game, quota_per_game: 5, max_assignments_per_player: 2}
study:
  worlds:
    Alone:
      world: paint-arena
      variant: duel
      players: [participant, {bot: greedy}]
    Pairs:
      world: paint-arena
      players:
        - participant
        - participant
      wait:
        seconds: 60
        on_timeout: bot
        bot: sweep
`
const worlds = [knownWorld(paintArena)]
const check = (source: string) => checkStudyFile(source, { games, worlds })

test('arms: a correct file has no mistakes, and its arms are listed with the games of both generations', () => {
  const { study, faults, warnings } = check(SOURCE)
  assert.deepEqual([faults, warnings], [[], []])
  assert.deepEqual(
    study?.games.map(({ name }) => name),
    ['Alone', 'Pairs'],
  )
  assert.equal(study?.settings.worlds.Alone?.steps_per_second, 5)
  const older = `name: older\nassignment_strategy: {strategy: random_unique, games: [alone, Explore], quota_per_game: 3}\nstudy:\n  worlds:\n    Alone: {world: paint-arena, players: [participant, {bot: greedy}]}\n`
  assert.deepEqual(
    check(older).study?.games.map(({ name }) => name),
    ['Alone', 'Explore'],
  )
})

for (const [kind, from, to, line, hint] of [
  [
    'an unknown world',
    'world: paint-arena\n      variant',
    'world: paint-area\n      variant',
    10,
    /Did you mean `paint-arena`/,
  ],
  ['an unknown variant', 'variant: duel', 'variant: dual', 11, /Did you mean `duel`/],
  ['an unknown bot', '{bot: greedy}', '{bot: gredy}', 12, /Did you mean `greedy`/],
  [
    'a slot too many',
    '        - participant\n      wait',
    '        - participant\n        - participant\n      wait',
    18,
    /List 2 players/,
  ],
  ['a slot too few', '        - participant\n      wait', '      wait', 16, /List 2 players/],
  [
    'nobody to take part',
    '[participant, {bot: greedy}]',
    '[{bot: sweep}, {bot: greedy}]',
    12,
    /`participant` for at least one/,
  ],
  ['a player of no kind', '[participant, {bot: greedy}]', '[participant, human]', 12, /docs\/studies.md/],
  ['a mistyped key', 'on_timeout: bot', 'on_timeot: bot', 20, /Did you mean `on_timeout`/],
  ['no bot to fill in', '        bot: sweep\n', '', 20, /Add `bot: /],
  ['an unknown bot to fill in', 'bot: sweep', 'bot: sweeep', 21, /Did you mean `sweep`/],
  ['an unknown bot to stand in', '      wait:', '      away: {bot: gredy}\n      wait:', 18, /Did you mean `greedy`/],
  [
    'somebody to stand in where nobody waits',
    '{bot: greedy}]',
    '{bot: greedy}]\n      away: {bot: greedy}',
    13,
    /nobody else waits/,
  ],
  ['a text where a number stands', 'seconds: 60', 'seconds: soon', 19, /docs\/studies.md/],
  ['an arm with the name of a text game', '    Alone:\n', '    Explore:\n', 9, /Rename the arm/],
  ['a game that is no arm', '- name: Alone', '- name: Alon', 3, /Did you mean `Alone`/],
] as const) {
  test(`arms: ${kind} is reported at its line with a hint`, () => {
    assert.ok(SOURCE.includes(from))
    const { faults } = check(SOURCE.replace(from, to))
    const found = faults.find((fault) => fault.line === line)
    assert.ok(found, JSON.stringify(faults, undefined, 1))
    assert.match(found.hint, hint)
    assert.ok(found.column >= 1)
  })
}

test('arms: a model is refused in a world without perceptions, and accepted in one with them', () => {
  const source = SOURCE.replace('{bot: greedy}', '{model: gpt-5}')
  assert.deepEqual(check(source).faults, [])
  const [fault] = checkStudyFile(source, {
    games,
    worlds: worlds.map((each) => ({ ...each, isPerceived: false })),
  }).faults
  assert.equal(fault?.line, 12)
  assert.match(fault?.hint ?? '', /Let a bot play/)
})

test('arms: an arm without assignments is a warning', () => {
  const { warnings } = check(SOURCE.replace('  - name: Pairs\n', '').replace('player: 2', 'player: 1'))
  assert.match(warnings[0]?.message ?? '', /nobody plays the arm Pairs/)
  assert.equal(warnings[0]?.line, 12)
})

test('arms: the schema for editors knows their keys', () => {
  assert.match(JSON.stringify(z.toJSONSchema(StudyFileShape, { io: 'input' })), /steps_per_second.*on_timeout/)
})
