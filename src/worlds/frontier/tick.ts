// One tick: time and weather, the agents in slot order, then the creatures.
import { fall, isInCombat, WAKING_HEALTH } from './combat.ts'
import { endCommand, interruptCommand, isBusy, runCommand } from './commands.ts'
import { moveCreatures } from './creatures.ts'
import { passTime } from './day.ts'
import { areQuestsDone } from './quests.ts'
import { type Actor, fail, type Scene, tell } from './scene.ts'
import { MAX_HEALTH } from './state.ts'

/** Ticks per regained point of health out of combat; fewer while waiting. */
const MEND_TICKS = 15
const REST_TICKS = 4

/** Why the episode is over; undefined while it runs. */
export function endOf(scene: Pick<Scene, 'atlas' | 'state'>): string | undefined {
  if (areQuestsDone(scene)) return 'Every quest has come to its end.'
  return scene.state.tick >= scene.state.max_ticks ? 'The last day is over.' : undefined
}

export function advanceTick(scene: Scene): void {
  const { state } = scene
  if (endOf(scene) !== undefined) return
  state.tick++
  passTime(scene)
  for (let slot = 0; slot < state.agents.length; slot++) {
    const self = state.agents[slot]
    if (self) liveOn(scene, { slot, self })
  }
  moveCreatures(scene, (slot, row) => {
    const self = state.agents[slot]
    if (self) interruptCommand(scene, { slot, self }, row.name)
  })
  for (let slot = 0; slot < state.agents.length; slot++) {
    const self = state.agents[slot]
    if (self && self.health === 0 && self.down === 0) {
      endCommand(scene, { slot, self }, fail('FELL', 'You fall.'))
      fall(scene, { slot, self })
    }
  }
}

function liveOn(scene: Scene, actor: Actor): void {
  const { self, slot } = actor
  if (self.down > 0) {
    self.down--
    if (self.down > 0) return
    self.health = WAKING_HEALTH
    tell(scene, 'agent.woke', { slot, cell: self.cell })
    return
  }
  runCommand(scene, actor)
  if (self.health === MAX_HEALTH || self.health === 0) return
  const isResting = self.command?.command.command === 'wait' && isBusy(self)
  if (scene.state.tick % (isResting ? REST_TICKS : MEND_TICKS) === 0 && !isInCombat(scene, slot)) self.health++
}
