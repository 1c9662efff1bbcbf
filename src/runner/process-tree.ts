// Finds the processes that a program has left running, whatever session, group or parent they have now: everything that
// it started carries a mark in its environment. This works only on machines with /proc; elsewhere only a program's
// group is ended.
import { randomBytes } from 'node:crypto'
import { readdirSync, readFileSync } from 'node:fs'

/** The variable that carries the mark. */
export const MARK_VARIABLE = 'PARACOSM_STARTED'

/** Maximum number of scans: each ends processes that were being started during the previous one. */
const ROUNDS = 20

export function createMark(): string {
  return randomBytes(12).toString('hex')
}

/** Kills every process whose environment carries `mark`. A process that clears its environment is not found. */
export function endMarked(mark: string): void {
  for (let round = 0; round < ROUNDS; round++) {
    const left = processesWith(mark)
    if (left.length === 0) return
    for (const id of left) endProcess(id)
  }
}

function processesWith(mark: string): readonly number[] {
  const entry = `${MARK_VARIABLE}=${mark}`
  return listProcesses().filter((id) => readEnvironment(id).split('\0').includes(entry))
}

function listProcesses(): readonly number[] {
  try {
    return readdirSync('/proc')
      .filter((name) => /^\d+$/.test(name))
      .map(Number)
  } catch {
    return [] // a machine without /proc
  }
}

/** Empty for a process that has ended, or that belongs to another user. */
function readEnvironment(id: number): string {
  try {
    return readFileSync(`/proc/${id}/environ`, 'latin1')
  } catch {
    return ''
  }
}

function endProcess(id: number): void {
  try {
    process.kill(id, 'SIGKILL')
  } catch (error) {
    // ESRCH: it has already ended.
    if (!(error instanceof Error && 'code' in error && error.code === 'ESRCH')) throw error
  }
}
