// What a study's file means, as JSON: dumps carry it beside the rows that were made under it.
import type { DdlWords } from './ddl.ts'

export function addStudyConfig(_words: DdlWords): string[] {
  return ["alter table studies add column config text not null default '{}'"]
}
