// The cost of a model in a slot: the server's spending, its limit, and the number of commands per slot.
import { useQuery } from '@tanstack/react-query'
import { MAX_MODEL_TURNS } from '../../../../src/protocol/catalogue.ts'
import type { RoleModelsInfo } from '../../../../src/protocol/session.ts'
import { modelsQuery } from '../../data/text-games.ts'
import { formatNumber } from '../../data/words.ts'
import styles from './world.module.css'

export function ModelNote() {
  const { data } = useQuery(modelsQuery)
  if (!data) return undefined
  return (
    <p className={styles.note}>
      A model gives at most {formatNumber(MAX_MODEL_TURNS)} commands an episode. {spentOf(data)} {limitOf(data)}
    </p>
  )
}

export const spentOf = ({ spent }: RoleModelsInfo): string =>
  spent === null
    ? 'Models of this server cost nothing.'
    : `This server has spent $${spent.cost_usd.toFixed(2)} and ${formatNumber(spent.input_tokens + spent.output_tokens)} tokens.`

export function limitOf({ limits }: RoleModelsInfo): string {
  const { tokens = null, cost_usd: usd = null } = limits ?? {}
  const parts = [
    ...(usd === null ? [] : [`$${usd.toFixed(2)}`]),
    ...(tokens === null ? [] : [`${formatNumber(tokens)} tokens`]),
  ]
  return parts.length === 0
    ? 'It has no limit: see --max-usd and --max-tokens of paracosm serve.'
    : `It stops at ${parts.join(' or ')}.`
}
