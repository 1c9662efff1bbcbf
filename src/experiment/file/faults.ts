// Faults of an experiment file, collected while it is read: what is wrong, where, and how to fix it.
import type { JsonObject } from '../../protocol/json.ts'
import type { Place, YamlFile } from '../yaml/read-yaml.ts'

export type Path = readonly (string | number)[]

export type FaultKind = 'yaml_syntax' | 'missing' | 'wrong_type' | 'unknown_key' | 'not_allowed' | 'rule'

/** A fault before its place is known. */
export interface Found {
  /** The place in the value. */
  readonly path: Path
  readonly kind: FaultKind
  readonly message: string
  readonly hint: string
  /** Whether the key itself is wrong, and not its value. */
  readonly isKey?: boolean
}

/** A fault as shown to users. */
export interface FileFault extends Place {
  /** `assignment_strategy.games.0`; empty for the whole file. */
  readonly path: string
  readonly kind: FaultKind
  readonly message: string
  readonly hint: string
}

export class Faults {
  readonly found: Found[] = []

  add(path: Path, kind: FaultKind, message: string, hint: string): void {
    this.found.push({ path, kind, message, hint })
  }

  addKey(path: Path, message: string, hint: string): void {
    this.found.push({ path, kind: 'unknown_key', message, hint, isKey: true })
  }

  get isEmpty(): boolean {
    return this.found.length === 0
  }

  /** @param toSource maps a path of the value to a path of the file, if they differ */
  locate(file: YamlFile, toSource: (path: Path) => Path = (path) => path): FileFault[] {
    return this.found
      .map(({ path, kind, message, hint, isKey }) => {
        const source = toSource(path)
        const place = isKey ? file.keyPlaceOf(source) : file.placeOf(source)
        return { path: path.join('.'), kind, message, hint, ...place }
      })
      .toSorted((a, b) => a.line - b.line || a.column - b.column)
  }
}

/** For the details of errors. */
export const faultJson = ({ path, kind, message, hint, line, column }: FileFault): JsonObject => ({
  path,
  kind,
  message,
  hint,
  line,
  column,
})
