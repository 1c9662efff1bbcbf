// The tests of `npm run test:quick`: those next to the code, except expensive ones, and from tests/ one or two files for
// each folder of src/ without tests next to its code. Measured in seconds of processor time; two cores share them.
import { globSync } from 'node:fs'

/** Files next to the code that take more than 2 s: kills, disks, floods, fuzzing, long plays. `npm test` runs them. */
const SLOW: readonly string[] = [
  'src/episode/durability.test.ts',
  'src/host/durability.test.ts',
  'src/host/jobs.test.ts',
  'src/kernel/parse.test.ts',
  'src/runner/foreign-schema.test.ts',
  'src/runner/manifest.test.ts',
  'src/store/command-log.test.ts',
  'src/store/dumps/dumps.test.ts',
  'src/store/log-durability.test.ts',
  'src/store/postgres.test.ts',
  'src/strategy/engines.test.ts',
  'src/strategy/validator.test.ts',
  'src/store/sessions/session-log.test.ts',
  'src/transport/http.test.ts',
  'src/transport/sockets.test.ts',
  'src/worlds/foundry/invariants.test.ts',
  'src/worlds/foundry/mirror.test.ts',
  'src/worlds/foundry/storage-fuzz.test.ts',
  'src/worlds/foundry/transport.test.ts',
  'src/worlds/frontier/frontier.test.ts',
  'src/worlds/parley/responder/sheets-and-scenes.test.ts',
]

/** Cheap files of tests/ that cover a folder of src/. */
const FROM_TESTS: readonly string[] = [
  'tests/api/episode.test.ts',
  'tests/client/methods.test.ts',
  'tests/datasets/export.test.ts',
  'tests/experiment/strategies.test.ts',
  'tests/experiment/release.test.ts',
  'tests/golden/golden.test.ts',
  'tests/league/commissioner-vectors.test.ts',
  'tests/perception/socket-bridge.test.ts',
  'tests/perception/translate.test.ts',
  'tests/players/scripted.test.ts',
  'tests/server/openapi.test.ts',
]

/** Folders of src/ that are covered by quick tests that import them. */
const STANDS_FOR: Readonly<Record<string, string>> = {
  api: 'tests/api/episode.test.ts',
  client: 'tests/client/methods.test.ts',
  datasets: 'tests/datasets/export.test.ts',
  experiment: 'tests/experiment/strategies.test.ts',
  league: 'tests/league/commissioner-vectors.test.ts',
  players: 'tests/players/scripted.test.ts',
  reports: 'tests/experiment/release.test.ts',
  server: 'tests/server/openapi.test.ts',
}

/** Folders without behaviour of their own: test helpers. */
const UNTESTED: readonly string[] = ['testing']

/** The files, sorted by name. @param root the checkout */
export function quickTests(root: string): string[] {
  const beside = globSync(['src/**/*.test.ts', 'scripts/**/*.test.ts', 'tests/*.test.ts'], { cwd: root })
  return [...beside.filter((path) => !SLOW.includes(path)), ...FROM_TESTS].sort()
}

/** Folders of src/ that no quick test covers. */
export function uncovered(root: string): string[] {
  const files = quickTests(root)
  const folders = globSync('src/*/', { cwd: root }).map((path) => path.replace(/^src\//, '').replace(/\/$/, ''))
  return folders.filter((folder) => {
    const stand = STANDS_FOR[folder]
    const isBeside = files.some((path) => path.startsWith(`src/${folder}/`))
    return !isBeside && !UNTESTED.includes(folder) && (stand === undefined || !files.includes(stand))
  })
}

/** Listed files that do not exist. */
export function missing(root: string): string[] {
  const there = new Set(globSync(['src/**/*.test.ts', 'tests/**/*.test.ts'], { cwd: root }))
  return [...SLOW, ...FROM_TESTS].filter((path) => !there.has(path))
}
