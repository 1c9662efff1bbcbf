// `paracosm admin player …`.
import { AppError } from '../../kernel/errors.ts'
import { parseJson, parseWith } from '../../kernel/parse.ts'
import { JsonObject } from '../../protocol/json.ts'
import { openVault } from '../../store/people/personal-key.ts'
import { type Player, Players } from '../../store/people/players.ts'
import { type Io, printJson } from '../io.ts'
import { withStore } from '../store.ts'
import { readText } from '../strategy/input.ts'
import { printTable } from '../table.ts'

export interface PlayerFlags {
  readonly data: string
  readonly json?: boolean
}

export async function listPlayers(io: Io, flags: PlayerFlags & { limit: number; after?: string }): Promise<void> {
  const { data, limit, after = '' } = flags
  const { players, count } = await withStore(io, { data, mode: 'read' }, async (store) => {
    const people = new Players(store, undefined)
    return { players: await people.list({ after, limit }), count: await people.count() }
  })
  if (flags.json) return printJson(io, { ok: true, count, players: players.map(toJson) })
  const rows = players.map(({ playerId, createdAt, key, fields }) => [
    playerId,
    createdAt,
    key,
    Object.keys(fields).join(', ').replaceAll(/\p{C}/gu, ' '),
  ])
  printTable(io, ['Player', 'Since', 'Key', 'Fields'], rows)
  const last = players.at(-1)
  if (last && players.length < count && players.length === limit) io.out(`There may be more: --after ${last.playerId}`)
}

const toJson = ({ playerId, createdAt, lastKeyIssuedAt, key, fields }: Player) => ({
  player_id: playerId,
  created_at: createdAt,
  last_key_issued_at: lastKeyIssuedAt,
  key,
  fields,
})

export interface NewPlayerFlags extends PlayerFlags {
  readonly field: readonly string[]
  readonly fields?: string
  readonly issueKey?: boolean
  readonly keyFile?: string
  /** False with --no-key. */
  readonly key: boolean
}

export async function addPlayer(io: Io, flags: NewPlayerFlags): Promise<void> {
  const { data, keyFile } = flags
  if (!flags.key && (keyFile !== undefined || flags.issueKey))
    throw new AppError('USAGE', 'a key and --no-key cannot be combined')
  const key = keyFile === undefined ? undefined : readText(keyFile)
  const issuesKey = flags.issueKey ?? (flags.key && key === undefined)
  const fields = { ...readRecord(flags.fields), ...Object.fromEntries(flags.field.map(readField)) }
  const made = await withStore(io, { data, mode: 'create' }, async (store) => {
    const vault = await openVault(store, { key: io.config.PARACOSM_PII_KEY, folder: data })
    return new Players(store, vault).create({ fields, issuesKey, ...(key === undefined ? {} : { key }) })
  })
  if (flags.json) return printJson(io, { ok: true, player_id: made.playerId, api_key: made.key })
  io.out(`Player ${made.playerId}`)
  printKey(io, made.key)
}

function printKey(io: Io, key: string | null): void {
  if (key === null) return
  io.out(`Access key ${key}`)
  io.err('The key will not be shown again. Keep it in a safe place.')
}

function readRecord(path: string | undefined): JsonObject {
  if (path === undefined) return {}
  return parseWith(JsonObject, parseJson(readText(path), path), { code: 'VALIDATION_ERROR', what: path })
}

function readField(text: string): [string, string] {
  const at = text.indexOf('=')
  if (at > 0) return [text.slice(0, at), text.slice(at + 1)]
  throw new AppError('USAGE', `--field takes name=value, not ${text}`)
}

/** Changes an existing player. */
async function change<T>(io: Io, flags: PlayerFlags, work: (players: Players) => Promise<T>): Promise<T> {
  return withStore(io, { data: flags.data, mode: 'existing' }, (store) => work(new Players(store, undefined)))
}

export async function issueKey(io: Io, playerId: string, flags: PlayerFlags): Promise<void> {
  const key = await change(io, flags, (players) => players.issueKey(playerId))
  if (flags.json) return printJson(io, { ok: true, player_id: playerId, api_key: key })
  printKey(io, key)
}

export async function revokeKey(io: Io, playerId: string, flags: PlayerFlags): Promise<void> {
  await change(io, flags, (players) => players.revokeKey(playerId))
  if (flags.json) return printJson(io, { ok: true, player_id: playerId })
  io.out(`The key of player ${playerId} is revoked.`)
}

export async function removePlayer(io: Io, playerId: string, flags: PlayerFlags): Promise<void> {
  const isGone = await change(io, flags, (players) => players.remove(playerId))
  if (!isGone) throw new AppError('UNKNOWN_PLAYER', `there is no player ${playerId}`)
  if (flags.json) return printJson(io, { ok: true, player_id: playerId })
  io.out(`Player ${playerId} and the personal data are removed.`)
}
