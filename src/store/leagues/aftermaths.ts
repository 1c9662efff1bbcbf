// What follows a round: members that its commissioner moves afterwards, and rounds that it asks for. Each answer is
// applied once, in one transaction with the mark that it was.
import type { RoundCompletedResponse } from '../../protocol/commissioner-requests.ts'
import { isObject } from '../../protocol/is-object.ts'
import type { JsonValue } from '../../protocol/json.ts'
import type { Store } from '../store.ts'
import { applyDecisions } from './decisions.ts'
import { insertEvent, listEvents, type Moment } from './league-events.ts'
import { insertRound } from './new-rounds.ts'
import type { RoundRecord } from './rows.ts'

/** Rounds in a row that may ask for each other. */
export const MAX_DEPTH = 10
/** Events of one round that are read: one for each member, at most. */
const MAX_EVENTS = 100_000
/** Substatuses that say who plays, which every round may change. */
const ACTIVITY: readonly unknown[] = ['active', 'benched']

export type AftermathOutcome =
  | { readonly kind: 'applied'; readonly answer: Omit<RoundCompletedResponse, 'type'> }
  /** The answer cannot be used. */
  | { readonly kind: 'refused'; readonly reason: string }
  /** The commissioner does not know the request. */
  | { readonly kind: 'unknown' }

export class Aftermaths {
  readonly #store: Store
  readonly #now: () => number

  constructor(store: Store, now: () => number = Date.now) {
    this.#store = store
    this.#now = now
  }

  /** Stores the outcome, unless one is stored already. @returns the rounds that follow */
  settle(round: RoundRecord, outcome: AftermathOutcome): Promise<RoundRecord[]> {
    return this.#store.transaction(async (tx) => {
      const moment = { tx, now: this.#now() }
      const done = await tx
        .updateTable('league_rounds')
        .set({ aftermath: outcome.kind })
        .where('round_id', '=', round.id)
        .where('aftermath', '=', 'pending')
        .executeTakeFirst()
      if (done.numUpdatedRows === 0n || outcome.kind === 'unknown') return []
      if (outcome.kind === 'applied') return this.#apply(moment, round, outcome.answer)
      await insertEvent(moment, {
        ...eventOf(round),
        type: 'round_answer_refused',
        actor: 'platform',
        headline: `What the commissioner wanted after round ${round.number} was refused`,
        summary: outcome.reason,
        payload: { round_number: round.number },
      })
      return []
    })
  }

  async #apply(
    moment: Moment,
    round: RoundRecord,
    answer: Omit<RoundCompletedResponse, 'type'>,
  ): Promise<RoundRecord[]> {
    const decided = await decidedMembers(moment, round)
    const decisions = { events: answer.policy_membership_events, changes: answer.membership_changes, graduations: [] }
    const scope = { leagueId: round.leagueId, actor: 'commissioner', roundId: round.id, except: decided }
    await applyDecisions(moment, decisions, scope)
    const made: RoundRecord[] = []
    const left: string[] = []
    for (const proposed of answer.follow_up_rounds) {
      const isTooDeep = round.depth >= MAX_DEPTH
      const next = isTooDeep ? undefined : await insertRound(moment, round.leagueId, { proposed, follows: round })
      if (next) made.push(next)
      else left.push(proposed.division_id)
    }
    if (answer.follow_up_rounds.length > 0) await insertEvent(moment, followUp(round, made, left))
    return made
  }
}

const eventOf = ({ leagueId, divisionId, id }: RoundRecord) => ({ leagueId, divisionId, roundId: id })

function followUp(round: RoundRecord, made: readonly RoundRecord[], left: readonly string[]) {
  const rounds: JsonValue = made.map(({ id }) => `round_${id}`)
  const why =
    round.depth >= MAX_DEPTH
      ? `${MAX_DEPTH} rounds in a row have asked for each other`
      : 'their divisions already have a round'
  return {
    ...eventOf(round),
    type: 'rounds_followed',
    actor: 'commissioner',
    headline: `${made.length} ${made.length === 1 ? 'round follows' : 'rounds follow'} round ${round.number}`,
    summary: left.length === 0 ? 'The commissioner asked for them.' : `${left.length} were left out: ${why}.`,
    payload: { round_number: round.number, rounds, left_out: left.map((id) => `div_${id}`) },
  }
}

/** Members on which the round itself has decided: the same result must not move them twice. */
async function decidedMembers({ tx }: Moment, { id }: RoundRecord): Promise<ReadonlySet<string>> {
  const found = new Set<string>()
  for (const { payload, type } of await listEvents(tx, { roundId: id }, MAX_EVENTS)) {
    const { membership_id: member, from, to } = payload
    if (!type.startsWith('membership_') || typeof member !== 'string') continue
    if (type === 'membership_ended' || isDecision(from, to)) found.add(member)
  }
  return found
}

function isDecision(from: JsonValue | undefined, to: JsonValue | undefined): boolean {
  const [before, after] = [isObject(from) ? from : {}, isObject(to) ? to : {}]
  if (before.division_id !== after.division_id || before.status !== after.status) return true
  return before.substatus !== after.substatus && !ACTIVITY.includes(after.substatus)
}
