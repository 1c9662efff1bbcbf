// A participant's progress: steps for the bar, and the same in words.
import type { ParticipantState } from '../../../../src/protocol/study-routes.ts'
import type { Words } from './words.ts'

export interface StudyStep {
  readonly words: string
  /** Completed parts and all parts: each conversation is one, and so is everything before the first. */
  readonly done: number
  readonly total: number
}

type Place = Pick<ParticipantState, 'stage' | 'completed' | 'maximum'> & { readonly arm?: ParticipantState['arm'] }

/** Undefined: nothing is left to do. */
export function stepOf({ stage, completed, maximum, arm }: Place, words: Words): StudyStep | undefined {
  const total = maximum + 1
  const name = arm ? words.stepGame : words.stepConversation
  const conversation = name(Math.min(completed + 1, maximum), maximum)
  switch (stage) {
    case 'consent':
      return { words: words.stepConsent, done: 0, total }
    case 'forms':
      return { words: words.stepForms, done: completed === 0 ? 0 : Math.min(completed, maximum), total }
    case 'choice':
    case 'assignment':
    case 'session':
    case 'episode':
    case 'waiting':
      return { words: conversation, done: Math.min(completed + 1, maximum), total }
    case 'finished':
      return { words: words.stepDone, done: total, total }
    case 'closed':
    case 'withdrawn':
      return undefined
  }
}
