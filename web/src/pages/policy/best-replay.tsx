// The won match with the largest lead, as a picture that opens its episode.
import { useQuery } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import type { PolicyMatch } from '../../../../src/protocol/league-policy.ts'
import { Icon } from '../../components/icon.tsx'
import { Section } from '../../components/page.tsx'
import { Thumbnail } from '../../components/thumbnail.tsx'
import { episodeQuery } from '../../data/episodes.ts'
import { versionName } from '../../data/leagues.ts'
import { formatNumber } from '../../data/words.ts'
import { worldQuery } from '../../data/worlds.ts'
import styles from './policy.module.css'

export function BestReplay({ match }: { match: PolicyMatch }) {
  const { data: episode } = useQuery({ ...episodeQuery(match.episode ?? ''), enabled: match.episode !== null })
  const { data: world } = useQuery({
    ...worldQuery(episode?.world?.id ?? ''),
    enabled: episode?.world !== undefined && episode.world !== null,
  })
  if (match.episode === null) return undefined
  return (
    <Section title="Best match">
      <Link to="/episodes/$episode" params={{ episode: match.episode }} className={styles.best}>
        <span className={styles.still}>
          {episode && world ? <Thumbnail episode={episode} kind={world.view} /> : undefined}
          <span className={styles.play}>
            <Icon name="play" size={20} />
          </span>
        </span>
        <span>
          {formatNumber(match.score)} to {formatNumber(match.best_other)} against{' '}
          {match.opponents.map(versionName).join(', ')}, round {match.round_number}
        </span>
      </Link>
    </Section>
  )
}
