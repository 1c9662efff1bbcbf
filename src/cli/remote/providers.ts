// The providers that `paracosm remote` knows, by the options of a command.
import { type Command, InvalidArgumentError } from 'commander'
import { inheritedEnvironment } from '../../config.ts'
import { AppError } from '../../kernel/errors.ts'
import { findEngine, parseCommandLine } from '../../runner/container-engine.ts'
import { createContainerProvider } from '../../runner/deploy/container.ts'
import { createFlyProvider } from '../../runner/deploy/fly.ts'
import type { Deployment, Provider } from '../../runner/deploy/provider.ts'
import { createSshProvider } from '../../runner/deploy/ssh.ts'
import type { Io } from '../io.ts'
import { collect, parsePort } from '../options.ts'

export interface ProviderFlags {
  readonly provider: string
  readonly image: string
  readonly port: number
  readonly serveArg: readonly string[]
  readonly host?: string
  readonly engine: string
  readonly publicUrl?: string
  readonly flyIoKey?: string
  readonly apiApp?: string
  readonly dbApp?: string
}

export function addProviderOptions(command: Command): Command {
  return command
    .option(
      '--provider <name>',
      'fly (Fly.io), container (Docker or Podman on this machine), or ssh (a machine of yours)',
      'fly',
    )
    .option('--host <host>', 'user@host of the machine, for ssh')
    .option('--engine <command>', 'container engine on that machine, for ssh', 'podman')
    .option('--public-url <url>', 'address of the proxy with TLS on that machine, for ssh', parseUrl)
    .option('--fly-io-key <token>', 'token of Fly.io; prefer FLY_API_TOKEN')
    .option('--api-app <name>', 'name of the server; default: paracosm-<name>-api')
    .option('--db-app <name>', 'name of the database; default: paracosm-<name>-db')
    .option('--image <image>', 'image with paracosm, for containers', 'paracosm')
    .option('--port <port>', 'port on 127.0.0.1, for containers; 0: any free one', parsePort, 8000)
    .option('--serve-arg <argument>', 'further argument of the server, for containers (repeatable)', collect, [])
}

/** @throws AppError USAGE, ENGINE_MISSING */
export async function providerOf(io: Io, flags: ProviderFlags): Promise<Provider> {
  const environment = inheritedEnvironment()
  if (flags.provider === 'container') {
    const { PARACOSM_CONTAINER_ENGINE: command } = io.config
    const engine = await findEngine({ environment, ...(command === undefined ? {} : { command }) })
    return createContainerProvider(engine, { image: flags.image, port: flags.port, serve: flags.serveArg })
  }
  if (flags.provider === 'ssh') return sshProvider(io, flags, environment)
  if (flags.provider !== 'fly')
    throw new AppError('USAGE', `--provider takes fly, container or ssh, not ${flags.provider}`)
  const token = flags.flyIoKey ?? io.config.FLY_API_TOKEN
  if (token === undefined)
    throw new AppError('USAGE', 'FLY_API_TOKEN is not set', { hint: 'Make a token with: fly tokens create org' })
  const argv = parseCommandLine(io.config.PARACOSM_FLYCTL ?? 'flyctl')
  return createFlyProvider({ argv, environment: { ...environment, FLY_API_TOKEN: token } })
}

function sshProvider(io: Io, flags: ProviderFlags, environment: Record<string, string>): Provider {
  const { host, engine, image, port, publicUrl, serveArg: serve } = flags
  if (host === undefined) throw new AppError('USAGE', '--provider ssh needs --host user@host')
  if (port === 0) throw new AppError('USAGE', '--provider ssh needs a port: participants know the address')
  // BatchMode: a question on the terminal would wait for ever.
  const argv = parseCommandLine(io.config.PARACOSM_SSH ?? 'ssh -o BatchMode=yes -o ConnectTimeout=15')
  return createSshProvider({ argv, environment }, { host, engine, image, port, publicUrl, serve })
}

/** The origin of an address. */
function parseUrl(text: string): string {
  if (URL.canParse(text) && /^https?:$/.test(new URL(text).protocol)) return new URL(text).origin
  throw new InvalidArgumentError('Give an address such as https://study.example.')
}

export const namesOf = (slug: string, { apiApp, dbApp }: ProviderFlags): Deployment['names'] => ({
  api: apiApp ?? `paracosm-${slug}-api`,
  db: dbApp ?? `paracosm-${slug}-db`,
})
