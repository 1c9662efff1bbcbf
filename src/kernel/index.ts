// `paracosm/world`: everything that a world is written with.
export { at } from './at.ts'
export { canonicalJson } from './canonical.ts'
export { Digester, digestJson } from './digest.ts'
export { AppError } from './errors.ts'
export { createRandom, nextBelow, nextChance, nextUint32, type RandomState, shuffled } from './random.ts'
export {
  type Bot,
  type BotMaker,
  defineWorld,
  type Endeavour,
  type Interpretation,
  type StepOutput,
  type World,
  type WorldEvent,
} from './world.ts'
