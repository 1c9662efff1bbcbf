// The built-in characters: thirteen people and twelve non-human beings. docs/characters.md lists them in a table.
import type { Character } from '../../../protocol/character.ts'
import { crust, hive, jack, octa } from './animals.ts'
import { bram } from './bram.ts'
import { desta } from './desta.ts'
import { oda, tomas } from './ferry-and-bakery.ts'
import { ivo } from './ivo.ts'
import { kofi } from './kofi.ts'
import { lenka } from './lenka.ts'
import { lift, mule, tide } from './machines.ts'
import { mira } from './mira.ts'
import { noor } from './noor.ts'
import { pia } from './pia.ts'
import { ruth } from './ruth.ts'
import { selma } from './selma.ts'
import { batch, sima } from './software.ts'
import { gale, skein, vesh } from './strangers.ts'
import { wim } from './wim.ts'

/** In display order. */
export const characters: readonly Character[] = [
  oda,
  tomas,
  mira,
  bram,
  noor,
  ivo,
  lenka,
  desta,
  ruth,
  kofi,
  selma,
  wim,
  pia,
  jack,
  octa,
  hive,
  crust,
  mule,
  lift,
  tide,
  batch,
  sima,
  vesh,
  skein,
  gale,
]
