// The worker: reads and folds journals in parallel to the page, so that scrubbing never waits for a fold, nor the page
// for a proof. A newer `moment` makes waiting ones obsolete; the page ignores their responses.
import { type Client, createClient } from 'paracosm/client'
import type { FromWorker, Question, ToWorker } from './messages.ts'
import { RangedCourse, type RangeSource } from './ranged-course.ts'
import { resolveBuiltIn } from './resolve-world.ts'
import type { Course, CourseInfo } from './types.ts'
import { WholeCourse } from './whole-course.ts'

/** Journals up to this number of steps are read completely: their scan takes under a second. */
const WHOLE_STEPS = 20_000

interface State {
  course: Course | undefined
}

const state: State = { course: undefined }

/** Text lines of a stream of bytes, in batches as they arrive. */
async function* linesOf(stream: ReadableStream<Uint8Array>): AsyncGenerator<readonly string[]> {
  const reader = stream.getReader()
  const decoder = new TextDecoder()
  let rest = ''
  for (;;) {
    const { done, value } = await reader.read()
    const parts = (rest + (value ? decoder.decode(value, { stream: true }) : '')).split('\n')
    rest = done ? '' : (parts.pop() ?? '')
    const batch = parts.filter((text) => text !== '')
    if (batch.length > 0) yield batch
    if (done) return
  }
}

async function readAll(client: Client, id: string): Promise<readonly string[]> {
  const texts: string[] = []
  for await (const batch of linesOf(await client.episodes.journal(id))) texts.push(...batch)
  return texts
}

function sourceOf(client: Client, id: string): RangeSource {
  return {
    steps: async () => (await client.episodes.get(id)).steps,
    range: (from, to) => client.episodes.range(id, from, to),
    series: () => client.episodes.series(id),
    frame: (step) => client.episodes.frame(id, step),
    async *all() {
      yield* linesOf(await client.episodes.journal(id))
    },
  }
}

async function open({ origin, key, episode }: Extract<Question, { kind: 'open' }>): Promise<CourseInfo> {
  // This worker is of the server's build, and journals are checked line by line all the same.
  const client = createClient({ url: origin, key, checks: false })
  const { steps, world } = await client.episodes.get(episode)
  const isShort = steps <= WHOLE_STEPS
  const hasCode =
    world !== null &&
    (await resolveBuiltIn(world).then(
      () => true,
      (error) => error?.code !== 'UNKNOWN_WORLD',
    ))
  state.course =
    isShort && hasCode
      ? new WholeCourse(() => readAll(client, episode), resolveBuiltIn)
      : new RangedCourse(sourceOf(client, episode), resolveBuiltIn)
  return state.course.open()
}

function need(): Course {
  if (state.course) return state.course
  throw new Error('no course is open')
}

function answer(id: number, question: Question): Promise<unknown> {
  switch (question.kind) {
    case 'open':
      return open(question)
    case 'series': {
      const course = need()
      return course instanceof RangedCourse ? course.series() : Promise.resolve({ steps: [], scores: [] })
    }
    case 'moment':
      return need().moment(question.step, question.perspective)
    case 'commands':
      return need().commands(question.from, question.to)
    case 'lines':
      return need().lines(question.from, question.to)
    case 'inspect':
      return need().inspect(question.id, question.step)
    case 'verify':
      return need().verify((step) => post({ id, kind: 'progress', step }))
  }
}

const post = (message: FromWorker): void => globalThis.postMessage(message)

globalThis.addEventListener('message', ({ data }: MessageEvent<ToWorker>) => {
  const { id, question } = data
  Promise.resolve()
    .then(() => answer(id, question))
    .then(
      (value) => post({ id, kind: 'answer', value }),
      (error: unknown) => {
        const code = error instanceof Error && 'code' in error ? String(error.code) : 'INTERNAL_ERROR'
        post({ id, kind: 'failure', code, message: error instanceof Error ? error.message : String(error) })
      },
    )
})
