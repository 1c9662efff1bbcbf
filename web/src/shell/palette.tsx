// The command palette: pages, worlds, recent episodes, and the actions of the current page, found by their words.
import { Dialog } from '@base-ui/react/dialog'
import { useQuery } from '@tanstack/react-query'
import { useNavigate } from '@tanstack/react-router'
import { type KeyboardEvent, useEffect, useId, useMemo, useRef, useState } from 'react'
import { Icon } from '../components/icon.tsx'
import { episodesQuery } from '../data/episodes.ts'
import { useStore } from '../data/store.ts'
import { worldsQuery } from '../data/worlds.ts'
import { useNav } from './nav.ts'
import styles from './palette.module.css'
import { type Action, actionsStore, paletteStore, queryStore } from './palette-store.ts'
import { chooseTheme } from './theme.ts'

/** Maximum number of lines shown; more words narrow the result. */
const MAX_LINES = 12
const RECENT = 50

export function Palette() {
  const isOpen = useStore(paletteStore)
  return (
    <Dialog.Root
      open={isOpen}
      onOpenChange={(open) => {
        paletteStore.set(open)
        queryStore.set('')
      }}
    >
      <Dialog.Portal>
        <Dialog.Backdrop className={styles.backdrop} />
        <Dialog.Popup className={styles.popup}>
          <Dialog.Title className={styles.hidden}>Search or jump to</Dialog.Title>
          <Finder />
        </Dialog.Popup>
      </Dialog.Portal>
    </Dialog.Root>
  )
}

function Finder() {
  const [query, setQuery] = useState(queryStore.get())
  const [at, setAt] = useState(0)
  const list = useRef<HTMLDivElement>(null)
  const id = useId()
  const actions = useActions()
  const found = useMemo(() => find(actions, query), [actions, query])
  const current = Math.min(at, Math.max(0, found.length - 1))
  useEffect(() => {
    list.current?.children[current]?.scrollIntoView({ block: 'nearest' })
  }, [current])
  const choose = (action: Action | undefined): void => {
    if (!action) return
    paletteStore.set(false)
    queryStore.set('')
    action.run()
  }
  const onKeyDown = (event: KeyboardEvent): void => {
    const by = { ArrowDown: 1, ArrowUp: -1 }[event.key]
    if (by !== undefined) {
      event.preventDefault()
      setAt((current + by + found.length) % Math.max(1, found.length))
    } else if (event.key === 'Enter') {
      event.preventDefault()
      choose(found[current])
    }
  }
  return (
    <>
      <div className={styles.field}>
        <Icon name="search" />
        <input
          // biome-ignore lint/a11y/noAutofocus: the dialog is opened in order to type
          autoFocus
          className={styles.input}
          value={query}
          onChange={({ target }) => {
            setQuery(target.value)
            setAt(0)
          }}
          onKeyDown={onKeyDown}
          placeholder="A world, an episode, a page, an action"
          aria-label="Search or jump to"
          role="combobox"
          aria-expanded="true"
          aria-controls={id}
          {...(found.length > 0 ? { 'aria-activedescendant': `${id}-${current}` } : {})}
        />
      </div>
      <div ref={list} id={id} role="listbox" aria-label="Found" className={styles.list}>
        {found.map((action, index) => (
          // biome-ignore lint/a11y/useKeyWithClickEvents: the field above takes the keys
          <div
            key={`${action.group} ${action.label}`}
            id={`${id}-${index}`}
            role="option"
            tabIndex={-1}
            aria-selected={index === current}
            className={styles.line}
            onClick={() => choose(action)}
          >
            <span className={styles.label}>{action.label}</span>
            <span className={styles.group}>{action.group}</span>
            {action.key === undefined ? undefined : <kbd className={styles.key}>{action.key}</kbd>}
          </div>
        ))}
      </div>
      {found.length === 0 ? <p className={styles.none}>Nothing matches these words.</p> : undefined}
    </>
  )
}

function useActions(): readonly Action[] {
  const navigate = useNavigate()
  const onPage = useStore(actionsStore)
  const nav = useNav()
  const worlds = useQuery(worldsQuery).data
  const episodes = useQuery(episodesQuery({ limit: RECENT })).data
  return useMemo(() => {
    const go = (to: string) => () => void navigate({ to })
    return [
      ...onPage,
      { label: 'Home', group: 'Page', key: 'G H', run: go('/') },
      ...nav.map(({ label, to, key }) => ({ label, group: 'Page', ...(key ? { key: `G ${key}` } : {}), run: go(to) })),
      { label: 'Account', group: 'Page', run: go('/account') },
      ...(worlds ?? []).map(({ id, title }) => ({
        label: `${title} (${id})`,
        group: 'World',
        run: go(`/worlds/${id}`),
      })),
      ...(episodes?.entries ?? []).map(({ id, world, players }) => ({
        label: `${players.map(({ name }) => name).join(', ')} · ${id}`,
        group: `Episode of ${world?.id ?? 'an unknown world'}`,
        run: go(`/episodes/${encodeURIComponent(id)}`),
      })),
      { label: 'Evaluations', group: 'Page', run: go('/evaluations') },
      { label: 'Light theme', group: 'Appearance', run: () => chooseTheme('light') },
      { label: 'Dark theme', group: 'Appearance', run: () => chooseTheme('dark') },
      { label: 'Theme of the system', group: 'Appearance', run: () => chooseTheme('system') },
    ]
  }, [navigate, nav, onPage, worlds, episodes])
}

/** The lines that contain every word of the query; those that begin with it come first. */
function find(actions: readonly Action[], query: string): readonly Action[] {
  const words = query.toLowerCase().split(/\s+/).filter(Boolean)
  const rank = (action: Action): number => (action.label.toLowerCase().startsWith(words[0] ?? '') ? 0 : 1)
  return actions
    .filter((action) => {
      const text = `${action.label} ${action.group}`.toLowerCase()
      return words.every((word) => text.includes(word))
    })
    .toSorted((a, b) => rank(a) - rank(b))
    .slice(0, MAX_LINES)
}
