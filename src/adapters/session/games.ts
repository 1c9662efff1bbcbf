// The games of a server: those of every registered world with the dialogue capability.
import type { WorldRegistry } from '../../host/world-registry.ts'
import { type DialogueCapability, type DialogueGame, plainName } from '../../kernel/dialogue.ts'
import { AppError } from '../../kernel/errors.ts'
import type { World } from '../../kernel/world.ts'
import type { Character } from '../../protocol/character.ts'
import type { JournalHeader } from '../../protocol/journal.ts'

/** A world that can be played in sessions. */
export interface DialogueWorld {
  readonly world: World
  readonly dialogue: DialogueCapability
}

export interface PlayableGame extends DialogueWorld {
  readonly game: DialogueGame
}

export class GameCatalogue {
  readonly #worlds: WorldRegistry
  readonly #games: ReadonlyMap<string, PlayableGame>
  /** Characters that ship with the worlds. */
  readonly shipped: readonly Character[]

  private constructor(
    worlds: WorldRegistry,
    playable: readonly DialogueWorld[],
    released: ReadonlySet<string> | undefined,
  ) {
    this.#worlds = worlds
    this.#games = gamesByName(released ? playable.map((each) => onlyReleased(each, released)) : playable)
    this.shipped = playable.flatMap(({ dialogue }) => dialogue.characters?.shipped ?? [])
  }

  /**
   * @param released characters that may be met; undefined: all
   * @throws AppError WORLD_INVALID when two games have the same name, and as `WorldRegistry.load`
   */
  static async load(worlds: WorldRegistry, released?: readonly string[]): Promise<GameCatalogue> {
    const all = await Promise.all(worlds.ids().map((id) => worlds.load(id)))
    return new GameCatalogue(worlds, all.filter(isDialogueWorld).map(toDialogueWorld), released && new Set(released))
  }

  get all(): readonly PlayableGame[] {
    return [...this.#games.values()]
  }

  /** The game of a name: case, spaces, `_` and `-` do not matter. */
  find(name: string): PlayableGame | undefined {
    return this.#games.get(plainName(name))
  }

  /** @throws AppError UNKNOWN_GAME with the names that exist */
  require(name: string): PlayableGame {
    const found = this.find(name)
    if (found) return found
    const known = this.all.map(({ game }) => game.name)
    throw new AppError('UNKNOWN_GAME', `Game not found: ${name}. Known games: ${known.join(', ')}`, {
      details: { known },
    })
  }

  /**
   * The world that a session was played in.
   * @throws AppError UNKNOWN_WORLD, WORLD_VERSION, WORLD_INVALID
   */
  async recorded(header: JournalHeader): Promise<DialogueWorld> {
    const world = await this.#worlds.loadRecorded(header)
    if (isDialogueWorld(world)) return toDialogueWorld(world)
    throw new AppError('WORLD_INVALID', `${world.id} is not playable in sessions`)
  }
}

type WithDialogue = World & { readonly dialogue: DialogueCapability }

const isDialogueWorld = (world: World): world is WithDialogue => world.dialogue !== undefined
const toDialogueWorld = (world: WithDialogue): DialogueWorld => ({ world, dialogue: world.dialogue })

/** The same world, in which only released characters are met. */
function onlyReleased({ world, dialogue }: DialogueWorld, released: ReadonlySet<string>): DialogueWorld {
  const { characters } = dialogue
  if (!characters) return { world, dialogue }
  const candidates: typeof characters.candidates = (...about) => {
    const { pcs, npcs } = characters.candidates(...about)
    return { pcs, npcs: npcs.filter(({ hid }) => released.has(hid)) }
  }
  return { world, dialogue: { ...dialogue, characters: { ...characters, candidates } } }
}

function gamesByName(playable: readonly DialogueWorld[]): Map<string, PlayableGame> {
  const games = new Map<string, PlayableGame>()
  for (const { world, dialogue } of playable) {
    for (const game of dialogue.games) {
      const other = games.get(plainName(game.name))
      if (other) {
        throw new AppError('WORLD_INVALID', `${other.world.id} and ${world.id} both define the game ${game.name}`, {
          hint: 'Rename one of the games, or leave one of the worlds out.',
        })
      }
      games.set(plainName(game.name), { world, dialogue, game })
    }
  }
  return games
}
