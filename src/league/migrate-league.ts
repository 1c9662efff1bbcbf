// Brings the divisions of a league in line with its commissioner: asks which divisions it wants and where members go,
// checks both answers, and applies them at once. Running it again changes nothing more.
import { randomUUID } from 'node:crypto'
import { AppError } from '../kernel/errors.ts'
import {
  MigrationConfigResponse,
  type MigrationDivision,
  type MigrationRequest,
  MigrationResponse,
} from '../protocol/commissioner-requests.ts'
import type { CommissionerRef } from '../protocol/league.ts'
import { changesOf, type DivisionChanges, type DivisionPlan } from '../store/leagues/division-changes.ts'
import type { Leagues } from '../store/leagues/leagues.ts'
import type { DivisionRecord, LeagueRecord, MembershipRecord } from '../store/leagues/rows.ts'
import { type Asked, answerOf } from './ask.ts'
import { faultOfDecisions, repeatedMember } from './check-decisions.ts'
import type { CommissionerAsker } from './commissioner-asker.ts'
import { toWireDivision, toWireLeague, toWireMemberships } from './round-start.ts'

export interface MigrationOptions {
  readonly leagues: Leagues
  readonly changes: DivisionChanges
  readonly asker: CommissionerAsker
  /** Who asks for it. */
  readonly actor: string
  /** Replaces the league's commissioner. */
  readonly commissioner?: CommissionerRef
  /** Only says what would change. */
  readonly isDryRun?: boolean
}

export interface LeagueMigrationResult extends ReturnType<typeof changesOf> {
  /** Members whom the commissioner moves; in a dry run, those whom it would move. */
  readonly movedMembers: number
}

/** Maximum number of divisions, and characters of their names and descriptions, as in a new league. */
const MAX_DIVISIONS = 100
const MAX_NAME = 80
const MAX_DESCRIPTION = 1000
const MAX_LEVEL = 1_000_000
const TYPES: readonly string[] = ['competition', 'staging']
/** Milliseconds for each answer: a commissioner may look at every member. */
const ANSWER_MS = 60_000

const refused = (message: string): AppError => new AppError('MIGRATION_REFUSED', message)

/** @throws AppError MIGRATION_REFUSED, COMMISSIONER_FAILED; then nothing has changed */
export async function migrateLeague(league: LeagueRecord, options: MigrationOptions): Promise<LeagueMigrationResult> {
  const { leagues, changes, commissioner = league.commissioner, isDryRun = false } = options
  const asked = { ...league, commissioner }
  const before = await leagues.divisions(league.id)
  const archive = (await leagues.divisions(league.id, { withArchived: true })).filter(
    (each) => each.archivedAt !== null,
  )
  const declared = await ask(options, asked, before)
  const fault = faultOfDivisions(declared)
  if (fault !== undefined) throw refused(fault)
  const next = planDivisions(league.id, declared, { before, archive })
  const members = await leagues.memberships({ leagueId: league.id, isActive: true })
  const plan: DivisionPlan = {
    league,
    before,
    ...next,
    events: await moves(options, asked, { members, divisions: [...next.after, ...next.archived], next }),
    commissioner: options.commissioner,
    actor: options.actor,
  }
  if (isDryRun) return { ...changesOf(plan), movedMembers: plan.events.length }
  return { ...changesOf(plan), movedMembers: await changes.apply(plan) }
}

async function ask(
  { asker }: MigrationOptions,
  league: LeagueRecord,
  divisions: readonly DivisionRecord[],
): Promise<readonly MigrationDivision[]> {
  const request = {
    type: 'league_migration_config_request' as const,
    league: toWireLeague(league),
    divisions: divisions.map(toWireDivision),
  }
  const question = { request, schema: MigrationConfigResponse, answerMs: ANSWER_MS }
  return known(await asker.ask(league, question), request.type).divisions
}

function known<T>(asked: Asked<T>, request: string): T {
  const answer = answerOf(asked)
  if (answer !== undefined) return answer
  if (asked.kind === 'closed') {
    throw new AppError('COMMISSIONER_FAILED', `the commissioner closed ${request} with ${asked.code}`)
  }
  throw new AppError('MIGRATION_REFUSED', `the commissioner does not know ${request}`, {
    hint: 'The league keeps its divisions. Use a commissioner of the later protocol to change them.',
  })
}

/** Why declared divisions cannot be used. */
function faultOfDivisions(divisions: readonly MigrationDivision[]): string | undefined {
  if (divisions.length === 0) return 'the commissioner declares no division'
  if (divisions.length > MAX_DIVISIONS) return `the commissioner declares more than ${MAX_DIVISIONS} divisions`
  const names = new Set<string>()
  const previous = new Set<string>()
  for (const { name, previous_name: old, level, type, description } of divisions) {
    if (name.trim() === '' || name.length > MAX_NAME) return `a division has no name of 1 to ${MAX_NAME} characters`
    if (names.has(name)) return `the commissioner declares ${name} twice`
    names.add(name)
    if (!TYPES.includes(type)) return `${name} is of the unknown type ${JSON.stringify(type.slice(0, MAX_NAME))}`
    if (Math.abs(level) > MAX_LEVEL) return `${name} has the level ${level}, beyond ${MAX_LEVEL}`
    if ((description?.length ?? 0) > MAX_DESCRIPTION)
      return `${name} is described in over ${MAX_DESCRIPTION} characters`
    if (old === null) continue
    if (previous.has(old)) return `two divisions were ${old} before`
    previous.add(old)
  }
  return undefined
}

/** A division of the same name stays; else the one of the previous name is renamed; else an archived one comes back. */
function planDivisions(
  leagueId: string,
  declared: readonly MigrationDivision[],
  { before, archive }: { readonly before: readonly DivisionRecord[]; readonly archive: readonly DivisionRecord[] },
): Pick<DivisionPlan, 'after' | 'created' | 'archived'> {
  const names = new Set(declared.map(({ name }) => name))
  const created = new Set<string>()
  const after = declared.map(({ name, previous_name: old, level, type, description }): DivisionRecord => {
    const same = before.find((each) => each.name === name)
    // A division that keeps its own name is not renamed: names may be exchanged.
    const former = old === null || names.has(old) ? undefined : before.find((each) => each.name === old)
    const found = same ?? former ?? archive.find((each) => each.name === name)
    const id = found?.id ?? randomUUID()
    if (!found) created.add(id)
    const about = description ?? found?.description ?? null
    return { id, leagueId, name, level, type, description: about, createdAt: found?.createdAt ?? 0, archivedAt: null }
  })
  const kept = new Set(after.map(({ id }) => id))
  return { after, created, archived: before.filter(({ id }) => !kept.has(id)) }
}

async function moves(
  { asker }: MigrationOptions,
  league: LeagueRecord,
  {
    members,
    divisions,
    next,
  }: {
    readonly members: readonly MembershipRecord[]
    readonly divisions: readonly DivisionRecord[]
    readonly next: Pick<DivisionPlan, 'after' | 'archived'>
  },
): Promise<DivisionPlan['events']> {
  const request: MigrationRequest = {
    type: 'league_migration_request',
    league: toWireLeague(league),
    divisions: divisions.map(toWireDivision),
    memberships: toWireMemberships(members),
  }
  const asked = await asker.ask(league, { request, schema: MigrationResponse, answerMs: ANSWER_MS })
  const answer = known(asked, request.type)
  const ids = { members: new Set(members.map(({ id }) => id)), divisions: new Set(next.after.map(({ id }) => id)) }
  const twice = repeatedMember(answer)
  const fault = faultOfDecisions(answer, ids) ?? (twice && `the commissioner decides twice about member ${twice}`)
  if (fault !== undefined) throw refused(fault)
  const left = leftBehind(members, answer.policy_membership_events, next.archived)
  if (left !== undefined) throw refused(left)
  return answer.policy_membership_events
}

/** Members who would stay in a division that the league no longer has; the store checks this again. */
function leftBehind(
  members: readonly MembershipRecord[],
  events: DivisionPlan['events'],
  archived: readonly DivisionRecord[],
): string | undefined {
  const away = new Set(
    events.flatMap((event) =>
      event.to_division_id !== null || event.status === 'disqualified' ? [event.league_policy_membership_id] : [],
    ),
  )
  for (const { id, name } of archived) {
    const left = members.filter((member) => member.divisionId === id && !away.has(member.id))
    if (left.length > 0) {
      const who = left.length === 1 ? '1 member' : `${left.length} members`
      return `the commissioner leaves ${who} in ${name}, which it no longer has`
    }
  }
  return undefined
}
