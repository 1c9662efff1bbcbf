// The transcript of a session, as Markdown.
import { type Reconstruction, SessionEvent, SessionHeader } from '../../protocol/session.ts'
import { plain } from './wrap.ts'

/** A heading, the facts, then everything that the player saw, in order. */
export function formatTranscript({ session, events }: Reconstruction): string {
  const header = SessionHeader.parse(session)
  const player = header.pc_hid ?? 'player'
  const character = header.npc_hid ?? 'character'
  const facts = [
    `- Session: ${header.session_id}`,
    `- Began: ${header.session_started_at}`,
    `- Ended: ${header.session_ended_at ?? 'not yet'}${header.termination_reason ? ` (${header.termination_reason})` : ''}`,
    `- Turns: ${header.turns_completed}`,
    `- Answers by: ${header.model_profile?.updater_model ?? 'unknown'}`,
  ]
  const parts = events.flatMap((row) => {
    const event = SessionEvent.parse(row)
    const who = speakerOf(event, player, character)
    return who === undefined ? [] : [`**${who}**\n\n${plain(event.content).trim()}`]
  })
  return [`# ${header.game_name}: ${player} meets ${character}`, facts.join('\n'), ...parts].join('\n\n')
}

function speakerOf(event: SessionEvent, player: string, character: string): string | undefined {
  if (event.direction === 'inbound') return `${player} (player)`
  if (event.direction !== 'outbound') return undefined
  if (event.event_source === 'npc') return character
  return event.event_type === 'error' ? 'Game, refusing' : 'Game'
}
