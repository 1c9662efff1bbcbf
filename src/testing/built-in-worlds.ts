// The built-in worlds by id, for tests that need one.
import { builtInWorlds } from '../host/world-registry.ts'
import type { World } from '../kernel/world.ts'
import type { JournalHeader } from '../protocol/journal.ts'

export const listWorldIds = (): readonly string[] => builtInWorlds().ids()

export const loadWorld = (id: string): Promise<World> => builtInWorlds().load(id)

export const loadRecordedWorld = (header: JournalHeader): Promise<World> => builtInWorlds().loadRecorded(header)
