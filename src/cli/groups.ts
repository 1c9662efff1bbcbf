// The command groups by task, in the order in which --help lists them. Each loads on its own.
import type { Group } from './group.ts'

export const GROUPS: readonly Group[] = [
  {
    name: 'serve',
    task: 'Get started',
    summary: 'start the server: web pages, API and sockets',
    load: () => import('./serve.ts'),
  },
  { name: 'run', task: 'Get started', summary: 'play one episode', load: () => import('./run.ts') },
  {
    name: 'play',
    task: 'Get started',
    summary: 'chat with a character in the terminal',
    load: () => import('./play.ts'),
  },
  {
    name: 'init',
    task: 'Build worlds',
    summary: 'create the files of a new world or game',
    load: () => import('./init.ts'),
  },
  {
    name: 'world',
    task: 'Build worlds',
    summary: 'list, describe, serve and certify worlds',
    load: () => import('./world.ts'),
  },
  {
    name: 'coworld',
    task: 'Build worlds',
    summary: 'validate, certify and run coworld packages',
    load: () => import('./coworld.ts'),
  },
  {
    name: 'headless',
    task: 'Connect agents and programs',
    summary: 'drive a world from a script: JSON in, JSON out',
    load: () => import('./headless.ts'),
  },
  {
    name: 'perception',
    task: 'Connect agents and programs',
    summary: 'serve a world to agents over HTTP',
    load: () => import('./perception.ts'),
  },
  {
    name: 'agent',
    task: 'Connect agents and programs',
    summary: 'play a slot with rules or a language model',
    load: () => import('./agent.ts'),
  },
  {
    name: 'player',
    task: 'Connect agents and programs',
    summary: 'play a slot with a bot, as a separate process',
    load: () => import('./player.ts'),
  },
  {
    name: 'experiment',
    task: 'Run studies',
    summary: 'validate, try out, run and report studies with people',
    load: async (command) => (await import('./experiment.ts')).loadGroup(command),
  },
  {
    name: 'remote',
    task: 'Run studies',
    summary: 'deploy a study, look at it, save its data, end it',
    load: () => import('./remote.ts'),
  },
  {
    name: 'eval',
    task: 'Collect evidence',
    summary: 'compare policies on the same seeds',
    load: () => import('./eval.ts'),
  },
  {
    name: 'league',
    task: 'Collect evidence',
    summary: 'leagues, and commissioners for any platform',
    load: () => import('./league.ts'),
  },
  {
    name: 'replay',
    task: 'Collect evidence',
    summary: 'show, verify, fork and watch recordings',
    load: () => import('./replay.ts'),
  },
  {
    name: 'log',
    task: 'Collect evidence',
    summary: 'query, follow, rotate and import the command log',
    load: () => import('./log.ts'),
  },
  {
    name: 'dataset',
    task: 'Collect evidence',
    summary: 'export training data and inspect it',
    load: () => import('./dataset.ts'),
  },
  {
    name: 'strategy',
    task: 'Collect evidence',
    summary: 'validate, simulate and explain scoring programs',
    load: () => import('./strategy.ts'),
  },
  {
    name: 'admin',
    task: 'Operate',
    summary: 'manage players, characters, seeds, dumps and backups',
    load: () => import('./admin.ts'),
  },
  {
    name: 'config',
    task: 'Operate',
    summary: 'show every setting and its origin',
    load: () => import('./config.ts'),
  },
  { name: 'doctor', task: 'Operate', summary: 'check your environment', load: () => import('./doctor.ts') },
  {
    name: 'completion',
    task: 'Operate',
    summary: 'print a completion script for your shell',
    async load() {
      const { createCommand } = await import('./completion.ts')
      return { createCommand: (io) => createCommand(io, GROUPS) }
    },
  },
]
