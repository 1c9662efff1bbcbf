// The header of a session that begins now.
import type { JsonObject } from '../../protocol/json.ts'
import type { SessionHeader } from '../../protocol/session.ts'
import type { PlannedSession } from './plan.ts'
import type { RoleModels } from './role-models.ts'

export function newHeader(
  plan: PlannedSession,
  at: { readonly id: string; readonly now: string; readonly models: RoleModels },
): SessionHeader {
  const stamp = at.now.replace(/[-:]/g, '').replace('T', '-').slice(0, 15)
  const { game } = plan.playable
  const snapshot: JsonObject = {
    name: game.name,
    description: game.description,
    version: game.version,
    authors: [...game.authors],
    stopping_conditions: game.stopping_conditions,
    forms: [],
    game_class: game.id,
    overrides: plan.overrides,
  }
  return {
    session_id: at.id,
    name: `${plan.source}-${game.name}-${stamp}`.toLowerCase().replaceAll(' ', '-'),
    player_id: plan.playerId,
    game_name: game.name,
    source: plan.source,
    pc_hid: plan.pc?.hid ?? null,
    npc_hid: plan.npc?.hid ?? null,
    session_started_at: at.now,
    session_ended_at: null,
    termination_reason: null,
    status: 'active',
    turns_completed: 0,
    model_profile: { ...at.models.profile, scorer_model: game.is_scored ? at.models.profile.scorer_model : null },
    game_config_snapshot: snapshot,
    last_seq: 0,
    created_at: at.now,
    updated_at: at.now,
    paused_at: null,
    resumed_at: null,
    branch_from_session_id: null,
  }
}
