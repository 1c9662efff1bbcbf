// The list of a world's scenarios.
import { configureWorld, type World } from '../../kernel/world.ts'
import type { HeadlessReport, ScenarioEntry } from '../../protocol/headless.ts'

export function listScenarios(world: World): HeadlessReport {
  const scenarios = world.variants.map(({ id, title, description }): ScenarioEntry => {
    const outline = world.headless?.outline?.(configureWorld(world, id).config) ?? {}
    return { id, title, description, size: outline.size ?? null, objective: outline.objective ?? null }
  })
  return { ok: true, error: null, source: null, steps: [], summary: null, scenarios }
}
