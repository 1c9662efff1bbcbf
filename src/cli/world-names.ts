// How commands name worlds: the words of --help, worlds of recordings, and names that hold in another process.
import { existsSync } from 'node:fs'
import { relative, resolve, sep } from 'node:path'
import { Option } from 'commander'
import type { World } from '../kernel/world.ts'
import type { JournalHeader } from '../protocol/journal.ts'
import type { Io } from './io.ts'

export const WORLD_HELP = 'a world: an id, the path of a module such as ./my-world.ts, or an installed package'

/** `--world <world>` of commands that read recordings. */
export function recordedWorldOption(): Option {
  return new Option('--world <world>', 'world of the recording (id, path or package); default: the one that it names')
}

/** Whether an argument means a world and not a manifest. A plain word that is no file does, known or not. */
export function isWorldName(io: Io, argument: string): boolean {
  return io.worlds.has(argument) || (/^[a-z0-9-]+$/i.test(argument) && !existsSync(argument))
}

/** @throws AppError as `WorldRegistry.loadRecorded` */
export function loadRecordedWorld(io: Io, header: JournalHeader, named: string | undefined): Promise<World> {
  return io.worlds.loadRecorded(header, named)
}

/** How another process of this program names a world. */
export interface WorldReference {
  /** Flags that go before the command. */
  readonly flags: readonly string[]
  readonly name: string
  /** For people and packages: who made the world. */
  readonly owner: string | undefined
  /** Name and version of the package that the world comes from, as an image is named; undefined: this package. */
  readonly image: string | undefined
}

/**
 * @param name as the user typed it
 * @param base the folder in which the other process starts; undefined: any, so that paths are absolute
 */
export function referTo(io: Io, world: World, name: string, base: string | undefined): WorldReference {
  const source = io.worlds.packageOf(world)
  const path = io.worlds.pathOf(world)
  const owner = source?.name
  const image = source === undefined ? undefined : `${source.name.replace(/^@/, '')}:${source.version}`
  const file = io.configFile
  if (path === undefined && file?.config.worlds?.includes(world)) {
    const config = base === undefined ? file.path : relativeName(base, file.path)
    return { flags: ['--config', config], name: world.id, owner, image: world.id }
  }
  if (path === undefined) return { flags: [], name: world.id, owner, image }
  const isPackage = base !== undefined && path.includes(`${sep}node_modules${sep}`) && !existsSync(resolve(base, name))
  if (isPackage) return { flags: [], name, owner, image }
  return { flags: [], name: base === undefined ? path : relativeName(base, path), owner, image: image ?? world.id }
}

function relativeName(base: string, path: string): string {
  const name = relative(base, path).split(sep).join('/')
  return name.startsWith('../') ? name : `./${name}`
}
