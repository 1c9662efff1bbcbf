// The formats with one record per row and one line per record: raw, chat, instruction, sharegpt.
import type { StoredRow } from '../store/log-rows.ts'
import type { RowTexts } from './row-texts.ts'

/** The line of a row, with its line ending; undefined: the format cannot represent it. */
export type FormatLine = (row: StoredRow, texts: RowTexts) => string | undefined

const SYSTEM =
  'You are an agent in a simulated world. You are given what you perceive, as JSON. Decide on one command and say why: ' +
  'answer with a JSON object that has command, params and reasoning.'
const INSTRUCTION =
  'Below is what an agent in a simulated world perceives, as JSON. Decide on its next command and say why: answer with a ' +
  'JSON object that has command, params and reasoning.'

const SYSTEM_TEXT = JSON.stringify(SYSTEM)
const INSTRUCTION_TEXT = JSON.stringify(INSTRUCTION)

/** `{command, params, reasoning}` as JSON text. */
const answerOf = (row: StoredRow, texts: RowTexts): string =>
  `{"command":${JSON.stringify(row.command)},"params":${texts.params(row)},"reasoning":${JSON.stringify(row.reasoning)}}`

const formatRaw: FormatLine = (row, texts) => {
  const perception = texts.perception(row)?.text ?? '{}'
  const metadata =
    `{"timestamp":"${texts.instant(row.timestamp)}","episode_id":${JSON.stringify(row.episode_id)},` +
    `"cell":${JSON.stringify(row.cell)},"outcome":${JSON.stringify(row.outcome)}}`
  return `{"input":{"perception":${perception}},"output":${answerOf(row, texts)},"metadata":${metadata}}\n`
}

const formatChat: FormatLine = (row, texts) => {
  const perception = texts.perception(row)
  if (!perception) return undefined
  return (
    `{"messages":[{"role":"system","content":${SYSTEM_TEXT}},{"role":"user","content":${perception.quoted}},` +
    `{"role":"assistant","content":${JSON.stringify(answerOf(row, texts))}}]}\n`
  )
}

const formatInstruction: FormatLine = (row, texts) => {
  const perception = texts.perception(row)
  if (!perception) return undefined
  const answer = JSON.stringify(answerOf(row, texts))
  return `{"instruction":${INSTRUCTION_TEXT},"input":${perception.quoted},"output":${answer}}\n`
}

/** The JSON of a turn up to its text. */
const turnOf = (speaker: string): string => JSON.stringify({ from: speaker, value: 0 }).slice(0, -2)
const HUMAN = turnOf('human')
const GPT = turnOf('gpt')

const formatShareGpt: FormatLine = (row, texts) => {
  const perception = texts.perception(row)
  if (!perception) return undefined
  const answer = JSON.stringify(answerOf(row, texts))
  return `{"conversations":[${HUMAN}${perception.quoted}},${GPT}${answer}}],"system":${SYSTEM_TEXT}}\n`
}

export const LINE_FORMATS = {
  raw: formatRaw,
  chat: formatChat,
  instruction: formatInstruction,
  sharegpt: formatShareGpt,
} as const satisfies Readonly<Record<string, FormatLine>>

/** A row as in the log, with keys in the order of `paracosm log show`. */
export function formatEpisodeLine(row: StoredRow, texts: RowTexts): string {
  const { id, timestamp, command, reasoning, perception, outcome, agent_id, episode_id, cell } = row
  const { protocol_version, created_at, world, slot, command_id, heartbeat_cycle, score } = row
  const head = JSON.stringify({ id, timestamp: texts.instant(timestamp), command })
  const tail = JSON.stringify({
    outcome,
    agent_id,
    episode_id,
    cell,
    protocol_version,
    created_at: texts.instant(created_at),
    world,
    slot,
    command_id,
    heartbeat_cycle,
    score,
  })
  const seen = texts.perception(row)?.text ?? perception
  const middle = `"params":${texts.params(row)},"reasoning":${JSON.stringify(reasoning)},"perception_snapshot":${seen}`
  return `${head.slice(0, -1)},${middle},${tail.slice(1)}\n`
}
