// Limits the processor time of processes, each on its own, so that a machine with few cores shows how a server scales with
// more processes. Needs root and the cpu controller of Linux control groups, version 1 or 2.
import { existsSync, mkdirSync, rmdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'

/** Short, so that a process never waits long for its next turn. */
const PERIOD_US = 5000
const VERSION_1 = '/sys/fs/cgroup/cpu'
const VERSION_2 = '/sys/fs/cgroup'

/**
 * @param percent of a core for each process
 * @returns removes the limits, once the processes have ended
 * @throws Error without the rights to limit
 */
export function limitCpu(pids: readonly number[], percent: number): () => Promise<void> {
  const quota = Math.round((PERIOD_US * percent) / 100)
  const folders = pids.map((pid) => limitOne(pid, quota))
  return async () => {
    for (const folder of folders) await removeEmpty(folder)
  }
}

/** A group is busy until the kernel has put away the last process in it. */
async function removeEmpty(folder: string): Promise<void> {
  for (let attempt = 1; ; attempt++) {
    try {
      rmdirSync(folder)
      return
    } catch (error) {
      if (attempt === 100) throw error
      await sleep(100)
    }
  }
}

function limitOne(pid: number, quota: number): string {
  const isOld = existsSync(join(VERSION_1, 'cpu.cfs_quota_us'))
  const folder = join(isOld ? VERSION_1 : VERSION_2, `paracosm-bench-${pid}`)
  mkdirSync(folder)
  if (isOld) {
    writeFileSync(join(folder, 'cpu.cfs_period_us'), String(PERIOD_US))
    writeFileSync(join(folder, 'cpu.cfs_quota_us'), String(quota))
  } else writeFileSync(join(folder, 'cpu.max'), `${quota} ${PERIOD_US}`)
  // With all its threads.
  writeFileSync(join(folder, 'cgroup.procs'), String(pid))
  return folder
}
