// Which server hosts a game: servers that share a database leave each other's games alone.
import type { DdlWords } from './ddl.ts'

export const addGameServers = ({ key }: DdlWords): string[] => [`alter table play_sessions add column home ${key}`]
