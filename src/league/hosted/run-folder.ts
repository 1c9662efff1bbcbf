// The folder of a run of an uploaded package, and the limit on what its containers may write to it.
import { lstat, mkdir, readdir } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { PRIVATE_FOLDER } from '../../lib/private.ts'
import { createWorkspace, type Workspace } from '../../runner/workspace.ts'

/** Bytes that a run may write to its folder, logs included, and milliseconds between two checks at them. */
export const MAX_FOLDER_BYTES = 512 * 1024 ** 2
const LOOK_MS = 5000
/** Files of a folder; more are as good as too many bytes. */
const MAX_FILES = 2000

/** The folder of a run, below which its workspace is: closed to other users, as the configuration has tokens. */
export const folderOf = (runId: string): string => join(tmpdir(), `paracosm-game-${runId}`)

/** Logs and artefacts lie outside the folder that the game can write to: it could put links in their place. */
export async function createRunFolder(folder: string): Promise<Workspace> {
  await mkdir(folder, { mode: PRIVATE_FOLDER })
  const made = await createWorkspace({ folder: join(folder, 'workspace'), prefix: 'coworld-play-', cwd: folder })
  const [logs, artefacts] = [join(folder, 'logs'), join(folder, 'artifacts')]
  await mkdir(logs, { mode: PRIVATE_FOLDER })
  return {
    ...made,
    logs,
    artefacts,
    gameStdout: join(logs, 'game.stdout.log'),
    gameStderr: join(logs, 'game.stderr.log'),
  }
}

/**
 * Checks from time to time what a run has written, until the signal.
 * @param stop called with the reason when it is too much
 */
export function watchFolder(
  folder: string,
  signal: AbortSignal,
  { stop, onFault }: { readonly stop: (reason: string) => void; readonly onFault: (error: unknown) => void },
): void {
  const timer = setInterval(() => {
    sizeOf(folder).then((bytes) => {
      if (bytes > MAX_FOLDER_BYTES) stop(`the game wrote more than ${MAX_FOLDER_BYTES / 1024 ** 2} MiB`)
    }, onFault)
  }, LOOK_MS)
  signal.addEventListener('abort', () => clearInterval(timer), { once: true })
}

async function sizeOf(folder: string): Promise<number> {
  const names = await readdir(folder, { recursive: true })
  if (names.length > MAX_FILES) return Number.POSITIVE_INFINITY
  // A file may be renamed between the two looks.
  const sizes = names.map((name) =>
    lstat(join(folder, name)).then(
      ({ size }) => size,
      () => 0,
    ),
  )
  return (await Promise.all(sizes)).reduce((sum, size) => sum + size, 0)
}
