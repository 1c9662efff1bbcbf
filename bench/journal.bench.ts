// A journal of a million steps: writing, opening, seeking.
import { mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createFileSink } from '../src/episode/file-sink.ts'
import { createBotPlayer } from '../src/episode/in-process-players.ts'
import { JournalFile } from '../src/episode/journal-file.ts'
import { SeekableZstdWriter } from '../src/episode/seekable-zstd.ts'
import { startEpisode } from '../src/episode/start.ts'
import { createRandom, nextBelow } from '../src/kernel/random.ts'
import { configureWorld, type World } from '../src/kernel/world.ts'
import { paintArena } from '../src/worlds/paint-arena/world.ts'
import { median, percentile, type Row, timeOf } from './measure.ts'

export const name = 'journal'

const STEPS = 1_000_000

/** paint-arena without its limit of 10,000 ticks, and with a loader that accepts that. */
const endless: World = {
  ...paintArena,
  outcome: (state) =>
    paintArena.standing(state as never).ticks === STEPS ? { ended: 'terminated', reason: 'Enough.' } : undefined,
  load: (saved) => structuredClone(saved),
}

export async function run(report: (row: Row) => void): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), 'paracosm-bench-'))
  const path = join(folder, 'journal.jsonl')
  const slots = ['sweep', 'sweep'].map((bot, slot) => ({
    player: { kind: 'bot' as const, name: bot },
    inProcess: createBotPlayer(endless, bot, { seed: 1, slot }),
  }))
  const started = performance.now()
  const episode = startEpisode(endless, configureWorld(paintArena, 'default'), {
    seed: 1,
    slots,
    pacing: { mode: 'fast' },
    sink: await createFileSink(path),
  })
  episode.begin()
  await episode.done
  report({ what: 'written, 1,000,000 steps', value: (performance.now() - started) / 1000, unit: 's' })
  const packed = `${path}.zst`
  const writer = new SeekableZstdWriter()
  const text = readFileSync(path)
  const parts: Buffer[] = []
  for (let at = 0; at < text.length; at += 1 << 20) parts.push(writer.add(text.subarray(at, at + (1 << 20))))
  writeFileSync(packed, Buffer.concat([...parts, writer.end()]))
  for (const [kind, file] of [
    ['plain', path],
    ['zstd', packed],
  ] as const) {
    report({ what: `${kind}: size`, value: statSync(file).size / 2 ** 20, unit: 'MiB' })
    const open = await timeOf(async () => {
      const journal = await JournalFile.open(file)
      await journal.last()
      await journal.close()
    }, 9)
    report({ what: `${kind}: open, header and outcome`, value: open, unit: 'ms', note: 'goal 1,000' })
    const journal = await JournalFile.open(file)
    const random = createRandom(1, 'seeks')
    const times: number[] = []
    for (let i = 0; i < 100; i++) {
      const before = performance.now()
      await journal.seek(nextBelow(random, STEPS + 1), () => endless)
      times.push(performance.now() - before)
    }
    await journal.close()
    report({ what: `${kind}: seek to any step, median`, value: median(times), unit: 'ms', note: 'goal 100' })
    report({ what: `${kind}: seek to any step, slowest of 100`, value: percentile(times, 1), unit: 'ms' })
  }
  rmSync(folder, { recursive: true })
}
