// How much lies in each part of a data folder. Counting stops at a number of files, so that a look never takes long.
import type { Dirent } from 'node:fs'
import { readdir, stat, statfs } from 'node:fs/promises'
import { join } from 'node:path'
import type { OperateStorage } from '../protocol/operate.ts'

/** Files that are counted at most: about a second of a slow disk. */
const MAX_FILES = 100_000

/** @throws what the file system throws for the folder itself */
export async function storageOf(folder: string): Promise<OperateStorage> {
  const { bavail, bsize, blocks } = await statfs(folder)
  const budget = { left: MAX_FILES }
  const parts = new Map<string, { bytes: number; files: number }>()
  for (const entry of await readdir(folder, { withFileTypes: true })) {
    const name = entry.isDirectory() ? `${entry.name}/` : entry.name
    parts.set(name, await sizeOf(folder, entry, budget))
  }
  return {
    free_bytes: bavail * bsize,
    total_bytes: blocks * bsize,
    parts: [...parts].map(([name, size]) => ({ name, ...size })).toSorted((a, b) => b.bytes - a.bytes),
    is_partial: budget.left <= 0,
  }
}

async function sizeOf(
  folder: string,
  entry: Dirent,
  budget: { left: number },
): Promise<{ bytes: number; files: number }> {
  const path = join(folder, entry.name)
  const sum = { bytes: 0, files: 0 }
  if (budget.left <= 0) return sum
  if (entry.isFile()) {
    budget.left--
    return { bytes: await bytesOf(path), files: 1 }
  }
  if (!entry.isDirectory()) return sum
  for (const child of await listOf(path)) {
    const { bytes, files } = await sizeOf(path, child, budget)
    sum.bytes += bytes
    sum.files += files
  }
  return sum
}

/** Files come and go while they are counted. */
const isGone = (error: unknown): boolean => error instanceof Error && 'code' in error && error.code === 'ENOENT'

async function bytesOf(path: string): Promise<number> {
  try {
    return (await stat(path)).size
  } catch (error) {
    if (isGone(error)) return 0
    throw error
  }
}

async function listOf(path: string): Promise<Dirent[]> {
  try {
    return await readdir(path, { withFileTypes: true })
  } catch (error) {
    if (isGone(error)) return []
    throw error
  }
}
