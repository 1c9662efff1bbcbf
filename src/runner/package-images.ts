// The images that a package names: found, named and replaced (contract section 12). Only the game's runnable and the role
// sections have images: a key `image` in a schema or a configuration is the package's own.
import { ROLES } from '../protocol/coworld.ts'
import { isObject } from '../protocol/is-object.ts'
import type { JsonObject, JsonValue } from '../protocol/json.ts'

const SECTIONS: readonly string[] = ROLES

/** Sorts by code points. The default order compares UTF-16 units. */
const byCodePoint = (a: string, b: string): number => Buffer.compare(Buffer.from(a), Buffer.from(b))

/** Every distinct image of a manifest, sorted by code points. */
export function packageImages(manifest: JsonObject): string[] {
  const found = new Set<string>()
  replaceImages(manifest, (image) => {
    found.add(image)
    return image
  })
  return [...found].sort(byCodePoint)
}

/** A copy of a manifest with other images. Entries without an image stay as they are. */
export function replaceImages(manifest: JsonObject, replace: (image: string) => string): JsonObject {
  const runnable = (entry: JsonValue): JsonValue =>
    isObject(entry) && typeof entry.image === 'string' ? { ...entry, image: replace(entry.image) } : entry
  const game = (value: JsonValue): JsonValue =>
    isObject(value) && value.runnable !== undefined ? { ...value, runnable: runnable(value.runnable) } : value
  return Object.fromEntries(
    Object.entries(manifest).map(([key, value]) => {
      if (key === 'game') return [key, game(value)]
      return [key, SECTIONS.includes(key) && Array.isArray(value) ? value.map(runnable) : value]
    }),
  )
}

/** The name under which an image is uploaded: the last part of its reference, without tag and digest. */
export function imageName(reference: string): string {
  const last = reference.slice(reference.lastIndexOf('/') + 1)
  const [withoutDigest = ''] = last.split('@')
  const [name = ''] = withoutDigest.split(':')
  return name === '' ? 'coworld-image' : name
}

/** Text as a part of an image's name: lower case, every other run of characters a dash. */
export function slug(text: string, fallback: string): string {
  const plain = text
    .toLowerCase()
    .replace(/[^a-z0-9._-]+/g, '-')
    .replace(/^[._-]+|[._-]+$/g, '')
  return plain === '' ? fallback : plain
}

interface Named {
  readonly id: string
  readonly name: string
  readonly version: string
}

/** The tag of a downloaded image. @param index among the sorted images of the package */
export function localTag({ id, name, version }: Named, index: number): string {
  const image = `${slug(name, 'coworld')}-${slug(version, 'version')}-${index}`
  return `coworld/${slug(id, 'coworld')}/${image}:downloaded`
}

/** The tag of every image of a downloaded package. */
export function localTags(coworld: Named & { readonly manifest: JsonObject }): ReadonlyMap<string, string> {
  return new Map(packageImages(coworld.manifest).map((image, index) => [image, localTag(coworld, index)]))
}

/** The canonical version of a package by name, where `-` and `_` count as equal; undefined: there is none. */
export function findCanonical<T extends { readonly name: string; readonly canonical: boolean }>(
  list: readonly T[],
  name: string,
): T | undefined {
  const plain = (text: string): string => text.replaceAll('_', '-')
  return list.find((each) => each.canonical && plain(each.name) === plain(name))
}

/** Rows of one page of a list. */
export const PAGE_ROWS = 200

/**
 * Looks through all pages of a list until a row is found, or a page is short.
 * @param readPage reads PAGE_ROWS rows from an offset
 */
export async function findInPages<T>(
  readPage: (offset: number) => Promise<readonly T[]>,
  find: (page: readonly T[]) => T | undefined,
): Promise<T | undefined> {
  for (let offset = 0; ; offset += PAGE_ROWS) {
    const page = await readPage(offset)
    const found = find(page)
    if (found !== undefined || page.length < PAGE_ROWS) return found
  }
}
