// The child process of crash tests: plays episodes in a data folder and prints what it has acknowledged: `started
// <episode>`, `step <episode> <step>` for every acknowledged input, and `seen <episode> <step>` for what a client
// without receipts saw. When restarted, it resumes the episodes it finds. It runs until it is killed.
import type { Episode } from '../episode/episode.ts'
import { createConnection } from './connections.ts'
import { openFolder } from './data-folder.ts'
import { nim } from './worlds.ts'

const [dataDir = '', count = '4', mode = 'receipts'] = process.argv.slice(2)
const { episodes } = await openFolder(dataDir, [nim], { resume: { gatherMs: 1000, leadMs: 0 } })
const person = { kind: 'human' as const, name: 'Ada\u2028 Lovelace \ud800' }
const say = (line: string): void => void process.stdout.write(`${line}\n`)

async function play(episode: Episode): Promise<void> {
  const id = episode.header.episode
  const handles = [0, 1].map((slot) =>
    episode.join({ slot, token: episode.slots[slot]?.token ?? '' }, person, createConnection()),
  )
  while (!episode.isClosed) {
    const slot = (episode.spectate().turn as number) ?? 0
    if (mode === 'receipts') {
      const receipt = await handles[slot]!.submit({ take: 1 })
      if (receipt.accepted) say(`step ${id} ${receipt.step}`)
      continue
    }
    // Refused, and journalled verbatim: text that has broken line readers before.
    handles[slot]!.post('a\u2028b\u2029c\ud800\u0000')
    handles[slot]!.post({ take: 1 })
    await new Promise((resolve) => setTimeout(resolve, 5))
    say(`seen ${id} ${episode.step - 1} ${Date.now()}`)
  }
}

await episodes.resumeUnfinished()
for (const { id } of (await episodes.list({ status: 'live' }, { limit: 100 })).entries) {
  const episode = episodes.get(id)
  if (episode?.world.id === 'nim') void play(episode)
}
for (let i = 0; i < Number(count); i++) {
  const episode = await episodes.start({
    world: nim,
    config: { heap: 1000 },
    seed: i,
    slots: [null, null],
    pacing: { mode: 'lockstep' },
    kind: 'crash',
    gatherMs: 1000,
  })
  say(`started ${episode.header.episode}`)
  void play(episode)
  const bots = await episodes.start({
    world: 'paint-arena',
    seed: i,
    slots: ['random', 'random'],
    pacing: { mode: 'rate', stepsPerSecond: 100 },
    kind: 'bots',
  })
  say(`started ${bots.header.episode}`)
  bots.watch(() => say(`seen ${bots.header.episode} ${bots.step - 1} ${Date.now()}`))
}
