// The one interface through which anything here speaks to a language model. Clients wrap each other:
// retries( meter( recorder( openai ))) – the recorder sees each successful answer once, however many attempts it took.
import type { ModelReply, ModelRequest } from '../protocol/model.ts'

export interface CompleteOptions {
  readonly signal?: AbortSignal | undefined
  /** Called with each piece of the answer as it comes. A client that cannot stream calls it once, with the whole. */
  readonly onText?: ((piece: string) => void) | undefined
}

export interface ModelClient {
  /**
   * Asks once.
   * @throws AppError MODEL_UNAVAILABLE, MODEL_TIMEOUT, MODEL_BUSY (with `details.retry_after_ms` where it is told),
   * MODEL_REFUSED, MODEL_REPLY_INVALID, BUDGET_SPENT, RECORDING_MISS; what `signal` was aborted with
   */
  complete(request: ModelRequest, options?: CompleteOptions): Promise<ModelReply>
}
