// The actions that a player can take on visible entities, as protocol commands. If the target is too far away, the
// agent walks there first; an action of two steps is kept until the first step is done.
import type { JsonObject } from '../../../protocol/json.ts'
import type { Said, Scene, SeenEntity } from './scene.ts'

export interface Deed {
  readonly text: string
  readonly steps: readonly JsonObject[]
}

/** Reach of a hand and of a voice, in tiles. */
const REACH = 1
const VOICE = 2

const moveTo = (id: string): JsonObject => ({ command: 'move_to', params: { entity_id: id } })
const interact = (id: string, type: string): JsonObject => ({
  command: 'interact',
  params: { entity_id: id, interaction_type: type },
})

function near(entity: SeenEntity, reach: number, step: JsonObject): readonly JsonObject[] {
  return entity.distance > reach ? [moveTo(entity.id), step] : [step]
}

/** The first one is performed by a click. */
export function deedsOf(entity: SeenEntity, isInCombat: boolean): readonly Deed[] {
  const look: Deed = { text: 'Look', steps: [interact(entity.id, 'examine')] }
  switch (entity.type) {
    case 'npc':
      return [{ text: 'Talk', steps: near(entity, VOICE, interact(entity.id, 'talk')) }, look]
    case 'creature': {
      const attack = { command: 'combat_action', params: { action_type: 'attack', target_entity_id: entity.id } }
      return isInCombat
        ? [{ text: 'Attack', steps: near(entity, REACH, attack) }, look]
        : [look, { text: 'Attack', steps: near(entity, REACH, attack) }]
    }
    case 'container':
      return [{ text: 'Open', steps: near(entity, REACH, interact(entity.id, 'open')) }, look]
    case 'item':
      return [{ text: 'Take', steps: near(entity, REACH, interact(entity.id, 'take')) }, look]
    case 'door': {
      const goal = entity.leadsTo ?? ''
      const go = { command: 'move_to', params: { target_cell: goal } }
      return [{ text: 'Go', steps: [goal === '' ? interact(entity.id, 'activate') : go] }, look]
    }
    case 'agent':
      return [look]
  }
}

export function ask(person: string, topic: string): Deed {
  return { text: topic.replaceAll('-', ' '), steps: [{ command: 'dialogue', params: { entity_id: person, topic } }] }
}

export function answer(
  person: string,
  choice: { readonly topic: string; readonly index: number; readonly say: string },
): Deed {
  const params = { entity_id: person, topic: choice.topic, choice_idx: choice.index }
  return { text: choice.say, steps: [{ command: 'dialogue', params }] }
}

export function walk(x: number, y: number): Deed {
  return { text: 'Walk', steps: [{ command: 'move_to', params: { target_x: x, target_y: y } }] }
}

export function use(item: string): Deed {
  return { text: 'Use', steps: [{ command: 'use_item', params: { item_id: item } }] }
}

export const REST: Deed = { text: 'Rest ten minutes', steps: [{ command: 'wait', params: { duration_seconds: 600 } }] }
export const BLOCK: Deed = { text: 'Block', steps: [{ command: 'combat_action', params: { action_type: 'block' } }] }
export const FLEE: Deed = { text: 'Flee', steps: [{ command: 'combat_action', params: { action_type: 'flee' } }] }

/** How long a new action waits for the answer to an earlier command: after that, it was refused or lost. Milliseconds. */
const PATIENCE_MS = 2000

/**
 * Sends the steps of an action in order, each once the previous one is done. Observations show commands that the world
 * has taken, not refused ones; an answer may be late by any number of frames, so that only a new action stops waiting.
 */
export class Agenda {
  readonly #send: (command: JsonObject) => void
  readonly #now: () => number
  #steps: JsonObject[] = []
  #waiting: { readonly name: unknown; readonly since: number; readonly sentAt: number } | undefined
  #isFirst = true

  constructor(send: (command: JsonObject) => void, now: () => number = () => performance.now()) {
    this.#send = send
    this.#now = now
  }

  /** Starts an action, replacing the pending steps. */
  begin(deed: Deed, scene: Scene | undefined): void {
    this.#steps = [...deed.steps]
    this.#isFirst = true
    this.frame(scene)
  }

  /** Handles a new frame: sends the step that is due. */
  frame(scene: Scene | undefined): void {
    const said = scene?.own?.said
    if (this.#waiting) {
      const { name, since, sentAt } = this.#waiting
      // The world may have played for an agent that was late: that is no answer.
      const isAnswered = said !== undefined && said.number > since && said.command === name
      const isGivenUp = this.#isFirst && this.#now() - sentAt >= PATIENCE_MS
      if (!isAnswered && !isGivenUp) return
      this.#waiting = undefined
    }
    if (isBusy(said) || this.#steps.length === 0) return
    if (!this.#isFirst && said?.status === 'failed') {
      this.#steps = []
      return
    }
    const next = this.#steps.shift()
    if (!next) return
    this.#isFirst = false
    this.#waiting = { name: next.command, since: said?.number ?? 0, sentAt: this.#now() }
    this.#send(next)
  }
}

export function isBusy(said: Said | undefined): boolean {
  return said?.status === 'accepted' || said?.status === 'running'
}
