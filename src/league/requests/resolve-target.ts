// What an experience request plays: the world or package, variant and configuration behind a league, a division or a
// coworld.
import type { WorldRegistry } from '../../host/world-registry.ts'
import { AppError } from '../../kernel/errors.ts'
import { configureWorld } from '../../kernel/world.ts'
import type { ExperienceRequest, ExperienceTarget } from '../../protocol/experience.ts'
import type { JsonObject } from '../../protocol/json.ts'
import type { CoworldRecord, Coworlds } from '../../store/leagues/coworlds.ts'
import type { Leagues } from '../../store/leagues/leagues.ts'
import type { DivisionRecord, LeagueRecord } from '../../store/leagues/rows.ts'
import { packageOf } from '../hosted/package-rollout.ts'
import { packageJob, packagePlayers } from './package-job.ts'

export interface ResolvedTarget {
  /** As stored: the id of a world, or `cow_` and the UUID of a package. */
  readonly played: string
  /** For people. */
  readonly name: string
  readonly variantId: string
  readonly slots: number
  /** Bots of the world, or players that the package brings. */
  readonly bots: readonly string[]
  readonly isPackage: boolean
  /** What changes the variant. */
  readonly config: JsonObject
  /** Where champions are drawn from; undefined: nowhere. */
  readonly league: LeagueRecord | undefined
  readonly division: DivisionRecord | undefined
  /** As stored and shown. */
  readonly shown: JsonObject
}

const bad = (message: string, hint?: string): AppError =>
  new AppError('VALIDATION_ERROR', message, hint === undefined ? {} : { hint })
const HINT = 'Give one of league_id, league_name, division_id, coworld_id and world in target.'

export interface TargetSources {
  readonly leagues: Leagues
  readonly worlds: WorldRegistry
  readonly coworlds: Coworlds
}

/** @throws AppError VALIDATION_ERROR, UNKNOWN_LEAGUE, UNKNOWN_UPLOAD, UNKNOWN_VARIANT, CONFIG_INVALID */
export async function resolveTarget(
  request: ExperienceRequest,
  { leagues, worlds, coworlds }: TargetSources,
): Promise<ResolvedTarget> {
  const target: ExperienceTarget = {
    ...request.target,
    coworld_id: request.target.coworld_id ?? request.coworld_id,
    variant_id: request.target.variant_id ?? request.variant_id,
  }
  const place = await placeOf(target, leagues)
  const named = target.coworld_id ?? target.world
  if (place !== undefined && named != null) throw bad('the target names a league and a coworld', HINT)
  if (place === undefined && named == null) throw bad('the target names nothing to play', HINT)
  const { league, division } = place ?? {}
  const known = league ? league.world : registered(worlds, named ?? '')
  if (known === undefined) return packageTarget(await acceptedPackage(coworlds, named ?? ''), target, request)
  const world = await worlds.load(known)
  const variants = league?.variants ?? []
  const variantId = target.variant_id ?? variants[0] ?? world.variants[0]?.id
  if (variantId === undefined) throw bad(`the world ${world.id} has no variant`)
  if (variants.length > 0 && !variants.includes(variantId)) {
    throw bad(`the league plays no variant ${variantId}`, `It plays ${variants.join(', ')}.`)
  }
  const config = { ...league?.config, ...request.game_config_overrides }
  return {
    played: world.id,
    name: world.id,
    variantId,
    slots: world.slots(configureWorld(world, variantId, config).config),
    bots: (world.bots ?? []).map(({ name }) => name),
    isPackage: false,
    config,
    league,
    division,
    shown: {
      coworld_id: `cow_${world.id}`,
      variant_id: variantId,
      league_id: league ? `league_${league.id}` : null,
      division_id: division ? `div_${division.id}` : null,
    },
  }
}

/** A world of this server: a request never loads a module. */
function registered(worlds: WorldRegistry, id: string): string | undefined {
  const name = id.replace(/^cow_/, '').replaceAll('_', '-')
  return worlds.ids().find((each) => each.replaceAll('_', '-') === name)
}

async function acceptedPackage(coworlds: Coworlds, id: string): Promise<CoworldRecord> {
  const found = await coworlds.find(id.replace(/^cow_/, ''))
  if (found?.status === 'accepted') return found
  const shown = id.slice(0, 100)
  throw new AppError(
    'UNKNOWN_UPLOAD',
    found ? `the package ${shown} has not been accepted` : `this server has no world and no package ${shown}`,
    {
      hint: found
        ? `How far its certification is: GET /v2/coworlds/cow_${found.id}/certification`
        : 'List its packages with: paracosm coworld list',
    },
  )
}

function packageTarget(coworld: CoworldRecord, target: ExperienceTarget, request: ExperienceRequest): ResolvedTarget {
  const { manifest } = packageOf(coworld)
  const variantId = target.variant_id ?? manifest.variants[0]?.id
  if (variantId === undefined) throw bad(`the package ${coworld.name} has no variant`)
  const overrides = request.game_config_overrides ?? {}
  const played = `cow_${coworld.id}`
  return {
    played,
    name: coworld.name,
    variantId,
    slots: packageJob({ coworld, variantId, overrides, seed: 0 }).players.length,
    bots: [...packagePlayers(coworld).keys()],
    isPackage: true,
    config: overrides,
    league: undefined,
    division: undefined,
    shown: { coworld_id: played, variant_id: variantId, league_id: null, division_id: null },
  }
}

async function placeOf(
  target: ExperienceTarget,
  leagues: Leagues,
): Promise<{ readonly league: LeagueRecord; readonly division: DivisionRecord | undefined } | undefined> {
  const { league_id: id, league_name: name, division_id: divisionId, division_name: divisionName } = target
  const given = [id, name].filter((each) => each != null)
  if (given.length > 1) throw bad('the target has both league_id and league_name', HINT)
  if (divisionId != null) {
    const division = await leagues.division(divisionId.replace(/^div_/, ''))
    return { league: await leagues.get(division.leagueId), division }
  }
  if (given.length === 0) {
    if (divisionName != null) throw bad('division_name needs league_id or league_name')
    return undefined
  }
  const league = id == null ? await named(leagues, name ?? '') : await leagues.get(id.replace(/^league_/, ''))
  if (divisionName == null) return { league, division: undefined }
  const divisions = await leagues.divisions(league.id)
  const division = divisions.find((each) => each.name === divisionName)
  if (division) return { league, division }
  throw bad(
    `${league.name} has no division ${JSON.stringify(divisionName)}`,
    `It has ${divisions.map((each) => each.name).join(', ')}.`,
  )
}

async function named(leagues: Leagues, name: string): Promise<LeagueRecord> {
  const found = (await leagues.list()).filter((league) => league.name === name && !league.isHidden)
  const [league] = found
  if (league && found.length === 1) return league
  if (league) throw bad(`${found.length} leagues have the name ${JSON.stringify(name)}`, 'Give league_id.')
  throw new AppError('UNKNOWN_LEAGUE', `there is no league ${JSON.stringify(name)}`)
}
