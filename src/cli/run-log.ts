// Adds the journal of a run to the command log, so that `log query` and `dataset export` include it.
import { logJournal } from '../datasets/log-journal.ts'
import { JournalFile } from '../episode/journal-file.ts'
import { CommandLog } from '../store/command-log.ts'
import type { RunOutput } from './run-output.ts'
import type { Run } from './run-plan.ts'
import { withStore } from './store.ts'

/** How many commands were logged; undefined if the log was not available. The run itself succeeds either way. */
export async function logRun({ io, options }: Run, { journal }: RunOutput): Promise<number | undefined> {
  try {
    const count = await withStore(io, { data: io.config.PARACOSM_DATA, mode: 'create' }, (store) =>
      logJournal(store, new CommandLog(store), { open: () => JournalFile.open(journal), worlds: io.worlds }),
    )
    return count.added
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error)
    if (options.json !== true) io.err(`The commands were not logged: ${reason}`)
    io.err(`Log them later with: paracosm log import ${journal}`)
    return undefined
  }
}
