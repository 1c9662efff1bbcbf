// The one interface through which anything here speaks to a language model. Clients wrap each other:
// retries( meter( recorder( openai ))) – the recorder sees each successful answer once, however many attempts it took.
import type { ModelReply, ModelRequest } from '../protocol/model.ts'

export interface CompleteOptions {
  readonly signal?: AbortSignal | undefined
  /** Called with each piece of the answer as it arrives. A client that cannot stream calls it once, with the whole. */
  readonly onText?: ((piece: string) => void) | undefined
}

export interface ModelClient {
  /**
   * Asks once.
   * @throws AppError MODEL_UNAVAILABLE, MODEL_TIMEOUT, MODEL_BUSY (with `details.retry_after_ms` if the endpoint sends
   * it),
   * MODEL_REFUSED, MODEL_REPLY_INVALID, BUDGET_SPENT, RECORDING_MISS; the reason of `signal`
   */
  complete(request: ModelRequest, options?: CompleteOptions): Promise<ModelReply>
}
