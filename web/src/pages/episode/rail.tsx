// The players with their scores, the chosen perspective, and taking over a slot while the episode runs.
import { Menu } from '@base-ui/react/menu'
import { useMutation, useQuery } from '@tanstack/react-query'
import { useNavigate } from '@tanstack/react-router'
import type { WorldDetail } from 'paracosm/protocol'
import { SelectField } from '../../components/field.tsx'
import { Icon } from '../../components/icon.tsx'
import { Mark, slotColour } from '../../components/mark.tsx'
import menu from '../../components/menu.module.css'
import { AdministratorNeeded } from '../../components/operator-only.tsx'
import { operatorClient, useIsRefused } from '../../data/operator.ts'
import { useStore } from '../../data/store.ts'
import { modelsQuery } from '../../data/text-games.ts'
import { formatNumber, ranked } from '../../data/words.ts'
import type { EpisodePlayer, PlayerState } from '../../playback/player.ts'
import { explain } from '../../shell/error-page.tsx'
import { toast } from '../../shell/toasts.tsx'
import { playAt } from '../slot/address.ts'
import styles from './rail.module.css'

const KINDS = {
  bot: 'Bot, built in',
  human: 'Person',
  process: 'Program',
  model: 'Model',
  recorded: 'As recorded',
  empty: 'Nobody yet',
} as const

export function Rail({ player, world }: { player: EpisodePlayer; world: WorldDetail | undefined }) {
  const state = useStore(player.state)
  const scores = scoresOf(state)
  const best = Math.max(1, ...scores)
  return (
    <section className={styles.rail} aria-label="Players">
      <h2 className={styles.head}>Players</h2>
      <ol className={styles.players}>
        {ranked(scores).map(({ slot, score }) => (
          <PlayerRow key={slot} {...{ player, world, state, slot, score }} share={Math.max(0, score) / best} />
        ))}
      </ol>
      {state.isLive ? <AdministratorNeeded what="Handing a slot over" /> : undefined}
      <Perspective player={player} state={state} />
    </section>
  )
}

function scoresOf({ frame, summary }: PlayerState): readonly number[] {
  return frame?.standing.scores ?? summary.results?.scores ?? summary.players.map(() => 0)
}

interface RowProps {
  readonly player: EpisodePlayer
  readonly world: WorldDetail | undefined
  readonly state: PlayerState
  readonly slot: number
  readonly score: number
  /** Relative to the best score, 0 to 1. */
  readonly share: number
}

function PlayerRow({ player, world, state, slot, score, share }: RowProps) {
  const isRefused = useIsRefused()
  const now = state.slots?.[slot]
  const recorded = state.info?.spans.findLast((span) => span.slot === slot && span.from <= state.step)
  const { name, kind } = now?.player ??
    recorded?.player ??
    state.summary.players[slot] ?? { name: '', kind: 'empty' as const }
  return (
    <li className={styles.player}>
      <span className={styles.line}>
        <Mark slot={slot} />
        <span className={styles.name}>{name}</span>
        <b className={styles.score}>{formatNumber(score)}</b>
      </span>
      <span className={`${styles.bar} ${slotColour(slot)}`} aria-hidden="true">
        <span style={{ width: `${share * 100}%` }} />
      </span>
      <span className={styles.kind}>
        {KINDS[kind]}
        {now && !now.is_connected && kind !== 'empty' ? ', not connected' : ''}
        {state.isLive && world && !isRefused ? <HandOver player={player} world={world} slot={slot} /> : undefined}
      </span>
    </li>
  )
}

function HandOver({ player, world, slot }: { player: EpisodePlayer; world: WorldDetail; slot: number }) {
  const { summary } = player.state.get()
  const navigate = useNavigate()
  const model = useQuery(modelsQuery).data?.agent ?? undefined
  const change = useMutation({
    mutationFn: (bot: string | null) => operatorClient().episodes.handOver(summary.id, slot, bot),
    onSuccess: ({ slots }, bot) => {
      const link = slots.find((each) => each.slot === slot)
      if (bot === null && link) void navigate(playAt(summary.id, link))
      else toast(`Slot ${slot} passes to ${bot?.replace(/^model:/, 'the model ')}.`)
    },
    onError: (error) => toast(explain(error).text),
  })
  return (
    <Menu.Root>
      <Menu.Trigger className={styles.swap} aria-label={`Hand over slot ${slot}`}>
        <Icon name="swap" size={14} />
        Hand over
      </Menu.Trigger>
      <Menu.Portal>
        <Menu.Positioner sideOffset={4} align="start" className={menu.positioner}>
          <Menu.Popup className={menu.popup}>
            <Menu.Item className={menu.item} onClick={() => change.mutate(null)}>
              Me
            </Menu.Item>
            {world.bots.map(({ name }) => (
              <Menu.Item key={name} className={menu.item} onClick={() => change.mutate(name)}>
                {`Bot ${name}`}
              </Menu.Item>
            ))}
            {model === undefined ? undefined : (
              <Menu.Item className={menu.item} onClick={() => change.mutate(`model:${model}`)}>
                {`Model ${model}`}
              </Menu.Item>
            )}
          </Menu.Popup>
        </Menu.Positioner>
      </Menu.Portal>
    </Menu.Root>
  )
}

function Perspective({ player, state }: { player: EpisodePlayer; state: PlayerState }) {
  const { perspective, isFollowing, summary } = state
  const options = [
    { id: 'public', label: 'Public' },
    ...summary.players.map(({ name }, slot) => ({ id: String(slot), label: `${name} (slot ${slot})` })),
  ]
  return (
    <div className={styles.perspective}>
      <SelectField
        label="Perspective"
        options={options}
        value={perspective === null ? 'public' : String(perspective)}
        disabled={isFollowing}
        help={isFollowing ? "A slot's view is shown when you step back from live." : undefined}
        onChange={({ target }) => player.setPerspective(target.value === 'public' ? null : Number(target.value))}
      />
    </div>
  )
}
