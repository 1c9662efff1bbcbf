// Language models in the slots of study episodes: they perceive and command through the perception protocol.
import { agentIdOf } from '../../adapters/perception/bridge.ts'
import type { Episode } from '../../episode/episode.ts'
import { AgentSlot } from '../../evaluation/agent-slot.ts'
import { at } from '../../kernel/at.ts'
import { AppError } from '../../kernel/errors.ts'
import type { ModelClient } from '../../models/client.ts'
import { createModelPolicy } from '../../players/agent/model-policy.ts'

/** @param client undefined: no model is configured, and requests for one are refused */
export function modelPlayers(client: ModelClient | undefined) {
  return async (episode: Episode, slot: number, model: string): Promise<void> => {
    if (!client) throw new AppError('MODEL_MISSING', `${model} is to play slot ${slot}, and no model is configured`)
    const { token } = at(episode.slots, slot)
    const agent = new AgentSlot(episode, { id: agentIdOf(slot), slot, token })
    const over = new AbortController()
    const end = (): void => over.abort()
    episode.done.then(end, end)
    try {
      await agent.run(createModelPolicy({ client, model, goal: undefined }), over.signal)
    } catch (error) {
      // A call aborted by the end of the episode is not an error.
      if (!episode.isClosed) throw error
    } finally {
      agent.close()
    }
  }
}
