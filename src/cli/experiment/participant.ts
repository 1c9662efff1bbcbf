// `paracosm experiment participant`: legal duties for personal data: list, export, delete.
import { resolve } from 'node:path'
import { Command } from 'commander'
import { Enrolment } from '../../experiment/service/enrolment.ts'
import { AppError } from '../../kernel/errors.ts'
import { writeFileWhole } from '../../lib/files.ts'
import { openEpisodeStorage } from '../../server/storage.ts'
import { Players } from '../../store/people/players.ts'
import { SessionLog } from '../../store/sessions/session-log.ts'
import type { Store } from '../../store/store.ts'
import { StudyLinks } from '../../store/studies/links.ts'
import type { Participant } from '../../store/studies/rows.ts'
import { Studies } from '../../store/studies/studies.ts'
import { StudyEpisodes } from '../../store/studies/study-episodes.ts'
import { WaitingRooms } from '../../store/studies/waiting-rooms.ts'
import { type Io, printJson } from '../io.ts'
import { withStore } from '../store.ts'
import { printTable } from '../table.ts'

interface Flags {
  readonly data: string
  readonly json?: boolean
}

const dataOption = (io: Io) => ['--data <folder>', 'data folder of the server', io.config.PARACOSM_DATA] as const
const ID = 'id of the participant, or their id on Prolific or MTurk'

export function participantCommand(io: Io): Command {
  const group = new Command('participant')
    .description('List, export or delete the participants of a study.')
    .addHelpText('after', '\nExample:\n  paracosm experiment participant list usability')
  for (const create of [listParticipants, exportParticipant, deleteParticipant]) group.addCommand(create(io))
  return group
}

function listParticipants(io: Io): Command {
  return new Command('list')
    .argument('<study>', 'name of the study')
    .description('List the participants of a study, with their ids on the recruiting platform.')
    .option(...dataOption(io))
    .option('--json', 'print JSON')
    .addHelpText('after', '\nExample:\n  paracosm experiment participant list usability')
    .action(async (study: string, flags: Flags) => {
      const people = await withStore(io, { data: flags.data, mode: 'read' }, async (store) => {
        const studies = new Studies(store)
        const found: Participant[] = []
        for await (const each of everybody(studies, await requireStudy(studies, study))) found.push(each)
        return found
      })
      if (flags.json) return printJson(io, { ok: true, participants: people.map(toJson) })
      const rows = people.map((each) => {
        const { player_id, joined_at, completed_at, withdrawn_at, external } = toJson(each)
        const ids = Object.entries(external).map(([name, id]) => `${name}=${id}`)
        return [player_id, joined_at, completed_at ?? '', withdrawn_at ?? '', ids.join(' ')]
      })
      printTable(io, ['Participant', 'Joined', 'Finished', 'Left', 'Ids'], rows)
    })
}

const iso = (ms: number | null): string | null => (ms === null ? null : new Date(ms).toISOString())

const toJson = ({ player, createdAt, completedAt, withdrawnAt, external }: Participant) => ({
  player_id: player,
  joined_at: new Date(createdAt).toISOString(),
  completed_at: iso(completedAt),
  withdrawn_at: iso(withdrawnAt),
  external,
})

function exportParticipant(io: Io): Command {
  return new Command('export')
    .argument('<study>', 'name of the study')
    .argument('<id>', ID)
    .description('Write everything that a study holds of a participant as JSON.')
    .option('-o, --output <file>', 'where to; default: standard output')
    .option(...dataOption(io))
    .addHelpText(
      'after',
      '\nExample:\n  paracosm experiment participant export usability 6b022ab8f0408325dce226f0 --output participant.json',
    )
    .action(async (study: string, id: string, flags: Flags & { output?: string }) => {
      const data = await withStore(io, { data: flags.data, mode: 'read' }, async (store) => {
        const { name, player } = await find(store, study, id)
        return enrolmentOf(store, async () => undefined).data(name, player)
      })
      if (flags.output === undefined) return printJson(io, data)
      const path = resolve(flags.output)
      await writeFileWhole(path, `${JSON.stringify(data, undefined, 2)}\n`, { replace: false, mode: 0o600 })
      io.out(`Wrote ${path}`)
    })
}

function deleteParticipant(io: Io): Command {
  return new Command('delete')
    .argument('<study>', 'name of the study')
    .argument('<id>', ID)
    .description('Delete everything that a study holds of a participant. It cannot be undone.')
    .option('--yes', 'delete without being asked again')
    .option(...dataOption(io))
    .option('--json', 'print JSON')
    .addHelpText(
      'after',
      '\nExample:\n  paracosm experiment participant delete usability 6b022ab8f0408325dce226f0 --yes',
    )
    .action(async (study: string, id: string, flags: Flags & { yes?: boolean }) => {
      if (!flags.yes) {
        throw new AppError('USAGE', 'deletion cannot be undone', {
          hint: 'Export the participant first if you need the data, then add --yes.',
        })
      }
      const player = await withStore(io, { data: flags.data, mode: 'existing' }, (store) =>
        erase(store, { study, id, data: flags.data }),
      )
      if (flags.json) return printJson(io, { ok: true, player_id: player })
      io.out(`Everything that ${study} held of participant ${player} is deleted.`)
    })
}

async function erase(
  store: Store,
  { study, id, data }: { readonly study: string; readonly id: string; readonly data: string },
): Promise<string> {
  const { studies, played, name, player } = await find(store, study, id)
  const log = new SessionLog(store)
  for (const { session } of await studies.assignments(name, [player])) {
    if (session === null || (await log.end(session, 'ended_by_researcher'))) continue
    const found = await log.find(session)
    if (found && found.standing !== 'closed') {
      throw new AppError('SLOT_TAKEN', `participant ${player} is in a session on a running server`, {
        hint: 'Wait until the participant leaves, or delete them on the page of the study.',
      })
    }
  }
  const ids = (await studies.assignments(name, [player])).map((row) => row.id)
  if ((await played.records(ids)).length === 0) {
    await enrolmentOf(store, async () => undefined).withdraw(name, player, true)
    return player
  }
  // Journals of worlds lie in the data folder, which a running server has to itself.
  const { episodes } = await openEpisodeStorage(data, store)
  try {
    const remove = async (alone: readonly string[]): Promise<void> => {
      for (const episode of alone) {
        await episodes.index.remove(episode)
        await episodes.journals.remove(episode)
      }
    }
    await enrolmentOf(store, remove).withdraw(name, player, true)
  } finally {
    await episodes.journals.close()
  }
  return player
}

/** @param remove takes episodes away that nobody else played */
function enrolmentOf(store: Store, remove: (episodes: readonly string[]) => Promise<void>): Enrolment {
  return new Enrolment({
    studies: new Studies(store),
    links: new StudyLinks(store),
    players: new Players(store, undefined),
    rooms: new WaitingRooms(store),
    played: new StudyEpisodes(store),
    plays: { remove },
  })
}

/** @throws AppError UNKNOWN_EXPERIMENT */
async function requireStudy(studies: Studies, name: string): Promise<string> {
  const found = await studies.find(name)
  if (found) return found.name
  throw new AppError('UNKNOWN_EXPERIMENT', `there is no study ${name}`)
}

/** @throws AppError UNKNOWN_EXPERIMENT, UNKNOWN_PLAYER */
async function find(store: Store, study: string, id: string) {
  const studies = new Studies(store)
  const name = await requireStudy(studies, study)
  const played = new StudyEpisodes(store)
  if (await studies.participant(name, id)) return { studies, played, name, player: id }
  const named: string[] = []
  for await (const { player, external } of everybody(studies, name)) {
    if (Object.values(external).includes(id)) named.push(player)
  }
  const [player] = named
  if (player !== undefined && named.length === 1) return { studies, played, name, player }
  const hint = `List the participants with: paracosm experiment participant list ${name}`
  const message =
    named.length === 0
      ? `there is no participant ${id} in ${name}`
      : `${named.length} participants of ${name} have the id ${id}`
  throw new AppError('UNKNOWN_PLAYER', message, { hint })
}

async function* everybody(studies: Studies, study: string): AsyncGenerator<Participant> {
  for (let last = ''; ; ) {
    const page = await studies.participants(study, last)
    yield* page
    const end = page.at(-1)
    if (!end) return
    last = end.player
  }
}
