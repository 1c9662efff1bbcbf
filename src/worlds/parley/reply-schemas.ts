// The JSON Schemas of model replies, for endpoints that can enforce one. The prompts describe the same shapes in words;
// replies.ts reads the replies and is authoritative.
import type { JsonObject } from '../../protocol/json.ts'
import type { ParleyRequest } from './request.ts'

interface Shape {
  readonly name: string
  readonly schema: JsonObject
}

const object = (properties: JsonObject, required: readonly string[]): JsonObject => ({
  type: 'object',
  properties,
  required: [...required],
  additionalProperties: false,
})
const SCENE: JsonObject = { type: { type: 'string', enum: ['ai'] }, content: { type: 'string' } }

const SCENE_SHAPE: Shape = { name: 'scene', schema: object(SCENE, ['type', 'content']) }
const GOAL_SHAPE: Shape = {
  name: 'scene_with_goal',
  schema: object({ ...SCENE, metadata: object({ shared_goal: { type: 'string' } }, ['shared_goal']) }, [
    'type',
    'content',
    'metadata',
  ]),
}
const VERDICT_SHAPE: Shape = {
  name: 'verdict',
  schema: object({ pass: { type: 'boolean' }, reason: { type: 'string' } }, ['pass']),
}
const SCORE_SHAPE: Shape = {
  name: 'score',
  schema: object(
    {
      tier: { type: 'integer', minimum: 0, maximum: 3 },
      score: { type: 'integer', minimum: 0, maximum: 100 },
      reasoning: { type: 'string' },
    },
    ['tier', 'score', 'reasoning'],
  ),
}

/** The schema of the reply to a request. */
export function schemaOf({ role, game }: ParleyRequest): Shape {
  switch (role) {
    case 'opener':
      return game === 'teamwork' ? GOAL_SHAPE : SCENE_SHAPE
    case 'updater':
      return SCENE_SHAPE
    case 'validator':
      return VERDICT_SHAPE
    case 'scorer':
      return SCORE_SHAPE
  }
}
