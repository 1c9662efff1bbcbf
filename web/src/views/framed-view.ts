// The view of an external world, in a sandboxed frame with its own origin: it sees the frames it is sent, and nothing
// else of the page. Both sides exchange the messages below; web/public/views/frame.js is the other side.
import type { ViewModule, ViewSource } from 'paracosm/world'
import { watchTheme } from '../../../src/kernel/view/theme.ts'

/** Messages from the page. */
type ToFrame =
  | { readonly kind: 'start'; readonly about: object; readonly theme: Theme }
  | { readonly kind: 'theme'; readonly theme: Theme }
  | { readonly kind: 'frame'; readonly frame: object; readonly speed: number }
  | { readonly kind: 'inspected'; readonly id: number; readonly value: object | undefined }

interface Theme {
  /** A frame with another scheme than its element would get a background of its own. */
  readonly scheme: 'light' | 'dark'
  readonly tokens: Readonly<Record<string, string>>
}

/** Design tokens that a view may use. */
const TOKENS = [
  ...['paper', 'surface', 'sunken', 'hover', 'field', 'ink', 'ink-2', 'ink-3', 'line', 'line-2', 'here', 'here-ink'],
  ...['proved', 'proved-bg', 'refused', 'refused-bg', 'warn', 'warn-bg', 'pattern', 'sans', 'serif', 'mono'],
  ...Array.from({ length: 8 }, (_, slot) => `s${slot}`),
]

export function framedView(world: string): ViewModule {
  return {
    mount(element, source) {
      const frame = document.createElement('iframe')
      frame.setAttribute('sandbox', 'allow-scripts')
      frame.title = `View of ${source.world.title}`
      frame.src = `/views/${encodeURIComponent(world)}/frame.html`
      Object.assign(frame.style, { display: 'block', border: '0', width: '100%', height: '100%' })
      const stop = converse(frame, source)
      element.append(frame)
      return () => {
        stop()
        frame.remove()
      }
    },
  }
}

function converse(frame: HTMLIFrameElement, source: ViewSource): () => void {
  // A frame with an opaque origin cannot be addressed by origin; only this frame's window gets the message.
  const send = (message: ToFrame): void => frame.contentWindow?.postMessage(message, '*')
  const sendFrame = (): void => {
    if (source.frame) send({ kind: 'frame', frame: source.frame, speed: source.speed })
  }
  const start = (): void => {
    const { world, slots, perspective, reducedMotion, commands } = source
    const about = { world, slots, perspective, reducedMotion, commands, plays: source.send !== undefined }
    send({ kind: 'start', about, theme: readTheme(frame) })
    sendFrame()
  }
  const onMessage = ({ source: from, data }: MessageEvent<unknown>): void => {
    if (from !== frame.contentWindow || typeof data !== 'object' || data === null) return
    const at = (key: string): unknown => Reflect.get(data, key)
    const command = at('command')
    const id = at('id')
    if (at('kind') === 'ready') start()
    else if (at('kind') === 'send' && isCommand(command)) source.send?.(command)
    else if (at('kind') === 'inspect' && typeof id === 'number') {
      void source.inspect?.(id).then((value) => send({ kind: 'inspected', id, value }))
    }
  }
  window.addEventListener('message', onMessage)
  const unsubscribe = source.subscribe(sendFrame)
  const unwatch = watchTheme(() => send({ kind: 'theme', theme: readTheme(frame) }))
  return () => {
    window.removeEventListener('message', onMessage)
    unsubscribe()
    unwatch()
  }
}

type Command = Parameters<NonNullable<ViewSource['send']>>[0]

/** Data from postMessage is plain; the server checks the command against the world's schema. */
const isCommand = (value: unknown): value is Command =>
  typeof value === 'object' && value !== null && !Array.isArray(value)

function readTheme(frame: HTMLIFrameElement): Theme {
  const { dataset } = document.documentElement
  const isDark =
    dataset.theme === undefined ? matchMedia('(prefers-color-scheme: dark)').matches : dataset.theme === 'dark'
  const scheme = isDark ? 'dark' : 'light'
  frame.style.colorScheme = scheme
  const style = getComputedStyle(document.documentElement)
  const tokens = Object.fromEntries(TOKENS.map((name) => [`--${name}`, style.getPropertyValue(`--${name}`)]))
  return { scheme, tokens }
}
