// The record itself: stored lines around the playhead, each with the start of its running hash.
import { VirtualList } from '../../components/virtual-list.tsx'
import { useStore } from '../../data/store.ts'
import type { EpisodePlayer } from '../../playback/player.ts'
import styles from './panel.module.css'
import { useCourseRows } from './use-course.ts'

const ROW = 22
/** Characters shown per line; a saved state has millions. */
const SHOWN = 400

const readLines = (player: EpisodePlayer, from: number, to: number) => player.course.lines(from, to)

const stepOf = (text: string): number => Number(/^\{"step":(\d+)/.exec(text)?.[1] ?? '-1')

export function JournalTab({ player }: { player: EpisodePlayer }) {
  const { step, summary } = useStore(player.state)
  const lines = useCourseRows<string>(player, readLines)
  const at = lines.findLastIndex((text) => stepOf(text) < step)
  return (
    <>
      <p className={styles.about}>
        Every line carries a running hash of all lines before it.
        {summary.hash === null ? '' : ` The last one: ${summary.hash.slice(0, 16)}…`}
      </p>
      <VirtualList
        label="Lines of the journal"
        count={lines.length}
        rowHeight={ROW}
        at={at}
        row={(index) => {
          const text = lines[index] ?? ''
          return (
            <code
              className={`${styles.stored} ${stepOf(text) === step - 1 ? styles.here : ''}`}
              title={text.slice(0, SHOWN)}
            >
              {text.slice(0, SHOWN)}
            </code>
          )
        }}
      />
    </>
  )
}
