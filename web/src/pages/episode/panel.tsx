// The panel next to the view: commands, the state, events, and the journal. The rows at the playhead are highlighted.
import { useNavigate } from '@tanstack/react-router'
import { useEffect } from 'react'
import { type Tab, Tabs } from '../../components/tabs.tsx'
import { useStore } from '../../data/store.ts'
import type { EpisodePlayer } from '../../playback/player.ts'
import { episodeRoute } from './address.ts'
import { CommandsTab } from './commands-tab.tsx'
import { EventsTab } from './events-tab.tsx'
import { JournalTab } from './journal-tab.tsx'
import { type PanelTab, wantedTab } from './keys.ts'
import styles from './panel.module.css'
import { StateTab } from './state-tab.tsx'

const isTab = (id: string): id is PanelTab => ['commands', 'state', 'events', 'journal'].includes(id)

export function Panel({ player }: { player: EpisodePlayer }) {
  const { markers } = useStore(player.state)
  const chosen = episodeRoute.useSearch().tab ?? 'commands'
  const navigate = useNavigate({ from: '/episodes/$episode' })
  const wanted = useStore(wantedTab)
  const choose = (id: string): void => {
    if (!isTab(id)) return
    void navigate({ search: (before) => ({ ...before, tab: id }), replace: true, resetScroll: false })
  }
  useEffect(() => {
    if (wanted === undefined) return
    wantedTab.set(undefined)
    void navigate({ search: (before) => ({ ...before, tab: wanted }), replace: true, resetScroll: false })
  }, [wanted, navigate])
  const tabs: readonly Tab[] = [
    { id: 'commands', label: 'Commands' },
    { id: 'state', label: 'State' },
    { id: 'events', label: 'Events', count: markers.length },
    { id: 'journal', label: 'Journal' },
  ]
  return (
    <section className={styles.panel} aria-label="Record">
      <Tabs label="Record" tabs={tabs} chosen={chosen} onChoose={choose}>
        {chosen === 'commands' ? <CommandsTab player={player} /> : undefined}
        {chosen === 'state' ? <StateTab player={player} /> : undefined}
        {chosen === 'events' ? <EventsTab player={player} /> : undefined}
        {chosen === 'journal' ? <JournalTab player={player} /> : undefined}
      </Tabs>
    </section>
  )
}
