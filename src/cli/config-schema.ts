// The schema of paracosm.config.ts. Its type, with what each value means, is in src/api/config.ts.
import { z } from 'zod'
import type { ParacosmConfig } from '../api/config.ts'
import { isWorld } from '../host/world-modules.ts'
import type { World } from '../kernel/world.ts'
import type { StrategySpec } from '../strategy/strategy.ts'

const Text = z.string().min(1).max(2000)
const Variable = z.string().regex(/^[A-Za-z_][A-Za-z0-9_]*$/, 'must be the name of an environment variable')
const WorldValue = z.custom<World>(isWorld, 'must be a path, a package or what defineWorld returns')
const StrategyValue = z.custom<StrategySpec>(
  (value) => typeof value === 'object' && value !== null && 'calculatePoints' in value,
  'must be a path, a package or a strategy',
)

/** The schema of the file's default export. */
export const ParacosmConfigFile: z.ZodType<ParacosmConfig> = z.strictObject({
  worlds: z.array(z.union([Text, WorldValue])).optional(),
  strategies: z.array(z.union([Text, StrategyValue])).optional(),
  characters: z.array(Text).optional(),
  models: z
    .strictObject({
      default: Text.optional(),
      opener: Text.optional(),
      updater: Text.optional(),
      validator: Text.optional(),
      scorer: Text.optional(),
      baseUrlEnv: Variable.optional(),
    })
    .optional(),
  storage: z.strictObject({ folder: Text.optional(), databaseUrlEnv: Variable.optional() }).optional(),
  server: z.strictObject({ host: Text.optional(), port: z.int().min(0).max(65_535).optional() }).optional(),
})
