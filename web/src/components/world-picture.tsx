// The picture of a world: its featured episode, or a word if nothing has been played yet.
import { useQuery } from '@tanstack/react-query'
import type { WorldSummary } from 'paracosm/protocol'
import { featuredQuery } from '../data/featured.ts'
import { Thumbnail } from './thumbnail.tsx'
import styles from './world-picture.module.css'

export function WorldPicture({ world, size = 'small' }: { world: WorldSummary; size?: 'full' | 'small' | 'tiny' }) {
  const { data } = useQuery(featuredQuery(world.id))
  return (
    <div className={styles.picture}>
      {data?.episode ? (
        <Thumbnail key={data.episode.id} episode={data.episode} kind={world.view} size={size} />
      ) : (
        <p className={styles.empty}>{data ? 'Not played here yet' : ''}</p>
      )}
    </div>
  )
}

/** "2 live", or nothing. */
export function LiveCount({ world }: { world: string }) {
  const { data } = useQuery(featuredQuery(world))
  return data && data.live > 0 ? <span className={styles.live}>{data.live} live</span> : undefined
}
