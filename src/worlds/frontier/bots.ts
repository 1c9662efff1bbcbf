// The bots that ship with frontier. They see only observations, without the raw engine data. Their prior knowledge of
// the country comes from a guide (guide.ts).
import type { BotMaker } from '../../kernel/world.ts'
import type { AgentCommand } from '../../protocol/perception-command.ts'
import type { Content } from './content/shape.ts'
import { createExplorer } from './explorer.ts'
import { createGuide } from './guide.ts'
import type { FrontierObservation } from './perceive.ts'
import { createScripted } from './scripted.ts'
import { createWanderer } from './wanderer.ts'

export function createBots(content: Content): readonly BotMaker<FrontierObservation, AgentCommand>[] {
  const guide = createGuide(content)
  return [
    {
      name: 'scripted',
      summary: 'Follows the quests one after the other, fights what attacks it, dresses its wounds and rests.',
      create: () => createScripted(guide),
    },
    {
      name: 'explorer',
      summary: 'Knows only what it perceives: talks, takes, reads its journal and looks about.',
      create: () => createExplorer(),
    },
    {
      name: 'wanderer',
      summary: 'Does anything that comes to mind with whatever is near, seeded.',
      create: (seed) => createWanderer(guide, seed),
    },
  ]
}
