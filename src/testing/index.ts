// `paracosm/testing`: the conformance suite, and helpers for testing worlds and players.
export { checkConformance, type DrawnRun, drawBotRun, type Violation, withoutClocks } from '../episode/conformance.ts'
export { createHandClock, type HandClock } from './hand-clock.ts'
export { arbRun, testWorld, type WorldKit } from './test-world.ts'
