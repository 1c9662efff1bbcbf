// Asks an evaluator to judge each response. Every verdict is saved at once, so none is lost when the evaluator leaves.
import type { HitlAttempt, HitlFeedback, HitlFile, HitlScenario } from '../../protocol/hitl.ts'
import { saveHitlFile } from './scenario-file.ts'

export interface FeedbackOptions {
  readonly path: string
  readonly file: HitlFile
  readonly isWanted: (scenario: HitlScenario) => boolean
  readonly now: () => Date
  readonly show: (text: string) => void
  /** Reads one line; undefined when the evaluator leaves. */
  readonly ask: (prompt: string) => Promise<string | undefined>
}

const UP = ['u', 'up', 'y', 'yes', '1']
const DOWN = ['d', 'down', 'n', 'no', '0']

/** Responses without a verdict. */
export const unjudgedOf = ({ attempts }: HitlScenario): HitlAttempt[] =>
  attempts.filter(
    ({ simulator_response, evaluator_feedback }) => typeof simulator_response === 'string' && !evaluator_feedback,
  )

/** @returns the number judged before the evaluator finished or left */
export async function collectFeedback(options: FeedbackOptions): Promise<number> {
  const { file, isWanted, show } = options
  let judged = 0
  for (const group of file.scenario_groups) {
    for (const scenario of group.scenarios.filter(isWanted)) {
      for (const attempt of unjudgedOf(scenario)) {
        show(
          `\n${group.label || group.group_id}: ${scenario.description}\nExpected failure: ${group.expected_failure_mode}`,
        )
        for (const { role, content } of scenario.conversation_history) show(`${role}: ${content}`)
        show(`user: ${attempt.player_message}\n${file.npc_hid}: ${attempt.simulator_response ?? ''}`)
        const verdict = await judge(options)
        if (!verdict) return judged
        attempt.evaluator_feedback = verdict
        await saveHitlFile(options.path, file)
        judged++
      }
    }
  }
  return judged
}

async function judge({ ask, now }: FeedbackOptions): Promise<HitlFeedback | undefined> {
  let thumb: string | undefined
  do {
    thumb = (await ask('Thumb (u up, d down): '))?.trim().toLowerCase()
    if (thumb === undefined) return undefined
  } while (![...UP, ...DOWN].includes(thumb))
  const liked = UP.includes(thumb)
  const flags = liked ? '' : await askFlags(ask)
  if (flags === undefined) return undefined
  const comment = await ask('Comment (may be empty): ')
  if (comment === undefined) return undefined
  return {
    liked,
    comment: comment.trim(),
    doesnt_make_sense: flags.includes('s'),
    out_of_character: flags.includes('o'),
    other: flags.includes('x'),
    submitted_at: now().toISOString(),
  }
}

async function askFlags(ask: FeedbackOptions['ask']): Promise<string | undefined> {
  for (;;) {
    const flags = (await ask("Flags (o out of character, s doesn't make sense, x other; any of them, or none): "))
      ?.trim()
      .toLowerCase()
    if (flags === undefined || /^[osx, ]*$/.test(flags)) return flags
  }
}
