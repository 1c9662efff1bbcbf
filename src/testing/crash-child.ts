// The victim of crash tests: keeps episodes going in a data folder and prints every acknowledged input as
// `<episode> <step>`. Started again, it goes on with what it finds. It ends by being killed.
import { Archive } from '../episode/archive.ts'
import type { Episode } from '../episode/episode.ts'
import { createToken } from '../episode/slots.ts'
import { createEpisodeId, resumeEpisode, startEpisode } from '../episode/start.ts'
import { configureWorld } from '../kernel/world.ts'
import { createConnection } from './connections.ts'
import { nim } from './worlds.ts'

const [folder = '', count = '4'] = process.argv.slice(2)
const archive = await Archive.open(folder)
const person = { kind: 'human' as const, name: 'Ada' }

async function play(episode: Episode): Promise<void> {
  const slots = [0, 1].map((slot) =>
    episode.join({ slot, token: episode.slots[slot]?.token ?? '' }, person, createConnection()),
  )
  episode.begin()
  while (!episode.isOver) {
    const slot = (episode.spectate().turn as number) ?? 0
    const receipt = await slots[slot]!.submit({ take: 1 })
    if (receipt.accepted) process.stdout.write(`${episode.header.episode} ${receipt.step}\n`)
  }
  await archive.finish(episode.header.episode, await episode.done)
}

for (const id of archive.unfinished()) {
  const { journal, tokens, sink } = await archive.reopen(id)
  void play(resumeEpisode(nim, journal, { tokens, sink, inProcessFor: () => undefined }))
}
for (let i = 0; i < Number(count); i++) {
  const id = createEpisodeId(Date.now())
  const tokens = [createToken(), createToken()]
  const slots = tokens.map((token) => ({ player: { kind: 'empty' as const, name: 'nobody' }, token }))
  const sink = await archive.create(id, tokens)
  const configured = configureWorld(nim, undefined, { heap: 1000 })
  void play(startEpisode(nim, configured, { id, seed: i, slots, pacing: { mode: 'lockstep' }, sink, gatherMs: 1000 }))
}
