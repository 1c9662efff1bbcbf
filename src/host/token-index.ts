// Finds the slot that a token opens. Tokens are hashed, so that a look-up costs the same for good and bad ones and its
// time reveals nothing about them.
import { createHash } from 'node:crypto'
import type { Episode } from '../episode/episode.ts'

const keyOf = (token: string): string => createHash('sha256').update(token).digest('base64')

export class TokenIndex {
  readonly #episodes = new Map<string, Episode>()

  add(episode: Episode): void {
    for (const { token } of episode.slots) this.#episodes.set(keyOf(token), episode)
  }

  remove(episode: Episode): void {
    for (const { token } of episode.slots) this.#episodes.delete(keyOf(token))
  }

  /** The live episode that has a slot with this token. */
  find(token: string): Episode | undefined {
    return this.#episodes.get(keyOf(token))
  }
}
