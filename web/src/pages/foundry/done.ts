// The edits of a run, read from the lines of its journal: every accepted command with its tick.
import { parseLine, splitHash } from '../../../../src/kernel/journal.ts'
import { isObject } from '../../../../src/protocol/is-object.ts'
import type { Done } from '../../../../src/worlds/foundry/view/command-file.ts'

export function readDone(journal: string): readonly Done[] {
  const done: Done[] = []
  for (const [index, text] of journal.split('\n').entries()) {
    const split = index === 0 || text === '' ? undefined : splitHash(text)
    const line = split && parseLine(split.body, index + 1)
    if (line?.kind !== 'step') continue
    for (const [, command] of line.line.inputs ?? []) {
      if (isObject(command)) done.push({ tick: line.line.step, command })
    }
  }
  return done
}

/** Ticks with edits, ascending. */
export function ticksOf(done: readonly Done[]): readonly number[] {
  return [...new Set(done.map(({ tick }) => tick))].sort((a, b) => a - b)
}

/** The commands of a file of the headless interface; undefined if it is not one. */
export function readCommandFile(text: string): readonly FileStep[] | undefined {
  try {
    const value: unknown = JSON.parse(text)
    const steps: unknown = Array.isArray(value) ? value : Reflect.get(Object(value), 'steps')
    if (!Array.isArray(steps)) return undefined
    const read = steps.map(readStep)
    return read.every((step) => step !== undefined) ? read.filter((step) => step !== undefined) : undefined
  } catch {
    // Not JSON: the caller reports it.
    return undefined
  }
}

export type FileStep =
  | { readonly kind: 'command'; readonly command: Done['command'] }
  | { readonly kind: 'ticks'; readonly ticks: number }

function readStep(step: unknown): FileStep | undefined {
  if (!isObjectStep(step)) return undefined
  const { type, command, ticks, max_ticks: most } = step
  if (type === 'apply_command' && isObject(command)) return { kind: 'command', command }
  if (type === 'tick' && typeof ticks === 'number') return { kind: 'ticks', ticks: Math.max(1, Math.trunc(ticks)) }
  if (type === 'until_victory') return { kind: 'ticks', ticks: typeof most === 'number' ? Math.min(most, 5000) : 5000 }
  return type === 'inspect_part' ? { kind: 'ticks', ticks: 0 } : undefined
}

function isObjectStep(step: unknown): step is Parameters<typeof isObject>[0] & Record<string, never> {
  return typeof step === 'object' && step !== null && !Array.isArray(step)
}
