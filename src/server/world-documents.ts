// What there is to read about a world: the page of a shipped one, the README beside the module of any other.
import { readFile, stat } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import type { WorldRegistry } from '../host/world-registry.ts'
import type { World } from '../kernel/world.ts'
import type { WorldDocument } from '../protocol/catalogue.ts'

/** The folder of the package's documents, in a checkout and in the package alike. */
const SHIPPED = join(import.meta.dirname, '..', '..', 'docs', 'worlds')
/** Bytes of one document: a page, no book. */
const MAX_BYTES = 256 * 1024
/** In the order in which they are looked for. */
const NAMES = ['README.md', 'readme.md']

/** In Markdown. A world without documents has none; a file that is too large is left out. */
export async function documentsOf(worlds: WorldRegistry, world: World): Promise<readonly WorldDocument[]> {
  const path = worlds.pathOf(world)
  const wanted =
    path === undefined
      ? [join(SHIPPED, `${world.id}.md`)]
      : [join(dirname(path), `${world.id}.md`), ...NAMES.map((name) => join(dirname(path), name))]
  for (const file of wanted) {
    const text = await readText(file)
    if (text !== undefined) return [{ name: file.slice(file.lastIndexOf('/') + 1), text }]
  }
  return []
}

async function readText(file: string): Promise<string | undefined> {
  try {
    const about = await stat(file)
    return about.isFile() && about.size <= MAX_BYTES ? await readFile(file, 'utf8') : undefined
  } catch (error) {
    if (error instanceof Error && 'code' in error && (error.code === 'ENOENT' || error.code === 'EACCES'))
      return undefined
    throw error
  }
}
