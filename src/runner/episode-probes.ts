// The probes of a game during a run: pages, refusals, the viewer's socket. Faults of required steps are thrown;
// additional findings are returned, so that a certifier can report them with the rest.

import { setTimeout as sleep } from 'node:timers/promises'
import { at } from '../kernel/at.ts'
import type { AppError } from '../kernel/errors.ts'
import { findPage } from './pages.ts'
import { type Finding, probeMessage, probeRefusal } from './probe.ts'
import { type Outcome, slotQuery } from './run-events.ts'
import type { GameServer } from './runtime.ts'
import { interruption, programFault } from './waiting.ts'

/** A finding beyond the numbered steps. */
export interface Extra {
  readonly outcome: Outcome
  readonly reason: string
}

export interface ProbeContext {
  readonly server: GameServer
  readonly tokens: readonly string[]
  readonly timeoutMs: number
  /** The game's log; messages quote its end. */
  readonly log: string
  readonly signal: AbortSignal
}

const PROBE_MS = 5000
const MESSAGE_MS = 10_000

interface Done<T> {
  readonly reason: string
  readonly value: T
}

/** Steps 5 and 7: a page answers 2xx without a redirect. */
export async function probePages(
  context: ProbeContext,
  pages: readonly ('player' | 'global')[],
): Promise<Done<undefined>> {
  const reasons: string[] = []
  for (const page of pages) {
    const query = page === 'player' ? `?${slotQuery(0, at(context.tokens, 0))}` : ''
    const { finding, folder } = await findPage(context.server.url, page, query, limits(context))
    if (!finding.ok) {
      const hint = `Serve GET /${folder}/${page} with a 2xx and without a redirect, also before any player has connected.`
      throw await fault(context, `GET /${folder}/${page}: ${finding.reason}`, finding, hint)
    }
    reasons.push(`GET /${folder}/${page} answered 2xx`)
  }
  return { reason: reasons.join(', '), value: undefined }
}

/**
 * Step 6: slot 0 with the token `bad` is refused. With `everySlot`, the probe also tries every other slot, and each
 * slot with its neighbour's token; those findings are returned.
 */
export async function probeBadTokens(context: ProbeContext, everySlot: boolean): Promise<Done<Extra>> {
  const first = await probeRefusal(playerSocket(context, 0, 'bad'), limits(context))
  if (!first.ok) {
    const hint = 'Refuse a bad token during the handshake with HTTP 403, not by closing an open socket.'
    throw await fault(context, `/player with slot 0 and a bad token: ${first.reason}`, first, hint)
  }
  const reason = `slot 0 with a bad token was refused${first.status === undefined ? '' : ` with ${first.status}`}`
  return {
    reason,
    value: everySlot ? await probeOtherTokens(context) : { outcome: 'skipped', reason: 'not asked for' },
  }
}

async function probeOtherTokens(context: ProbeContext): Promise<Extra> {
  const slots = context.tokens.length
  const tries = context.tokens.flatMap((_, slot) => {
    const neighbour = context.tokens[(slot + 1) % slots]
    const foreign =
      slots > 1 && neighbour !== undefined ? [{ slot, token: neighbour, what: 'another slot’s token' }] : []
    return [{ slot, token: 'bad', what: 'a bad token' }, ...foreign]
  })
  for (const { slot, token, what } of tries) {
    const finding = await probeRefusal(playerSocket(context, slot, token), limits(context))
    if (context.signal.aborted) throw interruption(context.signal)
    if (!finding.ok) return { outcome: 'failed', reason: `slot ${slot} with ${what}: ${finding.reason}` }
  }
  return { outcome: 'passed', reason: `${tries.length} wrong tokens on ${slots} slots were refused in the handshake` }
}

/** Step 9: `/global` sends a first message that is not empty. */
export async function probeGlobal(context: ProbeContext): Promise<Done<undefined>> {
  const finding = await firstGlobalMessage(context, context.signal)
  if (finding.ok) return { reason: '/global sent its first message', value: undefined }
  const hint = 'Send a viewer the state as soon as it connects, also before all players have connected.'
  throw await fault(context, `/global: ${finding.reason}`, finding, hint)
}

/** Connects to `/global` once more while the episode continues; `over` is aborted when the game has exited. */
export async function probeLateViewer(context: ProbeContext, over: AbortSignal): Promise<Extra> {
  const signal = AbortSignal.any([over, context.signal])
  await sleep(300, undefined, { signal }).catch(() => undefined)
  const finding = signal.aborted ? undefined : await firstGlobalMessage(context, signal)
  if (finding?.ok) return { outcome: 'passed', reason: 'a late viewer received a message at once' }
  if (finding === undefined || signal.aborted) {
    return { outcome: 'skipped', reason: 'the episode was over before a late viewer could look' }
  }
  return { outcome: 'failed', reason: `a late viewer of /global: ${finding.reason}` }
}

/** The player socket of a slot, as the runner's machine reaches it. */
export function playerSocket({ server }: Pick<ProbeContext, 'server'>, slot: number, token: string): string {
  return `${toSocketUrl(server.url)}/player?${slotQuery(slot, token)}`
}

/** `http` becomes `ws`, `https` becomes `wss`. */
export function toSocketUrl(url: string): string {
  return url.replace(/^http/, 'ws')
}

function firstGlobalMessage(context: ProbeContext, signal: AbortSignal): Promise<Finding> {
  return probeMessage(`${toSocketUrl(context.server.url)}/global`, {
    timeoutMs: PROBE_MS,
    messageMs: Math.min(context.timeoutMs, MESSAGE_MS),
    signal,
  })
}

function limits({ signal }: ProbeContext): { timeoutMs: number; signal: AbortSignal } {
  return { timeoutMs: PROBE_MS, signal }
}

/** The error of a failed probe. If the game has died in the meantime, that error takes precedence. */
export async function fault(
  context: ProbeContext,
  message: string,
  finding: Finding & { readonly ok: false },
  hint: string,
): Promise<AppError> {
  if (context.signal.aborted) return interruption(context.signal)
  const status = context.server.program.status()
  const died = status === undefined ? '' : ` (the game had exited with status ${status})`
  return programFault(finding.isTimeout ? 'RUN_TIMEOUT' : 'RUN_FAILED', message + died, context.log, hint)
}
