// The current JavaScript speed of this machine: the rules of paint-arena in a minimal loop. Printed with
// every result that depends on the machine.
import { execFile } from 'node:child_process'
import { promisify } from 'node:util'
import { rateOf } from './measure.ts'

/** Two painters, owners in a typed array, scores kept. */
function minimalLoop(steps: number): number {
  const owners = new Int8Array(96).fill(-1)
  const scores = new Int32Array(2)
  const xs = new Int32Array([0, 11])
  const ys = new Int32Array([0, 7])
  for (let step = 0; step < steps; step++) {
    for (let slot = 0; slot < 2; slot++) {
      const action = ((step >> 3) + slot) & 3
      if (action === 0 && xs[slot]! < 11) xs[slot]!++
      else if (action === 1 && ys[slot]! < 7) ys[slot]!++
      else if (action === 2 && xs[slot]! > 0) xs[slot]!--
      else if (action === 3 && ys[slot]! > 0) ys[slot]!--
      const tile = ys[slot]! * 12 + xs[slot]!
      const owner = owners[tile]!
      if (owner === slot) continue
      if (owner >= 0) scores[owner]!--
      owners[tile] = slot
      scores[slot]!++
    }
  }
  return scores[0]!
}

/** Steps per second, the median of five runs. */
export function measureFloor(): Promise<number> {
  const steps = 20_000_000
  return rateOf(steps, () => minimalLoop(steps))
}

/** How many times as fast two processes are as one: less than 2 where cores share a clock, a cache or a host. */
export async function measureFloorScaling(): Promise<number> {
  const [alone = 1] = await measureProcesses(1)
  const both = await measureProcesses(2)
  return both.reduce((sum, each) => sum + each, 0) / alone
}

function measureProcesses(count: number): Promise<number[]> {
  const program = `import { measureFloor } from ${JSON.stringify(import.meta.url)}; console.log(await measureFloor())`
  const args = ['--disable-warning=ExperimentalWarning', '--input-type=module', '-e', program]
  const measure = async (): Promise<number> => Number((await promisify(execFile)(process.execPath, args)).stdout)
  return Promise.all(Array.from({ length: count }, measure))
}
