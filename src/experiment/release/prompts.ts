// The prompts that play characters here, as covered by fingerprints: changing a text makes every evaluation stale.
import { CHECK_PROMPTS } from '../../worlds/parley/prompts/checks.ts'
import { OPENER, UPDATERS } from '../../worlds/parley/prompts/scenes.ts'
import { PLAYER_CHECKS, SIMULATOR_CHECKS } from '../../worlds/parley/request.ts'
import type { Prompts } from './fingerprint.ts'

/** The bundle of this release of paracosm; parts that only one game uses are not covered. */
export function currentPrompts(): Prompts {
  const texts = (checks: readonly (keyof typeof CHECK_PROMPTS)[]) => checks.map((check) => CHECK_PROMPTS[check].text)
  return {
    simulator_prompt_bundle: {
      opener_template: OPENER.text,
      updater_template: UPDATERS.explore.text,
      player_turn_validators: texts(PLAYER_CHECKS),
      simulator_turn_validators: texts(SIMULATOR_CHECKS),
    },
  }
}
