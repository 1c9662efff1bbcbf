// One sentence below the top bar when the server is away, was restarted, or has a newer application.
import { Button } from '../components/button.tsx'
import { type Banner, bannerStore } from '../data/banner.ts'
import { useConnectionWatch } from '../data/connection.ts'
import { useStore } from '../data/store.ts'
import styles from './banners.module.css'

const TEXT: Readonly<Record<Banner, string>> = {
  offline: 'The server does not answer. What is loaded stays usable; the page continues when the server is back.',
  restarted: 'The server restarted. You are back in the same place.',
  'new-version': 'A new version is installed. Reload when it suits you.',
}

export function Banners() {
  useConnectionWatch()
  const banner = useStore(bannerStore)
  return (
    <div role="status">
      {banner === undefined ? undefined : (
        <div className={styles.banner}>
          <p>{TEXT[banner]}</p>
          {banner === 'new-version' ? <Button onClick={() => location.reload()}>Reload</Button> : undefined}
          {banner === 'restarted' ? <Button onClick={() => bannerStore.set(undefined)}>Close</Button> : undefined}
        </div>
      )}
    </div>
  )
}
