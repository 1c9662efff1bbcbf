// An outcome in a word, as lists and filters have it.

/** What an outcome says before its first colon: 'refused', 'done'. Without one: 'pending'. */
export function kindOfOutcome(outcome: string | null): string {
  if (outcome === null) return 'pending'
  return outcome.split(':', 1)[0]?.trim() ?? outcome
}
