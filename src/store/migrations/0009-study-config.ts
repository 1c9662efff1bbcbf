// The meaning of a study's file as JSON: dumps include it with the rows that were created under it.
import type { DdlWords } from './ddl.ts'

export function addStudyConfig(_words: DdlWords): string[] {
  return ["alter table studies add column config text not null default '{}'"]
}
