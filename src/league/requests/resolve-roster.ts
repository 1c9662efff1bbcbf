// Who plays in an experience request: policy versions by name or id, bots of the world, and champions of the target.
import { AppError } from '../../kernel/errors.ts'
import type { ExperienceRequest, PlayerSelector } from '../../protocol/experience.ts'
import { isUploaded } from '../../protocol/league.ts'
import type { Leagues } from '../../store/leagues/leagues.ts'
import type { PolicyVersionRecord } from '../../store/leagues/rows.ts'
import { parsePolicyIdentifier } from '../selection.ts'
import type { Pick, RosterEntry } from './plan-episodes.ts'
import type { ResolvedTarget } from './resolve-target.ts'

export interface RosterContext {
  readonly leagues: Leagues
  /** Null: the operator, who may use every policy. */
  readonly playerId: string | null
  readonly target: ResolvedTarget
  /** Policy versions of a division's leaderboard, best first. */
  readonly ranked: (divisionId: string) => Promise<readonly string[]>
}

export interface Roster {
  readonly entries: readonly RosterEntry[]
  /** Versions of champions, best first; empty unless a pick needs it. */
  readonly pool: readonly string[]
  /** Whether a server must run uploaded programs to play it. */
  readonly needsPrograms: boolean
}

const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/i
/** What a server plays; other kinds play only where the operator runs a league from the command line. */
const PLAYED: readonly string[] = ['bot', 'agent', 'source', 'container']

/** What plays an uploaded package: its own players count as bots. */
const PACKAGED: readonly string[] = ['bot', 'container']

const bad = (message: string, hint?: string): AppError =>
  new AppError('VALIDATION_ERROR', message, hint === undefined ? {} : { hint })

/** @throws AppError VALIDATION_ERROR, UNKNOWN_PLAYER, UNKNOWN_BOT, NOT_YOURS */
export async function resolveRoster(request: ExperienceRequest, context: RosterContext): Promise<Roster> {
  const { slots, name, variantId } = context.target
  const { roster } = request
  if (roster.length !== slots) {
    throw bad(
      `the roster has ${roster.length === 1 ? '1 player' : `${roster.length} players`}, and ${name} ${variantId} has ${slots === 1 ? '1 slot' : `${slots} slots`}`,
      `Give one player for each slot; several may be the same policy.`,
    )
  }
  checkSlots(roster.map(({ slot }) => slot))
  const found = new Map<string, PolicyVersionRecord>()
  const entries: RosterEntry[] = []
  for (const { player, slot } of roster) {
    const pick = await pickOf(player, context)
    if ('version' in pick) found.set(pick.version, await context.leagues.policyVersion(pick.version))
    entries.push({ pick, slot })
  }
  const isPooled = entries.some(({ pick }) => 'top' in pick)
  const pool = isPooled ? await poolOf(request, context) : []
  for (const id of pool) found.set(id, await context.leagues.policyVersion(id))
  return { entries, pool, needsPrograms: [...found.values()].some(({ player }) => isUploaded(player)) }
}

function checkSlots(slots: readonly number[]): void {
  const pinned = slots.filter((slot) => slot >= 0)
  const beyond = pinned.find((slot) => slot >= slots.length)
  if (beyond !== undefined) throw bad(`there is no slot ${beyond}: slots are 0 to ${slots.length - 1}`)
  const twice = pinned.find((slot, index) => pinned.indexOf(slot) !== index)
  if (twice !== undefined) throw bad(`two players of the roster are pinned to slot ${twice}`)
}

async function pickOf(player: PlayerSelector, context: RosterContext): Promise<Pick> {
  if (player.policy_ref !== undefined) return { version: (await versionOf(player.policy_ref, context)).id }
  if (player.bot !== undefined) return { version: (await botVersion(player.bot, context)).id }
  if (!context.target.league) {
    throw bad('top_n and random need a league or a division as the target', 'Name policies with policy_ref, or bots.')
  }
  return { top: player.top_n ?? null }
}

async function versionOf(ref: string, context: RosterContext): Promise<PolicyVersionRecord> {
  const { leagues, target } = context
  const found = UUID.test(ref) ? await leagues.policyVersion(ref.toLowerCase()) : await namedVersion(ref, context)
  checkPlayable(found, target)
  await checkAccess(found, context)
  return found
}

/** A version by `name` (the latest) or `name:v2`: the caller's own policy, else the only one of this name. */
async function namedVersion(ref: string, { leagues, playerId }: RosterContext): Promise<PolicyVersionRecord> {
  const { name, version } = parsePolicyIdentifier(ref)
  const all = await leagues.policyVersions({ name, ...(version === null ? {} : { version }) })
  const own = playerId === null ? [] : all.filter((each) => each.playerId === playerId)
  const candidates = own.length > 0 ? own : all
  const [latest] = candidates.toSorted((a, b) => b.version - a.version)
  if (!latest) throw new AppError('UNKNOWN_PLAYER', `there is no policy ${ref}`)
  const policies = new Set(candidates.map(({ policyId }) => policyId))
  if (policies.size === 1) return latest
  throw bad(`${policies.size} policies have the name ${name}`, 'Give the id of the policy version.')
}

function checkPlayable({ name, version, player }: PolicyVersionRecord, target: ResolvedTarget): void {
  if (!PLAYED.includes(player.kind)) {
    throw bad(`${name}:v${version} (${player.kind}) plays only in leagues that the command line runs`)
  }
  if (target.isPackage && !PACKAGED.includes(player.kind)) {
    throw bad(
      `${name}:v${version} (${player.kind}) cannot play the package ${target.name}`,
      'Packages are played by policies that are images, and by the players that the package brings.',
    )
  }
  if (player.kind === 'bot') checkBot(player.bot, target)
}

function checkBot(bot: string, { name, bots }: ResolvedTarget): void {
  if (bots.includes(bot)) return
  throw new AppError('UNKNOWN_BOT', `${name} has no bot ${bot}; it has ${bots.join(', ') || 'none'}`)
}

/** A policy of somebody else can be met where it competes; before that it is private. */
async function checkAccess(
  { id, name, version, player, playerId }: PolicyVersionRecord,
  context: RosterContext,
): Promise<void> {
  if (context.playerId === null || playerId === context.playerId || !isUploaded(player)) return
  const members = await context.leagues.memberships({ isActive: true })
  if (members.some(({ policyVersionId }) => policyVersionId === id)) return
  throw new AppError('NOT_YOURS', `${name}:v${version} belongs to another player, and competes in no league`)
}

/** The version of the platform that stands for a bot. */
async function botVersion(bot: string, { leagues, target }: RosterContext): Promise<PolicyVersionRecord> {
  checkBot(bot, target)
  const known = await leagues.policyVersions({ name: bot })
  const found = known.find(({ player, playerId }) => playerId === null && player.kind === 'bot' && player.bot === bot)
  return found ?? leagues.addPolicyVersion(bot, { kind: 'bot', name: bot, bot }, null)
}

/** Champions of the target, best first: of one division, or of all competitions of the league from the top down. */
async function poolOf(request: ExperienceRequest, context: RosterContext): Promise<string[]> {
  const { leagues, ranked, target } = context
  const { league, division } = target
  const divisions = division
    ? [division]
    : (await leagues.divisions(league?.id)).filter(({ type }) => type === 'competition')
  const members = await leagues.memberships({ leagueId: league?.id ?? '', isActive: true })
  const names = await leagues.playerNames()
  const isNamed = (list: readonly string[] | null | undefined, playerId: string | null): boolean =>
    playerId !== null &&
    (list ?? []).some((each) => each.replace(/^player_/, '') === playerId || each === names.get(playerId))
  const pool: string[] = []
  for (const { id } of divisions.toSorted((a, b) => a.level - b.level)) {
    const order = await ranked(id)
    const place = (version: string): number => {
      const index = order.indexOf(version)
      return index < 0 ? order.length : index
    }
    const champions = members
      .filter(({ divisionId, isChampion }) => divisionId === id && isChampion)
      .filter(({ playerId }) => request.included_players == null || isNamed(request.included_players, playerId))
      .filter(({ playerId }) => !isNamed(request.excluded_players, playerId))
      .toSorted((a, b) => place(a.policyVersionId) - place(b.policyVersionId))
    for (const { policyVersionId } of champions) {
      const { player } = await leagues.policyVersion(policyVersionId)
      if (PLAYED.includes(player.kind)) pool.push(policyVersionId)
    }
  }
  if (pool.length > 0) return pool
  throw bad('the target has no champions to draw from', 'Name policies with policy_ref, or bots.')
}
