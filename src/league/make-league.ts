// A league out of its specification: checked against its world, stored, and its policies submitted.
import { planEvaluation } from '../evaluation/plan.ts'
import type { WorldRegistry } from '../host/world-registry.ts'
import { type EvaluationPlayer, EvaluationSpec } from '../protocol/evaluation.ts'
import type { LeagueSpec } from '../protocol/league.ts'
import type { Leagues } from '../store/leagues/leagues.ts'
import type { DivisionRecord, LeagueRecord, PolicyVersionRecord } from '../store/leagues/rows.ts'
import { localCommissioner } from './commissioner-link.ts'

/** `My League` as `my-league`. */
export function slugOf(name: string): string {
  const slug = name
    .toLowerCase()
    .replaceAll(/[^\p{L}\p{N}]+/gu, '-')
    .replaceAll(/^-|-$/g, '')
  return slug === '' ? 'league' : slug
}

/** @throws AppError UNKNOWN_WORLD, UNKNOWN_VARIANT, UNKNOWN_BOT, CONFIG_INVALID, FILE_EXISTS */
export async function makeLeague(leagues: Leagues, worlds: WorldRegistry, spec: LeagueSpec): Promise<LeagueRecord> {
  await checkPolicies(worlds, spec, spec.policies)
  await localCommissioner(spec.commissioner)
  const league = await leagues.create({ ...spec, slug: slugOf(spec.name) })
  for (const policy of spec.policies) {
    const playerId = await leagues.addPlayer(policy.name)
    const version = await leagues.addPolicyVersion(policy.name, policy, playerId)
    await enter(leagues, league, version, 'platform')
  }
  return league
}

async function checkPolicies(
  worlds: WorldRegistry,
  { world, variants, config }: Pick<LeagueSpec, 'world' | 'variants' | 'config'>,
  policies: readonly EvaluationPlayer[],
): Promise<void> {
  if (policies.length === 0) {
    await worlds.load(world)
    return
  }
  await planEvaluation(worlds, EvaluationSpec.parse({ world, variants, config, policies, episodes: 1 }))
}

/** Where newcomers go: the lowest staging division, else the lowest competition. */
export function entryDivision(divisions: readonly DivisionRecord[]): DivisionRecord | undefined {
  return divisions.find(({ type }) => type === 'staging') ?? divisions[0]
}

/** Puts a policy version into a league: into qualification where there is one. @returns the membership */
export async function enter(
  leagues: Leagues,
  league: LeagueRecord,
  version: PolicyVersionRecord,
  actor: string,
): Promise<string> {
  const division = entryDivision(await leagues.divisions(league.id))
  const isWaited = division?.type === 'staging'
  return leagues.addMembership(
    {
      leagueId: league.id,
      divisionId: division?.id ?? null,
      policyVersionId: version.id,
      playerId: version.playerId,
      status: isWaited ? 'qualifying' : 'competing',
      substatus: null,
      isChampion: !isWaited,
    },
    { actor, reason: `${version.name}:v${version.version} was submitted` },
  )
}
