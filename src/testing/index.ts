// `paracosm/testing`: the conformance kit, and what tests of worlds and players are built with.
export { type Breach, checkConformance, type DrawnRun, drawBotRun, withoutClocks } from '../episode/conformance.ts'
export { createHandClock, type HandClock } from './hand-clock.ts'
export { arbRun, testWorld, type WorldKit } from './test-world.ts'
