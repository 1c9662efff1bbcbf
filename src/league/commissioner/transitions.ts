// What a ruleset does with members at the end of a round: the first transition whose criteria hold applies.
import type { MembershipEvent, RoundDivision, RoundMembership, ScheduledEpisode } from '../../protocol/commissioner.ts'
import type { StoredResult } from '../../protocol/commissioner-requests.ts'
import type { JsonObject } from '../../protocol/json.ts'
import type { RulesetConfig, Transition } from '../../protocol/ruleset.ts'
import type { Settlement } from './commissioner.ts'
import { statusOf } from './entrants.ts'
import { completedEpisodes, resultsInOrder, tally } from './round-score.ts'
import { divisionOf, type Rule } from './rules.ts'

/** Error samples per event, and the maximum length of each in characters. */
const SAMPLES = 3
const SAMPLE_LENGTH = 500

export interface EndedRound {
  readonly config: RulesetConfig
  readonly rule: Rule
  readonly division: RoundDivision
  readonly divisions: readonly RoundDivision[]
  readonly memberships: readonly RoundMembership[]
  readonly observe: (policyVersionId: string) => Observed
}

/** A policy's observed results in a round. */
export interface Observed {
  readonly completed: number
  /** 0: it was not in the round, and nothing follows. */
  readonly scheduled: number
  readonly score: number
  readonly failures: readonly { readonly requestId: string; readonly error: string }[]
}

export function transitionEvents(round: EndedRound): MembershipEvent[] {
  const { rule, division, memberships } = round
  return memberships
    .filter((member) => member.division_id === division.id && rule.isEntrant(member))
    .flatMap((member) => {
      const observed = round.observe(member.policy_version_id)
      if (observed.scheduled === 0) return []
      const transition = rule.transitions.find((each) => holds(each, observed))
      const event = transition && toEvent(round, member, { transition, observed })
      return event ? [event] : []
    })
}

/** What the episodes of a round show. */
export function observeEpisodes(
  episodes: readonly ScheduledEpisode[],
  settlements: ReadonlyMap<string, Settlement>,
): EndedRound['observe'] {
  return (policyVersionId) => {
    const own = episodes.filter(({ policy_version_ids: ids }) => ids.includes(policyVersionId))
    const { completed, plainMean } = tally(policyVersionId, resultsInOrder(settlements), 'mean')
    return {
      completed,
      scheduled: own.length,
      score: plainMean,
      failures: own.flatMap(({ request_id: requestId }) => {
        const settlement = settlements.get(requestId)
        return settlement?.type === 'episode_failed' ? [{ requestId, error: settlement.error }] : []
      }),
    }
  }
}

/** What stored results show: a policy without a completed episode may not have been in the round at all. */
export function observeResults(results: readonly StoredResult[]): EndedRound['observe'] {
  const found = new Map(results.map((result) => [result.policy_version_id, result]))
  return (policyVersionId) => {
    const result = found.get(policyVersionId)
    const completed = result ? completedEpisodes(result) : 0
    return { completed, scheduled: completed, score: result?.score ?? 0, failures: [] }
  }
}

function holds({ criteria }: Transition, { completed, score }: Observed): boolean {
  if (criteria === 'otherwise') return true
  const { completed_episodes_gt: above, completed_episodes_lte: atMost, score_gt: over, score_lte: under } = criteria
  if (above != null) return completed > above
  if (atMost != null) return completed <= atMost
  if (over != null) return score > over
  return under != null && score <= under
}

function toEvent(
  { config, division, divisions }: EndedRound,
  member: RoundMembership,
  { transition, observed }: { transition: Transition; observed: Observed },
): MembershipEvent | undefined {
  const [action] = transition.actions
  if (!action) return undefined
  const status = action.status ?? statusOf(member)
  const named = action.division == null ? undefined : divisionOf(config, action.division, divisions)
  const target = status === 'disqualified' ? null : (named ?? division).id
  const substatus = action.substatus ?? null
  const isSame =
    target === member.division_id && status === statusOf(member) && substatus === (member.substatus ?? null)
  if (isSame) return undefined
  const reason = action.reason ?? nameOf(transition)
  return {
    league_policy_membership_id: member.id,
    from_division_id: division.id,
    to_division_id: target,
    status,
    substatus,
    reason,
    end_time: null,
    notes: null,
    evidence: [evidence(transition, observed, { reason: nameOf(transition), target })],
  }
}

const FALLBACK = 'Ruleset transition'

/** `failed_check` in readable form: Failed check. */
function nameOf({ name, id }: Transition): string {
  if (name) return name
  if (!id) return FALLBACK
  const words = id.replaceAll('_', ' ').trim()
  return words.charAt(0).toUpperCase() + words.slice(1)
}

function evidence(
  transition: Transition,
  { completed, scheduled, score, failures }: Observed,
  { reason, target }: { reason: string; target: string | null },
): JsonObject {
  const [action] = transition.actions
  return {
    type: 'ruleset_transition',
    public_id: null,
    title: FALLBACK,
    summary: reason,
    metadata: {
      transition_id: transition.id ?? null,
      criteria: criteriaOf(transition),
      observed: {
        completed_episodes: completed,
        scheduled_episodes: scheduled,
        score,
        ...(failures.length > 0 ? { failed_episodes: failures.length } : {}),
      },
      actions: action ? [written(action)] : [],
      target_division_id: target,
      ...(failures.length > 0
        ? {
            failed_request_ids: failures.map(({ requestId }) => requestId),
            failure_error_samples: failures.slice(0, SAMPLES).map(({ error }) => error.slice(0, SAMPLE_LENGTH)),
          }
        : {}),
    },
  }
}

function criteriaOf({ criteria }: Transition): JsonObject {
  if (criteria === 'otherwise') return { otherwise: true }
  return written(criteria)
}

/** The keys of an object that have a value. */
function written(values: Readonly<Record<string, string | number | null | undefined>>): JsonObject {
  return Object.fromEntries(
    Object.entries(values).flatMap(([key, value]): [string, string | number][] =>
      value == null ? [] : [[key, value]],
    ),
  )
}
