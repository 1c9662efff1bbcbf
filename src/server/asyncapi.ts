// The AsyncAPI 3.0 document of the websockets, generated from the adapters' own schemas. Actions are named from the
// server's side: it receives what clients send. Schemas are JSON Schema draft 7, as AsyncAPI requires.
import { z } from 'zod'
import { BridgeMessage, EngineMessage } from '../protocol/bridge-messages.ts'
import {
  GlobalMessage,
  PlayerCommand,
  PlayerMessage,
  ReplayControl,
  ReplayMessage,
} from '../protocol/coworld-messages.ts'
import { JsonObject, JsonValue } from '../protocol/json.ts'
import { LiveMessage } from '../protocol/live.ts'
import { Perception } from '../protocol/perception.ts'
import { CommandReport, StreamMessage } from '../protocol/perception-adapter.ts'
import { ClientFrame, ServerFrame } from '../protocol/session.ts'

/** Message schemas by name. */
type Messages = Readonly<Record<string, z.ZodType>>

interface Channel {
  readonly address: string
  readonly title: string
  readonly description: string
  /** Query parameters with their descriptions. */
  readonly query?: Readonly<Record<string, string>>
  /** Whether a key or token may come as `Authorization: Bearer`. */
  readonly hasBearer?: true
  readonly sends: Messages
  readonly receives: Messages
}

const EPISODE_QUERY = { slot: 'Number of the slot, from 0.', token: 'Token of the slot.' }
const STREAM = {
  description:
    'Perceptions of one agent and the progress of its commands. Close codes: 1000 the end, 1012 server restart, 1013 too far behind, 4001 replaced by a newer stream.',
  query: { agent_id: 'Id of the agent; only where no tokens are used.' },
  hasBearer: true,
  sends: byType(StreamMessage),
  receives: {},
} as const

const CHANNELS = {
  play: {
    address: '/api/play/game/{session_id}/ws',
    title: 'A session of a text game',
    description:
      'For the player, or a spectator with its own key. A client without an Authorization header sends `auth` first. The server closes with 1000. It answers a frame above 65,536 characters with `error`. A frame above 256 KiB (1009) or text that is not UTF-8 (1007) ends the connection, but not the session.',
    query: { stream: '1 enables `token` frames.' },
    hasBearer: true,
    sends: byType(ServerFrame),
    receives: byType(ClientFrame),
  },
  perception_stream: {
    address: '/perception/stream',
    title: 'The stream of an agent, identified by its token',
    ...STREAM,
  },
  perception_stream_of_slot: {
    address: '/api/episodes/{id}/slots/{slot}/perception/stream',
    title: 'The stream of a slot',
    ...STREAM,
  },
  bridge: {
    address: '/bridge',
    title: 'An external engine behind a perception adapter',
    description:
      'The engine says `hello` first. Close codes: 4001 replaced, 4002 version, 4003 no hello, 4004 too many faults.',
    query: { engine: 'Name of the engine.' },
    hasBearer: true,
    sends: byType(BridgeMessage),
    receives: byType(EngineMessage),
  },
  player: {
    address: '/episodes/{id}/player',
    title: 'A slot of a live episode',
    description: 'Sends an observation at once and after every step. Closes with 4001 when the slot is taken over.',
    query: EPISODE_QUERY,
    sends: byType(PlayerMessage),
    receives: { command: PlayerCommand },
  },
  global: {
    address: '/episodes/{id}/global',
    title: 'The public view of a live episode',
    description: 'Sends a snapshot at once, then ten per second until `done`. Incoming messages are ignored.',
    sends: byType(GlobalMessage),
    receives: {},
  },
  live: {
    address: '/api/episodes/{id}/live',
    title: 'A live episode for viewers',
    description:
      'Sends the current frame at once, then at most 20 frames per second, each with the events of all steps since the last one. Incoming messages are ignored. Close codes: 1000 the episode is over, 1011 with the reason EPISODE_FAILED, 1012 server restart: reconnect.',
    sends: byType(LiveMessage),
    receives: {},
  },
  replay: {
    address: '/episodes/{id}/replay',
    title: 'A recorded episode',
    description:
      'Sends all frames in one message. It echoes every message, and answers `seek` with the frame of that step.',
    sends: byType(ReplayMessage),
    receives: byType(ReplayControl),
  },
} satisfies Readonly<Record<string, Channel>>

type ChannelName = keyof typeof CHANNELS

/** The sockets of `paracosm serve`; only a perception adapter has the bridge. */
export const SERVER_CHANNELS: readonly ChannelName[] = [
  'play',
  'perception_stream',
  'perception_stream_of_slot',
  'player',
  'global',
  'live',
  'replay',
]

/** Schemas that are defined once, under their own names. */
const NAMED: readonly [string, z.ZodType][] = [
  ['JsonValue', JsonValue],
  ['Perception', Perception],
  ['CommandReport', CommandReport],
]

/** The document of the named channels. */
export function asyncApi(
  info: { readonly title: string; readonly version: string; readonly description: string },
  names: readonly ChannelName[],
): JsonObject {
  const channels: [string, Channel][] = names.map((name) => [name, CHANNELS[name]])
  const operations = channels.flatMap(([name, channel]) => [
    ...operationOf(name, 'send', channel),
    ...operationOf(name, 'receive', channel),
  ])
  return JsonObject.parse({
    asyncapi: '3.0.0',
    info,
    defaultContentType: 'application/json',
    channels: Object.fromEntries(channels.map(([name, channel]) => [name, describeChannel(name, channel)])),
    operations: Object.fromEntries(operations),
    components: {
      messages: Object.fromEntries(channels.flatMap(([name, channel]) => messagesOf(name, channel))),
      schemas: schemasOf(channels),
      securitySchemes: SECURITY_SCHEMES,
    },
  })
}

const idOf = (channel: string, action: 'send' | 'receive', message: string): string => `${channel}.${action}.${message}`
const idsOf = (name: string, { sends, receives }: Channel): string[] => [
  ...Object.keys(sends).map((message) => idOf(name, 'send', message)),
  ...Object.keys(receives).map((message) => idOf(name, 'receive', message)),
]

function describeChannel(name: string, channel: Channel): object {
  const parameters = [...channel.address.matchAll(/\{(\w+)\}/g)].map(([, parameter = '']) => [parameter, {}])
  const query = Object.entries(channel.query ?? {}).map(([key, description]) => [key, { type: 'string', description }])
  const headers = { type: 'object', properties: { Authorization: { type: 'string', pattern: '^Bearer ' } } }
  return {
    address: channel.address,
    title: channel.title,
    description: channel.description,
    ...(parameters.length === 0 ? {} : { parameters: Object.fromEntries(parameters) }),
    messages: Object.fromEntries(idsOf(name, channel).map((id) => [id, { $ref: `#/components/messages/${id}` }])),
    bindings: {
      ws: {
        method: 'GET',
        query: { type: 'object', properties: Object.fromEntries(query) },
        ...(channel.hasBearer ? { headers } : {}),
      },
    },
  }
}

const SECURITY_SCHEMES = {
  bearer: { type: 'http', scheme: 'bearer', description: 'Key of a player, or token of a slot or bridge.' },
  slotToken: { type: 'httpApiKey', name: 'token', in: 'query', description: 'Token of the slot.' },
}

function securityOf({ hasBearer, query }: Channel): object {
  const name = hasBearer ? 'bearer' : query !== undefined && 'token' in query ? 'slotToken' : undefined
  return name === undefined ? {} : { security: [{ $ref: `#/components/securitySchemes/${name}` }] }
}

function operationOf(name: string, action: 'send' | 'receive', channel: Channel): [string, object][] {
  const ids = Object.keys(action === 'send' ? channel.sends : channel.receives).map((message) =>
    idOf(name, action, message),
  )
  if (ids.length === 0) return []
  const operation = {
    action,
    channel: { $ref: `#/channels/${name}` },
    ...securityOf(channel),
    messages: ids.map((id) => ({ $ref: `#/channels/${name}/messages/${id}` })),
  }
  return [[`${name}.${action}`, operation]]
}

function messagesOf(name: string, channel: Channel): [string, object][] {
  return idsOf(name, channel).map((id) => [
    id,
    { name: id.slice(id.lastIndexOf('.') + 1), payload: { $ref: `#/components/schemas/${id}` } },
  ])
}

/** Every schema by name. Sent messages have their output schema, received ones their input schema. */
function schemasOf(channels: readonly [string, Channel][]): object {
  const sent = [...NAMED, ...channels.flatMap(([name, { sends }]) => pairs(name, 'send', sends))]
  const received = [...NAMED, ...channels.flatMap(([name, { receives }]) => pairs(name, 'receive', receives))]
  return { ...emit(received, 'input'), ...emit(sent, 'output') }
}

const pairs = (name: string, action: 'send' | 'receive', messages: Messages): [string, z.ZodType][] =>
  Object.entries(messages).map(([message, schema]) => [idOf(name, action, message), schema])

const Schemas = z.object({ schemas: z.record(z.string(), z.looseObject({})) })

function emit(list: readonly (readonly [string, z.ZodType])[], io: 'input' | 'output'): object {
  const schemas = list.map(([id, schema]) => {
    const registry = z.registry<{ id: string }>()
    for (const [other, shared] of NAMED) registry.add(shared, { id: other })
    registry.add(schema, { id })
    const uri = (to: string): string => `#/components/schemas/${to}`
    const emitted: unknown = z.toJSONSchema(registry, { uri, io, target: 'draft-7' })
    const { $schema: _, $id: __, ...rest } = Schemas.parse(emitted).schemas[id] ?? {}
    return [id, rest]
  })
  return Object.fromEntries(schemas)
}

/** The variants of a union by their discriminator. */
function byType(union: { readonly options: readonly z.ZodType[] }): Messages {
  const variants = union.options.map((option) => {
    const type = option instanceof z.ZodObject ? option.shape.type : undefined
    if (!(type instanceof z.ZodLiteral)) throw new Error('a variant of a message has no type')
    return [String([...type.values][0]), option] as const
  })
  return Object.fromEntries(variants)
}
