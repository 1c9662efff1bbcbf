// Reads the key `study`: what only Paracosm knows of a study.
import { closestOf } from '../../kernel/closest.ts'
import { StudySettings } from '../../protocol/study-settings.ts'
import type { YamlValue } from '../yaml/read-yaml.ts'
import { toJson } from './games.ts'
import type { Reader } from './readers.ts'

export const DEFAULT_SETTINGS: StudySettings = StudySettings.parse({})

const KEYS: readonly string[] = [
  ...Object.keys(StudySettings.shape),
  'version',
  'text',
  'scroll',
  'signature',
  'code',
  'url',
  'minutes',
  'id',
  'variant',
  'slot',
  'others',
  'wait_seconds',
  'stand_in',
]

export const settings: Reader<StudySettings> = (value: YamlValue, path, faults) => {
  const parsed = StudySettings.safeParse(toJson(value))
  if (parsed.success) return parsed.data
  for (const issue of parsed.error.issues) {
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
