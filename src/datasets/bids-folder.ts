// A folder in the layout of BIDS: tables with a sidecar each, and the checksum of every file.
import { createHash } from 'node:crypto'
import { writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { makeFolder } from '../lib/folders.ts'

export type Value = string | number | boolean | null | undefined
export type Columns = Readonly<Record<string, { readonly Description: string; readonly Units?: string }>>

/** A value of a table: tabs and line breaks become blanks, and an empty value becomes `n/a`. */
const cell = (value: Value): string => {
  const text = String(value ?? '')
    .replaceAll(/\s+/g, ' ')
    .trim()
  return text === '' ? 'n/a' : text
}

/** Only letters and digits, as required for labels. */
export const labelOf = (text: string): string => text.replaceAll(/[^A-Za-z0-9]/g, '').toLowerCase() || 'unnamed'

/** Writes files, and records their checksums. */
export class BidsFolder {
  readonly #root: string
  readonly #sums: string[] = []

  constructor(root: string) {
    this.#root = root
  }

  async write(name: string, text: string): Promise<void> {
    const path = join(this.#root, name)
    await makeFolder(dirname(path))
    await writeFile(path, text)
    this.#sums.push(`${createHash('sha256').update(text).digest('hex')}  ${name}`)
  }

  json(name: string, value: object): Promise<void> {
    return this.write(name, `${JSON.stringify(value, undefined, 2)}\n`)
  }

  async table(name: string, columns: Columns, rows: readonly Readonly<Record<string, Value>>[]): Promise<void> {
    const names = Object.keys(columns)
    const lines = rows.map((row) => names.map((column) => cell(row[column])).join('\t'))
    await this.write(`${name}.tsv`, `${[names.join('\t'), ...lines].join('\n')}\n`)
    await this.json(`${name}.json`, columns)
  }

  async finish(): Promise<void> {
    await writeFile(join(this.#root, 'SHA256SUMS'), `${this.#sums.toSorted(bySecond).join('\n')}\n`)
  }
}

const bySecond = (a: string, b: string): number => (a.slice(66) < b.slice(66) ? -1 : 1)
