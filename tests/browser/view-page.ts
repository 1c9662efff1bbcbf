// A page with the view of one world: the world runs in the page, so a test can step it, seek in it, and play it.
import { readFileSync } from 'node:fs'
import type { Browser, Page } from 'playwright-core'
import { complaintsOf, goTo } from '../../src/testing/browser.ts'
import { startModuleServer } from '../../src/testing/module-server.ts'

export interface ViewPageOptions {
  readonly world: string
  readonly variant: string
  readonly width?: number
  readonly height?: number
  readonly theme?: 'light' | 'dark'
  readonly touch?: boolean
  readonly reducedMotion?: boolean
  /** Plays a slot: the view may send commands, and sees the observation of the slot. */
  readonly slot?: number
  /** Query string of the page. */
  readonly query?: string
}

export interface ViewPage {
  readonly page: Page
  /** Errors and warnings of the page. */
  readonly complaints: readonly string[]
  close(): Promise<void>
}

const STYLE = `html,body{margin:0;height:100%;background:var(--paper);color:var(--ink)}#view{height:100vh}`

/** Opens the page; `window.lab` drives the world, see `driveWorld`. */
export async function openViewPage(browser: Browser, options: ViewPageOptions): Promise<ViewPage> {
  const server = await startModuleServer()
  const context = await browser.newContext({
    viewport: { width: options.width ?? 1000, height: options.height ?? 700 },
    colorScheme: options.theme ?? 'light',
    hasTouch: options.touch ?? false,
    reducedMotion: options.reducedMotion ? 'reduce' : 'no-preference',
  })
  const page = await context.newPage()
  const complaints = complaintsOf(page)
  await goTo(page, `${server.url}${options.query ?? ''}`)
  await page.addStyleTag({ content: readFileSync('web/src/styles/tokens.css', 'utf8') + STYLE })
  await page.evaluate(driveWorld, { ...options, slot: options.slot ?? null })
  return {
    page,
    complaints,
    async close() {
      await context.close()
      server.close()
    },
  }
}

interface Asked {
  readonly world: string
  readonly variant: string
  readonly slot: number | null
}

/** Runs in the page. */
async function driveWorld({ world: id, variant, slot }: Asked): Promise<void> {
  const load = (path: string): Promise<any> => import(path)
  const [module, kernel, view] = await Promise.all([
    load(`/src/worlds/${id}/world.ts`),
    load('/src/kernel/world.ts'),
    load(`/src/worlds/${id}/view/main.ts`),
  ])
  const world = Object.values(module).find((each: any) => each?.id === id) as any
  const { config } = kernel.configureWorld(world, variant)
  const found = world.variants.find((each: any) => each.id === variant)
  const listeners = new Set<() => void>()
  let state = world.create(config, found?.seed ?? 1)
  let queue: [number, any][] = []
  const lab: any = {
    world,
    step: 0,
    effects: 0,
    refusals: [],
    saves: [],
    frame: undefined,
    source: {
      world: { id, version: world.version, variant, title: world.title },
      slots: [{ slot: 0, name: 'Ada' }],
      perspective: slot,
      speed: 0,
      reducedMotion: matchMedia('(prefers-reduced-motion: reduce)').matches,
      get frame() {
        return lab.frame
      },
      subscribe(listener: () => void) {
        listeners.add(listener)
        return () => listeners.delete(listener)
      },
      ...(slot === null ? {} : { send: (command: any) => void queue.push([slot, command]) }),
      ...(world.headless?.inspect ? { inspect: async (part: number) => world.headless.inspect(state, part) } : {}),
    },
    listeners,
    show(events: any[] = []) {
      const seen = slot === null || lab.isPublic ? world.view.spectate(state) : world.observe(state, slot)
      const outcome = world.outcome(state)
      lab.frame = {
        step: lab.step,
        view: seen,
        standing: world.standing(state),
        events,
        ...(outcome ? { outcome } : {}),
      }
      for (const listener of listeners) listener()
    },
    send: (at: number, command: any) => void queue.push([at, command]),
    run(steps: number) {
      for (let i = 0; i < steps; i++) {
        const events: any[] = []
        const asked: { effect: string; kind: string; request: any }[] = []
        const out = {
          effect: (kind: string, request: any) => {
            asked.push({ effect: `${++lab.effects}`, kind, request })
            return `${lab.effects}`
          },
          cancel: () => undefined,
          event: (event: any) => void events.push(event),
        }
        for (const [by, command] of queue.splice(0)) {
          const refusal = world.apply(state, by, world.command.parse(command), out)
          if (refusal) lab.refusals.push(refusal)
        }
        // The offline responders do outside work before the step.
        for (let each = asked.shift(); each; each = asked.shift()) {
          world.reply(state, { ok: true, effect: each.effect, value: world.offline[each.kind](each.request, 0) }, out)
        }
        world.step(state, out)
        lab.step++
        if (i === steps - 1) lab.show(events)
      }
    },
    pending: () => queue.length,
    outcome: () => world.outcome(state),
    standing: () => world.standing(state),
    keep: () => lab.saves.push([lab.step, world.save(state)]) - 1,
    jump(index: number) {
      const [step, saved] = lab.saves[index]
      state = world.load(saved)
      lab.step = step
      lab.show()
    },
    mount() {
      lab.unmount = view.view.mount(element, lab.source)
    },
  }
  queue = []
  const element = document.createElement('div')
  element.id = 'view'
  document.body.append(element)
  Object.assign(window, { lab })
  lab.mount()
}
