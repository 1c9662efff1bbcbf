// Splits the text of a collection into documents as it is read, so that memory is bounded by the largest document,
// whatever the file's size. The text is a list, `{"documents": [...]}`, or one document after another. The cutter does
// not check that a document is valid JSON; the parser does.
import { AppError } from '../../kernel/errors.ts'

/** Maximum length of one document, in characters. */
export const MAX_DOCUMENT_LENGTH = 64 * 1024 * 1024
/** Maximum nesting depth of one document; document databases allow 100. */
export const MAX_DOCUMENT_DEPTH = 100

/** The layout of documents in a text. `object`: a single object without a list of documents. */
export type TextForm = 'empty' | 'list' | 'wrapped' | 'sequence' | 'object'

const STRUCTURE = /["{}[\]]/g
const STRING_END = /["\\]/g
const NOT_BLANK = /\S/g
const DOCUMENTS_KEY = /"documents"\s*:\s*$/

/** Takes pieces of text, and returns each document as soon as it is complete. */
export class DocumentCutter {
  readonly #name: string
  readonly #isSequence: boolean
  #form: TextForm = 'empty'
  /**
   * The value being read, the depth of its open lists and objects, and whether it is inside a string or after a
   * backslash.
   */
  #value = ''
  #depth = 0
  #isInString = false
  #isEscaped = false
  /** What must follow in a list; `over`: nothing more. */
  #expects: 'first' | 'value' | 'comma' | 'over' = 'first'
  /** For a wrapped list: the text of the object up to the list. */
  #frame: string | undefined
  /** A single object may turn out not to be a document, so it is withheld until that is known. */
  #withheld: string | undefined
  #count = 0

  /**
   * @param name names the text in errors
   * @param isSequence treat the text as one document after another, whatever it looks like
   */
  constructor(name: string, isSequence: boolean) {
    this.#name = name
    this.#isSequence = isSequence
  }

  /** Final only after `end`. */
  get form(): TextForm {
    return this.#form
  }

  /** @throws AppError VALIDATION_ERROR, FILE_TOO_LARGE */
  *push(piece: string): Generator<string> {
    let at = 0
    while (at < piece.length) {
      if (this.#depth === 0) {
        NOT_BLANK.lastIndex = at
        const found = NOT_BLANK.exec(piece)
        if (!found) return
        at = found.index
        this.#begin(piece.charAt(at))
        at++
        continue
      }
      at = this.#readValue(piece, at)
      if (this.#value.length > MAX_DOCUMENT_LENGTH) {
        const which = `document ${this.#count + 1} of ${this.#name}`
        throw new AppError('FILE_TOO_LARGE', `${which} is longer than ${MAX_DOCUMENT_LENGTH} characters`)
      }
      if (this.#depth === 0) yield* this.#hand()
    }
  }

  /** @throws AppError VALIDATION_ERROR when the text ends inside a document */
  *end(): Generator<string> {
    const isOpenList = (this.#form === 'list' || this.#form === 'wrapped') && this.#expects !== 'over'
    if (this.#depth > 0 || isOpenList)
      throw this.#fault(`${this.#name} ends in the middle, after ${this.#count} documents`)
    if (this.#withheld === undefined) return
    if (this.#isSequence) yield this.#withheld
    else this.#form = 'object'
  }

  /** Between documents. @param character not a blank */
  #begin(character: string): void {
    if (this.#form === 'empty') {
      this.#form = character === '[' && !this.#isSequence ? 'list' : 'sequence'
      if (this.#form === 'list') return
    }
    if (this.#form !== 'sequence') {
      if (this.#expects === 'over') throw this.#fault(`${this.#name} has text after its end`)
      const isEnd = character === ']' && this.#expects !== 'value'
      if (isEnd) {
        this.#closeList()
        return
      }
      if (this.#expects === 'comma') {
        if (character !== ',') throw this.#fault(`a comma is missing after document ${this.#count} of ${this.#name}`)
        this.#expects = 'value'
        return
      }
    }
    if (character !== '{') throw this.#fault(`document ${this.#count + 1} of ${this.#name} is not an object`)
    this.#value = '{'
    this.#depth = 1
  }

  #closeList(): void {
    this.#expects = 'over'
    if (this.#frame === undefined) return
    // Back in the object around the list.
    this.#value = `${this.#frame}[]`
    this.#depth = 1
  }

  /** Inside a value: consumes its characters. @returns the next position: after the value, or at the end of the piece */
  #readValue(piece: string, from: number): number {
    let at = from
    while (at < piece.length && this.#depth > 0) {
      const pattern = this.#isInString ? STRING_END : STRUCTURE
      pattern.lastIndex = this.#isEscaped ? at + 1 : at
      this.#isEscaped = false
      const found = pattern.exec(piece)
      if (!found) at = piece.length
      else {
        at = found.index + 1
        if (found[0] === '[' && this.#wraps(piece.slice(from, found.index))) {
          this.#frame = this.#value + piece.slice(from, found.index)
          this.#form = 'wrapped'
          this.#value = ''
          this.#depth = 0
          return at
        }
        this.#note(found[0])
      }
    }
    this.#value += piece.slice(from, at)
    return at
  }

  #note(character: string): void {
    if (character === '"') this.#isInString = !this.#isInString
    else if (character === '\\') this.#isEscaped = true
    else if (character === '}' || character === ']') this.#depth--
    else if (++this.#depth > MAX_DOCUMENT_DEPTH) {
      throw this.#fault(`document ${this.#count + 1} of ${this.#name} nests deeper than ${MAX_DOCUMENT_DEPTH} levels`)
    }
  }

  #wraps(before: string): boolean {
    if (
      this.#isSequence ||
      this.#form !== 'sequence' ||
      this.#depth !== 1 ||
      this.#count > 0 ||
      this.#withheld !== undefined
    )
      return false
    return this.#frame === undefined && DOCUMENTS_KEY.test(this.#value.slice(-1000) + before)
  }

  *#hand(): Generator<string> {
    const document = this.#value
    this.#value = ''
    if (this.#form === 'wrapped' && this.#expects === 'over') {
      this.#proveFrame(document)
      return
    }
    // The list has just started.
    if (document === '') return
    this.#expects = 'comma'
    this.#count++
    if (this.#form === 'sequence' && this.#count === 1) {
      this.#withheld = document
      return
    }
    if (this.#withheld !== undefined) {
      yield this.#withheld
      this.#withheld = undefined
    }
    yield document
  }

  /** The parser's messages quote the text, which may be personal, so they are left out. */
  #proveFrame(frame: string): void {
    try {
      JSON.parse(frame)
    } catch {
      throw new AppError('JSON_MALFORMED', `${this.#name} is not a JSON list of documents`)
    }
  }

  #fault(message: string): AppError {
    return new AppError('VALIDATION_ERROR', message)
  }
}
