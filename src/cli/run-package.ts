// One episode of a coworld package, or of a world packaged as one, under a runtime: game and players are separate
// processes or containers.

import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createManifest } from '../adapters/coworld/manifest.ts'
import { at } from '../kernel/at.ts'
import { AppError } from '../kernel/errors.ts'
import { configureWorld, type World } from '../kernel/world.ts'
import type { JobSpec } from '../protocol/coworld.ts'
import { runEpisode } from '../runner/episode-run.ts'
import { buildJobSpec } from '../runner/job.ts'
import { type CoworldPackage, loadManifest } from '../runner/manifest.ts'
import { DEFAULT_SERVER, findManifest } from '../runner/manifest-source.ts'
import type { RunEvent } from '../runner/run-events.ts'
import { createWorkspace, findReplayFile } from '../runner/workspace.ts'
import { artefactsToJson, formatEarlyExit, formatEvent } from './coworld-report.ts'
import { selectRuntime } from './coworld-runtime.ts'
import { type Io, printJson } from './io.ts'
import type { RunOptions } from './run-plan.ts'
import { printTable } from './table.ts'
import { readVersion } from './version.ts'
import { referTo } from './world-names.ts'

/** Default folder of artefacts. */
const OUTPUT_FOLDER = './coworld-episode-results'

/**
 * Creates a manifest of a world for the duration of `use`.
 * @param slots number of slots of the manifest; default: that of the variant
 */
export async function withOwnManifest<T>(
  io: Io,
  about: { world: World; name: string; variant?: string | undefined },
  use: (path: string) => Promise<T>,
): Promise<T> {
  const { world } = about
  const folder = await mkdtemp(join(tmpdir(), 'paracosm-manifest-'))
  try {
    const slots = world.slots(configureWorld(world, about.variant).config)
    const path = join(folder, 'coworld_manifest.json')
    const program = referTo(io, world, about.name, undefined)
    const manifest = createManifest(world, { version: readVersion(), slots, program })
    await writeFile(path, JSON.stringify(manifest, undefined, 2))
    return await use(path)
  } finally {
    await rm(folder, { recursive: true, force: true })
  }
}

export async function runWorldAsPackage(
  io: Io,
  { world, name }: { readonly world: World; readonly name: string },
  players: readonly string[],
  options: RunOptions,
): Promise<void> {
  await withOwnManifest(io, { world, name, variant: options.variant }, async (path) => {
    const variant = options.variant ?? world.variants[0]?.id
    await runFound(io, await loadManifest(path), players, { ...options, ...(variant === undefined ? {} : { variant }) })
  })
}

export async function runPackage(
  io: Io,
  argument: string,
  players: readonly string[],
  options: RunOptions,
): Promise<void> {
  await using found = await findManifest(argument, { server: DEFAULT_SERVER, signal: io.signal })
  await runFound(io, await loadManifest(found.path), players, options)
}

async function runFound(io: Io, found: CoworldPackage, players: readonly string[], options: RunOptions): Promise<void> {
  const runtime = await selectRuntime(io, { runtime: options.runtime ?? 'process' })
  const job = withOptions(fillSlots(found, players, options), options)
  const workspace = await createWorkspace({
    prefix: 'coworld-run-',
    folder: options.outputDir ?? OUTPUT_FOLDER,
    cwd: process.cwd(),
  })
  const externalSlots =
    players.length === 0
      ? []
      : slotsOf(found, players, job.players.length).flatMap((name, slot) => (name === 'human' ? [slot] : []))
  const run = await runEpisode({
    runtime,
    job,
    folder: found.folder,
    workspace,
    timeoutMs: options.timeout * 1000,
    verifyReplay: false,
    externalSlots,
    signal: io.signal,
    onEvent: (event) => tell(io, event, externalSlots),
  })
  if (options.json) {
    printJson(io, { ok: true, artifacts: artefactsToJson(workspace), results: run.results })
    return
  }
  const scores =
    typeof run.results === 'object' && run.results !== null && 'scores' in run.results ? run.results.scores : []
  const names = slotsOf(found, players, job.players.length)
  printTable(
    io,
    ['Slot', 'Player', 'Score'],
    names.map((name, slot) => [String(slot), name, String(Array.isArray(scores) ? (scores[slot] ?? '-') : '-')]),
  )
  io.out(`Results: ${workspace.results}`)
  io.out(`Replay: ${findReplayFile(workspace) ?? workspace.replay}`)
  io.out(`Logs: ${workspace.logs}`)
}

function tell(io: Io, event: RunEvent, externalSlots: readonly number[]): void {
  if (event.kind === 'ready') {
    io.err(`Live view: ${event.links.global}`)
    for (const slot of externalSlots) io.err(`Player ${slot}: ${event.links.players[slot]}`)
    return
  }
  const early = formatEarlyExit(event)
  if (early === undefined) io.progress(formatEvent(event))
  else io.err(early)
}

/** The players, one name per slot: as given, or those of the fixture. */
function slotsOf(found: CoworldPackage, players: readonly string[], slots: number): readonly string[] {
  const fixture = found.manifest.certification.players
  if (players.length === 0)
    return Array.from({ length: slots }, (_, slot) => at(fixture, slot % fixture.length).player_id)
  if (players.length === 1) return Array.from({ length: slots }, () => at(players, 0))
  if (players.length === slots) return players
  const accepted = slots === 1 ? '1' : `1 or ${slots}`
  throw new AppError('USAGE', `this package has ${slots} slots: give ${accepted} players, not ${players.length}`)
}

/** The job. Each slot's name is a player of the manifest, a command, or otherwise an image. */
function fillSlots(found: CoworldPackage, players: readonly string[], options: RunOptions): JobSpec {
  const job = buildJobSpec(found, options.variant === undefined ? {} : { variant: options.variant })
  if (players.length === 0) return job
  const declared = new Map(found.manifest.player.map((role) => [role.id, role]))
  const assigned = slotsOf(found, players, job.players.length).map((name, slot) => {
    const role = declared.get(name)
    if (role) return { image: role.image, run: role.run, env: role.env }
    const before = job.players[slot] ?? { image: '', run: [], env: {} }
    // Programs start in the manifest's folder, but a command from the command line starts in the current folder.
    if (name.startsWith('cmd:'))
      return { image: '', run: ['sh', '-c', `cd "$0" && ${name.slice(4)}`, process.cwd()], env: before.env }
    return name === 'human' ? before : { image: name, run: [], env: before.env }
  })
  return { ...job, players: assigned }
}

function withOptions(job: JobSpec, options: RunOptions): JobSpec {
  const config = {
    ...job.game_config,
    ...(options.seed === undefined ? {} : { seed: options.seed }),
    ...(options.tickRate === undefined ? {} : { tick_rate: options.tickRate }),
  }
  return { ...job, game_config: config }
}
