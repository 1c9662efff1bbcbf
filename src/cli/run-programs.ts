// The programs that play slots of a run: starts them once the game listens, watches them, and reports one that dies too
// early.
import { AppError } from '../kernel/errors.ts'
import type { ProcessPlayer, ProgramEnd } from '../players/process-player.ts'
import { startProcessPlayer } from '../players/process-player.ts'

/** Milliseconds that programs have to exit after the end of the episode. */
const LEAVE_MS = 10_000

interface Program {
  readonly slot: number
  readonly command: string
  readonly log: string | undefined
  readonly player: ProcessPlayer
}

export class RunPrograms {
  readonly #programs: Program[] = []
  readonly #failed = new AbortController()
  readonly #isConnected: (slot: number) => boolean
  #isOver = false

  /** @param isConnected whether a slot has a connection; a command may end after it left a player in the background */
  constructor(isConnected: (slot: number) => boolean) {
    this.#isConnected = isConnected
  }

  /** Aborted with an AppError as reason when a program ends before the episode does. */
  get failed(): AbortSignal {
    return this.#failed.signal
  }

  start(
    at: { slot: number; command: string; url: string; log: string | undefined },
    environment: Readonly<Record<string, string>>,
  ): void {
    const player = startProcessPlayer(at.command, { url: at.url, log: at.log, environment })
    const program = { slot: at.slot, command: at.command, log: at.log, player }
    this.#programs.push(program)
    void player.ended.then((end) => {
      const hasLeft = end.status !== 0 || !this.#isConnected(at.slot)
      if (!this.#isOver && hasLeft) this.#failed.abort(failureOf(program, end, ' before the episode ended'))
    })
  }

  /** The episode has ended: from now on programs may exit. */
  over(): void {
    this.#isOver = true
  }

  /**
   * Waits until the programs have exited.
   * @throws AppError RUN_TIMEOUT; RUN_FAILED for a status other than 0
   */
  async leave(): Promise<void> {
    const { promise: late, resolve } = Promise.withResolvers<undefined>()
    const timer = setTimeout(() => resolve(undefined), LEAVE_MS)
    try {
      for (const program of this.#programs) {
        const end = await Promise.race([program.player.ended, late])
        if (!end) throw stillThere(program)
        if (end.status !== 0) throw failureOf(program, end, '')
      }
    } finally {
      clearTimeout(timer)
    }
  }

  stop(): void {
    for (const { player } of this.#programs) player.stop()
  }
}

const stillThere = ({ slot, command }: Program): AppError =>
  new AppError('RUN_TIMEOUT', `the program of slot ${slot} (${command}) still ran ${LEAVE_MS / 1000} s after the end`, {
    hint: 'End the program when it receives a message of type "final".',
    details: { slot },
  })

function failureOf({ slot, command, log, player }: Program, { status, signal }: ProgramEnd, when: string): AppError {
  const how = signal === null ? `exited with status ${status}` : `was ended by ${signal}`
  const output = player.lastLines()
  const where = log === undefined ? 'add -o <folder> to keep its whole log' : `its whole log is ${log}`
  return new AppError('RUN_FAILED', `the program of slot ${slot} (${command}) ${how}${when}`, {
    hint: output.length > 0 ? `Read its last lines above; ${where}.` : `It printed nothing; ${where}.`,
    details: { slot, status, signal, log: log ?? null, output: [...output] },
  })
}
