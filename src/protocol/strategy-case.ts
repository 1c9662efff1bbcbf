// Conformance cases of the strategy language, one JSON object a line: what to run and, if known, the expected result.
// tests/fixtures/strategy-dsl/README.md explains every key.
import { z } from 'zod'

const Limits = z.object({ max_nodes: z.int().min(0).optional(), max_depth: z.int().min(0).optional() })
/** JSON objects pass by reference: copying one key by key would lose keys such as `__proto__`. */
const Raw = z.custom<Record<string, unknown>>(
  (value) => typeof value === 'object' && value !== null && !Array.isArray(value),
  { message: 'must be an object' },
)

/** Keys that begin with `expect`, and all others that are not listed, are ignored. */
export const EvaluationCase = z.object({
  id: z.string(),
  mode: z.enum(['full', 'pre', 'post', 'pipeline']),
  ids: z.object({ externalGameId: z.string(), externalTaskId: z.string(), externalUserId: z.string() }),
  /** The program before validation: anything at all. */
  ast: z.unknown(),
  limits: Limits.nullish(),
  runtime_limits: Limits.nullish(),
  skip_validation: z.boolean().nullish(),
  data: Raw.nullish(),
  mock_state: Raw.nullish(),
  /** Answer by path; 0 for every path that is not listed. */
  analytics: z.record(z.string(), z.number()).nullish(),
  parent_result: z
    .object({ points: z.unknown(), case_name: z.string().nullish(), callback_data: Raw.nullish() })
    .nullish(),
  /** A built-in, or a scripted parent. Absent: the program is the whole strategy. */
  parent: z
    .union([
      z.object({ builtin: z.string() }),
      z.object({
        points: z.unknown(),
        case_name: z.string().nullish(),
        callback_data: Raw.nullish(),
        shape: z.enum(['tuple2', 'tuple3', 'scalar']).nullish(),
        variables: Raw.nullish(),
        points_from: z.string().nullish(),
        raises: z.union([z.boolean(), z.string()]).nullish(),
      }),
    ])
    .nullish(),
})
export type EvaluationCase = z.infer<typeof EvaluationCase>
