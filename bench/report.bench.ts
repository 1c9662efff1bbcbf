// A results report at a realistic size: 10,000 sessions and 500,000 events, written by the real command.
import { mkdtempSync, readFileSync, rmSync, statSync } from 'node:fs'
import { mkdir, open } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { at } from '../src/kernel/at.ts'
import { startCommand } from '../src/testing/cli.ts'
import type { Row } from './measure.ts'

export const name = 'report'

const SESSIONS = 10_000
const EVENTS_EACH = 50
const PLAYERS = 2000
const GAMES = ['Explore', 'Teamwork', 'Foresight', 'Goal Horizon', 'Infer Intent']
const HIDS = ['ODA', 'TOMAS', 'MIRA', 'BRAM', 'JACK', 'OCTA', 'HIVE', 'CRUST', 'MULE', 'LIFT']
const REASONS = ['player finished', 'game_completed', 'received close request', 'validation_retry_exhausted']
const START = Date.parse('2026-05-04T08:00:00Z')

const date = (ms: number) => ({ $date: new Date(ms).toISOString() })
const pick = <T>(list: readonly T[], index: number): T => at(list, index % list.length)

function sessionOf(index: number): object {
  const start = START + index * 60_000
  return {
    session_id: `s${String(index).padStart(6, '0')}`,
    player_id: `p${index % PLAYERS}`,
    game_name: pick(GAMES, index),
    pc_hid: pick(HIDS, index),
    npc_hid: pick(HIDS, index * 7 + 3),
    session_started_at: date(start),
    session_ended_at: date(start + 120_000 + ((index * 7919) % 900_000)),
    termination_reason: pick(REASONS, index * 3),
    status: 'closed',
    turns_completed: 5 + (index % 20),
    last_seq: EVENTS_EACH,
    game_config_snapshot: {},
  }
}

function eventOf(session: number, seq: number): object {
  const isInbound = seq % 2 === 1
  const time = START + session * 60_000 + seq * 4000 + (isInbound ? 0 : (session * seq * 37) % 3500)
  const hasFeedback = !isInbound && seq % 10 === 0
  return {
    session_id: `s${String(session).padStart(6, '0')}`,
    seq,
    event_id: `e-${session}-${seq}`,
    event_ts: date(time),
    direction: isInbound ? 'inbound' : 'outbound',
    event_type: seq === 33 && session % 10 === 0 ? 'error' : 'message',
    event_source: isInbound ? 'user' : 'npc',
    content: `Message ${seq} of session ${session}. ${'The being turns towards the sound and waits. '.repeat(4)}`,
    content_format: isInbound ? 'plain_text' : 'markdown',
    turn_index: seq >> 1,
    command_name: null,
    command_args: null,
    visible_to_user: true,
    persisted_at: date(time),
    ...(hasFeedback
      ? {
          feedback: {
            liked: seq % 20 === 0,
            comment: '',
            doesnt_make_sense: seq % 30 === 0,
            out_of_character: seq % 50 === 0,
            other: false,
            submitted_at: date(time),
          },
        }
      : {}),
  }
}

async function writeList(path: string, documents: Iterable<object>): Promise<void> {
  const file = await open(path, 'w')
  let isFirst = true
  let buffer = '[\n'
  for (const document of documents) {
    buffer += (isFirst ? '' : ',\n') + JSON.stringify(document)
    isFirst = false
    if (buffer.length > 1_000_000) {
      await file.write(buffer)
      buffer = ''
    }
  }
  await file.write(`${buffer}\n]\n`)
  await file.close()
}

function* numbers(count: number): Generator<number> {
  for (let index = 0; index < count; index++) yield index
}

export async function run(report: (row: Row) => void): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), 'paracosm-report-'))
  try {
    const dump = join(folder, 'dump')
    await mkdir(dump)
    await writeList(join(dump, 'sessions.json'), numbers(SESSIONS).map(sessionOf))
    await writeList(
      join(dump, 'session_events.json'),
      numbers(SESSIONS).flatMap((session) => numbers(EVENTS_EACH).map((seq) => eventOf(session, seq + 1))),
    )
    await writeList(
      join(dump, 'assignments.json'),
      numbers(SESSIONS).map((index) => ({
        player_id: `p${index % PLAYERS}`,
        game_name: pick(GAMES, index),
        status: 'completed',
        started_at: date(START),
      })),
    )
    const output = join(folder, 'report.html')
    const began = performance.now()
    const command = startCommand(['experiment', 'report', dump, '--output', output, '--include', 'sim-quality'])
    let peak = 0
    const watch = setInterval(() => {
      peak = Math.max(peak, peakOf(command.pid))
    }, 50)
    const status = await command.ended
    clearInterval(watch)
    if (status !== 0) throw new Error(`the report failed: ${status}`)
    const size = `${SESSIONS} sessions, ${SESSIONS * EVENTS_EACH} events, ${Math.round(statSync(join(dump, 'session_events.json')).size / 2 ** 20)} MiB`
    report({ what: 'report: time', value: (performance.now() - began) / 1000, unit: 's', note: size })
    report({ what: 'report: peak resident memory', value: peak, unit: 'MB', note: size })
    report({ what: 'report: size of the file', value: statSync(output).size / 1e6, unit: 'MB', note: size })
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}

/** Peak resident memory of a process in megabytes, according to Linux. */
function peakOf(pid: number | undefined): number {
  try {
    const [, kib = '0'] = /VmHWM:\s+(\d+)/.exec(readFileSync(`/proc/${pid}/status`, 'utf8')) ?? []
    return (Number(kib) * 1024) / 1e6
  } catch {
    return 0
  }
}
