// Reads the key `study`: the settings that only Paracosm has.
import type { z } from 'zod'
import { closestOf } from '../../kernel/closest.ts'
import { StudySettings } from '../../protocol/study-settings.ts'
import { StudyArm } from '../../protocol/study-worlds.ts'
import type { YamlValue } from '../yaml/read-yaml.ts'
import { type ArmContext, checkArms } from './arms.ts'
import type { Faults, Path } from './faults.ts'
import { toJson } from './games.ts'
import type { Reader } from './readers.ts'

export const DEFAULT_SETTINGS: StudySettings = StudySettings.parse({})

const KEYS: readonly string[] = [
  ...Object.keys(StudySettings.shape),
  ...Object.keys(StudyArm.shape),
  'version',
  'text',
  'scroll',
  'signature',
  'code',
  'url',
  'minutes',
  'bot',
  'seconds',
  'grace_seconds',
  'on_timeout',
]

/** @param known the names that the arms may use */
export const settings =
  (known: ArmContext): Reader<StudySettings> =>
  (value: YamlValue, path, faults) => {
    const parsed = StudySettings.safeParse(toJson(value))
    if (!parsed.success) return noteIssues(parsed.error.issues, path, faults)
    checkArms(parsed.data.worlds, [...path, 'worlds'], faults, known)
    return parsed.data
  }

function noteIssues(issues: readonly z.core.$ZodIssue[], path: Path, faults: Faults): undefined {
  for (const issue of issues) {
    const where = [...path, ...issue.path.filter((part) => typeof part !== 'symbol')]
    if (issue.code === 'unrecognized_keys') {
      for (const key of issue.keys) {
        const close = closestOf(key, KEYS)
        const hint =
          close === undefined || close === key ? 'docs/studies.md lists the keys.' : `Did you mean \`${close}\`?`
        faults.addKey([...where, key], `${where.join('.')} has the unknown key \`${key}\``, hint)
      }
    } else {
      const kind = issue.code === 'invalid_type' ? 'wrong_type' : 'rule'
      faults.add(where, kind, `${where.join('.')}: ${issue.message}`, 'docs/studies.md says what each key takes.')
    }
  }
  return undefined
}
