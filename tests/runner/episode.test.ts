// The local runner with external programs: the Python stand-ins, intact and broken, under the process runtime.
import assert from 'node:assert/strict'
import { existsSync, readFileSync } from 'node:fs'
import { test } from 'node:test'
import { AppError } from '../../src/kernel/errors.ts'
import { type EpisodeRunOptions, runEpisode } from '../../src/runner/episode-run.ts'
import { buildJobSpec } from '../../src/runner/job.ts'
import { createProcessRuntime } from '../../src/runner/process-runtime.ts'
import type { RunEvent, StepReport } from '../../src/runner/run-events.ts'
import { RUN_STEPS, type RunStep } from '../../src/runner/run-steps.ts'
import { createWorkspace, playerLog, workspacePaths } from '../../src/runner/workspace.ts'
import { processesWith, type StandIn, type StandInOptions, skipReason, writeStandIn } from './stand-ins.ts'

const environment = Object.fromEntries(Object.entries(process.env).map(([key, value]) => [key, value ?? '']))

async function run(standIn: StandIn, options: Partial<EpisodeRunOptions> = {}) {
  const loaded = await standIn.load()
  const steps: StepReport[] = []
  const events: RunEvent[] = []
  const workspace = await createWorkspace({ folder: `${standIn.folder}/an episode`, prefix: 'coworld-run-', cwd: '/' })
  const attempt = runEpisode({
    runtime: createProcessRuntime({ environment }),
    job: buildJobSpec(loaded),
    folder: loaded.folder,
    workspace,
    timeoutMs: 60_000,
    verifyReplay: false,
    ...options,
    onEvent(event) {
      events.push(event)
      if (event.kind === 'step-ended') steps.push(event.step)
      options.onEvent?.(event)
    },
  })
  const outcome = await attempt.then(
    (value) => ({ value, error: undefined }),
    (error: unknown) => ({ value: undefined, error }),
  )
  assert.deepEqual(processesWith(standIn.mark), [], 'a process was left behind')
  return { ...outcome, steps, events, workspace }
}

test('episode: a third-party package in a path with blanks plays to its end', { skip: skipReason }, async () => {
  const standIn = writeStandIn()
  const { value, error, steps, workspace, events } = await run(standIn, { verifyReplay: true, probeMore: true })
  assert.equal(error, undefined)
  assert.deepEqual(
    steps.map((step) => [step.number, step.id, step.outcome]),
    RUN_STEPS.map((id, index) => [index + 1, id, 'passed']),
  )
  assert.deepEqual(value?.results, JSON.parse(readFileSync(workspace.results, 'utf8')))
  assert.equal(value?.badTokens.outcome, 'passed')
  assert.match(readFileSync(playerLog(workspace, 1), 'utf8'), /tick 5|tick 4/)
  const config = JSON.parse(readFileSync(workspace.config, 'utf8'))
  assert.equal(config.tokens.length, 2)
  for (const token of config.tokens) assert.match(token, /^[\w-]{22}$/)
  const ready = events.find((event) => event.kind === 'ready')
  assert.match(
    ready?.kind === 'ready' ? (ready.links.players[1] ?? '') : '',
    new RegExp(`^http://127\\.0\\.0\\.1:\\d+/clients/player\\?slot=1&token=${config.tokens[1]}$`),
  )
})

interface Failure {
  readonly name: string
  readonly standIn: StandInOptions
  readonly options?: Partial<EpisodeRunOptions>
  readonly step: RunStep
  readonly code: string
  readonly message: RegExp
}

const FAILURES: readonly Failure[] = [
  {
    name: 'a configuration that breaks config_schema starts nothing',
    standIn: {},
    options: { tokens: ['one too few'] },
    step: 'config',
    code: 'CONFIG_INVALID',
    message: /\$\.tokens/,
  },
  {
    name: 'a game program that is not there',
    standIn: {
      edit: (m) => {
        m.game.runnable.run = ['./absent']
      },
    },
    step: 'start-game',
    code: 'RUN_FAILED',
    message: /"\.\/absent" is not an executable file/,
  },
  {
    name: 'a game without argv',
    standIn: {
      edit: (m) => {
        m.game.runnable.run = []
      },
    },
    step: 'start-game',
    code: 'RUN_FAILED',
    message: /has no run argv/,
  },
  {
    name: 'a game that dies before it is healthy',
    standIn: { gameFault: 'dies-early' },
    step: 'health',
    code: 'RUN_FAILED',
    message: /exited before it was healthy, with status 3.*the arena caught fire/s,
  },
  {
    name: 'a game that never gets healthy',
    standIn: { gameFault: 'never-healthy' },
    options: { healthMs: 4000 },
    step: 'health',
    code: 'RUN_TIMEOUT',
    message: /not healthy after 4 s.*thinking/s,
  },
  {
    name: 'a game whose health is 500',
    standIn: { gameFault: 'unhealthy' },
    options: { healthMs: 4000 },
    step: 'health',
    code: 'RUN_TIMEOUT',
    message: /HTTP 500/,
  },
  {
    name: 'a player page that redirects',
    standIn: { gameFault: 'player-page-redirects' },
    step: 'player-page',
    code: 'RUN_FAILED',
    message: /clients\/player: answered HTTP 302/,
  },
  {
    name: 'a bad token that is let in and then closed',
    standIn: { gameFault: 'opens-bad-token' },
    step: 'bad-token',
    code: 'RUN_FAILED',
    message: /bad player token was accepted/,
  },
  {
    name: 'a refusal with the wrong status',
    standIn: { gameFault: 'refuses-with-500' },
    step: 'bad-token',
    code: 'RUN_FAILED',
    message: /HTTP 500 instead of 403/,
  },
  {
    name: 'a global page that is not there',
    standIn: { gameFault: 'global-page-missing' },
    step: 'global-page',
    code: 'RUN_FAILED',
    message: /clients\/global: answered HTTP 404/,
  },
  {
    name: 'a player program that is not there',
    standIn: {
      edit: (m) => {
        m.player[0].run = ['absent-program']
      },
    },
    step: 'start-players',
    code: 'RUN_FAILED',
    message: /"absent-program" is not on the PATH/,
  },
  {
    name: 'a silent viewer socket',
    standIn: { gameFault: 'global-silent', gameConfig: { max_ticks: 500 } },
    options: { timeoutMs: 1500, healthMs: 60_000 },
    step: 'global-message',
    code: 'RUN_TIMEOUT',
    message: /no message within 1\.5 s/,
  },
  {
    name: 'a viewer socket whose first message is empty',
    standIn: { gameFault: 'global-empty' },
    step: 'global-message',
    code: 'RUN_FAILED',
    message: /empty message/,
  },
  {
    name: 'a viewer socket that closes at once',
    standIn: { gameFault: 'global-closes' },
    step: 'global-message',
    code: 'RUN_FAILED',
    message: /closed with code \d+ before any message/,
  },
  {
    name: 'a game that ends with status 4',
    standIn: { gameFault: 'exits-with-4' },
    step: 'game-exit',
    code: 'RUN_FAILED',
    message: /the game exited with status 4/,
  },
  {
    name: 'a game that never ends',
    standIn: { gameFault: 'hang' },
    options: { timeoutMs: 2500, healthMs: 60_000 },
    step: 'game-exit',
    code: 'RUN_TIMEOUT',
    message: /still running after 2\.5 s/,
  },
  {
    name: 'a player that ends with status 5',
    standIn: { playerFault: 'exits-with-5' },
    step: 'player-exit',
    code: 'RUN_FAILED',
    message: /player 0 exited with status 5.*could not bear to lose/s,
  },
  {
    name: 'a player that lingers',
    standIn: { playerFault: 'lingers' },
    step: 'player-exit',
    code: 'RUN_TIMEOUT',
    message: /player 0 was still running 10 s after/,
  },
  {
    name: 'a replay mode that dies',
    standIn: { gameFault: 'replay-dies' },
    options: { verifyReplay: true },
    step: 'replay',
    code: 'RUN_FAILED',
    message: /exited before it was healthy, with status 7/,
  },
  {
    name: 'a replay mode without its page',
    standIn: { gameFault: 'replay-page-missing' },
    options: { verifyReplay: true },
    step: 'replay',
    code: 'RUN_FAILED',
    message: /clients\/replay: answered HTTP 404/,
  },
  {
    name: 'a replay mode that sends nothing',
    standIn: { gameFault: 'replay-silent' },
    options: { verifyReplay: true, timeoutMs: 6000 },
    step: 'replay',
    code: 'RUN_TIMEOUT',
    message: /\/replay: sent no message/,
  },
  {
    name: 'a replay that was never written',
    standIn: { gameFault: 'replay-missing' },
    options: { verifyReplay: true },
    step: 'replay',
    code: 'RUN_FAILED',
    message: /\/replay: closed with code/,
  },
  {
    name: 'results that were never written',
    standIn: { gameFault: 'results-missing' },
    step: 'results',
    code: 'RESULTS_INVALID',
    message: /exited without writing .*results\.json/,
  },
  {
    name: 'results that are not JSON',
    standIn: { gameFault: 'results-malformed' },
    step: 'results',
    code: 'RESULTS_INVALID',
    message: /is not JSON/,
  },
  {
    name: 'results that break results_schema',
    standIn: { gameFault: 'results-invalid' },
    step: 'results',
    code: 'RESULTS_INVALID',
    message: /\$\.ticks: must be integer/,
  },
  {
    name: 'a results_schema that is none, once there are results',
    standIn: {
      edit: (m) => {
        m.game.results_schema = { type: 'nonsense' }
      },
    },
    step: 'results',
    code: 'RESULTS_INVALID',
    message: /results_schema is not a draft 2020-12 schema/,
  },
]

for (const failure of FAILURES) {
  test(`episode: ${failure.name} fails step ${failure.step}, and nothing is left behind`, {
    skip: skipReason,
  }, async () => {
    const { error, steps } = await run(writeStandIn(failure.standIn), failure.options)
    assert.ok(error instanceof AppError, String(error))
    assert.match(error.message, failure.message)
    assert.equal(error.code, failure.code)
    const failed = steps.filter((step) => step.outcome === 'failed')
    assert.deepEqual(
      failed.map((step) => step.id),
      [failure.step],
    )
    const isStarted = RUN_STEPS.indexOf(failure.step) > 1
    assert.equal(
      steps.some((step) => step.id === 'clean-up'),
      isStarted,
    )
  })
}

const PHASES: readonly (readonly [RunStep, StandInOptions])[] = [
  ['config', {}],
  ['port', {}],
  ['start-game', {}],
  ['health', { gameFault: 'never-healthy' }],
  ['player-page', {}],
  ['bad-token', {}],
  ['global-page', {}],
  ['start-players', {}],
  ['global-message', { gameFault: 'global-silent' }],
  ['game-exit', { gameFault: 'hang' }],
  ['player-exit', { playerFault: 'lingers' }],
  ['replay', { gameFault: 'replay-silent' }],
]
for (const [phase, options] of PHASES) {
  test(`episode: an interrupt during ${phase} ends everything`, { skip: skipReason }, async () => {
    const abort = new AbortController()
    const onEvent = (event: RunEvent) => {
      if (event.kind === 'step-started' && event.id === phase) setImmediate(() => abort.abort())
    }
    const { error } = await run(writeStandIn(options), { signal: abort.signal, onEvent, verifyReplay: true })
    assert.ok(error instanceof AppError, String(error))
    assert.equal(error.code, 'INTERRUPTED', error.message)
  })
}

test('episode: processes in the process group of a game end with it', { skip: skipReason }, async () => {
  const { error } = await run(writeStandIn({ gameFault: 'leaves-a-child' }))
  assert.equal(error, undefined)
})

test('episode: processes that a player moves to their own session end with it', { skip: skipReason }, async () => {
  const standIn = writeStandIn({ playerFault: 'double-forks', gameConfig: { max_ticks: 120 } })
  let most = 0
  const watch = setInterval(() => {
    most = Math.max(most, processesWith(standIn.mark).length)
  }, 50)
  const { error } = await run(standIn).finally(() => clearInterval(watch))
  assert.equal(error, undefined)
  assert.equal(most, 5, 'a game, two players and an orphan of each')
})

test('episode: a player that dies at its start is reported at once, with the end of its log', {
  skip: skipReason,
}, async () => {
  const abort = new AbortController()
  let told: RunEvent | undefined
  const onEvent = (event: RunEvent) => {
    if (event.kind !== 'player-exited' || told) return
    told = event
    abort.abort()
  }
  await run(writeStandIn({ playerFault: 'dies-at-once' }), { onEvent, signal: abort.signal })
  assert.ok(told?.kind === 'player-exited')
  assert.deepEqual([told.status, told.isEarly, told.logTail], [6, true, 'no brush to be found'])
})

test('episode: artefacts of an earlier episode are not taken for those of this one', { skip: skipReason }, async () => {
  const standIn = writeStandIn({ gameFault: 'results-missing' })
  const paths = workspacePaths(`${standIn.folder}/an episode`)
  const whole = writeStandIn()
  const { value, error: fault } = await run(whole)
  assert.ok(value, String(fault))
  const again = { ...standIn, folder: whole.folder }
  const { error } = await run(again)
  assert.ok(error instanceof AppError && error.code === 'RESULTS_INVALID', String(error))
  assert.equal(existsSync(paths.results), false)
})

test('episode: programs see the manifest’s variables and the runner’s, and nothing secret of this machine', {
  skip: skipReason,
}, async () => {
  const standIn = writeStandIn({
    edit(manifest) {
      const print = 'import os,json; print(json.dumps(dict(os.environ)), flush=True); exec(open("player.py").read())'
      manifest.player[0].run = [manifest.player[0].run[0], '-c', print]
      manifest.player[0].env.COGAMES_ENGINE_WS_URL = 'ws://overridden'
      manifest.player[0].env.OWN = 'kept'
    },
  })
  const runtime = createProcessRuntime({ environment: { ...environment, OPENAI_API_KEY: 'secret', COGAME_PORT: '1' } })
  const { error, workspace } = await run(standIn, { runtime })
  assert.equal(error, undefined)
  const seen = JSON.parse(readFileSync(playerLog(workspace, 0), 'utf8').split('\n')[0] ?? '')
  assert.equal(seen.OWN, 'kept')
  assert.match(seen.COGAMES_ENGINE_WS_URL, /^ws:\/\/127\.0\.0\.1:\d+\/player\?slot=0&token=[\w-]{22}$/)
  assert.equal(seen.COWORLD_PLAYER_WS_URL, seen.COGAMES_ENGINE_WS_URL)
  assert.equal(seen.OPENAI_API_KEY, undefined)
  assert.equal(seen.COGAME_PORT, undefined)
})

test('episode: a slot that a person fills by link has no program', { skip: skipReason }, async () => {
  const standIn = writeStandIn({ gameConfig: { player_connect_timeout_seconds: 0.2 } })
  const { error, workspace, events } = await run(standIn, { externalSlots: [1] })
  assert.equal(error, undefined)
  assert.equal(existsSync(playerLog(workspace, 1)), false)
  assert.deepEqual(
    events.flatMap((event) => (event.kind === 'player-exited' ? [event.slot] : [])),
    [0],
  )
})

test('episode: a job without players skips the player steps', { skip: skipReason }, async () => {
  const standIn = writeStandIn({ gameConfig: { player_connect_timeout_seconds: 0 } })
  const loaded = await standIn.load()
  const job = { ...buildJobSpec(loaded), players: [] }
  const { error, steps } = await run(standIn, { job, tokens: [] })
  assert.ok(error instanceof AppError && error.code === 'CONFIG_INVALID')
  const open = structuredClone(job)
  Object.assign(open.manifest.game, { results_schema: {} })
  Object.assign(open.manifest.game.config_schema.properties as object, { tokens: { type: 'array' } })
  const retry = await run(standIn, {
    job: { ...open, game_config: { ...open.game_config, players: [{ name: 'A' }, { name: 'B' }] } },
    tokens: [],
  })
  assert.equal(retry.error, undefined, String(retry.error))
  assert.deepEqual(
    retry.steps.filter((step) => step.outcome === 'skipped').map((step) => step.id),
    ['player-page', 'bad-token', 'player-exit', 'replay'],
  )
  assert.equal(steps.length, 1)
})
