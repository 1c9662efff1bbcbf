// `paracosm league token …`: tokens of players, made and revoked where the server's data lie.
import { LeagueTokens, type TokenRecord } from '../../store/leagues/tokens.ts'
import { type Io, printJson } from '../io.ts'
import { withStore } from '../store.ts'
import { printTable } from '../table.ts'

export interface TokenFlags {
  readonly data: string
  readonly json?: boolean
}

export interface IssueFlags extends TokenFlags {
  readonly label: string
  readonly days?: number
}

const DAY_MS = 86_400_000

const iso = (at: number | null): string | null => (at === null ? null : new Date(at).toISOString())

const toJson = (token: TokenRecord) => ({
  id: token.id,
  player_id: `player_${token.playerId}`,
  player_name: token.playerName,
  label: token.label,
  created_at: iso(token.createdAt),
  expires_at: iso(token.expiresAt),
  revoked_at: iso(token.revokedAt),
})

export async function issueToken(io: Io, player: string, flags: IssueFlags): Promise<void> {
  const { data, label, days } = flags
  const made = await withStore(io, { data, mode: 'create' }, (store) =>
    new LeagueTokens(store).issue(player, {
      label,
      ...(days === undefined ? {} : { expiresAt: Date.now() + days * DAY_MS }),
    }),
  )
  if (flags.json) return printJson(io, { ...toJson(made), token: made.token })
  io.out(`Player ${made.playerName} (player_${made.playerId})`)
  io.out(`Token ${made.token}`)
  io.err('The token is not shown again. Put it into COWORLD_TOKEN where the commands run.')
}

export async function listTokens(io: Io, flags: TokenFlags): Promise<void> {
  const tokens = await withStore(io, { data: flags.data, mode: 'read' }, (store) => new LeagueTokens(store).list())
  if (flags.json) return printJson(io, tokens.map(toJson))
  if (tokens.length === 0) return io.out('There are no tokens. Make one with: paracosm league token issue NAME')
  const rows = tokens.map((each) => [
    each.id,
    each.playerName,
    each.label || '-',
    iso(each.createdAt) ?? '-',
    stateOf(each),
  ])
  printTable(io, ['ID', 'Player', 'Label', 'Issued', 'State'], rows)
}

function stateOf({ revokedAt, expiresAt }: TokenRecord): string {
  if (revokedAt !== null) return 'revoked'
  if (expiresAt === null) return 'valid'
  return expiresAt <= Date.now() ? 'expired' : `valid until ${iso(expiresAt)}`
}

export async function revokeToken(io: Io, id: string, flags: TokenFlags): Promise<void> {
  await withStore(io, { data: flags.data, mode: 'existing' }, (store) => new LeagueTokens(store).revoke(id))
  if (flags.json) return printJson(io, { id, revoked: true })
  io.out(`Token ${id} is revoked.`)
}
