// The command groups, in the order in which --help lists them. Each loads on its own.
import type { Command } from 'commander'
import type { Io } from './io.ts'

interface Group {
  readonly name: string
  readonly summary: string
  load(): Promise<{ createCommand(io: Io): Command }>
}

export const GROUPS: readonly Group[] = [
  { name: 'serve', summary: 'start the server, with something to watch', load: () => import('./serve.ts') },
  { name: 'run', summary: 'play one episode', load: () => import('./run.ts') },
  { name: 'eval', summary: 'compare policies, with intervals and ratings', load: () => import('./eval.ts') },
  { name: 'league', summary: 'leagues, and commissioners for any platform', load: () => import('./league.ts') },
  { name: 'play', summary: 'chat with a character of a server, here in the terminal', load: () => import('./play.ts') },
  { name: 'init', summary: 'write the files of a new world or game', load: () => import('./init.ts') },
  { name: 'replay', summary: 'show, verify, fork and watch recordings', load: () => import('./replay.ts') },
  { name: 'world', summary: 'list, describe, serve and certify worlds', load: () => import('./world.ts') },
  { name: 'perception', summary: 'let agents perceive and command, by HTTP', load: () => import('./perception.ts') },
  { name: 'headless', summary: 'drive a world from a script: JSON in, JSON out', load: () => import('./headless.ts') },
  { name: 'player', summary: 'play one slot with a bot, as a process', load: () => import('./player.ts') },
  { name: 'agent', summary: 'play a slot through the perception adapter', load: () => import('./agent.ts') },
  { name: 'coworld', summary: 'check, certify, play and run coworld packages', load: () => import('./coworld.ts') },
  { name: 'log', summary: 'look through, follow, rotate and import the command log', load: () => import('./log.ts') },
  {
    name: 'dataset',
    summary: 'make training data of the command log, and look into it',
    load: () => import('./dataset.ts'),
  },
  { name: 'config', summary: 'show every setting and where it comes from', load: () => import('./config.ts') },
  { name: 'doctor', summary: 'what this machine has, and what is missing', load: () => import('./doctor.ts') },
  { name: 'strategy', summary: 'check, try out and explain scoring programs', load: () => import('./strategy.ts') },
  { name: 'admin', summary: 'players, characters, seeds, dumps and backups', load: () => import('./admin.ts') },
]
