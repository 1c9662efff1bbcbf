// `paracosm/world`: everything that a world is built from.
export { at } from './at.ts'
export { canonicalJson } from './canonical.ts'
export {
  type DialogueCapability,
  DialogueEvent,
  type DialogueGame,
  DialogueNotice,
  type DialoguePlan,
  DialogueTurnEnd,
  type ModelCall,
} from './dialogue.ts'
export { Digester, digestJson } from './digest.ts'
export { AppError } from './errors.ts'
export { createRandom, nextBelow, nextChance, nextUint32, type RandomState, shuffled } from './random.ts'
export type { ViewFrame, ViewModule, ViewSource } from './view.ts'
export {
  type Bot,
  type BotMaker,
  type CommandProgress,
  type CommandTranslation,
  configureWorld,
  defineWorld,
  type HeadlessCapability,
  type PerceptionBody,
  type PerceptionCapability,
  publicView,
  type StepOutput,
  type ViewCapability,
  type World,
  type WorldEvent,
} from './world.ts'
