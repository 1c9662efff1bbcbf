// In a checkout the browser application is built when it is missing or its sources have changed. The package contains
// the build.
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { existsSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { inheritedEnvironment } from '../config.ts'
import type { Io } from './io.ts'

/** Time limit of a build, in milliseconds; it usually takes seconds. */
const BUILD_MS = 300_000

/** Builds the pages if that is needed and possible. A failed build is reported, and the server starts anyway. */
export async function buildPages(io: Io): Promise<void> {
  const script = fileURLToPath(new URL('../../scripts/build-web.ts', import.meta.url))
  if (!existsSync(script)) return
  const child = spawn(process.execPath, ['--disable-warning=ExperimentalWarning', script, '--if-possible'], {
    stdio: ['ignore', 'ignore', 'inherit'],
    env: inheritedEnvironment(),
    signal: io.signal,
    timeout: BUILD_MS,
  })
  const failure = await Promise.race([
    once(child, 'close').then(([status]) => (status === 0 ? undefined : `the build ended with ${String(status)}`)),
    once(child, 'error').then(([error]) => String(error)),
  ])
  if (failure !== undefined && !io.signal.aborted)
    io.err(`The pages could not be built (${failure}); the API is complete.`)
}
