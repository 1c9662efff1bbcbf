// Dialogue: greetings, the topics on offer, choices, and their effects.
import type { DialogueParams } from '../../protocol/perception-command.ts'
import type { PersonRow, TopicRow } from './content/shape.ts'
import { agentId, type Entity, findEntity, tooFar, VOICE } from './entities.ts'
import { applyEffects, fits, holds } from './quests.ts'
import { type Actor, type Ending, type Failure, fail, isFailure, type Scene, tellOnly } from './scene.ts'
import { MAX_HEALTH, MAX_HEARD } from './state.ts'

export const TALK_TICKS = 2

/** The topics that a person currently offers this agent. */
export function topicsOf(scene: Scene, actor: Actor, person: PersonRow): readonly TopicRow[] {
  return person.topics.filter((topic) => holds(scene, actor, topic.when ?? [], person.id))
}

type Listener = Extract<Entity, { kind: 'person' | 'agent' }>

/** A person or another agent within voice range. */
export function findListener(scene: Scene, actor: Actor, id: string): Listener | Failure {
  const entity = findEntity(scene, actor, id)
  if (isFailure(entity)) return entity
  if (entity.kind !== 'person' && entity.kind !== 'agent') {
    return fail('NOT_SUITABLE', `${entity.name} does not talk.`)
  }
  if (entity.kind === 'agent' && entity.agent.down > 0) return fail('NOT_SUITABLE', `${entity.name} is out cold.`)
  return tooFar(actor.self, entity, VOICE) ?? entity
}

/** Says the topic to another agent, which hears it verbatim. */
function say(scene: Scene, { slot }: Actor, to: Extract<Listener, { kind: 'agent' }>, text: string): Ending {
  const { heard } = to.agent
  heard.push({ tick: scene.state.tick, slot, text })
  if (heard.length > MAX_HEARD) heard.shift()
  tellOnly(scene, to.slot, 'dialogue.heard_from', { agent: agentId(slot), text })
  return { text: `You say to ${to.name}: “${text}”` }
}

/** Starts a conversation: the greeting, and the available topics. */
export function greet(scene: Scene, actor: Actor, id: string): Ending {
  const listener = findListener(scene, actor, id)
  if (isFailure(listener)) return listener
  if (listener.kind === 'agent') return { text: `${listener.name} looks up, and will hear the topic that you give.` }
  const person = listener.row
  actor.self.talking = person.id
  const topics = topicsOf(scene, actor, person)
  tellOnly(scene, actor.slot, 'dialogue.begun', { person: person.id, topics: topics.map((topic) => topic.id) })
  return { text: `${person.name}: “${person.greeting}” ${offer(topics)}` }
}

/** Asks about a topic, or answers with one of its choices. Starts the conversation if necessary. */
export function discuss(scene: Scene, actor: Actor, params: DialogueParams): Ending {
  const listener = findListener(scene, actor, params.entity_id)
  if (isFailure(listener)) return listener
  if (listener.kind === 'agent') return say(scene, actor, listener, params.topic)
  const person = listener.row
  const offered = topicsOf(scene, actor, person)
  const topic = offered.find((each) => each.id === params.topic)
  actor.self.talking = person.id
  if (!topic) {
    return fail('NO_TOPIC', `${person.name} has nothing to say about ${params.topic}. ${offer(offered)}`)
  }
  return params.choice_idx === undefined
    ? hear(scene, actor, person, topic)
    : choose(scene, actor, person, { topic, index: params.choice_idx })
}

function offer(topics: readonly TopicRow[]): string {
  if (topics.length === 0) return 'There is nothing more to ask about now.'
  return `You may ask about: ${topics.map((topic) => topic.id).join(', ')}.`
}

function hear(scene: Scene, actor: Actor, person: PersonRow, topic: TopicRow): Ending {
  const effects = topic.effects ?? []
  if (!fits(scene, actor, effects)) return fail('TOO_HEAVY', 'You could not carry what you would be given.')
  tellOnly(scene, actor.slot, 'dialogue.heard', { person: person.id, topic: topic.id })
  const choices = (topic.choices ?? []).map((choice, index) => `(${index}) ${choice.say}`)
  const parts = [`${person.name}: “${topic.text}”`, ...applyEffects(scene, actor, effects, person.id), ...choices]
  return { text: parts.join(' ') }
}

function choose(
  scene: Scene,
  actor: Actor,
  person: PersonRow,
  { topic, index }: { topic: TopicRow; index: number },
): Ending {
  const choice = topic.choices?.[index]
  if (!choice) {
    const count = topic.choices?.length ?? 0
    return fail('NO_CHOICE', count === 0 ? `${topic.id} has no choices.` : `Choices go from 0 to ${count - 1}.`)
  }
  if (!holds(scene, actor, choice.needs ?? [], person.id)) {
    return fail('NEEDS_UNMET', `“${choice.say}” is not open to you yet.`)
  }
  const effects = choice.effects ?? []
  if (actor.self.health === MAX_HEALTH && effects.some((effect) => effect.kind === 'heal')) {
    return fail('NEEDS_UNMET', 'You are not hurt.')
  }
  if (!fits(scene, actor, effects)) return fail('TOO_HEAVY', 'You could not carry what you would be given.')
  tellOnly(scene, actor.slot, 'dialogue.chosen', { person: person.id, topic: topic.id, choice: index })
  return { text: [`${person.name}: “${choice.reply}”`, ...applyEffects(scene, actor, effects, person.id)].join(' ') }
}
