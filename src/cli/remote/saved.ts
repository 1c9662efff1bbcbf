// `paracosm remote status`, `save` and `stop`.
import type { Command } from 'commander'
import { ClientError } from '../../client/client-error.ts'
import { createRemoteClient } from '../../client/remote.ts'
import { AppError, type ErrorCode } from '../../kernel/errors.ts'
import { writeFileWhole } from '../../lib/files.ts'
import { PRIVATE_FILE } from '../../lib/private.ts'
import { slugOf } from '../../runner/deploy/provider.ts'
import { type Io, printJson } from '../io.ts'
import { addProviderOptions, namesOf, type ProviderFlags, providerOf } from './providers.ts'

interface ServerFlags {
  readonly uri: string
  readonly adminKey?: string
  readonly json?: boolean
}

const CODES: Readonly<Partial<Record<ClientError['code'], ErrorCode>>> = {
  UNAUTHORIZED: 'KEY_REFUSED',
  FORBIDDEN: 'KEY_REFUSED',
  UNREACHABLE: 'SERVER_UNREACHABLE',
  TIMEOUT: 'SERVER_UNREACHABLE',
}

/** @throws AppError for what the server, or the way to it, refused */
async function asking<T>(work: () => Promise<T>): Promise<T> {
  try {
    return await work()
  } catch (error) {
    if (!(error instanceof ClientError)) throw error
    throw new AppError(CODES[error.code] ?? 'SERVER_REFUSED', error.message, { cause: error })
  }
}

const clientOf = (io: Io, { uri, adminKey }: ServerFlags) =>
  createRemoteClient({ url: uri, key: adminKey ?? io.config.PARACOSM_ADMIN_KEY, signal: io.signal })

function addServerOptions(command: Command): Command {
  return command
    .requiredOption('--uri <url>', 'address of the server')
    .option('--admin-key <key>', 'key of the administrator; prefer PARACOSM_ADMIN_KEY')
}

export function addStatus(io: Io, group: Command): void {
  const status = group.command('status').description('Show how a deployed server and its study stand.')
  addServerOptions(status)
    .option('--json', 'print JSON')
    .addHelpText('after', '\nExample:\n  paracosm remote status --uri https://paracosm-usability-api.fly.dev')
    .action(async (flags: ServerFlags) => {
      const found = await asking(() => clientOf(io, flags).status())
      if (flags.json) return printJson(io, found)
      const { experiment_name: name, experiment_status: study, progress } = found
      io.out(`${flags.uri}: ${found.mode}, up ${found.uptime} s`)
      if (study) io.out(`${name ?? ''}: ${JSON.stringify(study, undefined, 2)}`)
      else if (progress) io.out(JSON.stringify(progress, undefined, 2))
    })
}

interface SaveFlags extends ServerFlags {
  readonly output: string
}

/** The whole store of a server as a file. It has its name once it is whole. */
async function save(io: Io, flags: SaveFlags): Promise<void> {
  const { output } = flags
  const format = output.endsWith('.tar.gz') ? 'tar.gz' : output.endsWith('.zip') ? 'zip' : undefined
  if (!format) throw new AppError('USAGE', `--output must end in .tar.gz or .zip, unlike ${output}`)
  await asking(async () => {
    const bytes = await clientOf(io, flags).save(format)
    await writeFileWhole(output, bytes, { mode: PRIVATE_FILE })
  })
}

const addOutput = (command: Command): Command =>
  addServerOptions(command).requiredOption('-o, --output <file>', 'where to: .tar.gz or .zip')

export function addSave(io: Io, group: Command): void {
  addOutput(group.command('save').description('Save the whole store of a deployed server as an archive of a dump.'))
    .addHelpText(
      'after',
      '\nExample:\n  paracosm remote save --uri https://paracosm-usability-api.fly.dev --output usability.tar.gz',
    )
    .action(async (flags: SaveFlags) => {
      await save(io, flags)
      io.out(`Saved ${flags.output}`)
    })
}

export function addStop(io: Io, group: Command): void {
  const stop = addOutput(
    group
      .command('stop')
      .description('Save the store of a deployed server, and only then remove the server with its data.'),
  )
  addProviderOptions(stop)
    .requiredOption('--name <name>', 'name of the study, or free-play')
    .addHelpText(
      'after',
      '\nExample:\n  paracosm remote stop --uri https://paracosm-usability-api.fly.dev --output usability.tar.gz --name usability',
    )
    .action(async (flags: SaveFlags & ProviderFlags & { readonly name: string }) => {
      const provider = await providerOf(io, flags)
      await save(io, flags)
      io.out(`Saved ${flags.output}`)
      await provider.destroy(namesOf(slugOf(flags.name), flags), { signal: io.signal, tell: (what) => io.err(what) })
      io.out('Stopped.')
    })
}
