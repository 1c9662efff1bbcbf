// What a player, or the operator, does with one member: retires it, or makes it the player's champion.
import { AppError } from '../../kernel/errors.ts'
import type { Store } from '../store.ts'
import type { Moment } from './league-events.ts'
import { changeMember, findMember } from './member-changes.ts'
import { type MembershipRecord, toMembership } from './rows.ts'

/** Who does something, and why. */
export interface Act {
  readonly actor: string
  readonly reason: string
}

export class Memberships {
  readonly #store: Store
  readonly #now: () => number

  constructor(store: Store, now: () => number = Date.now) {
    this.#store = store
    this.#now = now
  }

  /** @throws AppError UNKNOWN_LEAGUE */
  async get(id: string): Promise<MembershipRecord> {
    const row = await this.#store.db
      .selectFrom('league_memberships')
      .selectAll()
      .where('membership_id', '=', id)
      .executeTakeFirst()
    if (row) return toMembership(row)
    throw new AppError('UNKNOWN_LEAGUE', `there is no membership ${id}`, {
      hint: 'List the members with: paracosm coworld memberships',
    })
  }

  /** Ends a membership: its policy plays no further round. @throws AppError UNKNOWN_LEAGUE, MEMBERSHIP_ENDED */
  retire(id: string, cause: Act): Promise<MembershipRecord> {
    const patch = { isActive: false, status: 'disqualified', substatus: 'inactive', isChampion: false }
    return this.#change(id, { patch, cause })
  }

  /**
   * Makes a competing member the champion of its player in its division.
   * @throws AppError UNKNOWN_LEAGUE, MEMBERSHIP_ENDED; VALIDATION_ERROR while it does not compete
   */
  champion(id: string, cause: Act): Promise<MembershipRecord> {
    return this.#change(id, { patch: { isChampion: true, substatus: 'active' }, cause, mustCompete: true })
  }

  #change(
    id: string,
    { mustCompete = false, ...change }: Parameters<typeof changeMember>[2] & { readonly mustCompete?: boolean },
  ): Promise<MembershipRecord> {
    return this.#store.transaction(async (tx) => {
      const moment: Moment = { tx, now: this.#now() }
      const before = await findMember(moment, id)
      if (!before) throw new AppError('UNKNOWN_LEAGUE', `there is no membership ${id}`)
      if (!before.isActive) throw new AppError('MEMBERSHIP_ENDED', `the membership ${id} has ended`)
      if (mustCompete && before.status !== 'competing') {
        throw new AppError(
          'VALIDATION_ERROR',
          `the member is ${before.status}: only a competing one can be a champion`,
          {
            hint: 'Wait until it has qualified.',
          },
        )
      }
      const { patch } = change
      // A champion keeps the substatus that its commissioner gave it.
      const kept = mustCompete && before.isChampion ? {} : patch
      await changeMember(moment, before, { ...change, patch: kept })
      return (await findMember(moment, id)) ?? before
    })
  }
}
