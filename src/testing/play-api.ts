// A hand-written client of the session API for tests: only fetch and JSON, none of our code.

export const FORM = {
  full_name: 'Ada L.',
  email: 'ada@example.org',
  phone_number: '1',
  consent_signature: 'Ada L.',
  consent_to_followup: true,
}

interface At {
  readonly url: string
}

type Body = any

export interface Answered {
  readonly status: number
  readonly body: Body
  readonly headers: Headers
}

async function ask(at: At, path: string, init: RequestInit, key?: string): Promise<Answered> {
  const headers: Record<string, string> = { 'content-type': 'application/json' }
  if (key !== undefined) headers.authorization = `Bearer ${key}`
  const answer = await fetch(at.url + path, { ...init, headers })
  return { status: answer.status, body: JSON.parse((await answer.text()) || 'null'), headers: answer.headers }
}

export const post = (at: At, path: string, body: unknown, key?: string): Promise<Answered> =>
  ask(at, path, { method: 'POST', body: typeof body === 'string' ? body : JSON.stringify(body) }, key)

export const put = (at: At, path: string, body: unknown, key?: string): Promise<Answered> =>
  ask(at, path, { method: 'PUT', body: JSON.stringify(body) }, key)

export const remove = (at: At, path: string, key?: string): Promise<Answered> =>
  ask(at, path, { method: 'DELETE' }, key)

export async function get(at: At, path: string, key?: string): Promise<Answered> {
  const answer = await fetch(at.url + path, key === undefined ? {} : { headers: { authorization: `Bearer ${key}` } })
  return { status: answer.status, body: JSON.parse(await answer.text()), headers: answer.headers }
}

/** The key of a new player. */
export async function register(at: At): Promise<string> {
  const { body } = await post(at, '/api/player/registration', FORM)
  return body.api_key
}

/** Starts a session of a sighted, walking person with a sorting robot; nothing is left to chance. */
export async function start(
  at: At,
  key: string | undefined,
  wanted: { game?: string; pc?: string; npc?: string; overrides?: object } = {},
): Promise<{ id: string; socket: string }> {
  const { game = 'Explore', pc = 'ODA', npc = 'JACK', overrides } = wanted
  const body = { api_key: key, game, pc_choice: pc, npc_choice: npc, overrides }
  const answer = await post(at, '/api/play/game', body)
  if (answer.status !== 200) throw new Error(`status ${answer.status}: ${JSON.stringify(answer.body)}`)
  return { id: answer.body.session_id, socket: at.url.replace('http', 'ws') + answer.body.ws_path }
}
