// The transport, and below it the timeline.
import { Button, IconButton } from '../../components/button.tsx'
import { type Store, useStore } from '../../data/store.ts'
import { formatNumber } from '../../data/words.ts'
import { type EpisodePlayer, SPEEDS, type Speed } from '../../playback/player.ts'
import type { Proof } from '../../playback/proof.ts'
import { Timeline } from '../../timeline/timeline.tsx'
import styles from './dock.module.css'
import { useMedia } from './use-media.ts'

const SCORE_HEIGHT = 104
const SCORE_HEIGHT_PHONE = 84

export function Dock({ player, proof }: { player: EpisodePlayer; proof: Store<Proof> }) {
  const isPhone = useMedia('(max-width: 759px)')
  const proved = useStore(proof)
  return (
    <section className={styles.dock} aria-label="Time">
      <Transport player={player} />
      <Timeline player={player} proof={proved} height={isPhone ? SCORE_HEIGHT_PHONE : SCORE_HEIGHT} />
    </section>
  )
}

const speedLabel = (speed: Speed): string => (speed === 'max' ? 'Max' : `${speed}×`)

export function Transport({ player }: { player: EpisodePlayer }) {
  const { step, last, isPlaying, isLive, isFollowing, speed, phase, isExact, liveStatus } = useStore(player.state)
  const behind = last - step
  return (
    <div className={styles.transport}>
      <p className={styles.step} aria-live={isPlaying || isFollowing ? 'off' : 'polite'}>
        <b>{formatNumber(step)}</b> <span>of {formatNumber(last)}</span>
        {isExact || phase !== 'ready' ? undefined : <span> about</span>}
      </p>
      <div className={styles.buttons}>
        <IconButton icon="first" label="First step (Home)" onClick={() => player.goTo(0)} />
        <IconButton icon="previousEvent" label="Previous event (,)" onClick={() => player.event(-1)} />
        <IconButton icon="back" label="One step back (←)" onClick={() => player.goTo(step - 1)} />
        <Button
          look="primary"
          icon={isPlaying || isFollowing ? 'pause' : 'play'}
          onClick={() => player.toggle()}
          aria-label={isPlaying || isFollowing ? 'Pause (Space)' : 'Play (Space)'}
        />
        <IconButton icon="forward" label="One step on (→)" onClick={() => player.goTo(step + 1)} />
        <IconButton icon="nextEvent" label="Next event (.)" onClick={() => player.event(1)} />
        <IconButton icon="last" label="Last step (End)" onClick={() => player.goTo(last)} />
      </div>
      <select
        className={styles.speed}
        aria-label="Speed"
        value={speed}
        onChange={({ target }) => player.setSpeed(SPEEDS.find((each) => String(each) === target.value) ?? 1)}
      >
        {SPEEDS.map((each) => (
          <option key={each} value={each}>
            {speedLabel(each)}
          </option>
        ))}
      </select>
      {isLive && !isFollowing ? (
        <Button icon="last" onClick={() => player.backToLive()}>
          {behind > 0 ? `Back to live, ${formatNumber(behind)} behind` : 'Back to live'}
        </Button>
      ) : undefined}
      {liveStatus === 'waiting' ? <p className={styles.waiting}>Waiting for players.</p> : undefined}
      <p className={styles.hint}>
        <kbd>space</kbd> play <kbd>←</kbd> <kbd>→</kbd> step <kbd>,</kbd> <kbd>.</kbd> event <kbd>?</kbd> all keys
      </p>
    </div>
  )
}
