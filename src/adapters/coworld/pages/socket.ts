// The socket of a page (contract section 3.6), and its reconnection.

/** The socket of a page: an `address` in its query, else the page's own address with `/clients/<page>` cut short. */
export function socketUrl(page: string, allowsAddress: boolean): string {
  const here = new URL(page)
  const address = allowsAddress ? here.searchParams.get('address') : null
  const target = address ? new URL(address, here) : here
  if (!address) target.pathname = here.pathname.replace(/\/clients?\/(player|global|replay|admin)(\/.*)?$/, '/$1$2')
  target.protocol = target.protocol === 'https:' || target.protocol === 'wss:' ? 'wss:' : 'ws:'
  target.hash = ''
  return target.href
}

/** The viewers' socket of the game to which a player's socket belongs. */
export function viewersUrl(player: string): string {
  const url = new URL(player)
  url.pathname = url.pathname.replace(/\/player$/, '/global')
  url.search = ''
  return url.href
}

export interface Line {
  /** @returns false: there is no connection, and nothing was sent */
  send(message: unknown): boolean
  /** No more attempts: the game is over. */
  finish(): void
}

interface LineOptions {
  readonly url: string
  onMessage(message: Record<string, unknown>): void
  onStatus(text: string): void
}

const FIRST_RETRY_MS = 500
const LAST_RETRY_MS = 8000

/** Keeps a socket open: after a drop it tries again, waiting longer each time, up to 8 seconds. */
export function connect(options: LineOptions): Line {
  let socket: WebSocket | undefined
  let isFinished = false
  let wait = FIRST_RETRY_MS
  const open = (): void => {
    options.onStatus('Connecting …')
    socket = new WebSocket(options.url)
    socket.onopen = () => {
      wait = FIRST_RETRY_MS
      options.onStatus('')
    }
    socket.onmessage = (event) => {
      const message: unknown = JSON.parse(String(event.data))
      if (typeof message === 'object' && message !== null) options.onMessage({ ...message })
    }
    socket.onclose = (event) => {
      if (isFinished) return
      if (event.code === 4001) {
        options.onStatus('This slot was taken over in another window. Reload to take it back.')
        return
      }
      options.onStatus(`Not connected; trying again in ${Math.round(wait / 1000) || 1} s. Is the game still running?`)
      setTimeout(open, wait)
      wait = Math.min(LAST_RETRY_MS, wait * 2)
    }
  }
  open()
  return {
    send(message) {
      if (socket?.readyState !== WebSocket.OPEN) return false
      socket.send(JSON.stringify(message))
      return true
    },
    finish() {
      isFinished = true
    },
  }
}
