// Accepts answers to several forms at once: either all are valid, or none is stored.
import type { FormPayloads } from '../../protocol/experiment-form.ts'
import { answerForm } from '../forms/answers.ts'
import type { Form } from '../forms/form.ts'
import { refuse, SAY } from '../words/sentences.ts'

/** Maximum length of all answers of one submission as JSON, in characters. */
const MAX_CHARACTERS = 1_000_000

/** @throws AppError STUDY_REFUSED naming the question and the fault */
export function takeAnswers(forms: readonly Form[], responses: unknown, now: number): FormPayloads {
  const at = new Date(now).toISOString()
  const payloads: Record<string, FormPayloads[string]> = {}
  for (const form of forms) {
    const answered = answerForm(form, responses, at)
    if (!answered.ok) throw refuse(answered.fault.sentence)
    payloads[form.name] = answered.payload
  }
  if (JSON.stringify(payloads).length > MAX_CHARACTERS) throw refuse(SAY.tooLong(MAX_CHARACTERS))
  return payloads
}
