// Asks a commissioner what follows a round that it has completed: members that it moves outside the round, and further
// rounds. The answer is untrusted; it is applied once, whatever stops the server in between.
import { sleep } from '../lib/sleep.ts'
import { type RoundCompletedRequest, RoundCompletedResponse } from '../protocol/commissioner-requests.ts'
import type { AftermathOutcome, Aftermaths } from '../store/leagues/aftermaths.ts'
import type { Leagues } from '../store/leagues/leagues.ts'
import type { Rounds } from '../store/leagues/rounds.ts'
import type { DivisionRecord, LeagueRecord, ResultRecord, RoundRecord } from '../store/leagues/rows.ts'
import type { OpenChannel } from './channel.ts'
import { faultOfDecisions, repeatedMember } from './check-decisions.ts'
import type { CommissionerAsker } from './commissioner-asker.ts'
import { recentResults, toWireDivision, toWireLeague, toWireMemberships } from './round-start.ts'

export interface AftermathServices {
  readonly leagues: Leagues
  readonly rounds: Rounds
  readonly aftermaths: Aftermaths
  readonly asker: CommissionerAsker
  readonly signal: AbortSignal
  /** The commissioner, while it runs. */
  readonly open?: OpenChannel
}

/** Rounds that one answer may ask for. */
const MAX_FOLLOW_UPS = 32
/** Attempts while the commissioner closes without an answer, and milliseconds between them. */
const ATTEMPTS = 3
const PAUSE_MS = 1000

/**
 * @returns the rounds that follow; none if the answer was stored before
 * @throws AppError COMMISSIONER_FAILED when the commissioner cannot be reached
 */
export async function settleAftermath(
  round: RoundRecord,
  league: LeagueRecord,
  services: AftermathServices,
): Promise<RoundRecord[]> {
  const { leagues, rounds, aftermaths, asker, signal, open } = services
  const members = await leagues.memberships({ leagueId: league.id, isActive: true })
  const divisions = await leagues.divisions(league.id)
  const division = await leagues.division(round.divisionId)
  const names = await leagues.playerNames()
  const request: RoundCompletedRequest = {
    type: 'round_completed_request',
    league: toWireLeague(league),
    division: toWireDivision(division),
    all_divisions: divisions.map(toWireDivision),
    round_config: round.config,
    round_results: (await rounds.results({ roundId: round.id })).map((result) => toWireResult(result, names)),
    division_memberships: toWireMemberships(members.filter(({ divisionId }) => divisionId === division.id)),
    recent_results: (await recentResults(league.id, rounds)).map((each) => ({ ...each, result_metadata: {} })),
    commissioner_config: league.commissioner.config,
  }
  const question = { request, schema: RoundCompletedResponse, open }
  let asked = await asker.ask(league, question)
  for (let attempt = 1; asked.kind === 'closed' && attempt < ATTEMPTS; attempt++) {
    await sleep(PAUSE_MS, signal)
    asked = await asker.ask(league, question)
  }
  signal.throwIfAborted()
  return aftermaths.settle(round, outcomeOf(asked, { members, divisions }))
}

export const toWireResult = (result: ResultRecord, names: ReadonlyMap<string, string>) => ({
  round_id: result.roundId,
  policy_version_id: result.policyVersionId,
  player_id: result.playerId,
  player_name: result.playerId === null ? null : (names.get(result.playerId) ?? null),
  rank: result.rank,
  score: result.score,
  result_metadata: result.metadata,
})

function outcomeOf(
  asked: Awaited<ReturnType<CommissionerAsker['ask']>>,
  known: { readonly members: readonly { readonly id: string }[]; readonly divisions: readonly DivisionRecord[] },
): AftermathOutcome {
  if (asked.kind === 'invalid') return { kind: 'refused', reason: asked.reason }
  if (asked.kind !== 'answered') return { kind: 'unknown' }
  const answer = RoundCompletedResponse.parse(asked.answer)
  const divisions = new Set(known.divisions.map(({ id }) => id))
  const reason =
    faultOfDecisions(answer, { divisions, members: new Set(known.members.map(({ id }) => id)) }) ??
    repeated(repeatedMember(answer)) ??
    faultOfRounds(answer, divisions)
  return reason === undefined ? { kind: 'applied', answer } : { kind: 'refused', reason }
}

const repeated = (id: string | undefined): string | undefined =>
  id && `the commissioner decides twice about member ${id}`

function faultOfRounds(
  { follow_up_rounds: rounds }: Pick<RoundCompletedResponse, 'follow_up_rounds'>,
  divisions: ReadonlySet<string>,
): string | undefined {
  if (rounds.length > MAX_FOLLOW_UPS) {
    return `the commissioner asks for ${rounds.length} rounds at once, at most ${MAX_FOLLOW_UPS}`
  }
  const strange = rounds.find(({ division_id: id }) => !divisions.has(id))
  return strange && `the commissioner asks for a round of an unknown division: ${strange.division_id}`
}
