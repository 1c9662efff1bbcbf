// Options of every command that listens: access rules and limits.
import type { Command } from 'commander'
import type { AccessOptions } from '../transport/transport.ts'
import type { Io } from './io.ts'
import { collect, parseCount } from './options.ts'

export interface AccessFlags {
  readonly allowOrigin: readonly string[]
  readonly allowHost: readonly string[]
  readonly trustProxy: readonly string[]
  readonly adminKey?: string
  readonly maxConnections?: number
  readonly heartbeat?: number
}

/** Adds the options to a command. */
export function addAccessOptions(command: Command): Command {
  return command
    .option('--allow-origin <origin>', 'let pages of this origin use the API (repeatable)', collect, [])
    .option('--allow-host <name>', 'accept requests for this host name (repeatable)', collect, [])
    .option(
      '--trust-proxy <address>',
      'trust forwarded headers from this address, network or loopback (repeatable)',
      collect,
      [],
    )
    .option('--admin-key <key>', 'key that allows local routes from other machines; prefer PARACOSM_ADMIN_KEY')
    .option('--max-connections <n>', 'maximum number of connections, sockets included', parseCount)
    .option('--heartbeat <seconds>', 'time between pings; a socket is closed after two without an answer', parseCount)
}

/** The settings from flags and environment. */
export function accessOf(io: Io, flags: AccessFlags): AccessOptions {
  const { maxConnections, heartbeat } = flags
  return {
    allowedOrigins: flags.allowOrigin,
    allowedHosts: flags.allowHost,
    trustedProxies: flags.trustProxy,
    adminKey: adminKeyOf(io, flags),
    httpLimits: maxConnections === undefined ? {} : { connections: maxConnections },
    socketLimits: {
      ...(maxConnections === undefined ? {} : { connections: maxConnections }),
      ...(heartbeat === undefined ? {} : { heartbeatMs: heartbeat * 1000 }),
    },
  }
}

export const adminKeyOf = (io: Io, { adminKey }: AccessFlags): string | undefined =>
  adminKey ?? io.config.PARACOSM_ADMIN_KEY
