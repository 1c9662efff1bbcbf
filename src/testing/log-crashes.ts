// Real kills of a process that logs commands: acknowledged commands must survive complete and exactly once.
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { join } from 'node:path'
import { CommandLog } from '../store/command-log.ts'
import { openStore, type StoreTarget } from '../store/store.ts'
import { aPerception } from './commands.ts'

/**
 * Kills a child once it has acknowledged `atLeast` commands, and checks what it leaves.
 * @param life identifies this child's commands
 * @returns the number of acknowledged commands; throws if one of them is missing
 */
export async function killAndCheckLog(target: StoreTarget, life: string, atLeast: number): Promise<number> {
  const child = spawn(
    process.execPath,
    [
      '--disable-warning=ExperimentalWarning',
      join(import.meta.dirname, 'log-crash-child.ts'),
      JSON.stringify(target),
      life,
    ],
    { stdio: ['ignore', 'pipe', 'inherit'] },
  )
  let text = ''
  child.stdout.on('data', (chunk: Buffer) => {
    text += chunk.toString()
    if (text.split('\n').length > atLeast) child.kill('SIGKILL')
  })
  await once(child, 'close')
  const acknowledged = text
    .slice(0, text.lastIndexOf('\n') + 1)
    .trimEnd()
    .split('\n')
  const store = await openStore(target)
  try {
    const log = new CommandLog(store)
    for (const line of acknowledged) {
      const [id = '', name = ''] = line.split(' ')
      const row = await log.get(Number(id))
      const gold = Number(name.split('-').at(-1)) % 9
      if (row?.command_id !== name) throw new Error(`command ${id} (${name}) was acknowledged and is not there`)
      if (JSON.stringify(row.perception_snapshot) !== JSON.stringify(aPerception(gold))) {
        throw new Error(`command ${id} has lost what its agent saw`)
      }
      const again = await log.append(row, { idempotencyKey: name })
      if (!again.isRepeat || again.id !== row.id) throw new Error(`the key of command ${id} was forgotten`)
    }
    return acknowledged.length
  } finally {
    await store.close()
  }
}
