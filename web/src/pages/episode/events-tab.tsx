// Every marker of the timeline, as a list; selecting one seeks to it.
import { Icon } from '../../components/icon.tsx'
import { Mark } from '../../components/mark.tsx'
import { VirtualList } from '../../components/virtual-list.tsx'
import { useStore } from '../../data/store.ts'
import { formatNumber } from '../../data/words.ts'
import type { EpisodePlayer } from '../../playback/player.ts'
import styles from './panel.module.css'

const ROW = 40

export function EventsTab({ player }: { player: EpisodePlayer }) {
  const { markers, step, info } = useStore(player.state)
  if (markers.length === 0) {
    return (
      <p className={styles.empty}>
        {info?.isWhole === false
          ? 'Events of a journal as long as this are shown where you are.'
          : 'Nothing to mark has happened.'}
      </p>
    )
  }
  const at = markers.findLastIndex((marker) => marker.step <= step)
  return (
    <VirtualList
      label="Events"
      count={markers.length}
      rowHeight={ROW}
      at={at}
      row={(index) => {
        const marker = markers[index]
        return marker ? (
          <button
            type="button"
            className={`${styles.event} ${marker.step === step ? styles.here : ''}`}
            onClick={() => player.goTo(marker.step)}
          >
            <span className={styles.step}>{formatNumber(marker.step)}</span>
            {marker.slot === null ? <Icon name="flag" size={12} /> : <Mark slot={marker.slot} size={10} />}
            <span className={styles.text}>{marker.text}</span>
          </button>
        ) : undefined
      }}
    />
  )
}
