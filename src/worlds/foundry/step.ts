// One tick, always in this order: commands (already applied), nets (updated as parts were added and removed), power,
// machines, items, contamination, objective.
import { spreadContamination } from './contamination.ts'
import { runMachines } from './machines.ts'
import { runObjective } from './objective.ts'
import { runPower } from './power.ts'
import type { Foundry } from './state.ts'
import { transport } from './transport.ts'

export function stepFoundry(f: Foundry): void {
  runPower(f)
  runMachines(f)
  transport(f)
  spreadContamination(f)
  runObjective(f)
  f.tick++
}
