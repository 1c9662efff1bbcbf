// Replaces several files of a folder together: after a crash all of them are new, or all as they were.
import { readFile, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { z } from 'zod'
import { isMissing, writeFileWhole } from './files.ts'
import { makeFolder } from './folders.ts'
import { PRIVATE_FILE, PRIVATE_FOLDER } from './private.ts'

/** A file below the folder, with what it is to hold. */
export interface SetFile {
  /** Relative to the folder. */
  readonly path: string
  readonly text: string
}

/** The folder of a replacement under way, below the folder whose files are replaced. */
const STAGE = '.replacing'
/** Written last: from then on the replacement is done, however often the process dies. */
const COMMIT = 'commit.json'

const Files = z.array(z.strictObject({ path: z.string(), text: z.string() }))

/**
 * Completes a replacement that a crash interrupted, or drops one that had not been committed. Call it before the files are
 * read, under a lock of the caller.
 * @returns whether files were replaced
 */
export async function finishFileSet(folder: string): Promise<boolean> {
  const stage = join(folder, STAGE)
  let text: string
  try {
    text = await readFile(join(stage, COMMIT), 'utf8')
  } catch (error) {
    if (!isMissing(error)) throw error
    await rm(stage, { recursive: true, force: true })
    return false
  }
  for (const file of Files.parse(JSON.parse(text))) await place(folder, file)
  await rm(stage, { recursive: true, force: true })
  return true
}

/** @throws AppError FILE_UNWRITABLE; nothing has been replaced unless the next `finishFileSet` completes it */
export async function replaceFiles(folder: string, files: readonly SetFile[]): Promise<void> {
  const stage = join(folder, STAGE)
  await makeFolder(stage, { mode: PRIVATE_FOLDER })
  await writeFileWhole(join(stage, COMMIT), JSON.stringify(files), { mode: PRIVATE_FILE })
  await finishFileSet(folder)
}

async function place(folder: string, { path, text }: SetFile): Promise<void> {
  await makeFolder(join(folder, path, '..'))
  await writeFileWhole(join(folder, path), text)
}
