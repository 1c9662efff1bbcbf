// The game's own messages to the player, as Markdown. Characters' texts are inserted unchanged.
import { GAMES, type GameId } from './games.ts'
import type { Score } from './replies.ts'
import { type State, sharedGoal } from './state.ts'

const OBJECTIVES: Readonly<Record<GameId, string>> = {
  explore: 'None. Look around, try things, and see how the other responds.',
  foresight:
    'On every turn, say what your character does **and** predict what the other will do next: "I wave. I predict that it waves back."',
  'goal-horizon':
    'Find out what the other can strive for and do, and where that ends. At the end you are asked what you found.',
  'infer-intent': 'The other is trying to do something. Find out what. At the end you are asked.',
  teamwork: 'Reach a goal together with the other.',
}

const PLAY = [
  'Write what your character does, tries or says, one step at a time: "I knock on the door."',
  'What comes of it, and what the other does, is told to you.',
].join(' ')

/** The welcome, which `/help` repeats. */
export function helpText(state: State): string {
  const { pc, npc, game, settings } = state
  const goal = sharedGoal(state)
  const alias = GAMES[game].alias
  const finish = alias === null ? '`/finish`' : `\`/finish\` (or \`/${alias}\`)`
  return [
    `## ${GAMES[game].name}`,
    `**You play:** ${pc.hid} – ${pc.short_description}`,
    `**The simulator plays:** ${npc.hid} – ${settings.shows_npc ? npc.short_description : '*details hidden*'}`,
    `**Objective:** ${OBJECTIVES[game]}${goal === '' ? '' : ` **Your shared goal:** ${goal}`}`,
    `**How to play:** ${PLAY}`,
    `**To finish:** type ${finish}.`,
    '`/abilities` shows what the characters can do, `/help` shows this again.',
  ].join('\n\n')
}

export function abilitiesText(state: State): string {
  const { pc, npc, settings } = state
  const other = settings.shows_npc
    ? `${npc.short_description}\n\n${npc.abilities}`
    : '*Hidden in this game: finding out is part of it.*'
  return `## ${pc.hid} (you)\n\n${pc.short_description}\n\n${pc.abilities}\n\n## ${npc.hid} (the simulator)\n\n${other}`
}

/** The first question at the end, by game; games without one end at once. */
export const QUESTIONS: Readonly<Partial<Record<GameId, string>>> = {
  'goal-horizon':
    'What are the largest goals that the other character could pursue, as far as you can tell, and what is beyond it?',
  'infer-intent': 'What was the other character trying to do? Name its goal or intention in your own words.',
  teamwork: 'Which parts of working together were hard, which were easy, and why?',
}

export const CONFIDENCE = 'How confident are you in this answer, and why?'
/** Games that also ask for confidence. */
export const ASKS_CONFIDENCE: readonly GameId[] = ['goal-horizon', 'infer-intent']

export const finishedText = (reason: string): string => `**The game is finished:** ${reason}.`

export const stoppedText = (condition: string): string =>
  `**The session has ended:** its limit was reached (${condition}). Your last input was not played.`

export const tooLongText = (limit: number): string =>
  `That is too long: an action may have at most ${limit} characters. Nothing was lost; say it more briefly.`

export const EXHAUSTED = '**All retries are used, so the game ends here.** Thank you for playing.'

/** Messages for failed model calls. The cause is recorded only in the journal, and the player loses no retry. */
export const FAULTS = {
  opening: 'The opening scene could not be made, so the session ends. Please start another one.',
  judging: 'Your action could not be checked just now. It costs you no retry: please try again.',
  answering: 'No response could be made just now. It costs you no retry: please try again.',
} as const

/** Shown when both drafts broke the simulator's rules. */
export const NO_VALID_RESPONSE =
  'The simulator could not produce a valid response to that. Please try again, perhaps in other words.'

/** @param score null: scoring failed */
export function scoreCard(score: Score | null): string {
  const reasoning = score?.reasoning ?? 'The score could not be computed.'
  const numbers = score === null ? [] : [`- **Tier:** ${score.tier}`, `- **Score:** ${score.score}`, '']
  return ['## Final Score', '', ...numbers, '### Reasoning', '', reasoning].join('\n')
}
