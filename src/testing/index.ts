// `paracosm/testing`: the conformance suite, and what tests of worlds and players are built with.
export { checkConformance, type DrawnRun, drawBotRun, type Violation, withoutClocks } from '../episode/conformance.ts'
export { createHandClock, type HandClock } from './hand-clock.ts'
export { arbRun, testWorld, type WorldKit } from './test-world.ts'
