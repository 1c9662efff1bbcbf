// A match with players outside this process or behind the perception adapter: a game is served, external players join
// it, and bots are in their slots from the start.

import { serveGame } from '../adapters/coworld/game-process.ts'
import { agentIdOf } from '../adapters/perception/bridge.ts'
import type { Episode } from '../episode/episode.ts'
import type { EpisodeEnd } from '../episode/episode-parts.ts'
import { createMemorySink } from '../episode/sink.ts'
import { createToken } from '../episode/slots.ts'
import { EpisodeService } from '../host/episode-service.ts'
import { planBot } from '../host/episode-spec.ts'
import { at } from '../kernel/at.ts'
import { AppError } from '../kernel/errors.ts'
import { Meter, withMeter } from '../models/meter.ts'
import { createModelPolicy } from '../players/agent/model-policy.ts'
import type { Policy } from '../players/agent/policy.ts'
import { createRandomPolicy } from '../players/agent/random-policy.ts'
import { createScriptedPolicy } from '../players/agent/scripted-policy.ts'
import { type ProcessPlayer, startProcessPlayer } from '../players/process-player.ts'
import type { EvaluationPlayer, EvaluationSpend } from '../protocol/evaluation.ts'
import { AgentSlot } from './agent-slot.ts'
import { type Match, type MatchServices, PlayerFailure } from './match.ts'

/** Time limits of a program: to connect, in seconds, and to exit after the end, in milliseconds. */
const CONNECT_SECONDS = 60
const LINGER_MS = 10_000
/** Characters of a program's output that are passed on. */
const KEPT_OUTPUT = 64 * 1024

interface LiveContext {
  readonly services: MatchServices
  readonly late: AbortSignal
  readonly lines: string[]
}

/** @throws PlayerFailure for a program that exits with a status other than 0; AppError INTERRUPTED, MODEL_MISSING, … */
export async function playLive(
  match: Match,
  context: LiveContext,
): Promise<{ end: EpisodeEnd; spend: EvaluationSpend | null }> {
  const { services, late, lines } = context
  const { world, seed, players } = match
  const stop = new AbortController()
  const signal = AbortSignal.any([services.signal, late, stop.signal])
  const outside = new Outside(match, services, signal)
  try {
    const end = await serveGame(
      world,
      {
        host: {
          tokens: players.map(() => createToken()),
          players: players.map(({ name }) => ({ name })),
          tick_rate: match.tickRate,
          player_connect_timeout_seconds: CONNECT_SECONDS,
          seed,
        },
        configured: match.configured,
      },
      {
        episodes: new EpisodeService({ worlds: services.worlds }),
        journal: createMemorySink(lines),
        host: '127.0.0.1',
        port: 0,
        signal,
        inProcessPlayers: players.map((player, slot) =>
          player.kind === 'bot' ? planBot(world, player.bot, { seed, slot }) : undefined,
        ),
        onListening({ port, episode }) {
          outside.begin(port, episode)
          void outside.broken.catch(() => stop.abort())
        },
      },
    ).catch(async (error: unknown) => {
      // The cause is the program that failed, not the game that was stopped because of it.
      if (stop.signal.aborted) await outside.broken
      throw error
    })
    await outside.leave()
    return { end, spend: outside.spend }
  } finally {
    outside.stop()
  }
}

/** The programs and agents of one match. */
class Outside {
  readonly #match: Match
  readonly #services: MatchServices
  readonly #signal: AbortSignal
  readonly #programs: { readonly slot: number; readonly player: ProcessPlayer }[] = []
  readonly #agents: AgentSlot[] = []
  readonly #meter = new Meter()
  readonly #broken = Promise.withResolvers<never>()

  constructor(match: Match, services: MatchServices, signal: AbortSignal) {
    this.#match = match
    this.#services = services
    this.#signal = signal
    // Rejects for waiting callers; without a failure it stays pending.
    this.#broken.promise.catch(() => undefined)
  }

  /** Rejects if a player fails before the end. */
  get broken(): Promise<never> {
    return this.#broken.promise
  }

  get spend(): EvaluationSpend | null {
    const { calls, input_tokens, output_tokens, cost_usd } = this.#meter.spent
    return calls === 0 ? null : { calls, tokens: input_tokens + output_tokens, cost_usd }
  }

  begin(port: number, episode: Episode): void {
    for (const { slot, token } of episode.slots) {
      const player = at(this.#match.players, slot)
      const fail = (error: unknown): void =>
        this.#broken.reject(
          new PlayerFailure(slot, `${player.name}: ${error instanceof Error ? error.message : String(error)}`),
        )
      try {
        if (player.kind === 'bot') continue
        if (player.kind === 'command' || player.kind === 'image') this.#spawn(player, { slot, token, port })
        else void this.#sit(player, { slot, token, episode }).catch(fail)
      } catch (error) {
        fail(error)
      }
    }
  }

  #spawn(
    player: Extract<EvaluationPlayer, { kind: 'command' | 'image' }>,
    { slot, token, port }: { slot: number; token: string; port: number },
  ): void {
    const url = `ws://127.0.0.1:${port}/player?${new URLSearchParams({ slot: String(slot), token })}`
    const { environments, onOutput } = this.#match
    const environment = { ...this.#services.environment, ...environments?.[slot] }
    const keep = onOutput ? { keep: KEPT_OUTPUT } : {}
    const program = startProcessPlayer(this.#commandOf(player), { url, log: undefined, environment, ...keep })
    this.#programs.push({ slot, player: program })
    void program.ended.then(({ status, signal }) => {
      if (status !== 0) this.#broken.reject(new PlayerFailure(slot, `${player.name} ended with ${status ?? signal}`))
    })
  }

  #commandOf(player: Extract<EvaluationPlayer, { kind: 'command' | 'image' }>): string {
    if (player.kind === 'command') return player.command
    const { engine } = this.#services
    if (engine === undefined) throw new AppError('ENGINE_MISSING', 'no container engine is configured')
    // The game listens on this machine's loopback interface, so the container shares its network.
    return `exec ${engine} run --rm --network host -e COGAMES_ENGINE_WS_URL -e COWORLD_PLAYER_WS_URL ${quote(player.image)}`
  }

  async #sit(
    player: Extract<EvaluationPlayer, { kind: 'agent' | 'model' }>,
    { slot, token, episode }: { slot: number; token: string; episode: Episode },
  ): Promise<void> {
    const agent = new AgentSlot(episode, { id: agentIdOf(slot), slot, token })
    this.#agents.push(agent)
    await agent.run(await this.#policyOf(player, slot), this.#signal)
  }

  async #policyOf(player: Extract<EvaluationPlayer, { kind: 'agent' | 'model' }>, slot: number): Promise<Policy> {
    if (player.kind === 'agent') {
      const { world, seed } = this.#match
      return player.policy === 'random' ? createRandomPolicy((seed + slot) >>> 0) : createScriptedPolicy(world.id)
    }
    const { models } = this.#services
    if (!models) throw new AppError('MODEL_MISSING', 'no model endpoint is configured')
    return createModelPolicy({ client: withMeter(await models(), this.#meter), model: player.model, goal: undefined })
  }

  /** Waits for programs to exit by themselves. @throws PlayerFailure */
  async leave(): Promise<void> {
    const late = AbortSignal.timeout(LINGER_MS)
    const timeout = new Promise<'late'>((resolve) =>
      late.addEventListener('abort', () => resolve('late'), { once: true }),
    )
    for (const { slot, player } of this.#programs) {
      const ended = await Promise.race([player.ended, timeout])
      if (ended === 'late') throw new PlayerFailure(slot, `it did not leave within ${LINGER_MS / 1000} s after the end`)
      if (ended.status !== 0) throw new PlayerFailure(slot, `it ended with ${ended.status ?? ended.signal}`)
    }
  }

  stop(): void {
    for (const { slot, player } of this.#programs) {
      player.stop()
      this.#match.onOutput?.(slot, player.output())
    }
    for (const agent of this.#agents) agent.close()
  }
}

const quote = (text: string): string => `'${text.replaceAll("'", String.raw`'\''`)}'`
