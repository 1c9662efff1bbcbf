// Runs the tests: `node --test` over every *.test.ts, slow ones last. With --quick, one or two
// minutes of processor time that touch every folder of src/ (quick-tests.ts). Further arguments are paths to run instead.
import { spawnSync } from 'node:child_process'
import { globSync } from 'node:fs'
import { quickTests } from './quick-tests.ts'

const args = process.argv.slice(2)
const isQuick = args.includes('--quick')
const named = args.filter((each) => !each.startsWith('-'))
const fast = globSync(['src/**/*.test.ts', 'scripts/**/*.test.ts', 'tests/*.test.ts']).sort()
const slow = globSync('tests/*/**/*.test.ts').sort()
const files = named.length > 0 ? named : isQuick ? quickTests('.') : [...fast, ...slow]

/** A test that hangs fails after these milliseconds, and what it left open does not keep its process. */
const TIMEOUT_MS = 300_000

const { status } = spawnSync(
  process.execPath,
  [
    '--disable-warning=ExperimentalWarning',
    '--test',
    '--test-concurrency=2',
    `--test-timeout=${TIMEOUT_MS}`,
    '--test-force-exit',
    ...files,
  ],
  // The quick tests use SQLite alone: a PostgreSQL of each file's own takes longer than most tests.
  { stdio: 'inherit', env: isQuick ? { ...process.env, PARACOSM_TESTS: 'quick' } : process.env },
)
process.exitCode = status ?? 1
