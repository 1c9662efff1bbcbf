// Chooses the renderer: WebGL if it works, otherwise the plan.
import { createGlStage } from './gl-stage.ts'
import { createPlanStage } from './plan-stage.ts'
import type { Stage } from './stage.ts'

/** `?foundry=plan` in the URL selects the plan. */
function wantsPlan(): boolean {
  return new URLSearchParams(location.search).get('foundry') === 'plan'
}

export function createStage(host: HTMLElement): Stage {
  if (!wantsPlan() && hasWebGl()) {
    try {
      return createGlStage(host)
    } catch (error) {
      // A driver may report WebGL support but fail to create a context: the plan shows the same.
      host.dataset.fallback = error instanceof Error ? error.message : 'WebGL failed'
      for (const canvas of host.querySelectorAll('canvas')) canvas.remove()
    }
  }
  return createPlanStage(host)
}

function hasWebGl(): boolean {
  const context = document.createElement('canvas').getContext('webgl2')
  context?.getExtension('WEBGL_lose_context')?.loseContext()
  return context !== null
}
