// `paracosm agent run`: an agent in a slot of the perception adapter, with a rule-based, random or model policy.

import { open, readFile } from 'node:fs/promises'
import { Command, InvalidArgumentError } from 'commander'
import { PerceptionClient, PerceptionFailure } from '../client/perception.ts'
import { AppError, isErrorCode } from '../kernel/errors.ts'
import { toWriteError } from '../lib/files.ts'
import { PRIVATE_FILE } from '../lib/private.ts'
import type { ModelClient } from '../models/client.ts'
import { createEndpointClient, MODEL_TIMEOUT_MS } from '../models/endpoint-client.ts'
import { Meter, withMeter } from '../models/meter.ts'
import { createReplayClient, parseRecording, withRecorder } from '../models/recording.ts'
import { withRetries } from '../models/retrying-client.ts'
import { createModelPolicy } from '../players/agent/model-policy.ts'
import type { Policy } from '../players/agent/policy.ts'
import { createRandomPolicy } from '../players/agent/random-policy.ts'
import { type AgentRunSummary, runAgent, type TurnReport } from '../players/agent/run-agent.ts'
import { createScriptedPolicy } from '../players/agent/scripted-policy.ts'
import { EXIT, type Io, printJson } from './io.ts'
import { parseCount, parseSeed } from './options.ts'

const POLICIES = ['scripted', 'random', 'model'] as const
type PolicyName = (typeof POLICIES)[number]

interface Options {
  readonly url: string
  readonly agent: string
  readonly token?: string
  readonly policy: PolicyName
  readonly seed: number
  readonly goal?: string
  readonly model?: string
  readonly baseUrl?: string
  readonly turns?: number
  readonly seconds?: number
  readonly maxTokens?: number
  readonly maxUsd?: number
  readonly priceIn?: number
  readonly priceOut?: number
  readonly callTimeout: number
  readonly record?: string
  readonly replay?: string
  readonly json?: boolean
  readonly quiet?: boolean
}

const EXAMPLES = `
Examples:
  paracosm perception serve frontier --no-auth --port 8090
  paracosm agent run --url http://127.0.0.1:8090 --agent agent-0 --policy scripted
  paracosm agent run --url http://127.0.0.1:8090 --agent agent-0 --policy random --turns 50 --json

  With any OpenAI-compatible endpoint (OPENAI_BASE_URL and OPENAI_API_KEY, or a local server without a key):
  paracosm agent run --url http://127.0.0.1:8090 --agent agent-0 --policy model --model gpt-5-mini \\
    --max-usd 0.50 --record calls.jsonl
  paracosm agent run --url http://127.0.0.1:8090 --agent agent-0 --policy model --model gpt-5-mini --replay calls.jsonl

The token of the slot comes from PARACOSM_AGENT_TOKEN or --token. Other users of the machine can see --token.`

export function createCommand(io: Io): Command {
  const run = new Command('run')
    .description('Play one slot until the episode or a budget ends: perceive, decide, command.')
    .requiredOption('--url <url>', 'URL of the perception adapter, or of one slot: /api/episodes/<id>/slots/<n>')
    .requiredOption('--agent <id>', 'agent id of the slot')
    .option('--token <token>', 'token of the slot')
    .option('--policy <name>', `how the agent decides: ${POLICIES.join(', ')}`, parsePolicy, 'scripted' as const)
    .option('--seed <n>', 'seed of the random policy', parseSeed, 0)
    .option('--goal <text>', 'goal given to the model')
    .option('--model <name>', 'name of the model at its endpoint')
    .option('--base-url <url>', 'OpenAI-compatible endpoint; default: OPENAI_BASE_URL')
    .option('--turns <n>', 'stop after this many commands', parseCount)
    .option('--seconds <n>', 'stop after this many seconds', parseCount)
    .option('--max-tokens <n>', 'stop before using more tokens', parseCount)
    .option('--max-usd <n>', 'stop before spending more US dollars', parseAmount)
    .option('--price-in <usd>', 'price of a million input tokens, if the endpoint does not report costs', parseAmount)
    .option('--price-out <usd>', 'price of a million output tokens', parseAmount)
    .option('--call-timeout <ms>', 'time limit of one model call', parseCount, MODEL_TIMEOUT_MS)
    .option('--record <file>', 'record every model call to a new file')
    .option('--replay <file>', 'answer model calls from a recording, without a network')
    .option('--json', 'print the summary as JSON')
    .option('--quiet', 'do not print each turn')
    .addHelpText('after', EXAMPLES)
    .action((options: Options) => play(io, options))
  return new Command('agent')
    .description('Run agents that play through the perception adapter.')
    .addHelpText(
      'after',
      '\nExample:\n  paracosm agent run --url http://127.0.0.1:8090 --agent agent-0 --policy scripted',
    )
    .addCommand(run)
}

function parsePolicy(text: string): PolicyName {
  const found = POLICIES.find((name) => name === text)
  if (found) return found
  throw new InvalidArgumentError(`Give ${POLICIES.join(', ')}.`)
}

function parseAmount(text: string): number {
  const value = Number(text)
  if (text.trim() !== '' && value >= 0 && value <= 1_000_000) return value
  throw new InvalidArgumentError('Give an amount of US dollars, 0 or more.')
}

async function play(io: Io, options: Options): Promise<void> {
  const token = options.token ?? io.config.PARACOSM_AGENT_TOKEN
  const client = new PerceptionClient({ url: options.url, agentId: options.agent, token, signal: io.signal })
  const meter = new Meter({ tokens: options.maxTokens, usd: options.maxUsd }, pricesOf(options))
  const recording = await openRecording(options.record)
  try {
    const policy = await createPolicy(io, options, { client, meter, record: recording?.write })
    const summary = await runAgent({
      client,
      policy,
      budget: { turns: options.turns, seconds: options.seconds },
      signal: io.signal,
      onTurn: (turn) => {
        if (options.quiet !== true && options.json !== true) io.out(formatTurn(turn))
        else io.progress(`turn ${turn.cycle + 1}: ${turn.decision.command.command}`)
      },
    })
    report(io, options, summary, meter)
  } catch (error) {
    throw error instanceof PerceptionFailure ? inOurWords(error) : error
  } finally {
    await recording?.close()
  }
}

/** Translates a refusal of the adapter to an error code of Paracosm. */
function inOurWords({ code, message }: PerceptionFailure): AppError {
  const known = isErrorCode(code) ? code : 'SERVER_UNREACHABLE'
  // The table's hint is about HTTP headers, which this command sets by itself.
  const isToken = known === 'TOKEN_MISSING' || known === 'TOKEN_REFUSED'
  const hint =
    'Set PARACOSM_AGENT_TOKEN (or --token) to the token that `paracosm perception serve` printed for the slot.'
  return new AppError(known, message, isToken ? { hint } : {})
}

interface Tools {
  readonly client: PerceptionClient
  readonly meter: Meter
  readonly record: ((line: string) => Promise<void>) | undefined
}

async function createPolicy(io: Io, options: Options, tools: Tools): Promise<Policy> {
  if (options.policy === 'random') return createRandomPolicy(options.seed)
  if (options.policy === 'scripted') return createScriptedPolicy((await tools.client.status()).engine)
  const { model } = options
  if (model === undefined)
    throw new AppError('MODEL_MISSING', 'the model policy needs a model', { hint: 'Give --model <name>.' })
  return createModelPolicy({ client: await createModel(io, options, tools), model, goal: options.goal })
}

/** Retries wrap the recorder: only successful answers are recorded. */
async function createModel(io: Io, options: Options, { meter, record }: Tools): Promise<ModelClient> {
  if (options.replay !== undefined) {
    const text = await readFile(options.replay, 'utf8').catch((cause: unknown) => {
      throw new AppError('FILE_UNREADABLE', `cannot read the recording ${options.replay}`, { cause })
    })
    return withMeter(createReplayClient(parseRecording(text)), meter)
  }
  const baseUrl = options.baseUrl ?? io.config.OPENAI_BASE_URL ?? 'https://api.openai.com/v1'
  const apiKey = io.config.OPENAI_API_KEY
  const endpoint = await createEndpointClient({ baseUrl, apiKey, timeoutMs: options.callTimeout })
  const metered = withMeter(endpoint, meter)
  return withRetries(record ? withRecorder(metered, record) : metered)
}

function pricesOf({ model, priceIn, priceOut }: Options) {
  if (model === undefined || (priceIn === undefined && priceOut === undefined)) return {}
  return { [model]: { input: priceIn ?? 0, output: priceOut ?? 0 } }
}

/** A file that grows with every call, so that a killed run keeps the calls it has paid for. */
async function openRecording(path: string | undefined) {
  if (path === undefined) return undefined
  const file = await open(path, 'wx', PRIVATE_FILE).catch((cause: unknown) => {
    const exists = cause instanceof Error && 'code' in cause && cause.code === 'EEXIST'
    if (!exists) throw toWriteError(cause, path)
    throw new AppError('FILE_EXISTS', `${path} exists already`, {
      cause,
      hint: 'Name a new file; recordings are never overwritten.',
    })
  })
  return { write: (line: string) => file.appendFile(`${line}\n`), close: () => file.close() }
}

function formatTurn({ cycle, decision, report, refusal }: TurnReport): string {
  const { command, params } = decision.command
  const result = report ? `${report.status}: ${report.outcome ?? ''}` : `refused: ${refusal}`
  return `${String(cycle + 1).padStart(4)}  ${command} ${JSON.stringify(params)}\n      ${result}`
}

function report(io: Io, options: Options, summary: AgentRunSummary, meter: Meter): void {
  const { spent } = meter
  if (options.json) printJson(io, { ...summary, spent })
  else {
    const { turns, done, failed, refused, reason } = summary
    const other = turns - done - failed - refused
    const rest = other > 0 ? `, ${other} without a result` : ''
    io.out(`${turns} turns: ${done} done, ${failed} failed, ${refused} refused${rest}. ${reason}`)
    if (spent.calls > 0) {
      const cost = spent.unpriced_calls > 0 ? 'cost unknown' : `${spent.cost_usd.toFixed(4)} US dollars`
      io.out(`${spent.calls} model calls, ${spent.input_tokens} tokens in, ${spent.output_tokens} out, ${cost}`)
    }
  }
  if (summary.ended === 'stopped') io.exit(EXIT.failed)
}
