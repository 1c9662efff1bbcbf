// Starts runs: new ones, and ones that play a command file.
import type { StartedEpisode } from '../../../../src/protocol/catalogue.ts'
import { operatorClient } from '../../data/operator.ts'
import type { FileStep } from './done.ts'
import { BASE_RATE, type FoundrySession } from './foundry-session.ts'
import { keepRun } from './runs.ts'

/** Starts a paused run of a scenario. Returns the episode's id. */
export async function startRun(scenario: string, title: string, seed: number): Promise<string> {
  const started = await operatorClient().episodes.start({
    world: 'foundry',
    variant: scenario,
    seed,
    players: [null],
    tick_rate: BASE_RATE,
    paused: true,
  })
  keepStarted(started, scenario, title)
  return started.episode.id
}

function keepStarted({ episode, slots }: StartedEpisode, scenario: string, title: string): void {
  keepRun({ episode: episode.id, scenario, title, token: slots[0]?.token ?? '', startedAt: Date.now() })
}

/** Plays the steps of a command file in a run that has just been started. */
export async function playFile(session: FoundrySession, steps: readonly FileStep[]): Promise<void> {
  let commands: Parameters<FoundrySession['do']>[0] = []
  for (const [index, step] of steps.entries()) {
    if (step.kind === 'command') commands = [...commands, step.command]
    const next = steps[index + 1]
    // Consecutive commands go into one tick, up to the capacity of a slot's queue.
    if (commands.length > 0 && (next?.kind !== 'command' || commands.length >= MAX_TOGETHER)) {
      await session.do(commands)
      commands = []
    }
    if (step.kind === 'ticks') await wait(session, step.ticks)
    if (session.state.get().status === 'over') return
  }
}

const MAX_TOGETHER = 32
/** Maximum ticks per request. */
const MAX_TICKS = 500

async function wait(session: FoundrySession, ticks: number): Promise<void> {
  for (let left = ticks; left > 0 && session.state.get().status !== 'over'; left -= MAX_TICKS) {
    await session.advance(Math.min(left, MAX_TICKS))
  }
}
