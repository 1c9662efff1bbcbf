// The address for playing a slot. Slot and token are after the `#`, so that they are never sent to a server.
import { getRouteApi } from '@tanstack/react-router'

export const slotAddress = getRouteApi('/episodes/$episode/play')

interface SlotLink {
  readonly slot: number
  readonly token: string
}

const hashOf = ({ slot, token }: SlotLink): string => new URLSearchParams({ slot: String(slot), token }).toString()

/** The parameters for a link or `navigate`. */
export const playAt = (episode: string, link: SlotLink) => ({
  to: '/episodes/$episode/play' as const,
  params: { episode },
  hash: hashOf(link),
})

/** The same as an address to send to somebody. */
export const linkOf = (episode: string, link: SlotLink): string =>
  `${location.origin}/episodes/${encodeURIComponent(episode)}/play#${hashOf(link)}`
