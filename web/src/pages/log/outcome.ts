// The kind of an outcome, for lists and filters.

/** The part of an outcome before its first colon: 'refused', 'done'. Null: 'pending'. */
export function kindOfOutcome(outcome: string | null): string {
  if (outcome === null) return 'pending'
  return outcome.split(':', 1)[0]?.trim() ?? outcome
}
