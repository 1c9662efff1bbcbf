// How parley records a rejected text. The other events of a session are those of src/kernel/dialogue.ts.
import { z } from 'zod'
import { JsonValue } from '../../protocol/json.ts'

/** Which text was rejected: an action of the player, or a draft of the simulator. */
export type ViolationStage = 'player_validation' | 'simulator_validation'

/** Content of a `validation_violation`, as JSON text. */
export const Violation = z.strictObject({
  /** A validator's id followed by its definition; readers match by prefix. */
  validator_name: z.string(),
  /** `player` and `simulator` occur in rows of earlier releases. */
  stage: z.enum(['player_validation', 'simulator_validation', 'player', 'simulator']),
  message: z.string(),
  /** The text that was rejected. */
  response: z.string(),
  raw_result: JsonValue,
})
export type Violation = z.infer<typeof Violation>
