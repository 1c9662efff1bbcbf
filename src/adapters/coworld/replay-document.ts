// The replay document of a game: configuration, names, a frame for every step, results, and the journal as proof. It is
// made by folding the journal frame by frame, so memory does not limit its size.
import type { JournalFile } from '../../episode/journal-file.ts'
import { publicView, type World } from '../../kernel/world.ts'
import type { OutcomeLine } from '../../protocol/journal.ts'
import type { JsonObject } from '../../protocol/json.ts'

/** Maximum characters of all frames; longer replays keep every second frame, every third, and so on. */
const MAX_FRAMES_SIZE = 32 * 1024 * 1024

interface ReplayOptions {
  /** Written first, for a socket message: `replay`. */
  readonly type?: string
  /** Whether to include the journal's lines. */
  readonly journal: boolean
}

/** Fields of every frame in a finished game, besides the world's own view. */
function frameOf(
  world: World,
  state: unknown,
  frame: { step: number; names: readonly string[]; done: boolean },
): string {
  return JSON.stringify({
    type: 'state',
    step: frame.step,
    ...publicView(world, state),
    player_names: frame.names,
    started: true,
    paused: false,
    done: frame.done,
  })
}

/**
 * The document as text, in parts. `frames` holds the public view after each step; `frame_every` above 1 means that only
 * every n-th frame is kept (the last one always is). `initial` is the view before the first step.
 */
export async function* formatReplay(file: JournalFile, world: World, options: ReplayOptions): AsyncGenerator<string> {
  const { header } = file
  const names = header.slots.map((slot) => slot.name)
  const { line } = await file.last()
  const end: OutcomeLine | undefined = line.kind === 'outcome' ? line.line : undefined
  const steps = line.kind === 'header' ? 0 : line.line.step
  const { fold: ended } = await file.seek(steps, () => world)
  const last = frameOf(world, ended.state, { step: steps, names, done: end !== undefined })
  let every = 1
  let isFirst = true
  for await (const { fold } of file.walk(() => world)) {
    const isLast = fold.step === steps
    if (fold.step === 0) {
      const initial = frameOf(world, fold.state, { step: 0, names, done: false })
      // Views of most worlds grow: the first alone would promise a much shorter document.
      every = Math.max(1, Math.ceil((steps * Math.max(initial.length, last.length)) / MAX_FRAMES_SIZE))
      yield `${formatHead(file, names, { every, steps, type: options.type })},"initial":${initial},"frames":[`
      continue
    }
    if (fold.step % every !== 0 && !isLast) continue
    yield `${isFirst ? '' : ','}${frameOf(world, fold.state, { step: fold.step, names, done: isLast && end !== undefined })}`
    isFirst = false
  }
  yield `],"results":${JSON.stringify(end?.results ?? null)},"outcome":${JSON.stringify(end?.outcome ?? null)}`
  if (options.journal) yield* formatJournal(file)
  yield '}\n'
}

function formatHead(
  file: JournalFile,
  names: readonly string[],
  about: { every: number; steps: number; type: string | undefined },
): string {
  const { header } = file
  const rate = header.pacing.mode === 'rate' ? { tick_rate: header.pacing.stepsPerSecond } : {}
  const config: JsonObject = { ...header.config, ...rate, players: names.map((name) => ({ name })), seed: header.seed }
  const head = {
    ...(about.type === undefined ? {} : { type: about.type }),
    world: header.world,
    config,
    player_names: names,
    frame_every: about.every,
    steps: about.steps,
  }
  return JSON.stringify(head).slice(0, -1)
}

async function* formatJournal(file: JournalFile): AsyncGenerator<string> {
  yield ',"journal":['
  let isFirst = true
  for await (const batch of file.lines()) {
    yield `${isFirst ? '' : ','}${batch.map((text) => JSON.stringify(text)).join(',')}`
    isFirst = false
  }
  yield ']'
}
