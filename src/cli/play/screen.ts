// Shows a session as text: speakers, messages, and the state of the connection.
import type { PlayEvent } from '../../client/play-event.ts'
import { plain, Wrapper, wrapText } from './wrap.ts'

export interface ScreenOptions {
  readonly width: number
  write(text: string): void
  /** A line about the connection, separate from messages. */
  note(line: string): void
  /** Whether to show the player's inputs too: if they were not typed here. */
  readonly showsInputs: boolean
}

const INDENT = '  '

export class Screen {
  readonly #options: ScreenOptions
  #character = 'character'
  #player = 'you'
  /** The answer that is being written. */
  #stream: { wrapper: Wrapper; text: string } | undefined
  #wasAway = false

  constructor(options: ScreenOptions) {
    this.#options = options
  }

  get player(): string {
    return this.#player
  }

  show(event: PlayEvent): void {
    switch (event.kind) {
      case 'meta':
        this.#player = plain(event.pc_hid)
        this.#character = plain(event.npc_hid)
        break
      case 'event':
        if (event.role === 'user') this.#say(`${this.#player} (you):`, event.content)
        else if (event.event_type === 'ai') this.#showAnswer(event.content)
        else this.#say(event.event_type === 'info' ? 'Game:' : 'Game, refusing:', event.content)
        break
      case 'token':
        this.#showPiece(event.text)
        break
      case 'token_reset':
        this.#breakOff('(that answer was discarded; another one follows)')
        break
      case 'connection':
        this.#showConnection(event)
        break
      case 'error':
        this.#breakOff()
        this.#options.note(`The server says: ${plain(event.detail)}`)
        break
      case 'gap':
        this.#options.note(`(${event.dropped} events are not shown)`)
        break
      case 'turn_end':
      case 'status':
      case 'closed':
        this.#breakOff()
        break
    }
  }

  /** An input that was made here. */
  input(text: string): void {
    if (this.#options.showsInputs) this.#say(`${this.#player} (you):`, text)
  }

  #say(who: string, text: string): void {
    const { width, write } = this.#options
    this.#breakOff()
    write(`${who}\n${wrapText(text.trim(), { width, indent: INDENT })}\n\n`)
  }

  #showPiece(text: string): void {
    const { width, write } = this.#options
    if (!this.#stream) {
      write(`${this.#character}:\n`)
      this.#stream = { wrapper: new Wrapper(write, { width, indent: INDENT, column: 0 }), text: '' }
    }
    this.#stream.text += text
    this.#stream.wrapper.take(text)
  }

  #showAnswer(content: string): void {
    const stream = this.#stream
    if (!stream) {
      this.#say(`${this.#character}:`, content)
      return
    }
    if (content.startsWith(stream.text)) {
      stream.wrapper.take(content.slice(stream.text.length))
      this.#breakOff()
    } else {
      this.#breakOff('(written anew:)')
      this.#say(`${this.#character}:`, content)
    }
  }

  /** The answer in progress ends here. */
  #breakOff(why?: string): void {
    if (!this.#stream) return
    this.#stream.wrapper.end()
    this.#stream = undefined
    this.#options.write(why === undefined ? '\n\n' : `\n${INDENT}${why}\n\n`)
  }

  #showConnection({ state, in_ms = 0 }: Extract<PlayEvent, { kind: 'connection' }>): void {
    if (state === 'waiting') {
      this.#breakOff()
      if (!this.#wasAway) this.#options.note(`The connection was lost; trying again in ${Math.ceil(in_ms / 1000)} s.`)
      this.#wasAway = true
    } else if (state === 'open' && this.#wasAway) {
      this.#options.note('Connected again.')
      this.#wasAway = false
    }
  }
}
