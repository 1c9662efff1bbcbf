// Reads forms and their questions from an experiment file.
import { at } from '../../kernel/at.ts'
import {
  ANSWER_TYPES,
  type ExperimentForm,
  FORM_EVENTS,
  FORM_PHASES,
  type FormQuestion,
  type RunForm,
  type StudyForm,
} from '../../protocol/experiment-form.ts'
import type { Faults, Path } from '../file/faults.ts'
import { bool, describe, listOf, Mapping, nullable, oneOf, type Reader, text } from '../file/readers.ts'
import { isYamlObject, type YamlValue } from '../yaml/read-yaml.ts'
import { Float, Timestamp } from '../yaml/scalars.ts'
import { normalName, questionKeys } from './names.ts'
import { pythonText } from './python-text.ts'

/** A question as shown. Answers are compared with the options as text. */
export interface Question extends FormQuestion {
  readonly optionTexts: readonly string[]
}

/** A form of either generation. */
export interface Form {
  readonly name: string
  readonly questions: readonly Question[]
  readonly phase:
    | { readonly kind: 'experiment'; readonly when: (typeof FORM_PHASES)[number] }
    | { readonly kind: 'run'; readonly event: (typeof FORM_EVENTS)[number] }
}

interface RawQuestion extends Omit<Question, 'key'> {
  readonly key: string | null
}

interface Option {
  readonly value: string | number | boolean | null
  readonly text: string
}

const option: Reader<Option> = (value, path, faults) => {
  if (value instanceof Float) return { value: value.value, text: pythonText(value) }
  if (value instanceof Timestamp) return { value: value.text, text: value.text }
  if (value !== null && typeof value === 'object') {
    faults.add(
      path,
      'wrong_type',
      `an option must be a text or number; found ${describe(value)}`,
      'Write one option per line.',
    )
    return undefined
  }
  return { value, text: pythonText(value) }
}

const question: Reader<RawQuestion> = (value, path, faults) => {
  const mapping = Mapping.open(value, path, faults, 'prompt: What is your age?')
  if (!mapping) return undefined
  const key = mapping.optional('key', nullable(text), null)
  const prompt = mapping.required('prompt', text, 'prompt: What is your age?')
  const answer_type = mapping.optional('answer_type', nullable(oneOf(ANSWER_TYPES)), null)
  const options = mapping.optional('options', nullable(listOf(option, '[Yes, No]')), null)
  const isRequired = mapping.optional('required', bool, false)
  mapping.refuseRest()
  if (!mapping.isWhole || prompt === undefined || key === undefined || isRequired === undefined) return undefined
  return checkOptions(
    { key, prompt, answer_type: answer_type ?? null, options: options ?? null, isRequired },
    path,
    faults,
  )
}

interface ReadQuestion {
  readonly key: string | null
  readonly prompt: string
  readonly answer_type: FormQuestion['answer_type']
  readonly options: readonly Option[] | null
  readonly isRequired: boolean
}

function checkOptions(read: ReadQuestion, path: Path, faults: Faults): RawQuestion | undefined {
  const { answer_type, options } = read
  const isChoice = answer_type === 'single_choice' || answer_type === 'multi_choice'
  if (isChoice && (options === null || options.length === 0)) {
    faults.add(path, 'rule', `a question of type ${answer_type} needs options`, 'Add `options: [Yes, No]`.')
    return undefined
  }
  if (!isChoice && options !== null) {
    const type = answer_type ?? 'none'
    const hint = 'Remove `options`, or set `answer_type: single_choice`.'
    faults.add(path, 'rule', `a question with the answer type ${type} takes no options`, hint)
    return undefined
  }
  return {
    key: read.key,
    prompt: read.prompt,
    answer_type,
    options: options?.map((each) => each.value) ?? null,
    optionTexts: options?.map((each) => each.text) ?? [],
    required: read.isRequired,
  }
}

const name: Reader<string> = (value, path, faults) => {
  const found = text(value, path, faults)
  if (found === undefined) return undefined
  const normal = normalName(found)
  if (normal !== '') return normal
  faults.add(
    path,
    'rule',
    `the name ${JSON.stringify(found)} has no letter or digit`,
    'Name the form, as in `name: intake`.',
  )
  return undefined
}

const trigger: Reader<(typeof FORM_EVENTS)[number]> = (value, path, faults) => {
  const mapping = Mapping.open(value, path, faults, 'event: before_all_assignments')
  const event = mapping?.required('event', oneOf(FORM_EVENTS), 'event: before_all_assignments')
  const match = mapping?.optional('match', (found: YamlValue) => found, null)
  mapping?.refuseRest()
  if (match === null || match === undefined) return mapping?.isWhole ? event : undefined
  faults.add(path, 'rule', 'a trigger cannot match anything yet', 'Remove `match`.')
  return undefined
}

const ADVICE = {
  experiment: {
    trigger: 'Forms of experiments have `before_or_after: before` (or `after`); `trigger` belongs to runs.',
  },
  run: { before_or_after: 'Forms of runs have `trigger: {event: ...}`; `before_or_after` belongs to experiments.' },
}

/** Reads one form. */
export function readForm(generation: 'experiment' | 'run'): Reader<Form> {
  return (value, path, faults) => {
    const mapping = Mapping.open(value, path, faults, 'name: intake')
    if (!mapping) return undefined
    const own = mapping.required('name', name, 'name: intake')
    const questions = mapping.optional('questions', listOf(question, '- prompt: ...'), [])
    const phase = generation === 'experiment' ? readPhase(mapping) : readTrigger(mapping)
    mapping.refuseRest(ADVICE[generation])
    if (!mapping.isWhole || own === undefined || questions === undefined || phase === undefined) return undefined
    return { name: own, questions: withKeys(own, questions), phase }
  }
}

function readPhase(mapping: Mapping): Form['phase'] | undefined {
  const when = mapping.required('before_or_after', oneOf(FORM_PHASES), 'before_or_after: before')
  return when && { kind: 'experiment', when }
}

function readTrigger(mapping: Mapping): Form['phase'] | undefined {
  const event = mapping.required('trigger', trigger, 'trigger: {event: before_all_assignments}')
  return event && { kind: 'run', event }
}

function withKeys(form: string, questions: readonly RawQuestion[]): Question[] {
  const keys = questionKeys(form, questions)
  return questions.map((each, index) => ({ ...each, key: at(keys, index) }))
}

/** Forms are a list, or a mapping from names to forms. */
export function readForms(generation: 'experiment' | 'run'): Reader<readonly Form[]> {
  const read = readForm(generation)
  return (value, path, faults) => {
    if (value === null) return []
    const forms = isYamlObject(value)
      ? Object.entries(value).map(([key, body]) => readNamed(key, body, { read, path, faults }))
      : listOf(read, '- name: intake')(value, path, faults)
    const kept = forms?.filter((form) => form !== undefined)
    if (!kept || !forms || kept.length < forms.length) return undefined
    const names = new Set<string>()
    for (const [index, form] of kept.entries()) {
      if (names.has(form.name)) {
        const where = isYamlObject(value) ? (Object.keys(value)[index] ?? index) : index
        const hint = 'Give each form a name of its own; capitals and punctuation do not count.'
        faults.add([...path, where], 'rule', `two forms are called ${form.name}`, hint)
        return undefined
      }
      names.add(form.name)
    }
    return kept
  }
}

function readNamed(
  key: string,
  body: YamlValue,
  { read, path, faults }: { read: Reader<Form>; path: Path; faults: Faults },
): Form | undefined {
  if (isYamlObject(body)) return read({ ...body, name: key }, [...path, key], faults)
  const hint = 'Give the form its keys: before_or_after or trigger, and questions.'
  faults.add([...path, key], 'wrong_type', `the form ${key} must be a mapping; found ${describe(body)}`, hint)
  return undefined
}

/** The form on the wire. */
export function formJson({ name: own, questions, phase }: Form): StudyForm {
  const rest = { name: own, questions: questions.map(({ optionTexts: _, ...each }) => each) }
  if (phase.kind === 'experiment') return { ...rest, before_or_after: phase.when } satisfies ExperimentForm
  return { ...rest, trigger: { event: phase.event, match: null } } satisfies RunForm
}
