// The coworld manifest of one of our worlds: the game, its bundled players, its variants, and its documentation.

import { AppError } from '../../kernel/errors.ts'
import type { World } from '../../kernel/world.ts'
import { configureWorld } from '../../kernel/world.ts'
import type { JsonObject } from '../../protocol/json.ts'
import { toJsonSchema } from './describe.ts'
import { formatConfigSchema, variantToGameConfig } from './game-config.ts'

/** Ticks per second of the variants, and of the certification episode, which should be short. */
const TICK_RATE = 5
const CERTIFICATION_RATE = 30

interface ManifestOptions {
  /** Version of the package: part of the image names. */
  readonly version: string
  /** Includes the variants with this many slots. Default: as many as the first variant has. */
  readonly slots?: number | undefined
  /** How the programs of the package name the world; default: its id, with this package's image. */
  readonly program?: WorldProgram | undefined
}

interface WorldProgram {
  /** Flags that go before the command. */
  readonly flags: readonly string[]
  readonly name: string
  readonly owner?: string | undefined
  readonly image?: string | undefined
}

/**
 * A manifest fixes its number of slots, so a world whose variants differ in that has several.
 * @throws AppError UNKNOWN_VARIANT when no variant has this many slots
 */
export function createManifest(world: World, options: ManifestOptions): JsonObject {
  const slotsOf = (id: string): number => world.slots(configureWorld(world, id).config)
  const slots = options.slots ?? slotsOf(world.variants[0]?.id ?? '')
  const variants = world.variants.filter((variant) => slotsOf(variant.id) === slots)
  const first = variants[0]
  if (!first) throw new AppError('UNKNOWN_VARIANT', `${world.id} has no variant with ${slots} slots`)
  const own: WorldProgram = { flags: [], name: world.id }
  const { flags, name, owner = 'paracosm', image = `paracosm:${options.version}` } = options.program ?? own
  const bots = world.bots ?? []
  const certified = bots[0]?.name ?? 'none'
  return {
    game: {
      name: world.id,
      version: world.version,
      description: world.summary,
      owner,
      runnable: { type: 'game', image, run: ['paracosm', ...flags, 'world', 'serve', name] },
      config_schema: formatConfigSchema(world, slots),
      results_schema: toJsonSchema(world.results),
      protocols: {
        player: { type: 'text', value: formatPlayerProtocol(world) },
        global: { type: 'text', value: formatGlobalProtocol(world) },
      },
      docs: { readme: { type: 'text', value: formatReadme(world) }, pages: [] },
    },
    player: bots.map((bot) => ({
      type: 'player',
      id: bot.name,
      name: bot.name,
      description: bot.summary,
      image,
      run: ['paracosm', ...flags, 'player', name, bot.name],
    })),
    variants: variants.map((variant) => ({
      id: variant.id,
      name: variant.title,
      description: variant.description,
      game_config: variantToGameConfig(world, variant.id, TICK_RATE),
    })),
    certification: {
      game_config: variantToGameConfig(world, first.id, CERTIFICATION_RATE),
      players: Array.from({ length: slots }, () => ({ player_id: certified })),
    },
  }
}

function formatPlayerProtocol(world: World): string {
  const command = toJsonSchema(world.command)
  return `# Player protocol of ${world.title}

Connect to the websocket that the variable COGAMES_ENGINE_WS_URL (or COWORLD_PLAYER_WS_URL) names. All messages are JSON
text frames.

The server sends one message with "type": "observation" on connecting and one after every tick; at the end the same with
"type": "final", and nothing after it: leave then, with exit status 0. Every message carries "slot" (your slot, from 0),
"player_names", "started", "paused", "tick_rate" and "done" beside what the world shows your slot, and "step", unless the
world shows a "tick" of its own.

Send a command at any time; it counts for the next tick:

${JSON.stringify(command, undefined, 2)}

A command with a "request_id" beside its fields is answered by {"type": "receipt", "request_id": …, "accepted": true or
false, …} once it has been applied and recorded. If the connection drops, connect again with the same URL: your slot and
its state are kept.
`
}

function formatGlobalProtocol(world: World): string {
  return `# Viewer protocol of ${world.title}

Connect to /global at any time, without a token. The server sends a whole snapshot with "type": "state" at once and then
every 0.1 s until "done" is true. What a viewer sends is ignored. The replay socket, /replay?uri=…, sends one message with
"type": "replay" and "frames", a snapshot for every tick; {"type": "seek", "step": n} is answered with that step's frame.
`
}

function formatReadme(world: World): string {
  const variants = world.variants.map((variant) => `- ${variant.title} (${variant.id}): ${variant.description}`)
  const bots = (world.bots ?? []).map((bot) => `- ${bot.name}: ${bot.summary}`)
  return `# ${world.title}\n\n${world.summary}\n\n## Variants\n\n${variants.join('\n')}\n\n## Bundled players\n\n${bots.join('\n')}\n`
}
