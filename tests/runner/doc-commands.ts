// The command lines of docs/packages.md, grouped by the word after `sh` in their fence.
import { spawnSync } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'

const root = new URL('../../', import.meta.url).pathname
const text = readFileSync(join(root, 'docs/packages.md'), 'utf8')

/** The lines of all fences of one kind; '' for those that run to their end. */
export function docCommands(kind: '' | 'waits' | 'containers'): readonly string[] {
  return [...text.matchAll(/^```sh ?(\w*)\n(.*?)^```$/gms)]
    .filter((match) => match[1] === kind)
    .flatMap((match) => (match[2] ?? '').trim().split('\n'))
}

/** An environment in which `paracosm` is this package. */
export const docEnvironment = { ...process.env, PATH: `${join(root, 'bin')}:${process.env.PATH}` }

/** Runs a line in a shell, in `cwd`. */
export function runLine(line: string, cwd: string, environment: NodeJS.ProcessEnv = {}) {
  const env = { ...docEnvironment, ...environment }
  return spawnSync('sh', ['-c', line], { cwd, encoding: 'utf8', env, timeout: 120_000 })
}
