// Replays a whole journal and compares every hash and digest: the same check as `paracosm replay verify`.
import { AppError } from '../../../src/kernel/errors.ts'
import { Replay } from '../../../src/kernel/replay.ts'
import type { World } from '../../../src/kernel/world.ts'
import type { Verdict } from './types.ts'

/** Milliseconds between two progress reports; in between, the worker handles no other requests. */
const REPORT_MS = 50

/** @param lines stored lines, in batches as they arrive */
export async function verifyLines(
  lines: AsyncIterable<readonly string[]> | Iterable<readonly string[]>,
  world: World,
  onProgress: (step: number) => void,
): Promise<Verdict> {
  const started = performance.now()
  let reported = started
  const replay = new Replay(() => world)
  try {
    for await (const batch of lines) {
      for (const text of batch) {
        const line = replay.open(text)
        while (replay.approach(line, 1000)) await breathe()
        replay.take(line)
        if (replay.divergence) return { kind: 'differs', ...replay.divergence }
        if (performance.now() - reported < REPORT_MS) continue
        onProgress(replay.fold.step)
        await breathe()
        reported = performance.now()
      }
    }
  } catch (error) {
    if (error instanceof AppError && error.code === 'JOURNAL_CORRUPT') {
      return {
        kind: 'differs',
        step: stepOf(replay),
        line: replay.lines,
        what: error.message,
        recorded: null,
        replayed: null,
      }
    }
    const code = error instanceof AppError ? error.code : 'INTERNAL_ERROR'
    return { kind: 'impossible', code, message: error instanceof Error ? error.message : String(error) }
  }
  const { step } = replay.fold
  return {
    kind: 'proved',
    steps: step,
    digests: replay.checkpoints,
    lines: replay.lines,
    ms: performance.now() - started,
  }
}

function stepOf(replay: Replay): number {
  return replay.lines > 1 ? replay.fold.step : 0
}

/** Yields, so that messages are processed. */
const breathe = (): Promise<void> => new Promise((resolve) => setTimeout(resolve))
