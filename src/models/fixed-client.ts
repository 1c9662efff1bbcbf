// A model that returns the same text for every request, for trying things out without a key.
import type { ModelReply } from '../protocol/model.ts'
import type { ModelClient } from './client.ts'

/** @param text the text of every answer */
export function createFixedClient(text: string): ModelClient {
  return {
    complete(request, options): Promise<ModelReply> {
      options?.onText?.(text)
      const usage = { input_tokens: 0, output_tokens: 0, cost_usd: 0 }
      return Promise.resolve({ text, model: request.model, finish: 'stop', usage })
    },
  }
}
