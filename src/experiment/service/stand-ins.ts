// Bots that play on for participants who have disappeared, so that the others can finish. The journal records every
// change of a slot; a participant who returns takes the slot back.
import type { Episode } from '../../episode/episode.ts'
import { handOver } from '../../host/episode-forks.ts'
import type { StudyArm } from '../../protocol/study-worlds.ts'

type Seen = Pick<Episode, 'header' | 'slots' | 'status'>

/** The slots of participants: open in the header of the journal. */
const participants = ({ header, slots }: Seen) => slots.filter(({ slot }) => header.slots[slot]?.kind === 'empty')

/** Slots of participants that a bot plays now. */
export const standInsOf = (episode: Seen): number[] =>
  participants(episode).flatMap(({ slot, player }) => (player.kind === 'bot' ? [slot] : []))

export class StandIns {
  /** By episode: when a slot was first seen without its participant, in milliseconds since 1970. */
  readonly #since = new Map<string, Map<number, number>>()

  /**
   * Hands slots whose participants have been away for too long to the arm's bot. It does so only while another
   * participant is there: with nobody to play with, the episode waits for the return of its participant.
   * @param now milliseconds since 1970
   */
  check(episode: Episode, { away }: Pick<StudyArm, 'away'>, now: number): void {
    if (away === null || episode.status !== 'running') return
    const { episode: id } = episode.header
    const all = participants(episode)
    const gone = all.filter(({ connection, player }) => connection === undefined && player.kind !== 'bot')
    const before = this.#since.get(id)
    const since = new Map(gone.map(({ slot }) => [slot, before?.get(slot) ?? now]))
    this.#since.set(id, since)
    if (!all.some(({ connection }) => connection !== undefined)) return
    for (const [slot, from] of since) if (now - from >= away.seconds * 1000) handOver(episode, slot, away.bot)
  }

  /** The episode has ended. */
  forget(id: string): void {
    this.#since.delete(id)
  }
}
