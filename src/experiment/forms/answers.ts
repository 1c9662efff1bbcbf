// Checks and normalises the answers to one form. Answers to unknown questions are ignored.
import type { FormAnswer, FormPayload } from '../../protocol/experiment-form.ts'
import type { Sentence } from '../words/language.ts'
import { Float } from '../yaml/scalars.ts'
import type { Form, Question } from './form.ts'
import { pythonText } from './python-text.ts'

export type AnswerFaultKind =
  | 'missing_required'
  | 'invalid_option'
  | 'invalid_boolean'
  | 'invalid_numeric'
  | 'numeric_parse'
  | 'not_object'

export interface AnswerFault {
  readonly kind: AnswerFaultKind
  /** Key of the question; null: the answers as a whole. */
  readonly question: string | null
  readonly sentence: Sentence
}

export type Answered =
  | { readonly ok: true; readonly payload: FormPayload }
  | { readonly ok: false; readonly fault: AnswerFault }

type Read = { readonly ok: true; readonly answer: FormAnswer } | { readonly ok: false; readonly kind: AnswerFaultKind }

const taken = (answer: FormAnswer): Read => ({ ok: true, answer })
const refused = (kind: AnswerFaultKind): Read => ({ ok: false, kind })

const numeric = (key: string): Sentence => ({
  en: `Invalid numeric answer for question: ${key}`,
  es: `La respuesta no es un número en la pregunta: ${key}`,
})

const SENTENCES: Readonly<Record<AnswerFaultKind, (key: string) => Sentence>> = {
  missing_required: (key) => ({
    en: `Missing required answer for question: ${key}`,
    es: `Falta una respuesta obligatoria en la pregunta: ${key}`,
  }),
  invalid_option: (key) => ({
    en: `Invalid option for question: ${key}`,
    es: `La respuesta no es una de las opciones en la pregunta: ${key}`,
  }),
  invalid_boolean: (key) => ({
    en: `Invalid boolean answer for question: ${key}`,
    es: `La respuesta no es sí o no en la pregunta: ${key}`,
  }),
  invalid_numeric: numeric,
  numeric_parse: numeric,
  not_object: () => ({
    en: 'Answers must be an object of forms, and each form an object of answers',
    es: 'Las respuestas deben ser un objeto de formularios, y cada formulario un objeto de respuestas',
  }),
}

const isObject = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null && !Array.isArray(value) && !(value instanceof Float)

const fault = (kind: AnswerFaultKind, question: string | null): Answered => ({
  ok: false,
  fault: { kind, question, sentence: SENTENCES[kind](question ?? '') },
})

/**
 * @param responses answers by form and question; numbers with a decimal point may be `Float`
 * @param at time of submission; absent: not recorded
 */
export function answerForm(form: Form, responses: unknown, at?: string): Answered {
  if (!isObject(responses)) return fault('not_object', null)
  const own = Object.hasOwn(responses, form.name) ? responses[form.name] : {}
  if (!isObject(own)) return fault('not_object', null)
  const answers: [string, FormPayload['answers'][string]][] = []
  for (const question of form.questions) {
    const { key, prompt, answer_type, required } = question
    if (answer_type === null) continue
    const read = readAnswer(question, Object.hasOwn(own, key) ? own[key] : null)
    if (!read.ok) return fault(read.kind, key)
    answers.push([key, { key, prompt, answer_type, required, answer: read.answer }])
  }
  const phase =
    form.phase.kind === 'experiment'
      ? { before_or_after: form.phase.when }
      : { trigger: { event: form.phase.event, match: null } }
  const time = at === undefined ? {} : { submitted_at: at }
  return { ok: true, payload: { form_name: form.name, ...phase, ...time, answers: Object.fromEntries(answers) } }
}

function readAnswer(question: Question, value: unknown): Read {
  const isAbsent = value === null || value === undefined
  if (isAbsent || value === '') return readEmpty(question, isAbsent)
  switch (question.answer_type) {
    case 'number':
      return readNumber(value)
    case 'bool':
      return readBoolean(value)
    case 'single_choice': {
      const chosen = pythonText(value).trim()
      return question.optionTexts.includes(chosen) ? taken(chosen) : refused('invalid_option')
    }
    case 'multi_choice':
      return readChoices(question, value)
    default: {
      const text = pythonText(value).trim()
      return text === '' && question.required ? refused('missing_required') : taken(text)
    }
  }
}

function readEmpty({ answer_type, required }: Question, isAbsent: boolean): Read {
  if (answer_type === 'bool') return required && isAbsent ? refused('missing_required') : taken(false)
  if (required) return refused('missing_required')
  return taken(answer_type === 'multi_choice' ? [] : '')
}

const INTEGER = /^[-+]?\d+$/
const FRACTION = /^[-+]?(?:\d+\.\d*|\.\d+)(?:[eE][-+]?\d+)?$/

function readNumber(value: unknown): Read {
  if (typeof value === 'boolean') return refused('invalid_numeric')
  if (value instanceof Float) return Number.isFinite(value.value) ? taken(value.value) : refused('numeric_parse')
  if (typeof value === 'number') return taken(value)
  const text = pythonText(value).trim()
  if (!(text.includes('.') ? FRACTION : INTEGER).test(text)) return refused('numeric_parse')
  const number = Number(text)
  return Number.isFinite(number) ? taken(number) : refused('numeric_parse')
}

const TRUE = ['true', '1', 'yes', 'on']
const FALSE = ['false', '0', 'no', 'off']

function readBoolean(value: unknown): Read {
  if (typeof value === 'boolean') return taken(value)
  const text = pythonText(value).trim().toLowerCase()
  if (TRUE.includes(text)) return taken(true)
  return FALSE.includes(text) ? taken(false) : refused('invalid_boolean')
}

function readChoices({ optionTexts, required }: Question, value: unknown): Read {
  const list: readonly unknown[] = Array.isArray(value) ? value : [value]
  const chosen = list.map((each) => pythonText(each).trim()).filter((each) => each !== '')
  if (chosen.some((each) => !optionTexts.includes(each))) return refused('invalid_option')
  return chosen.length === 0 && required ? refused('missing_required') : taken(chosen)
}
