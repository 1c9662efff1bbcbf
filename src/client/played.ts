// What the playing of sessions needs, as one module: clients load it when they play.
export { PlaySession } from './play-session.ts'
export { readRecord } from './replayed.ts'
