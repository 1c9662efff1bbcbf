// Runs a server with a world of its own, starts an episode over its API, and waits for its results.
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { createClient } from 'paracosm/client'
import { createServer } from 'paracosm/server'
import { countdown } from './countdown.ts'

/** Milliseconds that the episode may take. */
const LIMIT_MS = 30_000

const folder = await mkdtemp(join(tmpdir(), 'host-'))
try {
  await using server = await createServer({ folder, worlds: [countdown] })
  console.log(`listening at ${server.url}`)
  const client = createClient({ url: server.url })
  const { episode } = await client.episodes.start({
    world: countdown.id,
    players: ['modulo', 'one'],
    seed: 1,
    tick_rate: 100,
  })
  const deadline = Date.now() + LIMIT_MS
  let found = await client.episodes.get(episode.id)
  while (found.status !== 'finished' && Date.now() < deadline) {
    await sleep(100)
    found = await client.episodes.get(episode.id)
  }
  console.log(`${found.status}: ${found.results?.scores.join(':')}`)
} finally {
  await rm(folder, { recursive: true, force: true })
}
