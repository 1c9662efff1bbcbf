// Starts an episode: one line per slot, seed with dice, pace, and the equivalent command below.
import { useMutation, useQuery } from '@tanstack/react-query'
import { useNavigate } from '@tanstack/react-router'
import type { WorldDetail } from 'paracosm/protocol'
import { useState } from 'react'
import type { StartedEpisode } from '../../../../src/protocol/catalogue.ts'
import { Button, IconButton } from '../../components/button.tsx'
import { CopyLine } from '../../components/copy-line.tsx'
import { SelectField, TextField } from '../../components/field.tsx'
import { Mark } from '../../components/mark.tsx'
import { AdministratorNeeded } from '../../components/operator-only.tsx'
import { operatorClient, useWhyNot } from '../../data/operator.ts'
import { modelsQuery } from '../../data/text-games.ts'
import { explain } from '../../shell/error-page.tsx'
import { playAt } from '../slot/address.ts'
import { worldRoute } from './address.ts'
import { Invitations } from './invitations.tsx'
import { ModelNote } from './model-note.tsx'
import styles from './world.module.css'

const ME = 'me'
const LINK = 'link'
const PROGRAM = 'program'
const MODEL = 'model:'
const BOT = 'bot:'
const MAX_SEED = 0xffff_ffff
const MAX_RATE = 1000

const randomSeed = (): string => String(crypto.getRandomValues(new Uint32Array(1))[0] ?? 0)

interface Wanted {
  readonly variant: string
  readonly players: readonly string[]
  readonly seed: string
  readonly rate: string
}

export function StartForm({ world }: { world: WorldDetail }) {
  const { variant: asked } = worldRoute.useSearch()
  const [chosen, setChosen] = useState<Partial<Wanted>>({})
  const [seed, setSeed] = useState(randomSeed)
  const variantId = asked ?? chosen.variant ?? world.variants[0]?.id ?? ''
  const variant = world.variants.find(({ id }) => id === variantId) ?? world.variants[0]
  const slots = variant?.slots ?? 1
  const players = Array.from({ length: slots }, (_, slot) => chosen.players?.[slot] ?? defaultPlayer(world, slot))
  const wanted: Wanted = { variant: variant?.id ?? '', players, seed, rate: chosen.rate ?? '5' }
  const errors = errorsOf(wanted)
  const start = useStart(world, wanted)
  const whyNot = useWhyNot('Starting an episode')
  const navigate = useNavigate({ from: '/worlds/$world' })
  if (start.data && needsLinks(wanted)) return <Invitations started={start.data} players={players} />
  return (
    <form
      className={styles.form}
      onSubmit={(event) => {
        event.preventDefault()
        if (!errors.seed && !errors.rate && whyNot === undefined) start.mutate()
      }}
    >
      <h2>Start an episode</h2>
      <SelectField
        label="Variant"
        value={variant?.id ?? ''}
        options={world.variants.map(({ id, title }) => ({ id, label: title }))}
        onChange={({ target }) => {
          setChosen({ ...chosen, variant: target.value })
          void navigate({ search: {}, replace: true, resetScroll: false })
        }}
      />
      <Slots world={world} players={players} onChange={(next) => setChosen({ ...chosen, players: next })} />
      <div className={styles.pair}>
        <div className={styles.seed}>
          <TextField
            label="Seed"
            inputMode="numeric"
            value={seed}
            error={errors.seed}
            onChange={({ target }) => setSeed(target.value)}
          />
          <IconButton icon="dice" label="Another seed" look="default" onClick={() => setSeed(randomSeed())} />
        </div>
        <TextField
          label="Steps per second"
          inputMode="decimal"
          value={wanted.rate}
          error={errors.rate}
          onChange={({ target }) => setChosen({ ...chosen, rate: target.value })}
        />
      </div>
      {start.error ? (
        <p role="alert" className={styles.error}>
          {explain(start.error).text}
        </p>
      ) : undefined}
      {players.some((player) => player.startsWith(MODEL)) ? <ModelNote /> : undefined}
      <AdministratorNeeded what="Starting an episode" />
      <Button look="primary" icon="play" type="submit" why={whyNot}>
        {start.isPending ? 'Starting' : players.includes(ME) ? 'Play now' : 'Start'}
      </Button>
      <div className={styles.same}>
        <p>The same from a terminal:</p>
        <CopyLine text={commandOf(world, wanted)} />
      </div>
    </form>
  )
}

function defaultPlayer(world: WorldDetail, slot: number): string {
  const bot = world.bots[slot % Math.max(1, world.bots.length)]
  return bot ? BOT + bot.name : slot === 0 ? ME : LINK
}

interface SlotsProps {
  readonly world: WorldDetail
  readonly players: readonly string[]
  onChange(players: readonly string[]): void
}

function Slots({ world, players, onChange }: SlotsProps) {
  const model = useQuery(modelsQuery).data?.agent ?? undefined
  const options = [
    { id: ME, label: 'Me' },
    ...world.bots.map(({ name }) => ({ id: BOT + name, label: `Bot ${name}` })),
    ...(model === undefined ? [] : [{ id: MODEL + model, label: `Model ${model}` }]),
    { id: PROGRAM, label: 'Program' },
    { id: LINK, label: 'Link to invite' },
  ]
  return (
    <div className={styles.players}>
      {players.map((player, slot) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: a slot is an index
        <div key={slot} className={styles.slot}>
          <Mark slot={slot} />
          <SelectField
            label={`Slot ${slot}`}
            options={options}
            value={player}
            onChange={({ target }) => onChange(players.map((each, index) => (index === slot ? target.value : each)))}
          />
        </div>
      ))}
    </div>
  )
}

interface Errors {
  readonly seed: string | undefined
  readonly rate: string | undefined
}

function errorsOf({ seed, rate }: Wanted): Errors {
  const isSeed = /^\d{1,10}$/.test(seed) && Number(seed) <= MAX_SEED
  const isRate = Number(rate) > 0 && Number(rate) <= MAX_RATE
  return {
    seed: isSeed ? undefined : `Give a whole number from 0 to ${MAX_SEED}.`,
    rate: isRate ? undefined : `Give a number above 0, up to ${MAX_RATE}.`,
  }
}

const needsLinks = ({ players }: Wanted): boolean => players.some((player) => player === LINK || player === PROGRAM)

/** In the syntax of `paracosm run`: a bot by name, `human` for people, `-` for external programs. */
function commandOf({ id }: WorldDetail, { variant, players, seed, rate }: Wanted): string {
  const names = players.map((player) => (player.startsWith(BOT) ? player.slice(BOT.length) : 'human'))
  const pace = players.every((player) => player.startsWith(BOT)) ? '' : ` --tick-rate ${rate}`
  return `paracosm run ${id} ${names.join(' ')} --variant ${variant} --seed ${seed}${pace}`
}

/** In the format of the server: a bot by name, the server's model, or an open slot. */
function toRequest(player: string): string | null {
  if (player.startsWith(BOT)) return player.slice(BOT.length)
  return player.startsWith(MODEL) ? player : null
}

function useStart(world: WorldDetail, { variant, players, seed, rate }: Wanted) {
  const navigate = useNavigate()
  return useMutation({
    mutationFn: (): Promise<StartedEpisode> =>
      operatorClient().episodes.start({
        world: world.id,
        variant,
        seed: Number(seed),
        tick_rate: Number(rate),
        players: players.map(toRequest),
      }),
    onSuccess: async ({ episode, slots }) => {
      if (players.some((player) => player === LINK || player === PROGRAM)) return
      const mine = slots[players.indexOf(ME)]
      if (mine) await navigate(playAt(episode.id, mine))
      else await navigate({ to: '/episodes/$episode', params: { episode: episode.id } })
    },
  })
}
