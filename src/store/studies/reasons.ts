// Decides which exit reasons complete an assignment; all others interrupt it.

/** The reasons of both generations of the original. */
const COMPLETING: readonly string[] = [
  'game_completed',
  'player_finished',
  'game_complete',
  'max_predictions_reached',
  'player_exited',
]
const CONDITION_MET = 'stopping_condition_met:'

/** @param extra additional reasons from the study's file */
export function completes(reason: string, extra: readonly string[] = []): boolean {
  const plain = plainReason(reason)
  return plain.startsWith(CONDITION_MET) || COMPLETING.includes(plain) || extra.map(plainReason).includes(plain)
}

const plainReason = (reason: string): string => reason.toLowerCase().replaceAll(' ', '_')
