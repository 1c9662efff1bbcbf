// A runtime whose runs end with this process, whatever ends it: each has a leash until nothing is left of it.
import type { Runtime, RuntimeSession } from '../../runner/runtime.ts'
import type { StartLeash } from './leash.ts'

/** @param folder removed as well when this process dies */
export function onLeash(runtime: Runtime, leash: StartLeash, folder: string): Runtime {
  return {
    ...runtime,
    async open(session): Promise<RuntimeSession> {
      const held = leash({ runId: session.id, folder })
      try {
        const opened = await runtime.open(session)
        return {
          ...opened,
          async close() {
            const left = await opened.close()
            // What could not be removed now is left to the leash, which tries on its own when this process ends.
            if (left.length === 0) held.release()
            return left
          },
        }
      } catch (error) {
        held.release()
        throw error
      }
    },
  }
}
