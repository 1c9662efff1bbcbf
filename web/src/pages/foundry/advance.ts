// Advances a paused run by a number of ticks, exactly once: when an answer is lost on the way, the tick of the run says
// whether the request had arrived.
import { type Client, ClientError } from 'paracosm/client'
import type { PaceRequest, PaceState } from '../../../../src/protocol/control.ts'

/** Attempts after a lost answer, and milliseconds before the first; each further one waits as much longer. */
const ATTEMPTS = 6
const WAIT_MS = 300

/** @throws ClientError when the server refuses, or stays away */
export async function advance(client: Client, episode: string, ticks: number): Promise<PaceState> {
  const pace = (wanted: PaceRequest): Promise<PaceState> => client.episodes.pace(episode, wanted)
  // Pausing a paused run changes nothing, and tells its tick.
  const now = (): Promise<PaceState> => repeat(() => pace({ paused: true }))
  const target = (await now()).step + ticks
  return repeat(async (attempt) => {
    if (attempt === 0) return pace({ steps: ticks })
    const state = await now()
    return state.step >= target || state.status === 'over' ? state : pace({ steps: target - state.step })
  })
}

async function repeat<T>(work: (attempt: number) => Promise<T>): Promise<T> {
  for (let attempt = 0; ; attempt++) {
    try {
      return await work(attempt)
    } catch (error) {
      if (!isLost(error) || attempt >= ATTEMPTS) throw error
      await new Promise((resolve) => setTimeout(resolve, WAIT_MS * (attempt + 1)))
    }
  }
}

/** Whether the server may be back in a moment. */
export function isLost(error: unknown): boolean {
  if (!(error instanceof ClientError)) return false
  return error.code === 'UNREACHABLE' || error.code === 'TIMEOUT' || [429, 502, 503, 504].includes(error.status)
}
