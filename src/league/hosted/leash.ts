// Removes the containers of a run when this process dies without doing so: a shell that waits for the end of a pipe,
// which the system closes whatever ends the process. `sweepRun` does the same for runs of an earlier server.
import { spawn } from 'node:child_process'
import { rm } from 'node:fs/promises'
import { askEngine, type Engine } from '../../runner/container-engine.ts'

/** What is removed: the containers with the label of a run, its network, and its folder. */
export interface RunTraces {
  /** 16 hex digits. */
  readonly runId: string
  readonly folder: string
}

/** Holds a run to the life of this process. */
export interface Leash {
  /** The run has been removed: nothing is left to do. */
  release(): void
}

export type StartLeash = (traces: RunTraces) => Leash

const labelOf = (runId: string): string => `paracosm.run=${runId}`
const networkOf = (runId: string): string => `coworld-${runId}`
/** Podman would otherwise wait ten seconds for each container to stop. */
const atOnce = ({ kind }: Engine): readonly string[] => (kind === 'podman' ? ['--time', '0'] : [])

/** Two words of options fit every engine; a client that was still starting its container is met by another round. */
const SCRIPT = `cat > /dev/null
label=$1 network=$2 folder=$3 options=$4
shift 4
round=0
while [ $round -lt 40 ]; do
  ids=$("$@" ps --all --quiet --filter "label=$label" 2> /dev/null)
  [ -n "$ids" ] && "$@" rm --force $options $ids > /dev/null 2>&1
  "$@" network rm "$network" > /dev/null 2>&1
  [ -z "$ids" ] && ! "$@" network inspect "$network" > /dev/null 2>&1 && break
  round=$((round + 1))
  sleep 0.5
done
rm -rf -- "$folder"
`

/** Starts leashes with a container engine. @param onFault receives why one could not be started */
export function createLeash(engine: Engine, onFault: (error: unknown) => void): StartLeash {
  return ({ runId, folder }) => {
    const words = [labelOf(runId), networkOf(runId), folder, atOnce(engine).join(' '), ...engine.argv]
    const child = spawn('/bin/sh', ['-c', SCRIPT, 'paracosm-leash', ...words], {
      // A session of its own: an interrupt of the terminal ends the server, and must not end this.
      detached: true,
      env: { ...engine.environment },
      stdio: ['pipe', 'ignore', 'ignore'],
    })
    child.on('error', onFault)
    child.stdin.on('error', () => undefined)
    child.unref()
    return {
      release() {
        if (child.pid === undefined || child.exitCode !== null || child.signalCode !== null) return
        try {
          process.kill(-child.pid, 'SIGKILL')
        } catch (error) {
          // ESRCH: it has ended by itself.
          if (!(error instanceof Error && 'code' in error && error.code === 'ESRCH')) onFault(error)
        }
      },
    }
  }
}

/** Milliseconds for one request to the engine. */
const ASK_MS = 60_000

/** Removes what an earlier server has left of a run. Nothing left is no failure. */
export async function sweepRun(engine: Engine, { runId, folder }: RunTraces): Promise<void> {
  const filter = ['ps', '--all', '--quiet', '--filter', `label=${labelOf(runId)}`]
  const ids = (await askEngine(engine, filter, ASK_MS)).stdout.split('\n').filter((each) => each !== '')
  if (ids.length > 0) await askEngine(engine, ['rm', '--force', ...atOnce(engine), ...ids], ASK_MS)
  await askEngine(engine, ['network', 'rm', networkOf(runId)], ASK_MS)
  await rm(folder, { recursive: true, force: true })
}
