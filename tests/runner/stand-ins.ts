// Packages for the tests: the Python stand-ins, copied to a folder with blanks in its name, intact or with a defect.
import { spawnSync } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import { cpSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type CoworldPackage, loadManifest } from '../../src/runner/manifest.ts'

const fixtures = new URL('../fixtures/coworld-python/', import.meta.url).pathname

/** A Python that has the websockets library, or undefined. */
export const python = ['python3', '/usr/bin/python3'].find(
  (name) => spawnSync(name, ['-c', 'import websockets.legacy.server'], { stdio: 'ignore' }).status === 0,
)

/** Why tests with the stand-ins are skipped, or false. */
export const skipReason =
  python === undefined ? 'no python3 with websockets.legacy (Debian: apt-get install python3-websockets)' : false

export interface StandIn {
  readonly folder: string
  readonly manifest: string
  /** A marker in the environment of every process that this package starts. */
  readonly mark: string
  load(): Promise<CoworldPackage>
}

export interface StandInOptions {
  readonly gameFault?: string
  readonly playerFault?: string
  readonly gameConfig?: Readonly<Record<string, unknown>>
  /** Changes the manifest before it is written. */
  readonly edit?: (manifest: ReturnType<typeof JSON.parse>) => void
}

/** Writes a package to a new folder. The default episode takes about a second. */
export function writeStandIn(options: StandInOptions = {}): StandIn {
  const folder = join(mkdtempSync(join(tmpdir(), 'a stand-in ')), 'a package')
  mkdirSync(folder)
  for (const name of ['server.py', 'player.py']) cpSync(join(fixtures, name), join(folder, name))
  const manifest = JSON.parse(readFileSync(join(fixtures, 'manifest.json'), 'utf8'))
  const mark = randomBytes(12).toString('hex')
  const env = (fault: string | undefined) => ({
    STANDIN_MARK: mark,
    ...(fault === undefined ? {} : { STANDIN_FAULT: fault }),
  })
  manifest.game.runnable.run[0] = python
  manifest.game.runnable.env = env(options.gameFault)
  manifest.player[0].run[0] = python
  manifest.player[0].env = env(options.playerFault)
  Object.assign(manifest.certification.game_config, { max_ticks: 5, tick_rate: 60 }, options.gameConfig)
  options.edit?.(manifest)
  const path = join(folder, 'coworld_manifest.json')
  writeFileSync(path, JSON.stringify(manifest, undefined, 2))
  return { folder, manifest: path, mark, load: () => loadManifest(path) }
}

/** Ids of the processes of this machine whose environment contains `mark`. */
export function processesWith(mark: string): readonly number[] {
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .filter((id) => {
      try {
        return readFileSync(`/proc/${id}/environ`, 'latin1').includes(mark)
      } catch {
        return false // it ended meanwhile
      }
    })
    .map(Number)
}
