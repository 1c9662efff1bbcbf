// Studies in worlds, through a real server: alone, together, without a second person, and with a kill.
import assert from 'node:assert/strict'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join as joinPath } from 'node:path'
import { test } from 'node:test'
import { createModelRoles } from '../../src/adapters/session/role-models.ts'
import { createResearchClient } from '../../src/client/research.ts'
import type { ModelClient } from '../../src/models/client.ts'
import { Meter } from '../../src/models/meter.ts'
import { runCommand } from '../../src/testing/cli.ts'
import { startServerProcess } from '../../src/testing/server-process.ts'
import { until } from '../../src/testing/until.ts'
import { ALONE, answer, join, playSlot, serve, stageOf, together } from './world-study.ts'

async function inFolder(work: (folder: string) => Promise<void>): Promise<void> {
  const folder = mkdtempSync(joinPath(tmpdir(), 'paracosm-arms-'))
  try {
    await work(folder)
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}

test('arms: one person plays paint-arena against a bot, from the link to the code; outcome and score are stored', () =>
  inFolder(async (folder) => {
    const server = await serve(folder, [ALONE])
    try {
      const person = await join(server.url, 'painting', 'p1')
      const before = await answer(person)
      assert.equal(before.stage, 'assignment')
      assert.equal(before.arm?.world, 'paint-arena')
      assert.equal(before.arm?.people, 1)
      const clicks = await Promise.all(Array.from({ length: 8 }, () => person.study.play()))
      const one = await stageOf(person, 'episode')
      for (const { playing } of clicks)
        if (playing) assert.deepEqual(playing, one.playing, 'eight clicks begin one episode')
      assert.ok(one.playing)
      assert.equal(await playSlot(person, one.playing), 'over')
      await stageOf(person, 'forms')
      const done = await answer(person)
      assert.equal(done.stage, 'finished')
      assert.equal(done.completion?.code, 'DONE-1')
      const { episodes, assignments } = await person.study.data()
      assert.equal(episodes.length, 1)
      const [played] = episodes
      assert.equal(played?.exit_reason, 'game_completed')
      assert.equal(played?.consent_version, '1')
      assert.deepEqual(played?.players, ['participant', 'greedy'])
      assert.deepEqual(played?.outcome?.ended, 'terminated')
      assert.equal(played?.results?.scores[0], played?.score)
      // On a slow machine the match is over before the first move, and the score 0.
      assert.equal(typeof played?.score, 'number')
      assert.equal(assignments[0]?.status, 'completed')
      const research = createResearchClient({ url: server.url, key: 'dcs-ak-admin' })
      const { status } = await research.board('painting')
      assert.deepEqual(status.per_game['Against a bot'], { total: 10, completed: 1, in_progress: 0 })
      // All episodes of the arm share one seed.
      const other = await join(server.url, 'painting', 'p2')
      await answer(other)
      const { playing } = await other.study.play()
      assert.ok(playing)
      assert.equal(await playSlot(other, playing, 5), 'left')
      const again = await stageOf(other, 'assignment')
      assert.equal(again.assignment?.status, 'interrupted')
      const [left] = (await other.study.data()).episodes
      assert.equal(left?.exit_reason, 'left')
      assert.equal(left?.seed, played?.seed)
      await other.study.withdraw(true)
      const gone = await fetch(`${server.url}/api/episodes/${playing.episode_id}`)
      assert.equal(gone.status, 404, 'what one participant played alone is deleted with them')
    } finally {
      await server.close()
    }
    const output = joinPath(folder, 'bids')
    const { status, err } = await runCommand([
      'experiment',
      'export',
      'painting',
      '--layout',
      'bids',
      '--data',
      folder,
      '--output',
      output,
    ])
    assert.equal(status, 0, err)
    const name = 'sub-P0001/beh/sub-P0001_task-againstabot_run-01'
    const about = JSON.parse(readFileSync(joinPath(output, `${name}_beh.json`), 'utf8'))
    assert.deepEqual([about.TaskName, about.exit_reason, about.slot], ['Against a bot', 'game_completed', 0])
    assert.match(about.world_version, /^\d+\.\d+\.\d+$/)
    const rows = readFileSync(joinPath(output, `${name}_events.tsv`), 'utf8')
      .trim()
      .split('\n')
    assert.ok(rows.filter((row) => row.includes('\tcommand\t')).length > 5, 'the commands of the participant')
    assert.match(rows[1] ?? '', /^\d+(\.\d+)?\tn\/a\tjoined\t/)
    assert.match(readFileSync(joinPath(output, 'SHA256SUMS'), 'utf8'), new RegExp(`[0-9a-f]{64}  ${name}_events.tsv\n`))
  }))

test('arms: two people wait for each other and play together, while a third keeps waiting', () =>
  inFolder(async (folder) => {
    const server = await serve(folder, [together('Pairs', '{seconds: 600, grace_seconds: 600}')])
    try {
      const people = await Promise.all(['a', 'b', 'c'].map((pid) => join(server.url, 'pairs', pid)))
      const [first, second, third] = people
      assert.ok(first && second && third)
      for (const person of people) assert.equal((await answer(person)).stage, 'assignment')
      const waiting = await first.study.play()
      assert.equal(waiting.stage, 'waiting')
      assert.deepEqual([waiting.waiting?.present, waiting.waiting?.size], [1, 2])
      const research = createResearchClient({ url: server.url, key: 'dcs-ak-admin' })
      const stages = async () => {
        const { participants } = await research.participants('Pairs', { view: 'now' })
        return participants.map(
          ({ player_id, stage }) => `${people.findIndex((each) => each.player === player_id)} ${stage}`,
        )
      }
      assert.deepEqual((await stages()).toSorted(), ['0 waiting', '1 assignment', '2 assignment'])
      const met = await second.study.play()
      const mine = await stageOf(first, 'episode')
      assert.equal((await third.study.play()).stage, 'waiting')
      assert.equal(mine.playing?.episode_id, met.playing?.episode_id)
      assert.deepEqual([mine.playing?.slot, met.playing?.slot].toSorted(), [0, 1])
      assert.ok(mine.playing && met.playing)
      assert.deepEqual((await stages()).toSorted(), ['0 episode', '1 episode', '2 waiting'])
      assert.deepEqual(await Promise.all([playSlot(first, mine.playing), playSlot(second, met.playing)]), [
        'over',
        'over',
      ])
      for (const person of [first, second]) assert.equal((await stageOf(person, 'finished')).completion?.code, 'DONE-2')
      // One is deleted: the other keeps what both played; with the second, the episode goes as well.
      const episode = `${server.url}/api/episodes/${met.playing.episode_id}`
      await research.erase('Pairs', first.player)
      await assert.rejects(research.timeline('Pairs', first.player), { code: 'NOT_FOUND' })
      assert.equal((await second.study.data()).episodes.length, 1)
      assert.equal((await fetch(episode)).status, 200)
      await research.erase('Pairs', second.player)
      assert.equal((await fetch(episode)).status, 404)
      assert.equal((await third.study.me()).stage, 'waiting')
      assert.equal((await third.study.leaveRoom()).stage, 'assignment')
    } finally {
      await server.close()
    }
  }))

test('arms: a bot takes over from a disconnected participant, the other sees it, and a returning one gets the slot back', () =>
  inFolder(async (folder) => {
    const file = together('Away', '{seconds: 60}').replace(
      'steps_per_second: 60',
      'steps_per_second: 20\n      away: {seconds: 1, bot: greedy}',
    )
    const server = await serve(folder, [file])
    try {
      const pair = async (names: readonly string[]) => {
        const people = await Promise.all(names.map((pid) => join(server.url, 'away', pid)))
        for (const person of people) await answer(person)
        for (const person of people) await person.study.play()
        const states = await Promise.all(people.map((person) => stageOf(person, 'episode')))
        return people.map((person, index) => {
          const playing = states[index]?.playing
          assert.ok(playing)
          return { person, playing, me: async () => (await person.study.me()).playing?.stand_ins }
        })
      }
      const [stays, goes] = await pair(['a', 'b'])
      const [waits, returns] = await pair(['c', 'd'])
      assert.ok(stays && goes && waits && returns)
      const played = [playSlot(stays.person, stays.playing), playSlot(waits.person, waits.playing)]
      await Promise.all([playSlot(goes.person, goes.playing, 5), playSlot(returns.person, returns.playing, 5)])
      const seen = async (who: typeof stays, slots: readonly number[]) =>
        until(`stand-ins ${slots}`, async () => ((await who.me())?.join() === slots.join() ? true : undefined))
      await Promise.all([seen(stays, [goes.playing.slot]), seen(waits, [returns.playing.slot])])
      const again = playSlot(returns.person, returns.playing)
      await seen(waits, [])
      assert.deepEqual(await Promise.all([...played, again]), ['over', 'over', 'over'])
      for (const { person } of [stays, waits, returns]) await stageOf(person, 'finished')
      assert.equal((await stageOf(goes.person, 'assignment')).assignment?.status, 'interrupted')
      const recordOf = async ({ person }: typeof stays) => (await person.study.data()).episodes[0]
      const left = await recordOf(goes)
      assert.equal(left?.exit_reason, 'replaced')
      assert.match(left?.players[goes.playing.slot] ?? '', /^participant > greedy@\d+$/)
      assert.equal(left?.players[stays.playing.slot], 'participant')
      assert.deepEqual((await recordOf(stays))?.players, left?.players)
      const back = await recordOf(returns)
      assert.equal(back?.exit_reason, 'game_completed')
      assert.match(back?.players[returns.playing.slot] ?? '', /^participant > greedy@\d+ > participant@\d+$/)
      const journal = await (await fetch(`${server.url}/api/episodes/${goes.playing.episode_id}/journal.jsonl`)).text()
      assert.match(journal, /"handed_over","player":\{"kind":"bot","name":"greedy"\}/)
    } finally {
      await server.close()
    }
  }))

test('arms: if nobody else comes, a bot fills in or the participant is released with a code', () =>
  inFolder(async (folder) => {
    const server = await serve(folder, [
      together('Filled', '{seconds: 1, on_timeout: bot, bot: greedy}'),
      together('Released', '{seconds: 1, on_timeout: release, code: SORRY}'),
      together('Closed pages', '{seconds: 60, grace_seconds: 2, on_timeout: release}'),
    ])
    try {
      const filled = await join(server.url, 'filled', 'a')
      await answer(filled)
      assert.equal((await filled.study.play()).stage, 'waiting')
      const { playing } = await stageOf(filled, 'episode')
      assert.ok(playing)
      await playSlot(filled, playing)
      assert.equal((await stageOf(filled, 'finished')).is_released, false)
      const [played] = (await filled.study.data()).episodes
      assert.deepEqual(played?.players.toSorted(), ['greedy', 'participant'])

      const released = await join(server.url, 'released', 'a')
      await answer(released)
      await released.study.play()
      const paid = await stageOf(released, 'finished')
      assert.equal(paid.is_released, true)
      assert.equal(paid.completion?.code, 'SORRY')
      await assert.rejects(released.study.play(), /finished this study/)

      // One closes the page: the next participant waits for someone who is present.
      const absent = await join(server.url, 'closed pages', 'a')
      await answer(absent)
      await absent.study.play()
      await until('the room is empty', async () => ((await server_rooms(folder)) === 0 ? true : undefined), {
        pauseMs: 300,
      })
      const next = await join(server.url, 'closed pages', 'b')
      await answer(next)
      assert.equal((await next.study.play()).waiting?.present, 1)
    } finally {
      await server.close()
    }
  }))

/** Participants in waiting rooms, according to the store. */
async function server_rooms(folder: string): Promise<number> {
  const { openStore, storeInFolder } = await import('../../src/store/store.ts')
  const store = await openStore(storeInFolder(folder, { mode: 'read', runs: 'inline' }))
  try {
    const rows = await store.db.selectFrom('study_waiting').selectAll().execute()
    return rows.length
  } finally {
    await store.close()
  }
}

test('arms: an episode resumes after kill -9, and its end completes the assignment once', () =>
  inFolder(async (folder) => {
    const file = joinPath(folder, 'painting.yml')
    writeFileSync(file, ALONE.replace('steps_per_second: 60', 'steps_per_second: 10'))
    const data = joinPath(folder, 'data')
    const first = await startServerProcess(data, ['--experiment', file])
    const person = await join(first.url, 'painting', 'p1')
    await answer(person)
    const { playing } = await person.study.play()
    assert.ok(playing)
    await playSlot(person, playing, 10)
    await first.crash()
    const second = await startServerProcess(data, ['--experiment', file])
    try {
      const back = await join(second.url, 'painting', 'p1')
      assert.equal(back.player, person.player)
      const state = await stageOf(back, 'episode')
      assert.deepEqual(state.playing, playing, 'the same slot with the same token')
      assert.equal(await playSlot(back, playing), 'over')
      await stageOf(back, 'forms')
      const [played, ...more] = (await back.study.data()).episodes
      assert.equal(more.length, 0)
      assert.equal(played?.exit_reason, 'game_completed')
    } finally {
      await second.stop()
    }
  }))

test('arms: a model plays a slot through the perception protocol, also after a restart; without one the study is refused', () =>
  inFolder(async (folder) => {
    const file = ALONE.replace('{bot: greedy}', '{model: tester}').replace(
      'steps_per_second: 60',
      'steps_per_second: 15',
    )
    await assert.rejects(serve(folder, [file]), /a model plays in the arm Against a bot, and this server has none/)
    let asked = 0
    const client: ModelClient = {
      async complete({ model }) {
        asked++
        assert.equal(model, 'tester')
        const text = JSON.stringify({ reasoning: 'I look on.', command: 'wait', params: { duration_seconds: 0.2 } })
        return { text, model, finish: 'stop', usage: { input_tokens: 1, output_tokens: 1, cost_usd: null } }
      },
    }
    const names = { opener: 'm', updater: 'm', validator: 'm', scorer: 'm' }
    const models = createModelRoles(client, new Meter(), names)
    const start = () => serve(folder, [file], { sessions: { hasRateLimits: false, models } })
    const first = await start()
    const person = await join(first.url, 'painting', 'p1')
    await answer(person)
    await person.study.play()
    const { playing } = await stageOf(person, 'episode')
    assert.ok(playing)
    assert.equal(await playSlot(person, playing, 10), 'left')
    assert.ok(asked > 0, 'the model was asked')
    await first.close()
    const before = asked
    const second = await start()
    try {
      const back = await join(second.url, 'painting', 'p1')
      const state = await stageOf(back, 'episode')
      assert.ok(state.playing)
      assert.equal(await playSlot(back, state.playing), 'over')
      await stageOf(back, 'forms')
      assert.ok(asked > before, 'the model came back')
      const [played] = (await back.study.data()).episodes
      assert.deepEqual(played?.players, ['participant', 'tester'])
    } finally {
      await second.close()
    }
  }))

test('arms: after kill -9 between the end of an episode and its record, the next start completes the assignment once', () =>
  inFolder(async (folder) => {
    const file = joinPath(folder, 'painting.yml')
    writeFileSync(file, ALONE)
    const data = joinPath(folder, 'data')
    const first = await startServerProcess(data, ['--experiment', file])
    const person = await join(first.url, 'painting', 'p1')
    await answer(person)
    await person.study.play()
    const { playing } = await stageOf(person, 'episode')
    assert.ok(playing)
    // The last message arrives before the journal is archived and the assignment is settled.
    assert.equal(await playSlot(person, playing), 'over')
    await first.crash()
    const second = await startServerProcess(data, ['--experiment', file])
    try {
      const back = await join(second.url, 'painting', 'p1')
      assert.equal((await stageOf(back, 'forms')).completed, 1)
      const { episodes, assignments } = await back.study.data()
      assert.deepEqual([episodes.length, assignments.length], [1, 1])
      assert.equal(episodes[0]?.exit_reason, 'game_completed')
      assert.equal(episodes[0]?.results?.scores[0], episodes[0]?.score)
      assert.equal(typeof episodes[0]?.score, 'number')
    } finally {
      await second.stop()
    }
  }))
