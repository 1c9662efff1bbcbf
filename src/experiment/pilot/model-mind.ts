// A simulated participant whose answers and inputs a language model writes. An answer that the form would refuse is
// replaced by a drawn one, so that a weak model does not stop a pilot.
import type { ModelClient } from '../../models/client.ts'
import type { ModelMessage } from '../../protocol/model.ts'
import type { Twister } from '../strategy/twister.ts'
import { asked, drawAnswer, type Forms, type Mind, optionText, type Question, type Told } from './mind.ts'

interface ModelMindParts {
  readonly client: ModelClient
  readonly model: string
  readonly signal: AbortSignal
}

/** Characters of one input: the games take at most 350. */
const MAX_INPUT = 300
/** Characters of a conversation that the model is shown, from its end. */
const MAX_TOLD = 12_000
const PERSON =
  'You are an ordinary person who takes part in a psychology study on a web page. You are not an expert, and you are honest and brief.'
const PLAY = `${PERSON} You play a text game. Reply with your next action or words in the first person, in one or two plain sentences, and with nothing else.`
const FORM = `${PERSON} Answer the questions of a form. Reply with one JSON object that maps the key of each question to your answer, and with nothing else.`

/** @throws AppError of the client, such as BUDGET_SPENT, from its methods */
export function modelMind({ client, model, signal }: ModelMindParts, draw: Twister): Mind {
  const ask = async (messages: ModelMessage[]): Promise<string> =>
    (await client.complete({ model, messages }, { signal })).text.trim()
  return {
    async answers(forms) {
      const given = await Promise.all(
        forms.map(async (form) => {
          const questions = asked(form)
          const text =
            questions.length === 0
              ? '{}'
              : await ask([
                  { role: 'system', content: FORM },
                  { role: 'user', content: JSON.stringify(questions.map(shownOf)) },
                ])
          const said = readObject(text)
          return [
            form.name,
            Object.fromEntries(
              questions.map((each) => [each.key, fit(each, said[each.key]) ?? drawAnswer(each, draw)]),
            ),
          ] as const
        }),
      )
      return Object.fromEntries(given)
    },
    async say(told) {
      const text = await ask([{ role: 'system', content: PLAY }, ...messagesOf(told)])
      const line = text.replaceAll(/\s+/g, ' ').replace(/^\/+/, '').trim().slice(0, MAX_INPUT)
      return line === '' ? 'I wait.' : line
    },
  }
}

const shownOf = ({ key, prompt, answer_type, options, required }: Forms[number]['questions'][number]) => ({
  ...{ key, prompt, answer_type, required },
  ...(options === null ? {} : { options: options.map(optionText) }),
})

function messagesOf(told: readonly Told[]): ModelMessage[] {
  const messages: ModelMessage[] = []
  let left = MAX_TOLD
  for (const { role, content } of told.toReversed()) {
    left -= content.length
    if (left < 0 && messages.length > 0) break
    messages.unshift({ role: role === 'user' ? 'assistant' : 'user', content: content.slice(0, MAX_TOLD) })
  }
  return messages.length > 0 ? messages : [{ role: 'user', content: 'The game begins.' }]
}

/** The outermost JSON object of a reply; empty if there is none. */
function readObject(text: string): Readonly<Record<string, unknown>> {
  try {
    const value: unknown = JSON.parse(text.slice(text.indexOf('{'), text.lastIndexOf('}') + 1))
    return typeof value === 'object' && value !== null && !Array.isArray(value) ? { ...value } : {}
  } catch {
    // Not JSON: every answer is drawn instead.
    return {}
  }
}

/** The answer if the form takes it; undefined: it does not. */
function fit({ answer_type, options }: Question, answer: unknown): unknown {
  const choices = (options ?? []).map(optionText)
  const isScalar = typeof answer === 'string' || typeof answer === 'number' || typeof answer === 'boolean'
  switch (answer_type) {
    case 'number':
      return typeof answer === 'number' && Number.isFinite(answer) ? answer : undefined
    case 'bool':
      return typeof answer === 'boolean' ? answer : undefined
    case 'single_choice':
      return isScalar ? choices.find((each) => each === String(answer)) : undefined
    case 'multi_choice': {
      const chosen = Array.isArray(answer) ? choices.filter((each) => answer.some((one) => String(one) === each)) : []
      return chosen.length > 0 ? chosen : undefined
    }
    default:
      return isScalar && String(answer).trim() !== '' ? String(answer).slice(0, 2000) : undefined
  }
}
