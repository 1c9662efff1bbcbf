// Options of commands whose text games language models play: which models, where, and up to which cost.
import { type Command, InvalidArgumentError } from 'commander'
import { parseCount, parseTemperature } from './options.ts'

export function addModelOptions(command: Command): Command {
  return command
    .option('--model <name>', 'model that plays the characters (PARACOSM_MODEL); default: the offline responder')
    .option('--opener-model <name>', 'model for opening scenes; default: --model')
    .option('--updater-model <name>', 'model for what characters do; default: --model')
    .option('--validator-model <name>', 'model that validates moves; default: --model')
    .option('--scorer-model <name>', 'model that scores; default: --model')
    .option('--base-url <url>', 'OpenAI-compatible endpoint; default: OPENAI_BASE_URL')
    .option('--model-timeout <ms>', 'time limit of one model call', parseCount)
    .option('--model-concurrency <n>', 'number of model calls at the same time', parseCount)
    .option('--model-temperature <n>', "sampling temperature, 0 to 2; default: the endpoint's own", parseTemperature)
    .option('--model-answer-tokens <n>', 'token limit of one answer, reasoning included', parseCount)
    .option('--max-tokens <n>', 'stop calling models after this many tokens', parseCount)
    .option('--max-usd <n>', 'stop calling models after this many US dollars, if their cost is known', parseUsd)
    .option('--price-in <usd>', 'price of a million input tokens, if the endpoint does not report costs', parseUsd)
    .option('--price-out <usd>', 'price of a million output tokens', parseUsd)
    .option('--fake-ai-response <text>', 'return this text for every model call; for tests')
}

function parseUsd(text: string): number {
  const value = Number(text)
  if (text.trim() !== '' && value >= 0) return value
  throw new InvalidArgumentError('Give an amount of US dollars, 0 or more.')
}
