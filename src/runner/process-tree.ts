// Finds what a program has left running, whatever session, group or parent it has now: everything that it started carries a
// mark in its environment. Only on machines with /proc; elsewhere a program is ended with its group alone.
import { randomBytes } from 'node:crypto'
import { readdirSync, readFileSync } from 'node:fs'

/** Variable that carries the mark. */
export const MARK_VARIABLE = 'PARACOSM_STARTED'

/** Scans at most: each ends what the one before it missed because it was being started. */
const ROUNDS = 20

export function createMark(): string {
  return randomBytes(12).toString('hex')
}

/** Ends every process whose environment carries `mark`, at once. A process that empties its environment is not found. */
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

/** Empty for a process that has ended, and for one of somebody else. */
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
    // ESRCH: it has ended meanwhile.
    if (!(error instanceof Error && 'code' in error && error.code === 'ESRCH')) throw error
  }
}
