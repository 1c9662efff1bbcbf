// The attempts of a scenario file in order, each with what it needs to be judged.
import type { HitlFile, HitlScenario } from 'paracosm/protocol'

export interface ShownAttempt {
  readonly group: string
  readonly failure: string
  readonly scenario: HitlScenario
  /** From 0, in its scenario. */
  readonly number: number
  readonly attempt: HitlScenario['attempts'][number]
}

export const attemptsOf = (file: HitlFile): ShownAttempt[] =>
  file.scenario_groups.flatMap(({ group_id, label, expected_failure_mode: failure, scenarios }) =>
    scenarios.flatMap((scenario) =>
      scenario.attempts.map((attempt, number) => ({ group: label || group_id, failure, scenario, number, attempt })),
    ),
  )

export const isAnswered = ({ attempt }: ShownAttempt): boolean => typeof attempt.simulator_response === 'string'

/** The next response without a verdict after an index, from the start if there is none; undefined: all are judged. */
export function nextToJudge(all: readonly ShownAttempt[], after: number): number | undefined {
  const open = all.flatMap((each, index) => (isAnswered(each) && !each.attempt.evaluator_feedback ? [index] : []))
  return open.find((index) => index > after) ?? open[0]
}
