// Repeats work, one run at a time, until it is stopped.
export interface Sweep {
  start(): void
  /** Resolves once the current run has ended. */
  stop(): Promise<void>
}

/** @param everyMs milliseconds between the end of one run and the start of the next */
export function createSweep(work: () => Promise<void>, everyMs: number, onFault: (error: unknown) => void): Sweep {
  let timer: NodeJS.Timeout | undefined
  let running: Promise<void> | undefined
  let isStopped = false
  const once = async (): Promise<void> => {
    await work().catch(onFault)
    running = undefined
    if (!isStopped) timer = setTimeout(run, everyMs).unref()
  }
  const run = (): void => {
    running = once()
  }
  return {
    start() {
      if (timer === undefined && running === undefined && !isStopped) run()
    },
    async stop() {
      isStopped = true
      clearTimeout(timer)
      await running
    },
  }
}
