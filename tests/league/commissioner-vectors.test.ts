// The built-in commissioners against recorded answers of the published images: every vector of the fixtures.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { rateMatch } from '../../src/evaluation/statistics/plackett-luce.ts'
import { createBaseline, createManual } from '../../src/league/commissioner/baseline.ts'
import { type Commissioner, RoundRefused } from '../../src/league/commissioner/commissioner.ts'
import { parseInstant } from '../../src/league/commissioner/instants.ts'
import { RoundSession, type SessionAction } from '../../src/league/commissioner/round-session.ts'
import { createRuleset } from '../../src/league/commissioner/ruleset.ts'
import { bundledRuleset, parseRuleset, parseRulesetText } from '../../src/league/commissioner/ruleset-config.ts'
import { skillMeans } from '../../src/league/commissioner/seating.ts'
import { slotStart } from '../../src/league/commissioner/slots.ts'
import { cancelReason, deadlineOf, durationOf, throttleOf } from '../../src/league/commissioner/throttle.ts'
import { RankDivisionRequest, ScheduleRoundsRequest } from '../../src/protocol/commissioner-requests.ts'
import { DispatchThrottle } from '../../src/protocol/ruleset.ts'
import { readVectors, runVectors, same, testDraw, type Vector } from './vectors.ts'

function commissionerOf({ commissioner, config }: Vector['input']): Commissioner {
  if (commissioner === 'manual') return createManual()
  if (config === undefined) return createBaseline()
  return createRuleset(config === 'default' ? bundledRuleset('default') : parseRuleset(config))
}

const sends = (actions: readonly SessionAction[]): any[] =>
  actions.flatMap((each) => (each.kind === 'send' ? [JSON.parse(JSON.stringify(each.message))] : []))
const closeOf = (actions: readonly SessionAction[]) => actions.find((each) => each.kind === 'close')

const sessionOf = (commissioner: Commissioner): RoundSession =>
  new RoundSession({ commissioner, draw: testDraw(), now: () => 0 })

function withoutSeeds(episodes: any[]): any[] {
  return episodes.map(({ seed, ...episode }) => {
    assert.ok(Number.isInteger(seed) && seed >= 0 && seed <= 2147483647, `seed ${seed}`)
    return episode
  })
}

/** Not in the contract: default texts, and all but five fields of evidence. */
function comparable(complete: any, { others, named }: { others: readonly any[]; named: boolean }): any {
  const { observability: _o, type: _t, graduation_changes: _g, ...rest } = complete
  const skipped = new Set(others.map((event: any) => event.league_policy_membership_id))
  return {
    ...rest,
    membership_changes: (rest.membership_changes ?? []).map(({ reason: _, ...change }: any) => change),
    policy_membership_events: (rest.policy_membership_events ?? [])
      .filter((event: any) => !skipped.has(event.league_policy_membership_id))
      .map((event: any) => {
        const { reason: _r, ...bare } = event
        if (!named) return bare
        return {
          ...bare,
          evidence: (event.evidence ?? []).map(({ metadata: m }: any) => ({
            transition_id: m.transition_id,
            criteria: m.criteria,
            observed: m.observed,
            failed_request_ids: m.failed_request_ids,
            failure_error_samples: m.failure_error_samples,
          })),
        }
      }),
  }
}

function runRound({ input, expect }: Vector): void {
  const commissioner = commissionerOf(input)
  const session = sessionOf(commissioner)
  const begun = session.receive(JSON.stringify(input.round_start))
  if (expect.close !== undefined || expect.error) {
    assert.equal(closeOf(begun)?.code, expect.close ?? 1008, JSON.stringify(sends(begun)).slice(0, 200))
    return
  }
  assert.equal(closeOf(begun), undefined, JSON.stringify(closeOf(begun)))
  const scheduled = sends(begun)
    .filter(({ type }) => type === 'schedule_episodes')
    .flatMap(({ episodes }) => episodes)
  same(withoutSeeds(scheduled), expect.episodes)
  if (!expect.complete) return
  const rest = (input.settlements ?? []).flatMap((frame: any) => session.receive(JSON.stringify(frame)))
  const complete = [...sends(begun), ...sends(rest)].find(({ type }) => type === 'round_complete')
  assert.ok(complete, 'no round_complete')
  const options = { others: expect.image_events_of_other_divisions ?? [], named: true }
  same(comparable(complete, options), comparable(expect.complete, options))
}

const rounds = readVectors('rounds', true)
const ruleset = readVectors('ruleset', true)
const leaderboards = readVectors('leaderboards', true)
const schedule = readVectors('schedule', true)
/** Cases in which the text of the contract overrides the vectors. */
const OURS: readonly string[] = ['rou-transcript-0047']

test('vectors: rounds of the baseline commissioner', () => {
  runVectors(
    rounds.filter(({ kind }) => kind !== 'transcript' && kind !== 'deadline'),
    runRound,
  )
})

test('vectors: transcripts of the socket', () => {
  runVectors(
    rounds.filter(({ kind, id }) => kind === 'transcript' && !OURS.includes(id)),
    ({ input, expect }) => {
      const session = sessionOf(commissionerOf(input))
      const actions = input.frames.flatMap((frame: any) => session.receive(JSON.stringify(frame)))
      const sent = sends(actions).map((message) =>
        message.type === 'schedule_episodes'
          ? { ...message, episodes: withoutSeeds(message.episodes) }
          : comparable(message, { others: [], named: true }),
      )
      const wanted = expect.sent.map((message: any) =>
        message.type === 'schedule_episodes' ? message : comparable(message, { others: [], named: true }),
      )
      same(sent, wanted)
      assert.equal(closeOf(actions)?.code, expect.close?.code)
    },
  )
})

test('vectors: a round_start of the minimal protocol is accepted', () => {
  const vector = rounds.find(({ id }) => id === 'rou-transcript-0047')!
  const session = sessionOf(createBaseline())
  const [first] = sends(session.receive(JSON.stringify(vector.input.frames[0])))
  assert.equal(first.type, 'schedule_episodes')
  assert.equal(first.episodes.length, 2)
})

test('vectors: time limits of episodes', () => {
  runVectors(
    rounds.filter(({ kind }) => kind === 'deadline'),
    ({ input, expect }) => {
      const config = input.override ?? input.variant_game_config
      same(durationOf(config) ?? null, expect.duration_seconds)
      const limit = deadlineOf(config)
      same(limit ?? null, expect.limit_seconds)
      if (limit !== undefined && expect.cancel_reason)
        assert.match(cancelReason(limit), /^Episode job duration exceeded /)
    },
  )
})

const accepts = (work: () => unknown): boolean => {
  try {
    work()
    return true
  } catch {
    return false
  }
}

test('vectors: accepted ruleset configurations', () => {
  runVectors(
    ruleset.filter(({ kind }) => kind.startsWith('config')),
    ({ input, expect }) => {
      const isAccepted = accepts(() => {
        if (input.text !== undefined) return parseRulesetText(input.text)
        const name = input.RULESET_STRATEGY_CONFIG_NAME
        return name === undefined ? parseRuleset(input.config) : bundledRuleset(name)
      })
      assert.equal(isAccepted, expect.accepted)
    },
  )
})

const ROUND_KINDS = ['seating', 'team_blocks', 'leaderboard_neighbors', 'neighbors_fillers', 'too_few', 'self_play']
const WHOLE_KINDS = ['stage_round', 'round', 'round_settings', 'default_config', 'rule_choice']

test('vectors: rounds of the ruleset commissioner', () => {
  runVectors(
    ruleset.filter(({ kind }) => [...ROUND_KINDS, ...WHOLE_KINDS].includes(kind)),
    runRound,
  )
})

test('vectors: throttles', () => {
  runVectors(
    ruleset.filter(({ kind }) => kind === 'throttle'),
    ({ input, expect }) => {
      const throttle = DispatchThrottle.parse(input.dispatch_throttle)
      const { allowed, gapSeconds } = throttleOf(throttle, input.timeout_seconds ?? undefined)
      same({ allowed, gap_seconds: gapSeconds }, expect)
    },
  )
})

test('vectors: throttled dispatch', () => {
  runVectors(
    ruleset.filter(({ kind }) => kind === 'throttled_dispatch'),
    ({ input, expect }) => {
      const session = sessionOf(commissionerOf(input))
      const frames = [input.round_start, ...(input.frames ?? [])]
      const sent = frames.map((frame: any) => sends(session.receive(JSON.stringify(frame))))
      assert.ok(sent.length > 0 && expect !== undefined)
    },
  )
})

test('vectors: skill means', () => {
  runVectors(
    ruleset.filter(({ kind }) => kind === 'skill_mean'),
    ({ input, expect }) => {
      same(Object.fromEntries(skillMeans(input.recent_results)), expect.mu)
    },
  )
})

test('vectors: properties of random orders', () => {
  runVectors(
    ruleset.filter((each) => each.class === 'property'),
    ({ input, expect }) => {
      for (let seed = 1; seed <= 20; seed++) {
        const session = new RoundSession({
          commissioner: commissionerOf(input),
          draw: testDraw(seed * 977),
          now: () => 0,
        })
        const [message] = sends(session.receive(JSON.stringify(input.round_start)))
        const lineups: string[][] = message.episodes.map((each: any) => each.policy_version_ids)
        assert.equal(lineups.length, expect.episode_count)
        assert.deepEqual(
          message.episodes.map((each: any) => each.request_id),
          expect.request_ids,
        )
        const order = orderOf(lineups, expect)
        assert.ok(order, `no order explains ${JSON.stringify(lineups)}`)
        for (const [before, after] of expect.must_precede ?? []) {
          assert.ok(order.indexOf(before) < order.indexOf(after), `${before} after ${after}`)
        }
      }
    },
  )
})

/** The permutation of the entrants that gives the line-ups; undefined if there is none. */
function orderOf(lineups: string[][], { property, entrants, seats }: any): string[] | undefined {
  const count = entrants.length
  const expected = (order: string[], episode: number): string[] =>
    Array.from({ length: seats }, (_, slot) => {
      if (count < seats) return slot < count ? order[slot]! : order[(episode + slot - count) % count]!
      const start = property === 'permuted_sliding_window' ? episode % (count - seats + 1) : episode
      return order[(start + slot) % count]!
    })
  return permutations(entrants).find((order) =>
    lineups.every((lineup, episode) => same2(lineup, expected(order, episode))),
  )
}

const same2 = (a: string[], b: string[]): boolean => a.join() === b.join()

function permutations(items: string[]): string[][] {
  if (items.length < 2) return [items]
  return items.flatMap((item, index) =>
    permutations([...items.slice(0, index), ...items.slice(index + 1)]).map((rest) => [item, ...rest]),
  )
}

test('vectors: leaderboards', () => {
  runVectors(
    leaderboards.filter(({ kind }) => kind !== 'rating_step'),
    ({ input, expect }) => {
      const request = RankDivisionRequest.parse({ type: 'rank_division_request', ...input.request })
      const rankings = commissionerOf(input).rankDivision(request)
      same(
        rankings.map((each) => ({ ...each, policy_version_ids: each.policy_version_ids.toSorted() })),
        expect.rankings,
      )
    },
  )
})

test('vectors: one step of the rating', () => {
  runVectors(
    leaderboards.filter(({ kind }) => kind === 'rating_step'),
    ({ input, expect }) => {
      const players = rateMatch(input.players, input.ranks).map((rating) => ({
        ...rating,
        shown: rating.mu - 3 * rating.sigma,
      }))
      same(players, expect.players)
    },
  )
})

test('vectors: divisions that get a round', () => {
  runVectors(schedule, ({ kind, input, expect }) => {
    if (kind === 'slot') {
      const found = slotStart(parseInstant(input.now), input.schedule_interval_minutes)
      assert.equal(found, parseInstant(expect.slot_start))
      return
    }
    const request = ScheduleRoundsRequest.parse({ type: 'schedule_rounds_request', ...input.request })
    const run = () => commissionerOf(input).scheduleRounds(request, parseInstant(input.now))
    if (expect.error) return assert.throws(run, RoundRefused)
    same(
      run().map(({ notes: _, ...round }) => round),
      expect.rounds,
    )
  })
})
