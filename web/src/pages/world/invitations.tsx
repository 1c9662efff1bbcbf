// An episode that is waiting for players: a link for each person, an address and a token for each program.
import type { StartedEpisode } from '../../../../src/protocol/catalogue.ts'
import { ButtonLink } from '../../components/button.tsx'
import { CopyLine } from '../../components/copy-line.tsx'
import { SlotName } from '../../components/mark.tsx'
import { linkOf, playAt } from '../slot/address.ts'
import styles from './world.module.css'

interface InvitationsProps {
  readonly started: StartedEpisode
  /** The choice for each slot. */
  readonly players: readonly string[]
}

export function Invitations({ started: { episode, slots }, players }: InvitationsProps) {
  return (
    <div className={styles.form} role="status">
      <h2>Waiting for players</h2>
      <p className={styles.note}>The episode begins when every slot is taken, or after three minutes.</p>
      {slots.map(({ slot, perception, token, agent_id }) => {
        const player = players[slot]
        if (player === undefined || player.startsWith('bot:') || player.startsWith('model:')) return undefined
        return (
          <div key={slot} className={styles.invitation}>
            <SlotName slot={slot} name={player === 'me' ? 'You' : player === 'link' ? 'Send this link' : 'A program'} />
            {player === 'me' ? (
              <ButtonLink look="primary" icon="play" {...playAt(episode.id, { slot, token })}>
                {`Play slot ${slot}`}
              </ButtonLink>
            ) : (
              <CopyLine
                label="Copy"
                text={
                  player === 'link'
                    ? linkOf(episode.id, { slot, token })
                    : `paracosm agent run --url ${perception} --agent ${agent_id} --token ${token}`
                }
              />
            )}
          </div>
        )
      })}
      <ButtonLink to="/episodes/$episode" params={{ episode: episode.id }}>
        Watch it
      </ButtonLink>
    </div>
  )
}
