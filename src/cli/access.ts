// The options of every command that listens: who may connect, from where, and how much.
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
    .option('--allow-origin <origin>', 'a page of this origin may use the API; repeatable', collect, [])
    .option('--allow-host <name>', 'the server is also reached under this name; repeatable', collect, [])
    .option(
      '--trust-proxy <address>',
      'believe forwarded headers of this proxy: an address, a network, or loopback; repeatable',
      collect,
      [],
    )
    .option('--admin-key <key>', 'opens local routes from elsewhere; better in PARACOSM_ADMIN_KEY')
    .option('--max-connections <n>', 'connections at once, sockets included', parseCount)
    .option('--heartbeat <seconds>', 'time between two pings; a silent socket is closed after two', parseCount)
}

/** What the flags and the environment say. */
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
