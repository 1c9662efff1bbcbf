// Runs the tests: `node --test` over every *.test.ts, slow ones last. With --quick, those that need a browser, a
// container engine, a packed tarball or minutes are left out. Further arguments are paths to run instead.
import { spawnSync } from 'node:child_process'
import { globSync } from 'node:fs'

const args = process.argv.slice(2)
const isQuick = args.includes('--quick')
const named = args.filter((each) => !each.startsWith('-'))
const quick = globSync(['src/**/*.test.ts', 'scripts/**/*.test.ts', 'tests/*.test.ts']).sort()
const slow = globSync('tests/*/**/*.test.ts').sort()
const files = named.length > 0 ? named : isQuick ? quick : [...quick, ...slow]

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
  { stdio: 'inherit' },
)
process.exitCode = status ?? 1
