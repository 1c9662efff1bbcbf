// Artefacts of players: one zip per slot, written to the URI that the player receives. Each slot has its own folder, so
// that no player sees another's.
import { chmod, lstat } from 'node:fs/promises'
import { join } from 'node:path'
import { AppError } from '../kernel/errors.ts'
import { makeFolder } from '../lib/folders.ts'
import type { Mount } from './runtime.ts'
import type { Workspace } from './workspace.ts'

/** The limit of package hosts. */
const ARTEFACT_BYTES = 200 * 1024 * 1024

export interface PlayerArtefact {
  readonly mount: Mount
  readonly name: string
}

/** The path of a slot's artefact; creates its folder. */
export async function artefactOf(workspace: Workspace, slot: number): Promise<PlayerArtefact> {
  const folder = join(workspace.artefacts, String(slot))
  await makeFolder(folder)
  // A container without capabilities runs as another user, and must be able to traverse the parent.
  await chmod(workspace.artefacts, 0o711)
  return { mount: { folder, target: '/coworld-artifact', isReadOnly: false }, name: `policy_artifact_${slot}.zip` }
}

/** @throws AppError RUN_FAILED when an artefact exceeds the size limit */
export async function checkArtefacts(workspace: Workspace, slots: readonly number[]): Promise<void> {
  for (const slot of slots) {
    const path = join(workspace.artefacts, String(slot), `policy_artifact_${slot}.zip`)
    const size = await lstat(path).then(
      (found) => found.size,
      () => 0,
    )
    if (size <= ARTEFACT_BYTES) continue
    throw new AppError('RUN_FAILED', `player ${slot} wrote ${size} bytes to ${path}; the limit is ${ARTEFACT_BYTES}`, {
      hint: 'Make the player write a smaller zip to COWORLD_PLAYER_ARTIFACT_UPLOAD_URL.',
      details: { error_type: 'player_error', failed_policy_index: slot },
    })
  }
}
