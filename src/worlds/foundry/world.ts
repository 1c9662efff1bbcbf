// foundry: a factory on a 3-D grid. Crews place parts that mine, transport, make and deliver items, under power and
// contamination limits. Rules: step.ts and the subsystems it names; data: catalogue.ts, recipes.ts, scenarios.ts; the
// data sheet for people is docs/worlds/foundry.md.
import { z } from 'zod'
import { defineWorld } from '../../kernel/world.ts'
import { Results } from '../../protocol/episode.ts'
import type { JsonObject } from '../../protocol/json.ts'
import { BOTS } from './bots.ts'
import { describeCatalogue } from './catalogue-report.ts'
import { code } from './code.ts'
import { applyCommand } from './commands.ts'
import { FoundryCommand, FoundryConfig } from './config.ts'
import { createFoundry } from './create.ts'
import { digestFoundry } from './digest.ts'
import { inspectFoundry } from './inspect.ts'
import { loadFoundry } from './load.ts'
import { hasFailed, isOutOfTime, objectiveScore, outlineObjective } from './objective.ts'
import { perceiveFoundry } from './perceive.ts'
import { observeFoundry, summarizeFoundry } from './report.ts'
import { FoundryInspection, FoundryOutline, FoundrySummary } from './report-schema.ts'
import { saveFoundry } from './save.ts'
import { SavedFoundry } from './save-schema.ts'
import { VARIANTS } from './scenarios.ts'
import { spectateFoundry } from './spectate.ts'
import type { Foundry } from './state.ts'
import { stepFoundry } from './step.ts'
import { translateFoundry } from './translate.ts'

const FoundryResults = Results.extend({
  /** Permille of the objective achieved, the same for every slot. */
  scores: z.array(z.int().min(0).max(1000)).min(1).max(8),
  tick: z.int().min(0),
  completed_at: z.int().nullable(),
})

export const foundry = defineWorld<FoundryConfig, Foundry, FoundryCommand, JsonObject>({
  id: 'foundry',
  version: '1.0.0',
  title: 'Foundry',
  summary:
    'A factory on a 3-D grid: place parts that dig, carry, make and deliver items, within limits of power and contamination.',
  code,
  config: FoundryConfig,
  command: FoundryCommand,
  results: FoundryResults,
  bots: BOTS,
  variants: VARIANTS,
  slots: (config) => config.inventory.length,
  create: createFoundry,
  apply(f, slot, command, out) {
    const answer = applyCommand(f, slot, command)
    if (typeof answer !== 'number') return answer
    out.event({ slot: null, kind: 'part_placed', data: { part_id: answer } })
    return undefined
  },
  step: stepFoundry,
  observe: observeFoundry,
  view: { spectate: spectateFoundry },
  perception: { perceive: perceiveFoundry, translate: translateFoundry },
  headless: {
    shapes: { summary: FoundrySummary, outline: FoundryOutline, inspection: FoundryInspection, saved: SavedFoundry },
    runsOn: true,
    outline: (config) => ({ size: { ...config.size }, objective: outlineObjective(config) }),
    summarize: summarizeFoundry,
    inspect: inspectFoundry,
    catalogue: () => describeCatalogue(),
    origin: (f) => ({ tick: f.tick, seed: f.seed }),
  },
  standing: (f) => ({
    scores: f.inventories.map(() => objectiveScore(f)),
    tick: f.tick,
    completed_at: f.completedAt < 0 ? null : f.completedAt,
  }),
  outcome(f) {
    if (f.completedAt >= 0)
      return { ended: 'terminated', reason: `The objective was complete at tick ${f.completedAt}.` }
    if (hasFailed(f)) return { ended: 'terminated', reason: 'The last tick for the objective has passed.' }
    if (isOutOfTime(f)) return { ended: 'truncated', reason: `The limit of ${f.config.max_ticks} ticks was reached.` }
    return undefined
  },
  save: saveFoundry,
  load: loadFoundry,
  digest: digestFoundry,
})
