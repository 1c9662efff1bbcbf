// Clients of a server that is about to be killed. Each plays through one adapter and records what the server
// acknowledged. An actor returns to its episode on the next server.
import { createAgentClient } from '../agent-client.ts'
import { ODD_TEXT } from '../odd-text.ts'
import { register } from '../play-api.ts'
import type { ServerProcess } from '../server-process.ts'
import { openWire } from '../wire.ts'
import type { Ledger } from './ledger.ts'

export interface Actor {
  readonly name: string
  /** Plays until the server is gone, and then rejects. */
  play(served: ServerProcess): Promise<void>
}

interface Handle {
  readonly id: string
  readonly slots: readonly { readonly slot: number; readonly token: string; readonly agent_id: string }[]
}

const MOVES = ['up', 'right', 'down', 'left']
const STEPS_PER_SECOND = 20
/** Milliseconds between two reads of a list or of an agent's report. */
const LOOK_MS = 20

const sleep = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms))

async function create(served: ServerProcess, ledger: Ledger, body: object): Promise<Handle> {
  const answer = await fetch(`${served.url}/api/episodes`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ tick_rate: STEPS_PER_SECOND, ...body }),
  })
  const started: any = await answer.json()
  if (answer.status !== 201) throw new Error(`status ${answer.status}: ${JSON.stringify(started)}`)
  ledger.add({ kind: 'episode', id: started.episode.id, by: '201' })
  return { id: started.episode.id, slots: started.slots }
}

const PAINT = { world: 'paint-arena', config: { max_ticks: 10_000 } }
const socketOf = (served: ServerProcess, path: string): string => `${served.url.replace('http', 'ws')}${path}`

/** @param mode whether players always ask for receipts, never do, or send nothing at all */
export function createPlayers(ledger: Ledger, mode: 'receipts' | 'posts' | 'silent'): Actor {
  let handle: Handle | undefined
  const play = async (served: ServerProcess, { id, slots }: Handle, slot: number): Promise<void> => {
    const query = new URLSearchParams({ slot: String(slot), token: slots[slot]?.token ?? '' })
    const wire = await openWire(socketOf(served, `/episodes/${id}/player?${query}`))
    const asked = new Map<unknown, true>()
    for (let turn = 0; ; turn++) {
      const message = await wire.next()
      if (message.type === 'receipt') {
        asked.delete(message.request_id)
        if (message.accepted === true) ledger.add({ kind: 'receipt', id, slot, step: Number(message.step) })
        continue
      }
      ledger.add({ kind: 'frame', id, steps: Number(message.tick), at: Date.now(), who: `${mode} player` })
      if (mode === 'silent') continue
      if (turn % 10 === 0) wire.send(JSON.stringify({ odd: ODD_TEXT }))
      const move = { move: MOVES[turn & 3] }
      if (mode === 'posts') wire.send(move)
      else {
        const request_id = `${turn}${ODD_TEXT}`
        asked.set(request_id, true)
        wire.send({ ...move, request_id })
      }
    }
  }
  return {
    name: `players: ${mode}`,
    async play(served) {
      handle ??= await create(served, ledger, { ...PAINT, players: [null, null] })
      const seated = handle
      await Promise.all([0, 1].map((slot) => play(served, seated, slot)))
    },
  }
}

/** An episode with only bots, and a viewer. */
export function createBots(ledger: Ledger): Actor {
  let handle: Handle | undefined
  return {
    name: 'bots',
    async play(served) {
      handle ??= await create(served, ledger, { ...PAINT, players: ['random', 'greedy'] })
      const { id } = handle
      const wire = await openWire(socketOf(served, `/episodes/${id}/global`))
      for (;;) {
        const { step } = await wire.next()
        ledger.add({ kind: 'frame', id, steps: Number(step), at: Date.now(), who: 'viewer of bots' })
      }
    },
  }
}

/** Agents that send commands over HTTP: every 202 is recorded. */
export function createAgents(ledger: Ledger): Actor {
  let handle: Handle | undefined
  const play = async (served: ServerProcess, { id, slots }: Handle, slot: number): Promise<void> => {
    const { token = '', agent_id = '' } = slots[slot] ?? {}
    const agent = createAgentClient(`${served.url}/api/episodes/${id}/slots/${slot}`, agent_id, token)
    await agent.get(`/perception?agent_id=${agent_id}`)
    for (let turn = 0; ; turn++) {
      const content = `${turn} ${ODD_TEXT.replace('\u0000', '')}`
      const { status, body } = await agent.say('journal_note', { content })
      if (status === 202) ledger.add({ kind: 'command', id, commandId: body.command_id, slot, token })
      else await sleep(LOOK_MS)
    }
  }
  return {
    name: 'agents',
    async play(served) {
      handle ??= await create(served, ledger, {
        world: 'frontier',
        variant: 'company',
        players: [null, null, null, null],
      })
      const seated = handle
      await Promise.all(seated.slots.map(({ slot }) => play(served, seated, slot)))
    },
  }
}

/** Creates new episodes one after another, and reads the list of all. */
export function createStarter(ledger: Ledger): Actor {
  return {
    name: 'starter',
    async play(served) {
      const start = async (): Promise<void> => {
        for (;;) {
          await create(served, ledger, { ...PAINT, players: [null, 'sweep'] })
          await sleep(LOOK_MS * 10)
        }
      }
      const list = async (): Promise<void> => {
        for (;;) {
          const answer: any = await (await fetch(`${served.url}/api/episodes?limit=500`)).json()
          for (const { id } of answer.entries) ledger.add({ kind: 'episode', id, by: 'list' })
          await sleep(LOOK_MS)
        }
      }
      await Promise.all([start(), list()])
    },
  }
}

export function createRegistrar(ledger: Ledger): Actor {
  return {
    name: 'registrar',
    async play(served) {
      for (;;) {
        const key = await register(served)
        if (typeof key === 'string') ledger.add({ kind: 'registration', key })
        await sleep(LOOK_MS)
      }
    },
  }
}
