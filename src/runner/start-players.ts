// Starts the players of an episode, each with the address, slot and token of its own, and with a folder for its artefact.
import { at } from '../kernel/at.ts'
import type { JobSpec } from '../protocol/coworld.ts'
import { artefactOf } from './player-artefacts.ts'
import type { Program } from './process-group.ts'
import { type RunEvent, slotQuery } from './run-events.ts'
import type { GameServer, RuntimeSession } from './runtime.ts'
import { playerLog, readTail, type Workspace } from './workspace.ts'

/** How much of a player's log is reported when the player ends before its game, in bytes. */
const EARLY_TAIL_BYTES = 600

export interface PlayersStart {
  /** Of the containers, without the number of the slot. */
  readonly name: string
  readonly job: JobSpec
  readonly secrets: readonly string[]
  readonly workspace: Workspace
  /** Slots whose player is not started. */
  readonly externalSlots?: readonly number[] | undefined
  /** Variables of every player. They override the manifest's. */
  readonly playerEnvironment?: Readonly<Record<string, string>> | undefined
  /** Variables of each slot's player that nobody else may see. */
  readonly slotSecrets?: readonly Readonly<Record<string, string>>[] | undefined
  readonly tell: (event: RunEvent) => void
}

export interface StartedPlayer {
  readonly slot: number
  readonly program: Program
}

/** Starts them in slot order, without waiting between them. @throws AppError RUN_FAILED, IMAGE_MISSING */
export async function startPlayers(
  start: PlayersStart,
  session: RuntimeSession,
  server: GameServer,
): Promise<readonly StartedPlayer[]> {
  const external = new Set(start.externalSlots ?? [])
  const started: StartedPlayer[] = []
  for (const [slot, runnable] of start.job.players.entries()) {
    if (external.has(slot)) continue
    const url = `${server.playerUrl}/player?${slotQuery(slot, at(start.secrets, slot))}`
    const log = playerLog(start.workspace, slot)
    const artefact = await artefactOf(start.workspace, slot)
    const program = await session.startPlayer(
      {
        name: `${start.name}-${slot}`,
        runnable,
        environment: {
          ...start.playerEnvironment,
          COGAMES_ENGINE_WS_URL: url,
          COWORLD_PLAYER_WS_URL: url,
          COWORLD_PLAYER_ARTIFACT_UPLOAD_URL: session.fileUri(artefact.mount, artefact.name),
        },
        hidden: start.slotSecrets?.[slot] ?? {},
        stdout: log,
        stderr: log,
      },
      artefact.mount,
    )
    void program.exited.then(async (status) => {
      const isEarly = server.program.status() === undefined
      // The event matters more than the log, which may be unreadable by now.
      const tail = await readTail(log, EARLY_TAIL_BYTES).catch(() => '')
      start.tell({ kind: 'player-exited', slot, status, isEarly, logTail: tail.trim() })
    })
    started.push({ slot, program })
  }
  return started
}
