// Entry point of the command line. Only the group that was asked for is loaded, so that a cold start stays cold.
import { enableCompileCache } from 'node:module'

enableCompileCache()
const { runCli } = await import('./run-cli.ts')
process.exitCode = await runCli(process.argv.slice(2))
