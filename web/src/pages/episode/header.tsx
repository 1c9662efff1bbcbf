// The header: the episode's name, its proof, and its actions.
import { Link } from '@tanstack/react-router'
import type { WorldDetail } from 'paracosm/protocol'
import { Button, ButtonAnchor } from '../../components/button.tsx'
import { Chip } from '../../components/chip.tsx'
import { type Store, useStore } from '../../data/store.ts'
import { formatNumber, STATUS_WORDS } from '../../data/words.ts'
import type { EpisodePlayer } from '../../playback/player.ts'
import { type Proof, prove, sentenceOf } from '../../playback/proof.ts'
import styles from './episode.module.css'
import { ForkDialog } from './fork-dialog.tsx'

interface HeaderProps {
  readonly player: EpisodePlayer
  readonly proof: Store<Proof>
  readonly world: WorldDetail | undefined
  readonly isForking: boolean
  setForking(isOpen: boolean): void
  onFork(): void
}

export function EpisodeHeader({ player, proof, world, isForking, setForking, onFork }: HeaderProps) {
  const { summary, step, isLive, info } = useStore(player.state)
  const variant = world?.variants.find(({ id }) => id === summary.variant)
  const at = `/api/episodes/${encodeURIComponent(summary.id)}`
  return (
    <header className={styles.header}>
      <div className={styles.where}>
        <p className={styles.crumbs}>
          {summary.world ? (
            <Link to="/worlds/$world" params={{ world: summary.world.id }}>
              {summary.world.id}
            </Link>
          ) : undefined}{' '}
          / <code>{summary.id}</code>
        </p>
        <h1 className={styles.title}>{variant?.title ?? world?.title ?? 'Episode'}</h1>
      </div>
      <Verdict player={player} proof={proof} />
      <div className={styles.actions}>
        <ButtonAnchor look="bare" icon="download" href={`${at}/journal.jsonl`} download={`${summary.id}.jsonl`}>
          Journal
        </ButtonAnchor>
        {isLive ? (
          <Button look="bare" icon="share" why="A file can be shared once the episode is over.">
            Share
          </Button>
        ) : (
          <ButtonAnchor look="bare" icon="share" href={`${at}/share.html`} download={`${summary.id}.html`}>
            Share
          </ButtonAnchor>
        )}
        <Button
          look="primary"
          icon="fork"
          onClick={onFork}
          why={info?.problem || !info ? 'The course of this episode cannot be read.' : undefined}
        >
          {`Fork at ${formatNumber(step)}`}
        </Button>
      </div>
      {isForking ? <ForkDialog player={player} world={world} onClose={() => setForking(false)} /> : undefined}
    </header>
  )
}

function Verdict({ player, proof: store }: { player: EpisodePlayer; proof: Store<Proof> }) {
  const proof = useStore(store)
  const { isLive, last, summary, info } = useStore(player.state)
  if (isLive) {
    return (
      <div className={styles.verdict}>
        <Chip kind="live">Live</Chip>
        <p>It can be proved once it is over.</p>
      </div>
    )
  }
  const canVerify = proof.kind === 'unchecked' && info !== undefined && info.problem === undefined
  return (
    <div className={styles.verdict} aria-live="polite">
      {summary.status === 'finished' ? undefined : <Chip kind="refused">{STATUS_WORDS[summary.status]}</Chip>}
      {proof.kind === 'proved' ? <Chip kind="proved">Proved</Chip> : undefined}
      {proof.kind === 'differs' ? <Chip kind="differs">{`Differs at step ${proof.step}`}</Chip> : undefined}
      {proof.kind === 'checking' ? <Chip kind="plain">Checking</Chip> : undefined}
      {proof.kind === 'impossible' ? <Chip kind="warn">Cannot check</Chip> : undefined}
      {canVerify ? (
        <Button icon="proved" onClick={() => void prove(player.course, store)}>
          Verify
        </Button>
      ) : undefined}
      <p>{sentenceOf(proof, last)}</p>
    </div>
  )
}
