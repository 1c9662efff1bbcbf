// The pages of the documentation by task: the sidebar of the site, and the index in docs/README.md (a test compares them).

export interface Section {
  readonly title: string
  /** Title and path below docs/, in reading order. */
  readonly pages: readonly (readonly [title: string, path: string])[]
}

export const SECTIONS: readonly Section[] = [
  {
    title: 'Tutorials',
    pages: [
      ['Build a world', 'tutorials/build-a-world.md'],
      ['Benchmark an agent', 'tutorials/benchmark-an-agent.md'],
      ['Run a study', 'tutorials/run-a-study.md'],
      ['Run a study with 20 participants', 'tutorials/study-with-20-participants.md'],
      ['Compare two characters’ prompts', 'tutorials/compare-two-prompts.md'],
      ['Design scoring', 'tutorials/design-scoring.md'],
    ],
  },
  {
    title: 'Concepts',
    pages: [
      ['Worlds and episodes', 'concepts/worlds.md'],
      ['Players and slots', 'concepts/players.md'],
      ['Journals', 'concepts/journals.md'],
      ['Adapters', 'concepts/adapters.md'],
      ['Evidence', 'concepts/evidence.md'],
      ['Glossary', 'glossary.md'],
    ],
  },
  {
    title: 'Build worlds',
    pages: [
      ['Writing a world', 'writing-a-world.md'],
      ['Coworld games', 'coworld.md'],
      ['Coworld packages', 'packages.md'],
      ['Paint Arena', 'worlds/paint-arena.md'],
      ['Frontier', 'worlds/frontier.md'],
      ['Foundry', 'worlds/foundry.md'],
      ['Parley', 'worlds/parley.md'],
    ],
  },
  {
    title: 'Connect agents and programs',
    pages: [
      ['Perception over HTTP', 'perception.md'],
      ['Agents', 'agents.md'],
      ['Headless worlds', 'headless.md'],
      ['Models', 'models.md'],
      ['Client for JavaScript', 'client.md'],
    ],
  },
  {
    title: 'Run studies',
    pages: [
      ['Studies', 'studies.md'],
      ['Deploying a study', 'remote.md'],
      ['Releasing characters', 'release.md'],
      ['Sessions', 'sessions.md'],
      ['Characters', 'characters.md'],
      ['Players and personal data', 'store.md'],
    ],
  },
  {
    title: 'Collect evidence',
    pages: [
      ['Evaluation', 'evaluation.md'],
      ['Journal format', 'journal.md'],
      ['Command log', 'command-log.md'],
      ['Datasets', 'datasets.md'],
      ['Strategy language', 'strategy.md'],
    ],
  },
  {
    title: 'Run leagues',
    pages: [
      ['Leagues', 'leagues.md'],
      ['Uploads', 'uploads.md'],
      ['Hosted games', 'hosted-games.md'],
      ['Experience requests', 'experience-requests.md'],
    ],
  },
  {
    title: 'Operate',
    pages: [
      ['Command line', 'cli.md'],
      ['Configuration', 'configuration.md'],
      ['Server', 'server.md'],
      ['The web application', 'web.md'],
      ['Benchmarks', 'benchmarks.md'],
    ],
  },
  {
    title: 'Reference',
    pages: [
      ['API reference', 'api/README.md'],
      ['Architecture', 'architecture.md'],
      ['Decisions', 'adr/README.md'],
      ['Dependencies', 'dependencies.md'],
      ['Commands of the original systems', 'cli-from-originals.md'],
    ],
  },
]
