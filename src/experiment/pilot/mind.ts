// Decides what a simulated participant says and answers: by rules from a seeded draw, or a language model.
import type { ParticipantState } from '../../protocol/study-routes.ts'
import type { Twister } from '../strategy/twister.ts'

export type Forms = ParticipantState['forms']
export type Question = Forms[number]['questions'][number]
export type Responses = Record<string, Record<string, unknown>>

/** Something that was said in a conversation. */
export interface Told {
  /** `user`: by the participant. */
  readonly role: string
  readonly content: string
}

export interface Mind {
  /** Answers to all questions of the forms. */
  answers(forms: Forms): Promise<Responses>
  /** The next input of a conversation. @param told everything so far, oldest first */
  say(told: readonly Told[]): Promise<string>
}

const LINES = [
  'I say good morning.',
  'I look around slowly.',
  'I ask what it is doing.',
  'I point at the nearest thing.',
  'I wait and listen.',
  'I take one step closer.',
] as const

/** A valid answer to a question, drawn at random; undefined for text that is only shown. */
export function drawAnswer({ answer_type, options }: Question, draw: Twister): unknown {
  const choices = (options ?? []).map(optionText)
  switch (answer_type) {
    case 'number':
      return 18 + draw.below(60)
    case 'bool':
      return true
    case 'single_choice':
      return draw.choice(choices)
    case 'multi_choice':
      return choices.filter((_, index) => index === 0 || draw.below(2) === 1)
    case 'email':
      return 'simulated@example.org'
    case 'phone':
      return '555 0100'
    case 'string':
      return draw.choice(['Nothing special.', 'It was clear.', 'I was not sure what to do.'])
    default:
      return undefined
  }
}

/** The form in which the server compares them: Python's spelling of booleans and null. */
export const optionText = (option: string | number | boolean | null): string =>
  option === null ? 'None' : typeof option === 'boolean' ? (option ? 'True' : 'False') : String(option)

/** The questions of a form that have answers. */
export const asked = (form: Forms[number]): Question[] => form.questions.filter((each) => each.answer_type !== null)

/** A participant who follows rules: the same seed gives the same answers and inputs. */
export const ruleMind = (draw: Twister): Mind => ({
  async answers(forms) {
    return Object.fromEntries(
      forms.map((form) => [
        form.name,
        Object.fromEntries(asked(form).map((each) => [each.key, drawAnswer(each, draw)])),
      ]),
    )
  },
  async say() {
    return draw.choice(LINES) ?? LINES[0]
  },
})
