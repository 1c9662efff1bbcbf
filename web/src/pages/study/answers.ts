// The answers to the forms of one screen as typed: missing ones, faults, and the request.
import type { FormQuestion, StudyForm } from '../../../../src/protocol/experiment-form.ts'

/** An unfinished answer. Options are identified by index, because they may be numbers or booleans. */
export type Draft = string | boolean | number | readonly number[]
/** By `form/question`. */
export type Drafts = Readonly<Record<string, Draft>>

export const draftKey = (form: string, question: string): string => `${form}/${question}`

export type Fault = 'missing' | 'number'

/** Digits, with an optional sign and decimal point, as the server accepts them. */
const NUMBER = /^[+-]?(?:\d+\.?\d*|\.\d+)$/

/** Faults by `form/question`. The server validates too; this saves participants a request. */
export function faultsOf(forms: readonly StudyForm[], drafts: Drafts): ReadonlyMap<string, Fault> {
  const faults = new Map<string, Fault>()
  for (const { name, questions } of forms) {
    for (const question of questions) {
      const key = draftKey(name, question.key)
      const fault = faultOf(question, drafts[key])
      if (fault) faults.set(key, fault)
    }
  }
  return faults
}

function faultOf({ answer_type, required }: FormQuestion, draft: Draft | undefined): Fault | undefined {
  if (answer_type === null) return undefined
  const isEmpty =
    draft === undefined ||
    (typeof draft === 'string' && draft.trim() === '') ||
    (typeof draft === 'object' && draft.length === 0)
  if (isEmpty) return required ? 'missing' : undefined
  if (answer_type === 'number' && typeof draft === 'string' && !NUMBER.test(draft.trim())) return 'number'
  return undefined
}

/** The request: form -> question -> answer. Unanswered questions are left out. */
export function toResponses(forms: readonly StudyForm[], drafts: Drafts): Record<string, Record<string, unknown>> {
  return Object.fromEntries(
    forms.map(({ name, questions }) => [
      name,
      Object.fromEntries(
        questions.flatMap((question) => {
          const answer = answerOf(question, drafts[draftKey(name, question.key)])
          return answer === undefined ? [] : [[question.key, answer]]
        }),
      ),
    ]),
  )
}

function answerOf({ answer_type, options }: FormQuestion, draft: Draft | undefined): unknown {
  if (draft === undefined || answer_type === null) return undefined
  if (answer_type === 'single_choice') return typeof draft === 'number' ? options?.[draft] : undefined
  if (answer_type === 'multi_choice') {
    return typeof draft === 'object' ? draft.toSorted((a, b) => a - b).map((index) => options?.[index]) : undefined
  }
  if (typeof draft === 'string') return draft.trim()
  return typeof draft === 'boolean' ? draft : undefined
}
