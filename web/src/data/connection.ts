// Whether the server is reachable, has restarted, or has a newer application. It is polled every half minute, and at
// once when the browser reports that the network is back or the page becomes visible.
import { useEffect } from 'react'
import { bannerStore } from './banner.ts'
import { apiClient } from './client.ts'

const EVERY_MS = 30_000
/** The interval while the server is unreachable, in milliseconds. */
const OFFLINE_MS = 3000

/** How long an answer may take, in milliseconds, retries included: a server that hangs counts as unreachable. */
const PATIENCE_MS = 10_000

interface Known {
  boot: string | undefined
}

/** Reports that a request or a socket could not reach the server: the next poll follows at once. */
export function reportTrouble(): void {
  window.dispatchEvent(new Event('paracosm:trouble'))
}

async function look(known: Known): Promise<void> {
  try {
    const { boot, web } = await apiClient(AbortSignal.timeout(PATIENCE_MS)).about()
    const wasOffline = bannerStore.get() === 'offline'
    const hasRestarted = known.boot !== undefined && boot !== known.boot
    known.boot = boot
    if (web !== null && web !== __WEB_VERSION__) bannerStore.set('new-version')
    else if (hasRestarted) bannerStore.set('restarted')
    else if (wasOffline) bannerStore.set(undefined)
  } catch {
    bannerStore.set('offline')
  }
}

export function useConnectionWatch(): void {
  useEffect(() => {
    const known: Known = { boot: undefined }
    let timer: ReturnType<typeof setTimeout> | undefined
    let isLooking = false
    const run = async (): Promise<void> => {
      if (isLooking) return
      isLooking = true
      clearTimeout(timer)
      await look(known)
      isLooking = false
      timer = setTimeout(() => void run(), bannerStore.get() === 'offline' ? OFFLINE_MS : EVERY_MS)
    }
    const onSign = (): void => void run()
    const signs = ['online', 'offline', 'focus', 'paracosm:trouble']
    for (const sign of signs) window.addEventListener(sign, onSign)
    void run()
    return () => {
      clearTimeout(timer)
      for (const sign of signs) window.removeEventListener(sign, onSign)
    }
  }, [])
}
