// Forks the episode at this step: each slot is recorded, a bot, or the user; or another command at this step.
import { Dialog } from '@base-ui/react/dialog'
import { useMutation } from '@tanstack/react-query'
import { useNavigate } from '@tanstack/react-router'
import type { JsonValue, WorldDetail } from 'paracosm/protocol'
import { useEffect, useState } from 'react'
import { Button } from '../../components/button.tsx'
import dialog from '../../components/dialog.module.css'
import { SelectField, TextField } from '../../components/field.tsx'
import { SlotName } from '../../components/mark.tsx'
import { AdministratorNeeded } from '../../components/operator-only.tsx'
import { operatorClient, useWhyNot } from '../../data/operator.ts'
import { useStore } from '../../data/store.ts'
import { formatNumber } from '../../data/words.ts'
import type { EpisodePlayer } from '../../playback/player.ts'
import { explain } from '../../shell/error-page.tsx'
import { playAt } from '../slot/address.ts'

const RECORDED = 'recorded'
const ME = 'me'
const BOT = 'bot:'

interface ForkDialogProps {
  readonly player: EpisodePlayer
  readonly world: WorldDetail | undefined
  onClose(): void
}

export function ForkDialog({ player, world, onClose }: ForkDialogProps) {
  const { summary, step } = useStore(player.state)
  const [at] = useState(step)
  const said = useCommands(player, at)
  const [players, setPlayers] = useState<Readonly<Record<number, string>>>({})
  const [texts, setTexts] = useState<Readonly<Record<number, string>>>({})
  const fork = useFork(summary.id)
  const whyNot = useWhyNot('Forking')
  const wanted = readWanted(players, texts, said)
  const isSame = wanted.error === undefined && wanted.isSame
  const options = [
    { id: RECORDED, label: 'Plays on as recorded' },
    ...(world?.bots ?? []).map(({ name }) => ({ id: BOT + name, label: `Bot ${name}` })),
    { id: ME, label: 'I play on' },
  ]
  return (
    <Dialog.Root open onOpenChange={(isOpen) => !isOpen && onClose()}>
      <Dialog.Portal>
        <Dialog.Backdrop className={dialog.backdrop} />
        <Dialog.Popup className={dialog.popup}>
          <Dialog.Title className={dialog.title}>{`Fork at step ${formatNumber(at)}`}</Dialog.Title>
          <Dialog.Description className={dialog.text}>
            Everything before this step stays. Change who plays a slot, or what it says here, and compare both courses.
          </Dialog.Description>
          <div className={dialog.rows}>
            {summary.players.map(({ name }, slot) => (
              // biome-ignore lint/suspicious/noArrayIndexKey: a slot is an index
              <div key={slot} className={dialog.row}>
                <SlotName slot={slot} name={name} />
                <SelectField
                  label="From here on"
                  options={options}
                  value={players[slot] ?? RECORDED}
                  onChange={({ target }) => setPlayers({ ...players, [slot]: target.value })}
                />
                <TextField
                  label="Says at this step"
                  value={texts[slot] ?? textOf(said[slot])}
                  error={wanted.error?.slot === slot ? wanted.error.text : undefined}
                  onChange={({ target }) => setTexts({ ...texts, [slot]: target.value })}
                  placeholder="nothing"
                  spellCheck={false}
                />
              </div>
            ))}
          </div>
          {fork.error ? (
            <p role="alert" className={dialog.error}>
              {explain(fork.error).text}
            </p>
          ) : undefined}
          <AdministratorNeeded what="Forking" />
          <div className={dialog.actions}>
            <Dialog.Close className={dialog.cancel}>Cancel</Dialog.Close>
            <Button
              look="primary"
              icon="fork"
              why={whyNot ?? (isSame ? 'Nothing differs from the recording yet.' : wanted.error?.text)}
              onClick={() => fork.mutate({ step: at, ...wanted.request })}
            >
              {fork.isPending ? 'Forking' : 'Play the fork'}
            </Button>
          </div>
        </Dialog.Popup>
      </Dialog.Portal>
    </Dialog.Root>
  )
}

const textOf = (command: JsonValue | undefined): string => (command === undefined ? '' : JSON.stringify(command))

/** The command of each slot at a step, from the journal. */
function useCommands(player: EpisodePlayer, step: number): Readonly<Record<number, JsonValue>> {
  const [said, setSaid] = useState<Readonly<Record<number, JsonValue>>>({})
  useEffect(() => {
    player.course.commands(step, step).then(
      (rows) =>
        setSaid(
          Object.fromEntries(rows.filter((row) => row.refused === undefined).map((row) => [row.slot, row.command])),
        ),
      () => setSaid({}),
    )
  }, [player, step])
  return said
}

interface Request {
  readonly bots: Record<string, string>
  readonly commands: Record<string, JsonValue>
  readonly open: number[]
}

interface Wanted {
  readonly request: Request
  readonly isSame: boolean
  readonly error?: { readonly slot: number; readonly text: string }
}

function readWanted(
  players: Readonly<Record<number, string>>,
  texts: Readonly<Record<number, string>>,
  said: Readonly<Record<number, JsonValue>>,
): Wanted {
  const request: Request = { bots: {}, commands: {}, open: [] }
  for (const [slot, choice] of Object.entries(players)) {
    if (choice === ME) request.open.push(Number(slot))
    else if (choice.startsWith(BOT)) request.bots[slot] = choice.slice(BOT.length)
  }
  for (const [slot, text] of Object.entries(texts)) {
    if (text.trim() === '' || text === textOf(said[Number(slot)])) continue
    try {
      request.commands[slot] = JSON.parse(text)
    } catch {
      return { request, isSame: false, error: { slot: Number(slot), text: 'Write JSON, such as {"move":"up"}.' } }
    }
  }
  const changes = Object.keys(request.bots).length + Object.keys(request.commands).length + request.open.length
  return { request, isSame: changes === 0 }
}

function useFork(parent: string) {
  const navigate = useNavigate()
  return useMutation({
    mutationFn: (wanted: { step: number } & Request) => operatorClient().episodes.fork(parent, wanted),
    onSuccess: async ({ episode, slots }, { open, step }) => {
      const mine = slots.find(({ slot }) => slot === open[0])
      if (mine) await navigate(playAt(episode.id, mine))
      else
        await navigate({
          to: '/compare/$episode/$fork',
          params: { episode: parent, fork: episode.id },
          search: { step },
        })
    },
  })
}
