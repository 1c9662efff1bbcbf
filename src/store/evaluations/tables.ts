// The tables of evaluations. Instants are milliseconds UTC; JSON is text.

export interface EvaluationTable {
  evaluation_id: string
  /** `running`, `stopped` or `done`. */
  status: string
  /** JSON object: an EvaluationSpec. */
  spec: string
  /** JSON object: the world's id and version. */
  facts: string
  /** JSON object: an EvaluationReport; null until it has ended. */
  report: string | null
  created_at: number
  ended_at: number | null
}

/** At most one row per episode of the plan: the first result to arrive is kept. */
export interface EvaluationRowTable {
  evaluation_id: string
  number: number
  outcome: string
  /** JSON list. */
  scores: string | null
  steps: number
  /** Name of the journal's blob. */
  journal: string | null
  hash: string | null
  took_ms: number
  /** JSON list. */
  timeouts: string
  /** JSON object. */
  error: string | null
  /** JSON object. */
  spend: string | null
}

export interface EvaluationTables {
  evaluations: EvaluationTable
  evaluation_rows: EvaluationRowTable
}
