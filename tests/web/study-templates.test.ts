// Templates of the editor are valid; the status of a participant in the monitor depends on the times.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { checkStudyFile } from '../../src/experiment/file/read-study-file.ts'
import { setQuota } from '../../src/experiment/file/set-quota.ts'
import { parley } from '../../src/worlds/parley/world.ts'
import { axisMinutes, courseOf, DEFAULT_LIMITS, standingOf } from '../../web/src/pages/studies/standing.ts'
import { STUDY_TEMPLATES } from '../../web/src/pages/studies/templates.ts'

const games = parley.dialogue?.games ?? []

test('studies: every template of the editor is valid, also with another quota', () => {
  for (const { id, source } of STUDY_TEMPLATES) {
    for (const text of [source, setQuota(source, source.includes('next_game_strategy') ? 'run' : 'experiment', 7)]) {
      const { faults, warnings, study } = checkStudyFile(text, { games })
      assert.deepEqual([...faults, ...warnings], [], id)
      if (text !== source) assert.equal(study?.quota, 7, id)
    }
  }
})

const AT = Date.parse('2026-05-04T10:00:00.000Z')
const iso = (minutes: number): string => new Date(AT + minutes * 60_000).toISOString()
const someone = {
  player_id: 'p',
  joined_at: iso(0),
  stage: 'forms',
  stage_since: iso(4),
  active_at: iso(4),
  source: 'link',
  consent_version: '1',
  consent_at: iso(1),
  withdrawn_at: null,
  completed_at: null,
  forms: [{ name: 'intake', at: iso(4) }],
  assignments: [],
} as const

test('studies: a silent participant counts as stuck, then as dropped out; a finished one never does', () => {
  const at = (minutes: number) =>
    standingOf({ ...someone, forms: [...someone.forms], assignments: [] }, AT + minutes * 60_000, DEFAULT_LIMITS)
  assert.deepEqual([at(5), at(14), at(63.9), at(64)], ['active', 'stuck', 'stuck', 'dropped'])
  const finished = { ...someone, forms: [], assignments: [], stage: 'finished' as const, completed_at: iso(20) }
  assert.equal(standingOf(finished, AT + 1e9, DEFAULT_LIMITS), 'complete')
  const course = courseOf({ ...someone, forms: [...someone.forms], assignments: [] }, AT + 6 * 60_000, 'active')
  assert.deepEqual(
    course.segments.map(({ from, to }) => [from / 60_000, to / 60_000]),
    [
      [0, 1],
      [1, 4],
      [4, 6],
    ],
  )
  assert.equal(axisMinutes([course]), 10)
  assert.equal(axisMinutes([{ segments: [], total: 1e9 }]), 60)
})
