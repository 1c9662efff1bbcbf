// The life cycle of a command: accepted, running, done or failed. An agent has one at a time; each takes at least one
// tick, and further commands are refused until it has ended. Command numbers count over all agents in the order of
// acceptance.
import type { Refusal } from '../../protocol/episode.ts'
import type { AgentCommand } from '../../protocol/perception-command.ts'
import { advanceFlight, finishCombat, prepareCombat } from './combat.ts'
import { DAY_TICKS, TICK_SECONDS } from './day.ts'
import { discuss, findListener, TALK_TICKS } from './dialogue.ts'
import { interact, useItem } from './handling.ts'
import { advanceMove, prepareMove } from './movement.ts'
import { reviewQuests } from './quests.ts'
import { type Actor, type Ending, type Failure, fail, isFailure, type Scene, tellOnly } from './scene.ts'
import { type Agent, type CommandState, MAX_NOTES, type Task } from './state.ts'

/** Whether the agent has a command in progress. */
export function isBusy(agent: Agent): boolean {
  return agent.command !== null && agent.command.ended_at === null
}

/** Accepts a command, or returns the reason for refusing it. A refused command leaves the state unchanged. */
export function acceptCommand(scene: Scene, { slot, self }: Actor, command: AgentCommand): Refusal | undefined {
  const { state } = scene
  if (self.down > 0) return { code: 'COMMAND_CONFLICT', reason: `You come to in ${self.down} ticks.` }
  if (self.command && isBusy(self)) {
    const { number, command: busyWith } = self.command
    return { code: 'COMMAND_CONFLICT', reason: `You are busy with command ${number} (${busyWith.command}).` }
  }
  const fault = faultOf(scene, self, command)
  if (fault !== undefined) return { code: 'VALIDATION_ERROR', reason: fault }
  state.commands++
  self.task = null
  self.command = {
    number: state.commands,
    command: structuredClone(command),
    status: 'accepted',
    outcome: '',
    code: null,
    accepted_at: state.tick,
    ended_at: null,
  }
  tellOnly(scene, slot, 'command.accepted', { number: state.commands, command: command.command })
  return undefined
}

/** Why a command could never succeed, in any situation. */
function faultOf(scene: Scene, self: Agent, command: AgentCommand): string | undefined {
  if (command.command === 'wait' && command.params.duration_seconds > DAY_TICKS * TICK_SECONDS) {
    return `duration_seconds: ${DAY_TICKS * TICK_SECONDS} (a day) is the longest wait.`
  }
  if (command.command !== 'move_to') return undefined
  const { target_cell: cell } = command.params
  if (cell === undefined || scene.atlas.places.has(cell)) return undefined
  return `target_cell: there is no cell ${cell}; you have been in ${self.discovered.join(', ')}.`
}

/** Advances an agent's command by one tick. */
export function runCommand(scene: Scene, actor: Actor): void {
  const { self, slot } = actor
  const current = self.command
  if (!current || current.ended_at !== null) return
  if (current.status === 'accepted') {
    const task = prepare(scene, actor, current.command)
    if (isFailure(task)) {
      endCommand(scene, actor, task)
      return
    }
    self.task = task
    current.status = 'running'
    tellOnly(scene, slot, 'command.running', { number: current.number, command: current.command.command })
  }
  const { task } = self
  if (!task) return
  task.left--
  if (task.left > 0) return
  const ending = advance(scene, actor, current, task)
  if (ending) endCommand(scene, actor, ending)
}

/** Starts a command: returns the work it takes, or why it cannot be done. */
function prepare(scene: Scene, actor: Actor, command: AgentCommand): Task | Failure {
  switch (command.command) {
    case 'move_to':
      actor.self.talking = null
      return prepareMove(scene, actor, command.params)
    case 'combat_action':
      actor.self.talking = null
      return prepareCombat(scene, actor, command.params)
    case 'wait':
      return work(Math.ceil(command.params.duration_seconds / TICK_SECONDS))
    case 'interact': {
      if (command.params.interaction_type !== 'talk') return work(1)
      const person = findListener(scene, actor, command.params.entity_id)
      return isFailure(person) ? person : work(TALK_TICKS)
    }
    case 'dialogue': {
      const person = findListener(scene, actor, command.params.entity_id)
      return isFailure(person) ? person : work(TALK_TICKS)
    }
    case 'use_item':
    case 'journal_note':
    case 'noop':
      return work(1)
  }
}

function work(ticks: number): Task {
  return { left: ticks, path: [], goal: null }
}

/** Completes the work that is due; undefined: the command continues. */
function advance(scene: Scene, actor: Actor, { command }: CommandState, task: Task): Ending | undefined {
  switch (command.command) {
    case 'move_to':
      return advanceMove(scene, actor, task)
    case 'combat_action':
      if (command.params.action_type === 'flee' && !advanceFlight(scene, actor, task)) return undefined
      return finishCombat(scene, actor, command.params)
    case 'wait':
      return { text: 'Time passes.' }
    case 'interact':
      return interact(scene, actor, command.params)
    case 'dialogue':
      return discuss(scene, actor, command.params)
    case 'use_item':
      return useItem(scene, actor, command.params)
    case 'journal_note':
      return note(scene, actor.self, command.params)
    case 'noop':
      return { text: 'Nothing is done.' }
  }
}

function note({ state }: Scene, self: Agent, params: { content: string; tags?: string[] }): Ending {
  self.notes.push({ tick: state.tick, content: params.content, tags: [...(params.tags ?? [])] })
  if (self.notes.length > MAX_NOTES) self.notes.shift()
  return { text: 'Noted.' }
}

/** Ends the agent's command, and lets quests react to what it has changed. */
export function endCommand(scene: Scene, actor: Actor, ending: Ending): void {
  const { self, slot } = actor
  const current = self.command
  if (!current || current.ended_at !== null) return
  const code = isFailure(ending) ? ending.code : null
  self.task = null
  current.status = code === null ? 'done' : 'failed'
  current.outcome = [ending.text, ...reviewQuests(scene, actor)].join(' ')
  current.code = code
  current.ended_at = scene.state.tick
  const { number, status, outcome, command } = current
  tellOnly(scene, slot, `command.${status}`, { number, command: command.command, outcome, code })
}

/** Interrupts the command when something attacks the agent, so that the agent can respond. */
export function interruptCommand(scene: Scene, actor: Actor, by: string): void {
  const word = actor.self.command?.command.command
  if (word === 'move_to' || word === 'wait' || word === 'dialogue') {
    endCommand(scene, actor, fail('INTERRUPTED', `${by} turns on you.`))
  }
}
