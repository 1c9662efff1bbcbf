// Options and output that the package commands of `paracosm coworld` share.
import { type Command, Option } from 'commander'
import { DEFAULT_SERVER } from '../runner/manifest-source.ts'
import type { RunEvent } from '../runner/run-events.ts'
import { RUNTIMES } from '../runner/runtime.ts'
import { findReplayFile, type Workspace } from '../runner/workspace.ts'
import { formatEarlyExit, formatEvent } from './coworld-report.ts'
import type { RuntimeFlags } from './coworld-runtime.ts'
import type { Io } from './io.ts'
import { parseCount, parseRate } from './options.ts'

export interface Flags extends RuntimeFlags {
  readonly timeoutSeconds: number
  readonly json?: true
  readonly server: string
  readonly outputDir?: string
}

export function tellEvent(io: Io, event: RunEvent): void {
  const early = formatEarlyExit(event)
  if (early === undefined) io.progress(formatEvent(event))
  else io.err(early)
}

export function withRuntime(command: Command, timeoutSeconds: number): Command {
  return command
    .addOption(
      new Option('--runtime <runtime>', 'how programs are started').choices([...RUNTIMES]).default('container'),
    )
    .addOption(
      new Option('--timeout-seconds <n>', 'time limit of each wait').default(timeoutSeconds).argParser(parseCount),
    )
    .addOption(new Option('--memory-mb <n>', 'memory limit of a container').argParser(parseCount))
    .addOption(new Option('--cpus <n>', 'CPU limit of a container').argParser(parseRate))
    .addOption(serverOption())
    .option('--json', 'print JSON')
}

export function serverOption(): Option {
  return new Option('--server <url>', 'server that resolves ids').default(DEFAULT_SERVER)
}

export function printArtefacts(io: Io, workspace: Workspace): void {
  io.out(`Artifacts: ${workspace.folder}`)
  io.out(`Results: ${workspace.results}`)
  io.out(`Replay: ${findReplayFile(workspace) ?? workspace.replay}`)
  io.out(`Logs: ${workspace.logs}`)
}
