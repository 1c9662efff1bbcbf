// The keys of the episode page. Single letters act only while no field has the focus.
import { useEffect, useMemo, useRef } from 'react'
import { copyText } from '../../components/copy-line.tsx'
import { toggleBookmark, useBookmarks } from '../../data/bookmarks.ts'
import { createStore, type Store } from '../../data/store.ts'
import type { EpisodePlayer } from '../../playback/player.ts'
import { type Proof, prove } from '../../playback/proof.ts'
import { isPlain, isTyping, lettersStore } from '../../shell/keys.ts'
import { type Action, openPalette, usePageActions } from '../../shell/palette-store.ts'
import { toast } from '../../shell/toasts.tsx'

export type PanelTab = 'commands' | 'state' | 'events' | 'journal'

/** The tab that a key requests; the panel consumes it. */
export const wantedTab: Store<PanelTab | undefined> = createStore<PanelTab | undefined>(undefined)

interface Parts {
  readonly player: EpisodePlayer
  readonly proof: Store<Proof>
  onFork(): void
}

/** The action of a key, and its name in the palette. */
interface KeyAction {
  readonly keys: readonly string[]
  readonly label: string
  readonly shown: string
  run(): void
}

/** Milliseconds for the second key after P. */
const PAIR_MS = 1500

function bookmark(player: EpisodePlayer): void {
  const { summary, step } = player.state.get()
  const isNew = toggleBookmark(summary.id, step)
  toast(isNew ? `Step ${step} is bookmarked in this browser.` : `The bookmark of step ${step} is removed.`)
}

/** A link to the step at the playhead. */
export async function copyLink(player: EpisodePlayer): Promise<void> {
  const { step, perspective, summary } = player.state.get()
  const url = new URL(`/episodes/${encodeURIComponent(summary.id)}`, location.origin)
  url.searchParams.set('step', String(step))
  if (perspective !== null) url.searchParams.set('slot', String(perspective))
  toast((await copyText(url.href)) ? `The link to step ${step} is copied.` : url.href)
}

function markRange(player: EpisodePlayer, end: 'from' | 'to'): void {
  const { step, range, last } = player.state.get()
  const other = end === 'from' ? (range?.to ?? last) : (range?.from ?? 0)
  player.setRange({ from: Math.min(step, other), to: Math.max(step, other), isLooping: range?.isLooping ?? false })
}

function toggleLoop(player: EpisodePlayer): void {
  const { range, last } = player.state.get()
  const whole = range ?? { from: 0, to: last, isLooping: false }
  player.setRange({ ...whole, isLooping: !whole.isLooping })
  toast(whole.isLooping ? 'The range plays once.' : `Steps ${whole.from} to ${whole.to} repeat.`)
}

function actionsOf({ player, proof, onFork }: Parts): readonly KeyAction[] {
  const by = (steps: number) => () => player.goTo(player.state.get().step + steps)
  return [
    { keys: [' '], shown: 'Space', label: 'Play or pause', run: () => player.toggle() },
    { keys: ['ArrowLeft'], shown: '←', label: 'One step back', run: by(-1) },
    { keys: ['ArrowRight'], shown: '→', label: 'One step on', run: by(1) },
    { keys: ['Shift+ArrowLeft'], shown: 'Shift ←', label: 'Ten steps back', run: by(-10) },
    { keys: ['Shift+ArrowRight'], shown: 'Shift →', label: 'Ten steps on', run: by(10) },
    { keys: [','], shown: ',', label: 'Previous event', run: () => void player.event(-1) },
    { keys: ['.'], shown: '.', label: 'Next event', run: () => void player.event(1) },
    { keys: ['Home'], shown: 'Home', label: 'First step', run: () => player.goTo(0) },
    { keys: ['End'], shown: 'End', label: 'Last step', run: () => player.goTo(player.state.get().last) },
    { keys: ['-'], shown: '−', label: 'Slower', run: () => player.changeSpeed(-1) },
    { keys: ['+', '='], shown: '+', label: 'Faster', run: () => player.changeSpeed(1) },
    { keys: ['['], shown: '[', label: 'Begin a range here', run: () => markRange(player, 'from') },
    { keys: [']'], shown: ']', label: 'End a range here', run: () => markRange(player, 'to') },
    { keys: ['l'], shown: 'L', label: 'Loop the range', run: () => toggleLoop(player) },
    { keys: ['Escape'], shown: 'Esc', label: 'Clear the range', run: () => player.setRange(undefined) },
    { keys: ['v'], shown: 'V', label: 'Verify', run: () => void prove(player.course, proof) },
    { keys: ['f'], shown: 'F', label: 'Fork here', run: onFork },
    { keys: ['c'], shown: 'C', label: 'Copy a link to this step', run: () => void copyLink(player) },
    { keys: ['b'], shown: 'B', label: 'Bookmark this step', run: () => bookmark(player) },
    { keys: ['t'], shown: 'T', label: 'Show commands', run: () => wantedTab.set('commands') },
    { keys: ['s'], shown: 'S', label: 'Show the state', run: () => wantedTab.set('state') },
    { keys: ['e'], shown: 'E', label: 'Show events', run: () => wantedTab.set('events') },
    { keys: ['j'], shown: 'J', label: 'Show the journal', run: () => wantedTab.set('journal') },
    { keys: ['?'], shown: '?', label: 'All keys of this page', run: openPalette },
  ]
}

export function useEpisodeKeys(parts: Parts): void {
  const { player, proof } = parts
  const fork = useRef(parts.onFork)
  useEffect(() => {
    fork.current = parts.onFork
  })
  const actions = useMemo(() => actionsOf({ player, proof, onFork: () => fork.current() }), [player, proof])
  const bookmarks = useBookmarks(player.state.get().summary.id)
  const inPalette = useMemo(
    (): readonly Action[] => [
      ...actions.map(({ label, shown, run }) => ({ label, group: 'This episode', key: shown, run })),
      ...bookmarks.map((step) => ({
        label: `Go to the bookmark of step ${step}`,
        group: 'This episode',
        run: () => player.goTo(step),
      })),
    ],
    [actions, bookmarks, player],
  )
  usePageActions(inPalette)
  useEffect(() => {
    let perspectiveAt = Number.NEGATIVE_INFINITY
    const onKey = (event: KeyboardEvent): void => {
      if (event.defaultPrevented || isTyping(event) || !isPlain(event) || isButton(event)) return
      const isLetter = /^[a-z[\]?]$/i.test(event.key)
      if (isLetter && !lettersStore.get()) return
      if (event.timeStamp - perspectiveAt < PAIR_MS && takePerspective(player, event.key)) {
        perspectiveAt = Number.NEGATIVE_INFINITY
        event.preventDefault()
        return
      }
      perspectiveAt = event.key === 'p' ? event.timeStamp : Number.NEGATIVE_INFINITY
      if (/^\d$/.test(event.key)) {
        event.preventDefault()
        player.goTo((player.state.get().last * Number(event.key)) / 10)
        return
      }
      const name = event.shiftKey && event.key.startsWith('Arrow') ? `Shift+${event.key}` : event.key
      const action = actions.find(({ keys }) => keys.includes(name))
      if (!action) return
      event.preventDefault()
      action.run()
    }
    window.addEventListener('keydown', onKey)
    return () => window.removeEventListener('keydown', onKey)
  }, [player, actions])
}

/** Space presses the focused button; arrows move between tabs. */
function isButton({ target, key }: KeyboardEvent): boolean {
  if (!(target instanceof HTMLElement)) return false
  if (target.role === 'tab' && key.startsWith('Arrow')) return true
  return (key === ' ' || key === 'Enter') && target.closest('button,a,[role="tab"]') !== null
}

function takePerspective(player: EpisodePlayer, key: string): boolean {
  if (key === 'p') player.setPerspective(null)
  else if (/^[0-7]$/.test(key) && Number(key) < player.state.get().summary.players.length)
    player.setPerspective(Number(key))
  else return false
  return true
}
