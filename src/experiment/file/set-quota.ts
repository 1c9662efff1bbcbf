// Changes only the quota in a study file: comments, order and layout are preserved.
import { isScalar, parseDocument } from 'yaml'

/** @returns the changed file */
export function setQuota(source: string, generation: 'experiment' | 'run', quota: number): string {
  const document = parseDocument(source, { version: '1.1' })
  const path = [
    ...(generation === 'run' ? ['next_game_strategy', 'strategy'] : ['assignment_strategy']),
    'quota_per_game',
  ]
  const known = document.getIn(path, true)
  if (isScalar(known) && known.range && known.range[1] > known.range[0]) {
    return source.slice(0, known.range[0]) + String(quota) + source.slice(known.range[1])
  }
  // The file has no quota yet, so the document is serialized again with one.
  document.setIn(path, quota)
  return document.toString({ lineWidth: 0, flowCollectionPadding: false })
}
