// The current frame as data: every field of the public view (or of one slot's), with lists as tables.
import { useMemo } from 'react'
import { WorldView } from '../../components/world-view.tsx'
import { useStore } from '../../data/store.ts'
import { formatNumber } from '../../data/words.ts'
import type { EpisodePlayer } from '../../playback/player.ts'
import { sourceOf } from '../../playback/view-source.ts'
import styles from './panel.module.css'

/** Rows of the table of scores. */
const ROWS = 12

export function StateTab({ player }: { player: EpisodePlayer }) {
  const source = useMemo(() => sourceOf(player, ''), [player])
  const { summary, series } = useStore(player.state)
  const every = Math.max(1, Math.ceil(series.steps.length / ROWS))
  const shown = series.steps.flatMap((step, index) => (index % every === 0 ? [{ step, index }] : []))
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reachable by the keyboard
    <section className={styles.scroll} aria-label="State" tabIndex={0}>
      <WorldView world="" kind="none" source={source} />
      <details className={styles.scores}>
        <summary>Scores as a table</summary>
        <table>
          <thead>
            <tr>
              <th scope="col">Step</th>
              {summary.players.map(({ name }, slot) => (
                // biome-ignore lint/suspicious/noArrayIndexKey: a slot is an index
                <th key={slot} scope="col">
                  {name}
                </th>
              ))}
            </tr>
          </thead>
          <tbody>
            {shown.map(({ step, index }) => (
              <tr key={step}>
                <th scope="row">{formatNumber(step)}</th>
                {series.scores.map((scores, slot) => (
                  // biome-ignore lint/suspicious/noArrayIndexKey: a slot is an index
                  <td key={slot}>{formatNumber(scores[index] ?? 0)}</td>
                ))}
              </tr>
            ))}
          </tbody>
        </table>
      </details>
    </section>
  )
}
