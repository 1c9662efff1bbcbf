// Creates a league from its specification: validates it against its world, stores it, and submits its policies.
import { planEvaluation } from '../evaluation/plan.ts'
import type { WorldRegistry } from '../host/world-registry.ts'
import { type EvaluationPlayer, EvaluationSpec } from '../protocol/evaluation.ts'
import type { LeagueSpec } from '../protocol/league.ts'
import type { Leagues } from '../store/leagues/leagues.ts'
import type { DivisionRecord, LeagueRecord, PolicyVersionRecord } from '../store/leagues/rows.ts'
import type { Wishes } from '../store/leagues/submissions.ts'
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
  for (const policy of spec.policies) await enterPolicy(leagues, league, policy)
  return league
}

/**
 * Enters the policies whose names are new to a league. @returns their names
 * @throws AppError UNKNOWN_BOT, CONFIG_INVALID; then nothing was entered
 */
export async function enterNewPolicies(
  leagues: Leagues,
  worlds: WorldRegistry,
  { league, policies }: { readonly league: LeagueRecord; readonly policies: readonly EvaluationPlayer[] },
): Promise<string[]> {
  const versions = new Map((await leagues.policyVersions()).map((version) => [version.id, version.name]))
  const members = await leagues.memberships({ leagueId: league.id })
  const names = new Set(members.map(({ policyVersionId }) => versions.get(policyVersionId)))
  const added = policies.filter(({ name }) => !names.has(name))
  await checkPolicies(worlds, league, added)
  for (const policy of added) await enterPolicy(leagues, league, policy)
  return added.map(({ name }) => name)
}

async function enterPolicy(leagues: Leagues, league: LeagueRecord, policy: EvaluationPlayer): Promise<void> {
  const playerId = await leagues.addPlayer(policy.name)
  const version = await leagues.addPolicyVersion(policy.name, policy, playerId)
  await enter(leagues, league, version, { actor: 'platform' })
}

async function checkPolicies(
  worlds: WorldRegistry,
  { world, variants, config }: Pick<LeagueRecord, 'world' | 'variants' | 'config'>,
  policies: readonly EvaluationPlayer[],
): Promise<void> {
  if (policies.length === 0) {
    await worlds.load(world)
    return
  }
  await planEvaluation(worlds, EvaluationSpec.parse({ world, variants, config, policies, episodes: 1 }))
}

/** The division for newcomers: the lowest staging division, else the lowest competition. */
export function entryDivision(divisions: readonly DivisionRecord[]): DivisionRecord | undefined {
  return divisions.find(({ type }) => type === 'staging') ?? divisions[0]
}

/** Enters a policy version in a league: in a staging division, if there is one. @returns the membership */
export async function enter(
  leagues: Leagues,
  league: LeagueRecord,
  version: PolicyVersionRecord,
  { actor, autoChampion = 'always', preferences = null }: Partial<Wishes> & { readonly actor: string },
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
      autoChampion,
      preferences,
    },
    { actor, reason: `${version.name}:v${version.version} was submitted` },
  )
}
