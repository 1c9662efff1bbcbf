// All checks that do not run the product: format, lint, types, layers, habits, unused code.
import { spawnSync } from 'node:child_process'
import { checkArchitecture } from './check/architecture.ts'
import { checkHabits } from './check/habits.ts'
import { checkLayers } from './check/layers.ts'
import { checkMerges } from './check/merges.ts'
import { readSources } from './check/sources.ts'
import { checkStyles } from './check/styles.ts'
import { checkWords } from './check/words.ts'
import { checkCodes } from './codes.ts'

function runTool(name: string, command: string, args: readonly string[]): boolean {
  const started = performance.now()
  const { status } = spawnSync(command, args, { stdio: 'inherit' })
  return report(name, status === 0 ? [] : [`${command} ${args.join(' ')} exited with ${status}`], started)
}

/** Type-checks one project incrementally. */
function checkTypes(name: string, project: string): boolean {
  const memory = `node_modules/.cache/types/${project.replaceAll('/', '-')}.tsbuildinfo`
  return runTool(name, 'tsc', ['-p', project, '--incremental', '--tsBuildInfoFile', memory])
}

function report(name: string, faults: readonly string[], started: number): boolean {
  const took = `${Math.round(performance.now() - started)} ms`
  for (const fault of faults) console.error(fault)
  console.log(`${faults.length === 0 ? 'ok  ' : 'FAIL'} ${name} (${took})`)
  return faults.length === 0
}

function check(name: string, run: () => readonly string[]): boolean {
  const started = performance.now()
  return report(name, run(), started)
}

const sources = [
  ...readSources('src/**/*.{ts,tsx}'),
  ...readSources('web/src/**/*.{ts,tsx,css}'),
  ...readSources('src/worlds/*/view/**/*.css'),
]
const results = [
  runTool('format and lint', 'biome', ['check', '--error-on-warnings', '.']),
  checkTypes('types', 'tsconfig.json'),
  checkTypes('types of the pages', 'src/adapters/coworld/pages'),
  checkTypes('types of the application and of views', 'web'),
  checkTypes('types of the browser tests', 'tests/browser'),
  check('layers', () => checkLayers(sources)),
  check('habits', () => checkHabits(sources)),
  check('retired words', () =>
    checkWords([...readSources('{src,bench}/**/*.ts'), ...readSources('web/src/**/*.{ts,tsx}')]),
  ),
  check('classes of stylesheets', () => checkStyles(sources)),
  check('merge conflicts', checkMerges),
  check('docs/architecture.md', checkArchitecture),
  check('world codes', () => checkCodes(false)),
  runTool('unused files, exports and dependencies', 'knip', []),
]
process.exitCode = results.every(Boolean) ? 0 : 1
