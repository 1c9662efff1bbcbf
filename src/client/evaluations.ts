// Evaluations of a server: the list, one with its report, and the episodes behind its figures.
import type {
  EvaluationDetail,
  EvaluationEpisodePage,
  EvaluationRow,
  EvaluationSummary,
} from '../protocol/evaluation.ts'
import { ask, type Credentials } from './http.ts'

/** Which episodes of an evaluation to list. */
export interface EvaluationQuery {
  /** Only episodes with these policies. */
  readonly policy?: string | undefined
  readonly opponent?: string | undefined
  readonly outcome?: EvaluationRow['outcome'] | undefined
  /** `next` of the page before. */
  readonly after?: number
  /** 1 to 200; default 50. */
  readonly limit?: number
}

export function evaluationMethods(caller: Credentials) {
  const at = (id: string): string => `/api/evaluations/${encodeURIComponent(id)}`
  return {
    /** Evaluations, newest first. */
    evaluations: (limit = 50): Promise<EvaluationSummary[]> =>
      ask(caller, (s) => s.EvaluationSummary.array(), '/api/evaluations', { query: { limit } }),
    /** One evaluation, with its report once it has ended. */
    evaluationDetail: (id: string): Promise<EvaluationDetail> => ask(caller, (s) => s.EvaluationDetail, at(id)),
    /** The outcomes of its episodes after the number `after`. */
    evaluationRows: (id: string, query: { after?: number; limit?: number } = {}): Promise<EvaluationRow[]> =>
      ask(caller, (s) => s.EvaluationRow.array(), `${at(id)}/rows`, { query }),
    /** The episodes behind a figure, with their players. */
    evaluationEpisodes: (id: string, query: EvaluationQuery = {}): Promise<EvaluationEpisodePage> =>
      ask(caller, (s) => s.EvaluationEpisodePage, `${at(id)}/episodes`, { query: { ...query } }),
  }
}
