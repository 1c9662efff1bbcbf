// Rule-based policies, one per world: they show that the world can be played through the adapter, and how to play it
// well.
import { z } from 'zod'
import { builtInWorlds } from '../../host/world-registry.ts'
import { unknownName } from '../../kernel/closest.ts'
import type { Bot, World } from '../../kernel/world.ts'
import { AgentCommand } from '../../protocol/perception-command.ts'
import { NOOP, type Policy, type Turn } from './policy.ts'
import { reasonFor } from './reasons.ts'

/** Approximate ticks per turn, for bots that count time and cannot see it. */
const TICKS_PER_TURN = 10

/**
 * The rules for a world.
 * @param engine name in the adapter's status; an unknown engine gets the general rule
 */
export async function createScriptedPolicy(engine: string): Promise<Policy> {
  if (engine === 'frontier') return fromBot(await builtInWorlds().load('frontier'))
  if (engine === 'foundry') return fromBuilder(await builtInWorlds().load('foundry'))
  return { decide: (turn) => Promise.resolve(approach(turn)) }
}

/** A bot of the world that uses the protocol and sees only perceptions. */
function fromBot(world: World): Policy {
  // Needs no knowledge of the map: it uses only its perceptions.
  const bot = createBot(world, 'explorer')
  let number = 0
  return {
    decide({ cycle, perception, last }) {
      const { raw_engine_data: _, ...seen } = perception
      if (last) number++
      const view = last && {
        number,
        command: last.command,
        status: last.status,
        outcome: last.outcome ?? '',
        code: last.code,
      }
      const said = bot.decide({
        slot: 0,
        tick: cycle * TICKS_PER_TURN,
        max_ticks: Number.MAX_SAFE_INTEGER,
        perception: seen,
        command: view ?? null,
      })
      const command = AgentCommand.safeParse(said).data ?? NOOP
      return Promise.resolve({ command, reasoning: reasonFor(command, perception) })
    },
  }
}

function createBot(world: World, name: string): Bot {
  const maker = world.bots?.find((each) => each.name === name)
  if (maker) return maker.create(0, 0)
  const known = (world.bots ?? []).map((each) => each.name)
  throw unknownName('UNKNOWN_BOT', `${world.id} has no bot ${name}; it has ${known.join(', ') || 'none'}`, {
    name,
    known,
  })
}

/** The foundry's builder, which uses the world's own observations and commands. */
function fromBuilder(world: World): Policy {
  const bot = createBot(world, 'builder')
  return { decide: (turn) => Promise.resolve(build(turn, bot)) }
}

/**
 * Goes to the nearest item, or to the nearest character if there is none. The turn chooses among equally near items, so
 * that the agent does not walk in circles.
 */
function approach({ perception, cycle }: Turn) {
  const things = perception.nearby_entities.filter((each) => each.entity_type === 'item' && each.distance > 0)
  const nearest = things.filter((each) => each.distance === things[0]?.distance)
  const aim =
    nearest[cycle % Math.max(1, nearest.length)] ?? perception.nearby_entities.find((each) => each.distance > 0)
  if (!aim) return { command: NOOP, reasoning: 'Nothing is near.' }
  const command: AgentCommand = { command: 'move_to', params: { entity_id: aim.entity_id } }
  return { command, reasoning: `${aim.name} is the nearest, ${aim.distance} away.` }
}

const Point = z.object({ x: z.int(), y: z.int(), z: z.int() })

/** Fields that the foundry adds to the protocol. */
const FoundryExtras = z.object({
  size: Point,
  build_inventory: z.record(z.string(), z.int()),
  parts: z.array(
    z.object({ entity_id: z.string(), def_id: z.string(), x: z.int(), y: z.int(), z: z.int(), state: z.string() }),
  ),
})

function build({ perception }: Turn, bot: Bot) {
  const extras = FoundryExtras.safeParse(perception.raw_engine_data)
  if (!extras.success) return { command: NOOP, reasoning: 'There is nothing to build with.' }
  const { size, build_inventory, parts } = extras.data
  const decided = bot.decide({
    size,
    build_inventory,
    deposits: perception.nearby_entities.flatMap((each) => depositOf(each.entity_id, each.name)),
    parts: parts.map(({ entity_id, def_id, x, y, z, state }) => ({
      id: Number(entity_id.replace('part-', '')),
      def_id,
      origin: { x, y, z },
      state,
    })),
  })
  const wanted = BuilderCommand.safeParse(decided).data
  const command = wanted && inWords(wanted)
  if (command) return { command, reasoning: `The line from the deposit to the port lacks this: ${wanted.type}.` }
  const wait: AgentCommand = { command: 'wait', params: { duration_seconds: 10 } }
  return { command: wait, reasoning: 'Everything is built; the line has to run.' }
}

function depositOf(id: string, name: string): { x: number; z: number; item: string }[] {
  const [, x, z] = /^deposit-(\d+)-(\d+)$/.exec(id) ?? []
  return x === undefined ? [] : [{ x: Number(x), z: Number(z), item: name.replace('Deposit of ', '') }]
}

/** The foundry commands that its builder sends. */
const BuilderCommand = z.discriminatedUnion('type', [
  z.object({ type: z.literal('place_part'), def_id: z.string(), origin: Point, facing: z.string() }),
  z.object({ type: z.literal('set_machine_recipe'), part_id: z.int(), recipe_id: z.string().nullable() }),
])

/** A builder's command as a command of the protocol. */
function inWords(wanted: z.infer<typeof BuilderCommand>): AgentCommand {
  if (wanted.type === 'set_machine_recipe') {
    const params = { entity_id: `part-${wanted.part_id}`, topic: wanted.recipe_id ?? 'none' }
    return { command: 'dialogue', params }
  }
  const { x, y, z: depth } = wanted.origin
  return {
    command: 'use_item',
    params: { item_id: `${wanted.def_id}:${wanted.facing}`, target_entity_id: `cell-${x}-${y}-${depth}` },
  }
}
