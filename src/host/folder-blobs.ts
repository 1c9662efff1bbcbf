// Blobs as files below one folder; a name's segments are folders.

import type { Dirent } from 'node:fs'
import { type FileHandle, open, readdir, rm, rmdir, stat } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import type { ByteSource } from '../episode/byte-source.ts'
import { AppError } from '../kernel/errors.ts'
import { errnoOf, type FileContent, isMissing, syncFolder, toWriteError, writeFileWhole } from '../lib/files.ts'
import { makeFolder } from '../lib/folders.ts'
import { GroupCommit } from '../lib/group-commit.ts'
import { PRIVATE_FILE, PRIVATE_FOLDER } from '../lib/private.ts'
import { type BlobInfo, type BlobStore, checkBlobName, unknownBlob } from './blobs.ts'

/** A folder that a delete has just emptied may vanish between its creation and the write into it. */
const PUT_TRIES = 5

/** Maximum number of folders that are remembered. */
const MAX_FOLDERS = 1000

export class FolderBlobs implements BlobStore {
  readonly #folder: string
  /** Folders that exist. Blobs that are put into one at the same time share the call that makes their names durable. */
  readonly #known = new Map<string, GroupCommit>()

  /** @param folder made with the first blob */
  constructor(folder: string) {
    this.#folder = folder
  }

  #path(name: string): string {
    checkBlobName(name)
    return join(this.#folder, ...name.split('/'))
  }

  async put(name: string, content: FileContent): Promise<void> {
    const path = this.#path(name)
    const folder = dirname(path)
    let hasBegun = false
    async function* parts(): AsyncGenerator<string | Uint8Array> {
      hasBegun = true
      if (typeof content === 'string' || content instanceof Uint8Array) yield content
      else yield* content
    }
    for (let attempt = 1; ; attempt++) {
      try {
        const names = this.#known.get(folder) ?? (await this.#make(folder))
        await writeFileWhole(path, parts(), { mode: PRIVATE_FILE, syncNames: () => names.commit() })
        return
      } catch (error) {
        this.#known.delete(folder)
        const isGone = error instanceof AppError && isMissing(error.cause)
        if (hasBegun || !isGone || attempt === PUT_TRIES) throw error
      }
    }
  }

  async #make(folder: string): Promise<GroupCommit> {
    await makeDurableFolder(folder)
    const names = this.#known.get(folder) ?? new GroupCommit(() => syncFolder(folder))
    if (this.#known.size >= MAX_FOLDERS) this.#known.clear()
    this.#known.set(folder, names)
    return names
  }

  async open(name: string): Promise<ByteSource> {
    const path = this.#path(name)
    const file = await open(path, 'r').catch((error: unknown) => {
      throw isAbsent(error) ? unknownBlob(name) : unreadable(path, error)
    })
    try {
      const stats = await file.stat()
      if (!stats.isFile()) throw unknownBlob(name)
      return createFileSource(file, stats.size)
    } catch (error) {
      await file.close()
      throw error
    }
  }

  async size(name: string): Promise<number | undefined> {
    const path = this.#path(name)
    try {
      const stats = await stat(path)
      return stats.isFile() ? stats.size : undefined
    } catch (error) {
      if (isAbsent(error)) return undefined
      throw unreadable(path, error)
    }
  }

  async exists(name: string): Promise<boolean> {
    return (await this.size(name)) !== undefined
  }

  async delete(name: string): Promise<boolean> {
    if (!(await this.exists(name))) return false
    const path = this.#path(name)
    try {
      await rm(path)
    } catch (error) {
      if (isAbsent(error)) return false
      throw toWriteError(error, path)
    }
    await this.#removeEmpty(dirname(path))
    return true
  }

  /** Removes folders that have become empty, up to the folder of all blobs. */
  async #removeEmpty(folder: string): Promise<void> {
    for (let each = folder; each !== this.#folder && each.startsWith(this.#folder); each = dirname(each)) {
      try {
        await rmdir(each)
      } catch (error) {
        // The folder has another blob, or another delete was faster: both are fine.
        if (['ENOTEMPTY', 'EEXIST', 'ENOENT', 'EBUSY'].includes(errnoOf(error) ?? '')) return
        throw toWriteError(error, each)
      }
    }
  }

  async *list(
    prefix: string,
    { after = '' }: { readonly after?: string } = {},
  ): AsyncGenerator<BlobInfo, void, undefined> {
    yield* this.#walk('', prefix, after)
  }

  /** @param base the part of the names that is this folder, with its slash */
  async *#walk(base: string, prefix: string, after: string): AsyncGenerator<BlobInfo, void, undefined> {
    for (const entry of await this.#entries(base)) {
      const name = `${base}${entry.name}`
      if (entry.isDirectory()) {
        const below = `${name}/`
        const canMatch = below.startsWith(prefix) || prefix.startsWith(below)
        // All names below come after `after`, or share its start, or all come before it.
        if (canMatch && (below > after || after.startsWith(below))) yield* this.#walk(below, prefix, after)
      } else if (name.startsWith(prefix) && name > after) {
        const size = await this.size(name)
        if (size !== undefined) yield { name, size }
      }
    }
  }

  /** The entries that can be blobs, sorted by full name: a folder sorts as if its name ended with a slash. */
  async #entries(base: string): Promise<Dirent[]> {
    const path = join(this.#folder, base)
    try {
      const entries = await readdir(path, { withFileTypes: true })
      const key = (entry: Dirent): string => (entry.isDirectory() ? `${entry.name}/` : entry.name)
      return entries.filter(isOurs).sort((a, b) => (key(a) < key(b) ? -1 : 1))
    } catch (error) {
      if (isAbsent(error)) return []
      throw unreadable(path, error)
    }
  }
}

/** Temporary files begin with a dot, so blob names never do. */
const isOurs = (entry: Dirent): boolean => (entry.isDirectory() || entry.isFile()) && !entry.name.startsWith('.')

/** There is no such file, or one of its folders is a file. */
const isAbsent = (error: unknown): boolean => isMissing(error) || errnoOf(error) === 'ENOTDIR'

/** Makes a folder, and the names of all new ones durable. */
async function makeDurableFolder(folder: string): Promise<void> {
  const made = await makeFolder(folder, { mode: PRIVATE_FOLDER })
  for (const each of made) await syncFolder(dirname(each))
}

function unreadable(path: string, cause: unknown): unknown {
  if (errnoOf(cause) === undefined) return cause
  return new AppError('FILE_UNREADABLE', `cannot read ${path}: ${errnoOf(cause)}`, { cause, details: { path } })
}

function createFileSource(file: FileHandle, size: number): ByteSource {
  return {
    size,
    async read(offset, length) {
      const wanted = Math.max(0, Math.min(length, size - offset))
      const buffer = Buffer.allocUnsafe(wanted)
      let filled = 0
      while (filled < wanted) {
        const { bytesRead } = await file.read(buffer, filled, wanted - filled, offset + filled)
        if (bytesRead === 0) break
        filled += bytesRead
      }
      return buffer.subarray(0, filled)
    },
    close: () => file.close(),
  }
}
