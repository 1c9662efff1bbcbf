// Finds the slot of a token. Tokens are hashed, so that a look-up takes the same time for valid and invalid ones and
// reveals nothing about them.
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
