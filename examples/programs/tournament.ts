// Plays many episodes in this process: a bot against a program, in both slots, over paired seeds. One journal is kept,
// verified, and played on from its middle with another player.
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type AsyncPlayer, forkEpisode, replayEpisode, runEpisode, verifyJournal } from 'paracosm/episode'
import { countdown } from './countdown.ts'

interface Observation {
  readonly left: number
}

/** Stands for a model or a person: it answers later. */
const thoughtful: AsyncPlayer<Observation, { take: number }> = {
  name: 'thoughtful',
  async decideAsync({ left }) {
    await new Promise((resolve) => setImmediate(resolve))
    return { take: Math.min(left, left % 4 || 1) }
  },
}

const EPISODES = 20
let wins = 0
for (let seed = 0; seed < EPISODES; seed++) {
  const first = await runEpisode({ world: countdown, players: [thoughtful, 'one'], seed })
  const second = await runEpisode({ world: countdown, players: ['one', thoughtful], seed })
  wins += (first.results.scores[0] ?? 0) + (second.results.scores[1] ?? 0)
}
console.log(`thoughtful won ${wins} of ${2 * EPISODES}`)

const folder = await mkdtemp(join(tmpdir(), 'tournament-'))
try {
  const file = join(folder, 'journal.jsonl')
  const { steps } = await runEpisode({ world: countdown, players: ['modulo', 'one'], seed: 1, journalFile: file })
  const report = await verifyJournal({ file }, { world: countdown })
  const middle = await replayEpisode({ file }, { world: countdown, step: Math.floor(steps / 2) })
  const fork = await forkEpisode({ file }, { world: countdown, at: middle.step, players: { 1: 'modulo' } })
  console.log(`verified: ${report.ok}; at step ${middle.step}: ${JSON.stringify(middle.view)}`)
  console.log(
    `scores: ${fork.parent.results?.scores.join(':')}, with modulo in slot 1: ${fork.results.scores.join(':')}`,
  )
} finally {
  await rm(folder, { recursive: true })
}
