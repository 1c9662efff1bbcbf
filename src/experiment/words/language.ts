// Languages in which the server writes to participants, and how a request chooses one.

/** In order of preference where a participant states none: clients of the original read English. */
export const LANGUAGE_IDS = ['en', 'es'] as const
export type LanguageId = (typeof LANGUAGE_IDS)[number]

/** One sentence in every language. */
export type Sentence = Readonly<Record<LanguageId, string>>

/** Maximum number of ranges that are read from an Accept-Language header. */
const MAX_RANGES = 20

/** `es`, `es-MX` and `ES_mx` are Spanish; undefined: a language that the server does not write. */
export function supportedLanguage(tag: string | undefined): LanguageId | undefined {
  const primary = tag?.trim().toLowerCase().split(/[-_]/)[0]
  return LANGUAGE_IDS.find((id) => id === primary)
}

/**
 * The language for an answer: the parameter `lang`, or the best supported one of an Accept-Language header, or English.
 * @param accepted the header, such as `es-MX,es;q=0.9,en;q=0.5`
 */
export function chooseLanguage(lang: string | undefined, accepted: string | undefined): LanguageId {
  const ranges = (accepted ?? '').split(',', MAX_RANGES).map((range) => {
    const [tag, ...parameters] = range.split(';')
    const quality = parameters.map((each) => /^\s*q=([\d.]+)\s*$/i.exec(each)?.[1]).find((q) => q !== undefined)
    return { tag, quality: quality === undefined ? 1 : Number(quality) }
  })
  const wanted = ranges.filter(({ quality }) => quality > 0).toSorted((a, b) => b.quality - a.quality)
  for (const tag of [lang, ...wanted.map((each) => each.tag)]) {
    const found = supportedLanguage(tag)
    if (found) return found
  }
  return LANGUAGE_IDS[0]
}
