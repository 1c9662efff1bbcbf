// How `paracosm serve --shards` starts its shards: the same command again, with the same options, as a child process.
import { type ChildProcess, fork } from 'node:child_process'
import { AppError } from '../kernel/errors.ts'
import type { ServerOptions } from '../server/app.ts'
import { runShard } from '../server/shards/shard-server.ts'

/** Marks a process as a shard. It is not shown in the help: only a server starts shards. */
export const SHARD_FLAG = '--shard'

export function spawnShard(): ChildProcess {
  const [, program = '', ...args] = process.argv
  return fork(program, [...args, SHARD_FLAG], { stdio: ['ignore', 'ignore', 'inherit', 'ipc'] })
}

/** Runs this process as a shard until its server ends it. @throws AppError USAGE when no server started it */
export async function serveShard(options: ServerOptions): Promise<void> {
  if (process.send === undefined) {
    throw new AppError('USAGE', `${SHARD_FLAG} is for processes that a server starts`, {
      hint: 'Give --shards with a number to the server.',
    })
  }
  await runShard(options, process)
  // Whatever could not be closed must not outlive the server.
  process.exit()
}
