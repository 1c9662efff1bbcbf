// Tests whether players who lost their connection can play on: each slot is connected, cut off and reconnected with the
// same token, until all are connected; then every reconnected slot must receive what the others receive.
import { setTimeout as sleep } from 'node:timers/promises'
import { at } from '../kernel/at.ts'
import { type Extra, playerSocket } from './episode-probes.ts'
import { type Conversation, type Finding, openConversation } from './probe.ts'
import type { GameServer } from './runtime.ts'

export interface ReturnFindings {
  readonly reconnection: Extra
  /** Whether the messages to players are JSON text. */
  readonly frames: Extra
}

const PROBE_MS = 5000
/** Time for a game to notice that a connection is gone. */
const NOTICE_MS = 3000
/** Time to observe a first connection: whether it receives anything, and whether it receives more. */
const FIRST_MS = 1000
/** Time limit for the first message after a reconnection. */
const ANSWER_MS = 3000
/** Time that a connection must stay open if the first one received nothing either. */
const STAY_MS = 500
/** Time from a game's last message to its exit. */
const EXIT_MS = 1500
/** Time to observe the episode once every slot is connected. */
const WATCH_MS = 3000

/** Connects every slot twice. Never throws because of the game's behaviour. */
export async function probeReturning(
  server: GameServer,
  tokens: readonly string[],
  signal: AbortSignal,
): Promise<ReturnFindings> {
  const probe = new Returning(server, signal)
  try {
    return { reconnection: await probe.run(tokens), frames: probe.frames }
  } finally {
    await probe.close()
  }
}

class Returning {
  readonly #server: GameServer
  readonly #signal: AbortSignal
  readonly #heard: Conversation[] = []

  constructor(server: GameServer, signal: AbortSignal) {
    this.#server = server
    this.#signal = signal
  }

  async run(tokens: readonly string[]): Promise<Extra> {
    const back: Conversation[] = []
    for (const [slot, token] of tokens.entries()) {
      const returned = await this.#return(slot, playerSocket({ server: this.#server }, slot, token))
      if ('outcome' in returned) return returned
      back.push(returned)
    }
    return this.#watch(back)
  }

  get frames(): Extra {
    const odd = this.#heard.find(({ oddity }) => oddity !== undefined)
    if (odd)
      return { outcome: 'failed', reason: `a player received ${odd.oddity}; messages to players must be JSON text` }
    const count = this.#heard.reduce((sum, each) => sum + each.count, 0)
    if (count === 0) return { outcome: 'skipped', reason: 'no player received a message' }
    return { outcome: 'passed', reason: `${count} messages to players were JSON text` }
  }

  async close(): Promise<void> {
    await Promise.all(this.#heard.map((each) => each.hangUp()))
  }

  get #isOver(): boolean {
    return this.#server.program.status() === 0
  }

  async #open(url: string): Promise<Conversation | Finding> {
    const opened = await openConversation(url, { timeoutMs: PROBE_MS, signal: this.#signal })
    if ('count' in opened) this.#heard.push(opened)
    return opened
  }

  /** The second connection of a slot, or why there is none. */
  async #return(slot: number, url: string): Promise<Conversation | Extra> {
    const first = await this.#open(url)
    if (!('count' in first)) return this.#failed(slot, `with its own token: ${reasonOf(first)}`)
    await this.#until(FIRST_MS, () => first.moments > 1 || first.closed !== undefined)
    if (first.closed !== undefined) return this.#failed(slot, `with its own token: closed with code ${first.closed}`)
    await first.hangUp()
    const again = await this.#openAgain(url)
    if (!('count' in again)) return this.#failed(slot, `could not connect a second time: ${reasonOf(again)}`)
    // How much the first connection received: nothing, one message, or more.
    const wanted = Math.min(first.moments, 2)
    const isAnswered = (): boolean => wanted > 0 && again.moments >= wanted
    await this.#until(wanted > 0 ? ANSWER_MS : STAY_MS, () => again.closed !== undefined || isAnswered())
    if (again.closed !== undefined && again.count === 0) {
      return this.#failed(
        slot,
        `was disconnected after it reconnected: closed with code ${again.closed} before any message`,
      )
    }
    if (wanted > 0 && again.count === 0) return this.#failed(slot, 'received nothing after it reconnected')
    if (wanted > again.moments)
      return this.#failed(slot, 'received nothing more after it reconnected, so it cannot play on')
    return again
  }

  async #openAgain(url: string): Promise<Conversation | Finding> {
    const deadline = performance.now() + NOTICE_MS
    for (;;) {
      const opened = await this.#open(url)
      if ('count' in opened || this.#signal.aborted || performance.now() > deadline) return opened
      await this.#pause(200)
    }
  }

  /** All slots are connected, so the episode starts: reconnected slots must receive what the others receive. */
  async #watch(back: readonly Conversation[]): Promise<Extra> {
    const before = back.map(({ count }) => count)
    const messages = (slot: number): number => at(back, slot).count - at(before, slot)
    const isTold = (slot: number): boolean => messages(slot) > 0
    const slots = [...back.keys()]
    await this.#until(WATCH_MS, () => slots.every(isTold) || back.some(({ closed }) => closed !== undefined))
    const out = slots.find((slot) => back[slot]?.closed !== undefined && !isTold(slot))
    // One message may only announce that the last slot is back, which that slot itself does not need.
    const told = slots.filter((slot) => messages(slot) > 1)
    if (out !== undefined) await this.#until(EXIT_MS, () => this.#isOver)
    const who = `${back.length} slots reconnected with the same token`
    if (this.#isOver) return { outcome: 'passed', reason: `${who} before the episode was over` }
    if (out !== undefined && told.length > 0) {
      return {
        outcome: 'failed',
        reason: `slot ${out} reconnected and lost its connection while others received more messages`,
      }
    }
    const deaf = slots.find((slot) => !isTold(slot))
    if (deaf === undefined) return { outcome: 'passed', reason: `${who} and received the next messages` }
    if (told.length > 0) {
      const reason = `slot ${deaf} reconnected and received nothing more, while slot ${told[0]} did`
      return { outcome: 'failed', reason }
    }
    return { outcome: 'passed', reason: `${who}; nobody received more within ${WATCH_MS / 1000} s` }
  }

  async #failed(slot: number, why: string): Promise<Extra> {
    await this.#until(EXIT_MS, () => this.#isOver)
    if (!this.#isOver) return { outcome: 'failed', reason: `slot ${slot} ${why}` }
    if (slot > 0) return { outcome: 'passed', reason: `${slot} slots reconnected before the episode was over` }
    return { outcome: 'skipped', reason: 'the episode was over before a player could reconnect' }
  }

  async #until(limitMs: number, isDone: () => boolean): Promise<void> {
    const deadline = performance.now() + limitMs
    while (!isDone() && !this.#isOver && !this.#signal.aborted && performance.now() < deadline) await this.#pause(20)
  }

  async #pause(ms: number): Promise<void> {
    // An abort ends the wait; the loops check for it themselves.
    await sleep(ms, undefined, { signal: this.#signal }).catch(() => undefined)
  }
}

function reasonOf(finding: Finding): string {
  return finding.ok ? 'it opened' : finding.reason
}
