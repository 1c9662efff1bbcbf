// Reads an experiment file of either generation: the single entry point for files, the store and the editor.
import { AppError } from '../../kernel/errors.ts'
import type { ExperimentConfig, RunConfig } from '../../protocol/experiment-file.ts'
import type { Study } from '../study.ts'
import { isYamlObject, readYaml, type YamlFile } from '../yaml/read-yaml.ts'
import { unusedArms } from './arms.ts'
import type { KnownGame, KnownWorld } from './catalogue.ts'
import { Faults, type FileFault, faultJson } from './faults.ts'
import { readExperiment } from './read-experiment.ts'
import { readRun } from './read-run.ts'

export interface CheckedFile {
  readonly generation: Study['generation']
  /** Undefined: there are faults. */
  readonly config: ExperimentConfig | RunConfig | undefined
  readonly study: Study | undefined
  readonly faults: readonly FileFault[]
  /** Accepted, but probably not intended. */
  readonly warnings: readonly FileFault[]
}

interface CheckOptions {
  readonly games: readonly KnownGame[]
  /** Worlds that arms may name; default: none. */
  readonly worlds?: readonly KnownWorld[] | undefined
  /** Default: determined by the file's own keys. */
  readonly generation?: Study['generation'] | undefined
}

/**
 * Reads a file and reports every fault with its place.
 * @throws AppError FILE_TOO_LARGE, VALIDATION_ERROR for a file that is too large to be an experiment file
 */
export function checkStudyFile(source: string, { games, worlds = [], generation: wanted }: CheckOptions): CheckedFile {
  const file = readYaml(source)
  const generation = wanted ?? generationOf(file, source)
  if (file.faults.length > 0) {
    const faults = file.faults.map((fault) => ({ path: '', kind: 'yaml_syntax' as const, ...fault }))
    return { generation, config: undefined, study: undefined, faults, warnings: [] }
  }
  const faults = new Faults()
  const read = (generation === 'run' ? readRun : readExperiment)(file.value, { games, worlds, faults })
  const found = faults.locate(file)
  return {
    generation,
    config: found.length === 0 ? read?.config : undefined,
    study: found.length === 0 ? read?.study : undefined,
    faults: found,
    warnings: warningsOf(file, read?.study),
  }
}

/**
 * Reads a file that must be valid.
 * @param where names the file in the message
 * @throws AppError EXPERIMENT_INVALID with all faults; its message has the line, column and hint of the first
 */
export function readStudyFile(
  source: string,
  where: string,
  options: CheckOptions,
): { readonly config: ExperimentConfig | RunConfig; readonly study: Study } {
  const { config, study, faults } = checkStudyFile(source, options)
  if (config && study) return { config, study }
  const [first] = faults
  const more = faults.length > 1 ? ` (and ${faults.length - 1} more)` : ''
  const at = first ? `:${first.line}:${first.column}: ${first.message}` : ' is not an experiment file'
  throw new AppError('EXPERIMENT_INVALID', `${where}${at}${more}`, {
    ...(first ? { hint: first.hint } : {}),
    details: { faults: faults.map(faultJson) },
  })
}

function generationOf(file: YamlFile, source: string): Study['generation'] {
  if (!isYamlObject(file.value)) return /^next_game_strategy\s*:/m.test(source) ? 'run' : 'experiment'
  if ('assignment_strategy' in file.value || 'assignment_protocol' in file.value) return 'experiment'
  return 'next_game_strategy' in file.value || 'games' in file.value || 'ui' in file.value ? 'run' : 'experiment'
}

function warningsOf(file: YamlFile, study: Study | undefined): FileFault[] {
  const repeated = file.repeated.map(({ key, line, column }) => ({
    path: key,
    kind: 'rule' as const,
    message: `the key \`${key}\` appears twice in one mapping; the last value is used`,
    hint: 'Remove one of the two.',
    line,
    column,
  }))
  if (study && study.name.trim() === '') {
    const place = file.placeOf(['name'])
    const hint = 'Name the study: the name is part of its address.'
    repeated.push({ path: 'name', kind: 'rule', message: 'the name is blank', hint, ...place })
  }
  for (const arm of study ? unusedArms(study) : []) {
    const place = file.keyPlaceOf(['study', 'worlds', arm])
    const hint = 'Add it to the games of the study, or remove it.'
    const path = `study.worlds.${arm}`
    repeated.push({ path, kind: 'rule', message: `nobody plays the arm ${arm}`, hint, ...place })
  }
  return repeated
}
