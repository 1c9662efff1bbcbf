// The recorded answers of the original's study logic. tests/fixtures/experiments/README.md explains them.
import { readFileSync } from 'node:fs'
import type { KnownGame } from '../../src/experiment/file/catalogue.ts'
import { parseJsonWithFloats } from '../../src/experiment/forms/python-text.ts'
import { Float } from '../../src/experiment/yaml/scalars.ts'
import { parley } from '../../src/worlds/parley/world.ts'

// The vectors are external data and are read without a schema.
export interface Vector {
  readonly id: string
  readonly kind: string
  readonly input: any
  readonly expect: any
  readonly expect_advice?: any
  readonly expect_contract_text?: any
  readonly note?: string
}

const folder = new URL('../fixtures/experiments/', import.meta.url)

/** @param floats whether numbers with a decimal point become `Float` */
export function vectors(file: string, { floats = false } = {}): Vector[] {
  const text = readFileSync(new URL(file, folder), 'utf8')
  const parse = floats ? parseJsonWithFloats : JSON.parse
  return text
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => parse(line) as Vector)
}

export const vectorsOf = (file: string, prefix: string, options = {}): Vector[] =>
  vectors(file, options).filter(({ kind }) => kind.startsWith(prefix))

/** The same with plain numbers. */
export function plain(value: unknown): any {
  if (value instanceof Float) return value.value
  if (Array.isArray(value)) return value.map(plain)
  if (typeof value !== 'object' || value === null) return value
  return Object.fromEntries(Object.entries(value).map(([key, each]) => [key, plain(each)]))
}

export const games: readonly KnownGame[] = parley.dialogue?.games ?? []
