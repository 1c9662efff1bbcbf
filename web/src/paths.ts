// Every address of the application. The build passes the list to the server, which serves these with the application
// and answers others with 404. A page's route takes its path from here.

/** `$name` stands for one part of a path. */
export const PATHS = {
  home: '/',
  watch: '/watch',
  worlds: '/worlds',
  world: '/worlds/$world',
  leagues: '/leagues',
  league: '/leagues/$league',
  episode: '/episodes/$episode',
  slot: '/episodes/$episode/play',
  compare: '/compare/$episode/$fork',
  foundry: '/play/foundry',
  foundryRun: '/play/foundry/$episode',
  design: '/design',
  play: '/play',
  chat: '/play/$session',
  log: '/log',
  study: '/study/$study',
  studies: '/studies',
  newStudy: '/new-study',
  studyBoard: '/studies/$study',
  participant: '/studies/$study/participants/$player',
  scenarios: '/scenarios',
  characterScenarios: '/scenarios/$character',
  characters: '/characters',
  coverage: '/characters/coverage',
  operate: '/operate',
  account: '/account',
} as const
