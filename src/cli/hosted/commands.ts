// What the commands of the hosted API share: flags, how they are added, and how cells read (contract section 11.1).
import { Command } from 'commander'
import { resolvePolicyFilter } from '../../league/selection.ts'
import { PolicyVersionPage } from '../../protocol/hosted.ts'
import { HostedClient } from '../hosted-client.ts'
import type { Io } from '../io.ts'

export interface Flags {
  readonly server: string
  readonly json?: boolean
  readonly league?: string
  readonly division?: string
  readonly round?: string
  readonly pool?: string
  readonly status?: string
  readonly policy?: string
  readonly player?: string
  readonly eventType?: string
  readonly audience?: string
  readonly mine?: boolean
  readonly activeOnly?: boolean
  readonly championsOnly?: boolean
  readonly withReplay?: boolean
  readonly includeRecentRounds?: number
  readonly limit?: number
  readonly offset?: number
  readonly output?: string
  readonly outputDir?: string
  readonly downloadDir?: string
  readonly agent?: number
  readonly list?: boolean
  readonly game?: boolean
  readonly artifact?: boolean
  readonly reason?: string
  readonly autoChampion?: string
  readonly preference?: readonly string[]
}

export type Action = (client: HostedClient, flags: Flags, id: string | undefined) => Promise<void>

export type Add = (name: string, about: { description: string; example: string }, action: Action) => Command

/** @param before words of `coworld` before the name, in examples */
export function commandsOf(io: Io, group: Command, server: string, before = ''): Add {
  return (name, about, action) => {
    const made = new Command(name)
      .description(about.description)
      .addHelpText('after', `\nExample:\n  paracosm coworld ${before}${name}${about.example}`)
      .option('--server <url>', 'which server', server)
      .option('--json', 'print JSON')
      .action(async (...given: unknown[]) => {
        const flags = made.opts<Flags>()
        const [id] = given
        await action(
          new HostedClient(flags.server, io.config.COWORLD_TOKEN),
          flags,
          typeof id === 'string' ? id : undefined,
        )
      })
    group.addCommand(made)
    return made
  }
}

export const yes = (value: boolean): string => (value ? 'yes' : 'no')
export const cell = (value: string | number | null | undefined): string =>
  value == null || value === '' ? '-' : String(value)

export function lines(io: Io, facts: readonly (readonly [string, string])[]): void {
  for (const [name, value] of facts) io.out(`${name}: ${value}`)
}

/** The policy version of a `--policy`. */
export async function policyOf(client: HostedClient, text: string | undefined): Promise<string | undefined> {
  if (text === undefined) return undefined
  return resolvePolicyFilter(text, async ({ name, version }) => {
    const query = { mine: true, name_exact: name, limit: 100, ...(version === null ? {} : { version }) }
    const { entries } = await client.get('/stats/policy-versions', PolicyVersionPage, query)
    return entries[0]?.id
  })
}

/** The filters that members and submissions share. */
export const ownerQuery = async (client: HostedClient, flags: Flags) => ({
  mine: flags.mine === true,
  league_id: flags.league,
  policy_version_id: await policyOf(client, flags.policy),
  player_id: flags.player,
  limit: flags.limit,
})

/** The one JSON document of `--json`: two spaces, everything beyond ASCII escaped (contract section 11.1). */
export function printWire(io: Io, value: unknown): void {
  const escaped = (char: string): string => `\\u${char.charCodeAt(0).toString(16).padStart(4, '0')}`
  io.out(JSON.stringify(value, undefined, 2).replace(/[\u0080-\uffff]/g, escaped))
}
