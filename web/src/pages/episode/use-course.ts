// Rows of the course around the playhead, read in blocks, so that playback does not query the worker at every step.
import { useEffect, useState } from 'react'
import { useStore } from '../../data/store.ts'
import type { EpisodePlayer } from '../../playback/player.ts'

/** Steps per block. */
const BLOCK = 200

interface Block<T> {
  readonly key: string
  readonly rows: readonly T[]
}

/**
 * Rows of the block around the playhead and half a block on both sides; the previous ones stay while newer ones are
 * read.
 * @param read keep it stable between renders
 */
export function useCourseRows<T>(
  player: EpisodePlayer,
  read: (player: EpisodePlayer, from: number, to: number) => Promise<readonly T[]>,
): readonly T[] {
  const { step, phase, info } = useStore(player.state)
  const middle = Math.round(step / BLOCK) * BLOCK
  const [block, setBlock] = useState<Block<T>>({ key: '', rows: [] })
  const known = info?.steps ?? 0
  const key = `${middle}/${known}`
  useEffect(() => {
    if (phase !== 'ready') return undefined
    let isGone = false
    read(player, Math.max(0, middle - BLOCK), middle + BLOCK).then(
      (rows) => {
        if (!isGone) setBlock({ key, rows })
      },
      () => {
        // The page reports elsewhere that the course cannot be read.
        if (!isGone) setBlock({ key, rows: [] })
      },
    )
    return () => {
      isGone = true
    }
  }, [player, phase, middle, key, read])
  return block.rows
}
