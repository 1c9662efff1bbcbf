// How participants join and leave a study: links, consent, completion, withdrawal, and the export of their data.
import { createHash, randomBytes, randomInt } from 'node:crypto'
import { AppError } from '../../kernel/errors.ts'
import { JsonObject } from '../../protocol/json.ts'
import type { JoinedStudy, ParticipantData } from '../../protocol/study-routes.ts'
import type { Players } from '../../store/people/players.ts'
import type { StudyLinks } from '../../store/studies/links.ts'
import type { Participant } from '../../store/studies/rows.ts'
import type { Studies } from '../../store/studies/studies.ts'
import type { StudyEpisodes } from '../../store/studies/study-episodes.ts'
import type { WaitingRooms } from '../../store/studies/waiting-rooms.ts'
import { forbid, refuse, SAY } from '../words/sentences.ts'
import type { OpenStudy } from './environment.ts'
import type { WorldPlays } from './world-plays.ts'

export interface EnrolmentEnvironment {
  readonly studies: Studies
  readonly links: StudyLinks
  readonly players: Players
  readonly rooms: WaitingRooms
  readonly played: StudyEpisodes
  readonly plays: Pick<WorldPlays, 'remove'>
}

/** Ids that identify a person on a recruiting platform; the first one present counts. */
const PERSON_IDS = ['PROLIFIC_PID', 'workerId', 'participant', 'pid'] as const
/** Without letters and digits that people confuse with others. */
const CODE_ALPHABET = 'ABCDEFGHJKMNPQRSTUVWXYZ23456789'
const CODE_LENGTH = 8

const hashOf = (text: string): string => createHash('sha256').update(text).digest('hex')

/** The access key of a link: the same on every device. */
const keyOf = (...parts: readonly string[]): string =>
  `dcs-ak-${createHash('sha256')
    .update(['paracosm study', ...parts].join('\0'))
    .digest('base64url')}`

const fromMs = (ms: number | null): string | null => (ms === null ? null : new Date(ms).toISOString())

export class Enrolment {
  readonly #at: EnrolmentEnvironment

  constructor(at: EnrolmentEnvironment) {
    this.#at = at
  }

  /** Creates links; the tokens are shown only this once. */
  async makeLinks(study: string, count: number, about: { label: string | null; isReusable: boolean }) {
    const made = Array.from({ length: count }, () => randomBytes(24).toString('base64url'))
    await this.#at.links.add(made.map((token) => ({ hash: hashOf(token), study, ...about })))
    return made
  }

  /**
   * Admits a participant. A personal link always admits the same participant, on any device; a reusable or open link
   * admits the participant whom the recruiting platform names, or a new one.
   * @throws AppError STUDY_FORBIDDEN for a link that does not belong to this study
   */
  async join(
    { study }: OpenStudy,
    { token, external }: { readonly token: string | undefined; readonly external: Readonly<Record<string, string>> },
  ): Promise<JoinedStudy> {
    const link = token === undefined ? undefined : await this.#at.links.find(hashOf(token))
    const isOpen = link === undefined ? token === undefined && study.settings.open_link : !link.isRevoked
    if (!isOpen || (link && link.study !== study.name)) {
      throw forbid(SAY.badLink)
    }
    const person = PERSON_IDS.map((name) => external[name]).find((id) => id !== undefined && id !== '')
    const isPersonal = link !== undefined && !link.isReusable
    const secret = token ?? ''
    const key = isPersonal ? keyOf(secret) : person === undefined ? undefined : keyOf(secret, study.name, person)
    const { player, api_key, is_resumed } = await this.#playerOf(key)
    if (isPersonal) await this.#at.links.bind(link.hash, player)
    await this.#at.studies.act({ study: study.name, player }, { limit: null }, ({ participant }) => ({
      participant: {
        ...participant,
        link: link?.hash ?? participant.link,
        external: { ...participant.external, ...external },
      },
      result: undefined,
    }))
    return { player_id: player, api_key, is_resumed }
  }

  async #playerOf(key: string | undefined): Promise<{ player: string; api_key: string; is_resumed: boolean }> {
    const known = key === undefined ? undefined : await this.#at.players.findByKey(key)
    if (known && key !== undefined) return { player: known.playerId, api_key: key, is_resumed: true }
    try {
      const made = await this.#at.players.create(
        key === undefined ? { fields: {}, issuesKey: true } : { fields: {}, key },
      )
      return { player: made.playerId, api_key: made.key ?? key ?? '', is_resumed: false }
    } catch (error) {
      // Two devices at once: the other one was faster.
      const other = key !== undefined && error instanceof AppError && error.code === 'KEY_TAKEN'
      const found = other ? await this.#at.players.findByKey(key) : undefined
      if (!found || key === undefined) throw error
      return { player: found.playerId, api_key: key, is_resumed: true }
    }
  }

  /** @throws AppError STUDY_REFUSED if the version is not that of the file, or a required signature is missing */
  async consent(
    { study }: OpenStudy,
    player: string,
    given: { version: string; signature: string | undefined },
  ): Promise<void> {
    const { consent } = study.settings
    if (consent === null) throw refuse(SAY.noConsent)
    if (given.version !== consent.version) {
      throw refuse(SAY.consentChanged(consent.version))
    }
    const signature = given.signature?.trim() ?? ''
    if (consent.signature && signature === '') throw refuse(SAY.sign)
    await this.#at.studies.act({ study: study.name, player }, { limit: null }, ({ participant, now }) => ({
      participant: {
        ...participant,
        consentVersion: consent.version,
        consentAt: now,
        // A name is personal: the stored hash proves that it was typed without revealing it.
        signature: consent.signature ? hashOf(`${player}\0${signature}`) : null,
      },
      result: undefined,
    }))
  }

  /**
   * The completion code of a participant who has finished: the file's, or an individual one.
   * @param instead the code for participants who were released
   */
  async completion(
    { study }: OpenStudy,
    player: string,
    instead?: string,
  ): Promise<{ code: string; url: string | null }> {
    const { completion } = study.settings
    const code = await this.#at.studies.act({ study: study.name, player }, { limit: null }, ({ participant, now }) => {
      const own = participant.completionCode ?? instead ?? completion.code ?? createCode()
      const completedAt = participant.completedAt ?? now
      const isKept = participant.completionCode === own
      return isKept
        ? { result: own }
        : { participant: { ...participant, completionCode: own, completedAt }, result: own }
    })
    return { code, url: completion.url === null ? null : completion.url.replaceAll('{code}', encodeURIComponent(code)) }
  }

  /** Withdraws a participant from a study. @param erase whether to delete all collected data as well */
  async withdraw(study: string, player: string, erase: boolean): Promise<void> {
    const { studies, links, players, rooms, plays } = this.#at
    await rooms.leave({ study, player })
    const link = await studies.act({ study, player }, { limit: null }, ({ participant, rows, now }) => ({
      participant: { ...participant, withdrawnAt: participant.withdrawnAt ?? now },
      rows: rows.flatMap((row) =>
        row.status === 'assigned' || row.status === 'interrupted'
          ? [{ ...row, status: 'expired' as const, isReserved: false, updatedAt: now }]
          : [],
      ),
      result: participant.link,
    }))
    if (!erase) return
    await plays.remove(await studies.erase({ study, player }))
    const found = link === null ? undefined : await links.find(link)
    if (found && !found.isReusable) await links.revoke(found.hash)
    if (!(await studies.isParticipant(player))) await players.remove(player)
  }

  /** All data that a study stores about a participant. */
  async data(study: string, player: string): Promise<ParticipantData> {
    const { studies } = this.#at
    const participant: Participant | undefined = await studies.participant(study, player)
    if (!participant) throw new AppError('UNKNOWN_PLAYER', `there is no participant ${player} in ${study}`)
    const assignments = await studies.assignments(study, [player])
    const ids = assignments.map(({ id }) => id)
    const sessions = await studies.sessions(ids)
    return {
      study,
      player_id: player,
      external: participant.external,
      consent_version: participant.consentVersion,
      consent_at: fromMs(participant.consentAt),
      forms: participant.forms,
      assignments: assignments.map((row) => JsonObject.parse({ ...row })),
      sessions: sessions.map(({ header, events, ...about }) => JsonObject.parse({ ...about, session: header, events })),
      episodes: await this.#at.played.records(ids),
    }
  }
}

function createCode(): string {
  return Array.from({ length: CODE_LENGTH }, () => CODE_ALPHABET.charAt(randomInt(CODE_ALPHABET.length))).join('')
}
