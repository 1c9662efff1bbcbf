// One process at a time in a data folder. The lock names its process, so that one left by a crash is seen through.
import { readFile, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { AppError } from '../kernel/errors.ts'

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0)
    return true
  } catch (error) {
    return error instanceof Error && 'code' in error && error.code === 'EPERM'
  }
}

/**
 * Takes the lock of a folder. Returns what gives it back.
 * @throws AppError DATA_IN_USE naming the process that has it
 */
export async function lockFolder(folder: string): Promise<() => Promise<void>> {
  const path = join(folder, 'lock')
  for (let attempt = 0; attempt < 3; attempt++) {
    try {
      await writeFile(path, String(process.pid), { flag: 'wx' })
      return () => rm(path, { force: true })
    } catch (error) {
      if (!(error instanceof Error && 'code' in error && error.code === 'EEXIST')) throw error
    }
    const pid = Number(await readFile(path, 'utf8').catch(() => '0'))
    if (pid > 0 && pid !== process.pid && isAlive(pid)) {
      throw new AppError('DATA_IN_USE', `process ${pid} has the data folder ${folder} open`, { details: { pid } })
    }
    await rm(path, { force: true })
  }
  throw new AppError('DATA_IN_USE', `the lock of the data folder ${folder} cannot be taken`)
}
