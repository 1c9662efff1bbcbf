// Runs the tests: `node --test` over every *.test.ts, then over those that need containers. With --quick, those that
// touch every folder of src/ in under a minute (quick-tests.ts). Further arguments are paths to run instead.
import { spawnSync } from 'node:child_process'
import { globSync } from 'node:fs'
import { availableParallelism } from 'node:os'
import { join } from 'node:path'
import { quickTests } from './quick-tests.ts'

const args = process.argv.slice(2)
const isQuick = args.includes('--quick')
const named = args.filter((each) => !each.startsWith('-'))
const all = globSync(['src/**/*.test.ts', 'scripts/**/*.test.ts', 'tests/**/*.test.ts'])
const files = named.length > 0 ? named : isQuick ? quickTests('.') : all
/**
 * Containers come and go with network interfaces, and Chromium drops its requests when one appears: these tests have a
 * run of their own, because Node sorts the files of a run.
 */
const needsContainers = (file: string): boolean => /^tests\/(?:containers|remote)\//.test(file)
const phases = [files.filter((file) => !needsContainers(file)), files.filter(needsContainers)]

/** Timeout of a test in ms; open handles do not keep its process alive. */
const TIMEOUT_MS = 300_000

const env = {
  ...process.env,
  // Every file is a process, and many start the product, so compiled code is cached.
  NODE_COMPILE_CACHE:
    process.env.NODE_COMPILE_CACHE ?? join(import.meta.dirname, '..', 'node_modules', '.cache', 'node'),
  // The quick tests use only SQLite: a PostgreSQL per file takes longer than most tests.
  ...(isQuick && { PARACOSM_TESTS: 'quick' }),
}
function run(phase: readonly string[]): boolean {
  const flags = [
    '--disable-warning=ExperimentalWarning',
    '--test',
    // Two more than there are cores: tests spend a third of the time waiting for a process, a socket or a disk.
    `--test-concurrency=${availableParallelism() + 2}`,
    `--test-timeout=${TIMEOUT_MS}`,
    '--test-force-exit',
  ]
  return spawnSync(process.execPath, [...flags, ...phase], { stdio: 'inherit', env }).status === 0
}

const results = phases.filter((phase) => phase.length > 0).map(run)
process.exitCode = results.every(Boolean) ? 0 : 1
