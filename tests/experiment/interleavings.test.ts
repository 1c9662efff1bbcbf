// Random interleavings of fifty participants, with kills: no quota is exceeded, no assignment duplicated, no answer lost.
import assert from 'node:assert/strict'
import fc from 'fast-check'
import type { Store } from '../../src/store/store.ts'
import { post } from '../../src/testing/play-api.ts'
import { forEachStore } from '../../src/testing/stores.ts'
import { type StudyServer, startStudyServer } from './study-server.ts'

const PEOPLE = 50

const experiment = (quota: number): string => `name: Crowd
assignment_strategy:
  strategy: random_unique
  games: [Explore, Teamwork, Foresight]
  quota_per_game: ${quota}
  max_assignments_per_player: 2
  seed: 1
forms:
  - {name: intake, before_or_after: before, questions: [{key: age, prompt: Age?, answer_type: number, required: true}]}
  - {name: outtake, before_or_after: after, questions: [{key: easy, prompt: Easy?, answer_type: string, required: true}]}
study:
  reservation: {minutes: 60}
`

const run = (quota: number): string => `name: Crowd
games: [{name: Explore}, {name: Teamwork}, {name: Foresight}]
next_game_strategy:
  strategy: {id: random_unique_game, quota_per_game: ${quota}, max_assignments_per_player: 2}
forms:
  - {name: intake, trigger: {event: before_all_assignments}, questions: [{key: age, prompt: Age?, answer_type: number, required: true}]}
  - {name: outtake, trigger: {event: after_assignment}, questions: [{key: easy, prompt: Easy?, answer_type: string, required: true}]}
study:
  reservation: {minutes: 60}
`

interface Person {
  key: string
  /** Answers that were acknowledged, by form and assignment. */
  readonly answered: Map<string, string>
}

/** The next action of a participant: the state says what is possible, the draw whether it happens. */
interface Deed {
  readonly who: number
  readonly server: number
  /** Also sends the same request a second time, concurrently. */
  readonly isDoubled: boolean
  readonly ends: 'finish' | 'leave' | 'stay'
  readonly kill: boolean
}

const deed: fc.Arbitrary<Deed> = fc.record({
  who: fc.nat({ max: PEOPLE - 1 }),
  server: fc.nat({ max: 1 }),
  isDoubled: fc.boolean(),
  ends: fc.constantFrom('finish', 'finish', 'leave', 'stay'),
  kill: fc.integer({ min: 0, max: 60 }).map((n) => n === 0),
})

class Crowd {
  readonly #store: Store
  readonly #text: string
  readonly #servers: StudyServer[] = []
  readonly #people: Person[] = []
  readonly #isAlone: boolean
  readonly quota: number

  constructor(store: Store, text: string, quota: number, isAlone: boolean) {
    this.#store = store
    this.#text = text
    this.quota = quota
    this.#isAlone = isAlone
  }

  async #start(): Promise<StudyServer> {
    return startStudyServer(
      this.#store,
      { files: [{ path: 'crowd.yml', text: this.#text }] },
      { isAlone: this.#isAlone },
    )
  }

  async open(): Promise<void> {
    for (let i = 0; i < (this.#isAlone ? 1 : 2); i++) this.#servers.push(await this.#start())
  }

  async close(): Promise<void> {
    for (const server of this.#servers) await server.close()
  }

  async #person(who: number, server: StudyServer): Promise<Person> {
    const known = this.#people[who]
    if (known) return known
    const { body } = await post(server, '/api/studies/crowd/join', { external: { PROLIFIC_PID: `p${who}` } })
    const person = { key: body.api_key, answered: new Map<string, string>() }
    this.#people[who] ??= person
    return this.#people[who] ?? person
  }

  /** Concurrent actions of several people: refused ones must leave nothing behind. */
  async together(deeds: readonly Deed[]): Promise<void> {
    const kill = deeds.find((each) => each.kill)
    const all = Promise.allSettled(deeds.map((each) => this.#do(each)))
    if (kill) {
      const at = kill.server % this.#servers.length
      await this.#servers[at]?.crash()
      const fresh = await this.#start()
      this.#servers[at] = fresh
    }
    await all
  }

  async #do({ who, server: at, isDoubled, ends }: Deed): Promise<void> {
    const server = this.#servers[at % this.#servers.length]
    if (!server) return
    const person = await this.#person(who, server)
    const ask = async (path: string, body: unknown) => {
      const twice = [post(server, path, body, person.key), ...(isDoubled ? [post(server, path, body, person.key)] : [])]
      const settled = await Promise.allSettled(twice)
      return settled
        .flatMap((each) => (each.status === 'fulfilled' ? [each.value] : []))
        .find(({ status }) => status === 200)
    }
    const { body: state } = await get(server, '/api/studies/crowd/me', person.key)
    const base = '/api/studies/crowd'
    if (state.stage === 'forms') {
      const answer = `${who}-${Math.floor(performance.now())}`
      const responses = { intake: { age: who }, outtake: { easy: answer } }
      const given = await ask(`${base}/forms`, { group_id: state.group_id, responses })
      if (given) person.answered.set(String(state.group_id), answer)
    } else if (state.stage === 'assignment') {
      await ask(`${base}/sessions`, {})
    } else if (state.stage === 'session' && ends !== 'stay') {
      const session = await server.services.registry.find(state.session.session_id)
      if (session.kind === 'session')
        await session.session.exit(ends === 'finish' ? 'player finished' : 'received close request')
    }
  }

  async check(): Promise<void> {
    const [server] = this.#servers
    assert.ok(server)
    const { studies } = server.study
    const participants = await studies.participants('Crowd')
    const rows = await studies.assignments(
      'Crowd',
      participants.map(({ player }) => player),
    )
    const counted = new Map<string, Set<string>>()
    for (const { player } of participants) {
      const own = rows.filter((row) => row.player === player)
      const games = own.filter(({ status }) => status !== 'expired').map(({ game }) => game)
      assert.equal(new Set(games).size, games.length, `${player} has a game twice: ${games}`)
      assert.ok(games.length <= 2, `${player} has ${games.length} assignments`)
      assert.ok(own.filter(({ status }) => status === 'in_progress').length <= 1, `${player} plays twice at once`)
    }
    const held = new Map<string, number>()
    for (const { game, player, status, isReserved } of rows) {
      if (status === 'in_progress' || status === 'completed')
        counted.set(game, (counted.get(game) ?? new Set()).add(player))
      if (isReserved) held.set(game, (held.get(game) ?? 0) + 1)
    }
    const tally = await studies.tally('Crowd')
    for (const [game, players] of counted) {
      const places = players.size + (held.get(game) ?? 0)
      assert.ok(places <= this.quota, `${game} has ${places} players for ${this.quota} places`)
      assert.equal(tally.games.get(game)?.counted, players.size, `the counter of ${game}`)
    }
    await this.#checkAnswers(server)
    const sessions = new Set(rows.flatMap(({ session }) => session ?? []))
    for (const session of sessions) {
      const found = await server.services.log.find(session)
      assert.notEqual(found?.standing, 'closed', 'a row in progress has a session that can be played')
    }
  }

  async #checkAnswers(server: StudyServer): Promise<void> {
    for (const person of this.#people.filter((each) => each !== undefined)) {
      if (person.answered.size === 0) continue
      const { body } = await get(server, '/api/studies/crowd/export', person.key)
      const kept = new Set([
        ...Object.keys(body.forms),
        ...body.assignments.flatMap((row: any) => Object.keys(row.forms).map((name) => `${name}`)),
      ])
      for (const group of person.answered.keys()) {
        const form = group.startsWith('after') ? 'outtake' : 'intake'
        assert.ok(kept.has(form), `the accepted answers of ${group} are kept`)
      }
    }
  }
}

async function get(server: StudyServer, path: string, key: string): Promise<{ status: number; body: any }> {
  const answer = await fetch(server.url + path, { headers: { authorization: `Bearer ${key}` } })
  return { status: answer.status, body: await answer.json() }
}

for (const [generation, file] of [
  ['experiment', experiment],
  ['run', run],
] as const) {
  forEachStore(
    `studies: fifty people interleave in a ${generation}, and everything holds`,
    async (_store, services) => {
      await fc.assert(
        fc.asyncProperty(
          fc.integer({ min: 2, max: 12 }),
          fc.array(fc.array(deed, { minLength: 1, maxLength: 25 }), { minLength: 8, maxLength: 20 }),
          async (quota, rounds) => {
            const store = await services.open()
            const crowd = new Crowd(store, file(quota), quota, services.kind === 'sqlite')
            await crowd.open()
            try {
              for (const round of rounds) {
                await crowd.together(round)
                await crowd.check()
              }
            } finally {
              await crowd.close()
            }
          },
        ),
        { numRuns: 3, endOnFailure: true },
      )
    },
  )
}
