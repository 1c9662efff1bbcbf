// Conditions, effects and the stages of quests: how the content data acts on the world.

import { nameOfItem } from './atlas.ts'
import type { Condition, Effect } from './content/shape.ts'
import { CAPACITY, countOf, earnGold, loadOf, makeItems, spendGold, spendItems } from './inventory.ts'
import { type Actor, type Scene, tell, tellOnly } from './scene.ts'
import { type Agent, MAX_HEALTH } from './state.ts'

/** A person's attitude to an agent, 0..100. */
export function dispositionOf(base: number, agent: Agent, person: string): number {
  return Math.min(100, Math.max(0, base + (agent.regard[person] ?? 0)))
}

/** Whether all conditions hold for this agent. `person` is the one whose disposition is tested. */
export function holds(scene: Scene, actor: Actor, conditions: readonly Condition[], person?: string): boolean {
  return conditions.every((condition) => holdsOne(scene, actor, condition, person))
}

function holdsOne({ atlas, state }: Scene, { self }: Actor, condition: Condition, person: string | undefined): boolean {
  switch (condition.kind) {
    case 'stage': {
      const stage = state.quests[condition.quest]
      return stage !== undefined && stage >= condition.from && stage <= condition.to
    }
    case 'has':
      return countOf(self.items, condition.item) >= condition.count
    case 'lacks':
      return countOf(self.items, condition.item) === 0
    case 'gold':
      return self.gold >= condition.amount
    case 'disposition': {
      const row = person === undefined ? undefined : atlas.people.get(person)
      return row !== undefined && dispositionOf(row.disposition, self, row.id) >= condition.amount
    }
    case 'slain':
      return state.creatures[atlas.creatures.findIndex((row) => row.id === condition.creature)]?.health === 0
    case 'within':
      return self.cell === condition.cell
  }
}

/** Whether the agent could carry its load after the effects have been applied. */
export function fits({ atlas }: Scene, { self }: Actor, effects: readonly Effect[]): boolean {
  let load = loadOf(atlas, self.items)
  for (const effect of effects) {
    if (effect.kind !== 'give' && effect.kind !== 'take') continue
    const weight = (atlas.items.get(effect.item)?.weight ?? 0) * effect.count
    load += effect.kind === 'give' ? weight : -weight
  }
  return load <= CAPACITY
}

/** Applies effects in order; returns the observable changes as sentences. */
export function applyEffects(scene: Scene, actor: Actor, effects: readonly Effect[], person: string): string[] {
  return effects.flatMap((effect) => applyEffect(scene, actor, effect, person) ?? [])
}

function applyEffect(scene: Scene, actor: Actor, effect: Effect, person: string): string | undefined {
  const { state, atlas } = scene
  const { self, slot } = actor
  switch (effect.kind) {
    case 'stage':
      return reachStage(scene, actor, effect.quest, effect.stage)
    case 'give':
      makeItems(scene, actor, effect.item, effect.count)
      tellOnly(scene, slot, 'item.received', { item: effect.item, count: effect.count, from: person })
      return `You receive ${effect.count} × ${nameOfItem(atlas, effect.item)}.`
    case 'take':
      spendItems(scene, actor, effect.item, effect.count)
      tellOnly(scene, slot, 'item.given', { item: effect.item, count: effect.count, to: person })
      return `You hand over ${effect.count} × ${nameOfItem(atlas, effect.item)}.`
    case 'pay':
      spendGold(state, self, effect.amount)
      tellOnly(scene, slot, 'gold.paid', { amount: effect.amount, to: person })
      return `You pay ${effect.amount} gold.`
    case 'earn':
      earnGold(state, self, effect.amount)
      tellOnly(scene, slot, 'gold.earned', { amount: effect.amount, from: person })
      return `You receive ${effect.amount} gold.`
    case 'disposition':
      self.regard[person] = Math.min(100, Math.max(-100, (self.regard[person] ?? 0) + effect.amount))
      return undefined
    case 'heal':
      self.health = Math.min(MAX_HEALTH, self.health + effect.amount)
      return `Your wounds are seen to (${self.health} of ${MAX_HEALTH}).`
  }
}

/** Advances a quest to a later stage; the agent gets the points. Returns the journal's sentence. */
function reachStage(scene: Scene, { self, slot }: Actor, quest: string, stage: number): string | undefined {
  const { state, atlas } = scene
  const before = state.quests[quest]
  const row = atlas.quests.get(quest)
  const reached = row?.stages.find((each) => each.stage === stage)
  if (!row || !reached || before === undefined || stage <= before) return undefined
  state.quests[quest] = stage
  self.quest_points += reached.points
  const isDone = reached.goal === undefined
  tell(scene, isDone ? 'quest.completed' : 'quest.advanced', { slot, quest, stage, points: reached.points })
  return `[${row.name}] ${reached.text}`
}

/** Advances every quest whose stage conditions now hold for this agent. */
export function reviewQuests(scene: Scene, actor: Actor): string[] {
  const said: string[] = []
  for (const quest of scene.atlas.content.quests) {
    for (;;) {
      const stage = scene.state.quests[quest.id]
      const row = stage === undefined ? undefined : quest.stages.find((each) => each.stage === stage)
      if (row?.until === undefined || row.next === undefined || !holds(scene, actor, row.until)) break
      const text = reachStage(scene, actor, quest.id, row.next)
      if (text === undefined) break
      said.push(text)
    }
  }
  return said
}

/** Whether every active quest has ended. */
export function areQuestsDone({ atlas, state }: Pick<Scene, 'atlas' | 'state'>): boolean {
  for (const quest in state.quests) {
    const last = atlas.quests.get(quest)?.stages.at(-1)?.stage
    if (last !== undefined && state.quests[quest] !== last) return false
  }
  return true
}
