// Stored access keys of players: one private file, one key per server.
import { readFile, stat } from 'node:fs/promises'
import { homedir } from 'node:os'
import { dirname, join } from 'node:path'
import { z } from 'zod'
import { AppError } from '../../kernel/errors.ts'
import { writeFileWhole } from '../../lib/files.ts'
import { makeFolder } from '../../lib/folders.ts'

const Keys = z.record(z.string(), z.string())

/** @param configHome XDG_CONFIG_HOME, where it is set */
export function keyFile(configHome: string | undefined): string {
  return join(configHome ?? join(homedir(), '.config'), 'paracosm', 'keys.json')
}

/**
 * The key for a server; undefined: there is none.
 * @throws AppError FILE_UNREADABLE, also when others on this machine may read it
 */
export async function readKey(path: string, url: string): Promise<string | undefined> {
  const keys = await readKeys(path)
  return keys[originOf(url)]
}

/** Stores a key. Only the owner can read the file (0600), and it is written atomically. */
export async function keepKey(path: string, url: string, key: string): Promise<void> {
  const keys = { ...(await readKeys(path)), [originOf(url)]: key }
  try {
    await makeFolder(dirname(path), { mode: 0o700 })
  } catch (cause) {
    throw new AppError('FILE_UNWRITABLE', `cannot write ${path}`, { cause })
  }
  await writeFileWhole(path, `${JSON.stringify(keys, undefined, 2)}\n`, { mode: 0o600 })
}

async function readKeys(path: string): Promise<z.infer<typeof Keys>> {
  const found = await stat(path).catch(() => undefined)
  if (!found) return {}
  if ((found.mode & 0o077) !== 0) {
    throw new AppError('FILE_UNREADABLE', `other users of this machine can read the key file ${path}`, {
      hint: `Restrict it to your user: chmod 600 ${path}`,
    })
  }
  try {
    return Keys.parse(JSON.parse(await readFile(path, 'utf8')))
  } catch (cause) {
    throw new AppError('FILE_UNREADABLE', `${path} is not a key file`, { cause, hint: 'Correct or remove it.' })
  }
}

const originOf = (url: string): string => new URL(url).origin
