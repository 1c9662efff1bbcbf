// File names of episodes. An id may be any text; a name must be safe on every file system.
import { createHash } from 'node:crypto'
import { AppError } from '../kernel/errors.ts'

/** Maximum length of a name without its extension, in bytes: file systems allow 255. */
const MAX_BYTES = 200
/** Windows device names, with or without an extension. */
const RESERVED = /^(?:con|prn|aux|nul|com[0-9¹²³]|lpt[0-9¹²³])(?:\.|$)/i

/** Rows without an episode are stored under this name, as in the original. */
const NO_EPISODE = 'unknown'

/** A name that is safe everywhere: no path, device, hidden file or unusual characters, and not too long. */
export function safeName(id: string): string {
  let name = id.normalize('NFC').replace(/[^\p{L}\p{M}\p{N}._-]/gu, '_')
  name = name
    .replace(/^[.-]+/, (found) => '_'.repeat(found.length))
    .replace(/\.+$/, (found) => '_'.repeat(found.length))
  if (name === '' || RESERVED.test(name)) name = `_${name}`
  if (Buffer.byteLength(name) <= MAX_BYTES) return name
  const mark = createHash('sha256').update(id).digest('hex').slice(0, 12)
  return `${cutBytes(name, MAX_BYTES - mark.length - 1)}~${mark}`
}

function cutBytes(text: string, max: number): string {
  let bytes = 0
  let kept = ''
  for (const character of text) {
    bytes += Buffer.byteLength(character)
    if (bytes > max) break
    kept += character
  }
  return kept
}

/** Names of the episodes of one dataset: all distinct, even on case-insensitive file systems. */
export class EpisodeNames {
  readonly #ids = new Map<string, string | null>()

  /**
   * @param id null: the rows without an episode
   * @throws AppError NAMES_COLLIDE with both ids
   */
  nameOf(id: string | null): string {
    const name = id === null ? NO_EPISODE : safeName(id)
    const key = name.toLowerCase().normalize('NFC')
    const other = this.#ids.get(key)
    if (other !== undefined && other !== id) throw collision([other, id], name)
    this.#ids.set(key, id)
    return name
  }
}

function collision(ids: readonly (string | null)[], name: string): AppError {
  const [one, two] = ids.map((id) => (id === null ? 'what belongs to no episode' : `episode ${JSON.stringify(id)}`))
  return new AppError('NAMES_COLLIDE', `${one} and ${two} would both be written to ${name}.jsonl`, {
    details: { episodes: [...ids], file: `${name}.jsonl` },
  })
}
