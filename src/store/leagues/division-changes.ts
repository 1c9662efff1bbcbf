// Changes the divisions of a league in one transaction, with the members that move: nothing of a migration is ever half
// done. Divisions keep their id and history when they are renamed, and their history when they are archived.
import type { Transaction } from 'kysely'
import { AppError } from '../../kernel/errors.ts'
import type { MembershipEvent } from '../../protocol/commissioner.ts'
import { CommissionerRef } from '../../protocol/league.ts'
import { readJsonColumn, storedText } from '../columns.ts'
import type { Store } from '../store.ts'
import type { Tables } from '../tables.ts'
import { applyDecisions } from './decisions.ts'
import { insertEvent, type Moment } from './league-events.ts'
import { OPEN } from './new-rounds.ts'
import { type DivisionRecord, type LeagueRecord, toDivision } from './rows.ts'

/** A league's divisions as they are and as they should be. */
export interface DivisionPlan {
  readonly league: LeagueRecord
  /** The divisions in use that the plan was made from. */
  readonly before: readonly DivisionRecord[]
  /** All divisions that the league has afterwards: some with ids of `before`, or of archived ones, some new. */
  readonly after: readonly DivisionRecord[]
  /** Ids of divisions in `after` that do not exist yet. */
  readonly created: ReadonlySet<string>
  /** Divisions that the league no longer has. */
  readonly archived: readonly DivisionRecord[]
  readonly events: readonly MembershipEvent[]
  /** Replaces the league's commissioner. */
  readonly commissioner?: CommissionerRef | undefined
  /** Who asked for it. */
  readonly actor: string
}

export class DivisionChanges {
  readonly #store: Store
  readonly #now: () => number

  constructor(store: Store, now: () => number = Date.now) {
    this.#store = store
    this.#now = now
  }

  /**
   * @returns the number of members that moved
   * @throws AppError MIGRATION_REFUSED when the league has changed since, when a division that is archived has a round under
   * way, or keeps members
   */
  apply(plan: DivisionPlan): Promise<number> {
    return this.#store.transaction(async (tx) => {
      const moment = { tx, now: this.#now() }
      const rounds = await lock(tx, plan)
      await refuseRunning(tx, plan)
      await writeDivisions(moment, plan)
      const decisions = { events: plan.events, changes: [], graduations: [] }
      const moved = await applyDecisions(moment, decisions, { leagueId: plan.league.id, actor: 'commissioner' })
      await refuseLeft(tx, plan)
      for (const { id } of plan.archived) {
        await tx
          .updateTable('league_divisions')
          .set({ archived_at: moment.now })
          .where('division_id', '=', id)
          .execute()
      }
      if (plan.commissioner) await replaceCommissioner(moment, plan, { rounds, commissioner: plan.commissioner })
      const event = eventOf(plan, moved)
      if (event) await insertEvent(moment, event)
      return moved
    })
  }

  /** The commissioners that a league had before, each up to a round; oldest first. */
  async commissioners(leagueId: string): Promise<{ untilRound: number; commissioner: CommissionerRef }[]> {
    const rows = await this.#store.db
      .selectFrom('league_commissioners')
      .select(['until_round', 'commissioner'])
      .where('league_id', '=', leagueId)
      .orderBy('until_round')
      .execute()
    return rows.map((row) => ({
      untilRound: Number(row.until_round),
      commissioner: readJsonColumn(CommissionerRef, row.commissioner, 'commissioner'),
    }))
  }
}

/** Of two migrations at once, the second waits here, and then finds other divisions. @returns the number of its last round */
async function lock(tx: Transaction<Tables>, { league, before }: DivisionPlan): Promise<number> {
  const row = await tx
    .updateTable('leagues')
    .set(({ ref }) => ({ rounds: ref('rounds') }))
    .where('league_id', '=', league.id)
    .returning('rounds')
    .executeTakeFirstOrThrow()
  const now = await tx
    .selectFrom('league_divisions')
    .selectAll()
    .where('league_id', '=', league.id)
    .where('archived_at', 'is', null)
    .execute()
  const text = (divisions: readonly DivisionRecord[]): string =>
    divisions
      .map(({ id, name, level, type }) => JSON.stringify([id, name, level, type]))
      .sort()
      .join()
  if (text(now.map(toDivision)) !== text(before)) {
    throw new AppError('MIGRATION_REFUSED', `the divisions of ${league.name} have changed in the meantime`, {
      hint: 'Migrate the league again.',
    })
  }
  return Number(row.rounds)
}

async function refuseRunning(tx: Transaction<Tables>, { archived }: DivisionPlan): Promise<void> {
  for (const { id, name } of archived) {
    const open = await tx
      .selectFrom('league_rounds')
      .select('round_number')
      .where('division_id', '=', id)
      .where('status', 'in', [...OPEN])
      .executeTakeFirst()
    if (open) {
      throw new AppError('MIGRATION_REFUSED', `round ${open.round_number} of ${name} is not over`, {
        hint: 'Wait until the round is over, and migrate the league again.',
      })
    }
  }
}

async function refuseLeft(tx: Transaction<Tables>, { archived }: DivisionPlan): Promise<void> {
  for (const { id, name } of archived) {
    const left = await tx
      .selectFrom('league_memberships')
      .select(({ fn }) => fn.countAll<number>().as('count'))
      .where('division_id', '=', id)
      .where('is_active', '=', 1)
      .executeTakeFirst()
    const count = Number(left?.count ?? 0)
    if (count > 0) {
      const who = count === 1 ? '1 member' : `${count} members`
      throw new AppError('MIGRATION_REFUSED', `the commissioner leaves ${who} in ${name}, which it no longer has`)
    }
  }
}

async function writeDivisions({ tx, now }: Moment, { league, after, created }: DivisionPlan): Promise<void> {
  for (const { id, name, level, type, description } of after) {
    const row = { name: storedText(name), level, type, description: description && storedText(description) }
    if (created.has(id)) {
      const rest = { division_id: id, league_id: league.id, created_at: now, archived_at: null }
      await tx
        .insertInto('league_divisions')
        .values({ ...row, ...rest })
        .execute()
    } else {
      await tx
        .updateTable('league_divisions')
        .set({ ...row, archived_at: null })
        .where('division_id', '=', id)
        .execute()
    }
  }
}

async function replaceCommissioner(
  { tx, now }: Moment,
  { league }: DivisionPlan,
  { rounds, commissioner }: { rounds: number; commissioner: CommissionerRef },
): Promise<void> {
  // Rounds until here can be verified only with the commissioner that ranked them.
  await tx
    .insertInto('league_commissioners')
    .values({
      league_id: league.id,
      until_round: rounds,
      commissioner: JSON.stringify(league.commissioner),
      changed_at: now,
    })
    .onConflict((conflict) => conflict.doNothing())
    .execute()
  await tx
    .updateTable('leagues')
    .set({ commissioner: JSON.stringify(commissioner), state: 'null' })
    .where('league_id', '=', league.id)
    .execute()
}

/** What a plan changes, for people and programs. */
export function changesOf({ before, after, created, archived }: DivisionPlan) {
  const known = new Map(before.map((each) => [each.id, each]))
  const renamed = after.flatMap(({ id, name }) => {
    const from = known.get(id)?.name
    return from === undefined || from === name ? [] : [{ id: `div_${id}`, from, to: name }]
  })
  const named = ({ id, name }: DivisionRecord) => ({ id: `div_${id}`, name })
  return {
    created: after.filter(({ id }) => created.has(id)).map(named),
    renamed,
    restored: after.filter(({ id }) => !created.has(id) && !known.has(id)).map(named),
    archived: archived.map(named),
  }
}

function eventOf(plan: DivisionPlan, moved: number) {
  const changes = changesOf(plan)
  const parts = [
    ...changes.created.map(({ name }) => `${name} is new`),
    ...changes.renamed.map(({ from, to }) => `${from} is ${to} now`),
    ...changes.restored.map(({ name }) => `${name} is back`),
    ...changes.archived.map(({ name }) => `${name} is archived`),
    ...(moved === 0 ? [] : [moved === 1 ? '1 member moved' : `${moved} members moved`]),
    ...(plan.commissioner ? ['its commissioner was replaced'] : []),
  ]
  if (parts.length === 0) return undefined
  return {
    leagueId: plan.league.id,
    type: 'league_migrated',
    actor: plan.actor,
    headline: `The divisions of ${plan.league.name} were brought in line with its commissioner`,
    summary: `${parts.join('; ')}.`,
    payload: { ...changes, moved_members: moved },
  }
}
