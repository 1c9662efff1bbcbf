// Entry point of the command line. Only the requested group is loaded, for a fast cold start.
import { enableCompileCache } from 'node:module'

enableCompileCache()
const { runCli } = await import('./run-cli.ts')
process.exitCode = await runCli(process.argv.slice(2))
