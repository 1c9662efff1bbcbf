// The websockets of the perception adapter: an agent's stream, and the bridge of an external engine.
import type { SocketBridge } from '../adapters/perception/socket-bridge.ts'
import { AppError } from '../kernel/errors.ts'
import { MAX_BRIDGE_FRAME } from '../protocol/bridge-messages.ts'
import { isSameSecret } from '../transport/credentials.ts'
import { PERCEPTION_STYLE } from '../transport/failure-styles.ts'
import type { Open, UpgradeRequest, UpgradeRoute } from '../transport/upgrade-router.ts'
import { type PerceptionRouteOptions, type ResolvedAdapter, slotCredentials } from './routes/perception.ts'

/** Where an external engine connects, and its token. */
export interface BridgeEntry {
  readonly bridge: SocketBridge
  readonly token: string
}

/** The stream of an agent, at the same addresses as the routes of `perceptionRoutes`. */
export function streamRoute(options: PerceptionRouteOptions): UpgradeRoute {
  return {
    pattern: `${options.below}/perception/stream`,
    style: PERCEPTION_STYLE,
    authorize(upgrade) {
      const refusal = options.locality?.refuse(upgrade.request)
      if (refusal) throw refusal
      const { id, slot } = upgrade.params
      const found = options.find({ id, slot, token: upgrade.bearer })
      return found instanceof Promise ? found.then((at) => openStream(at, upgrade)) : openStream(found, upgrade)
    },
  }
}

function openStream({ adapter, slot }: ResolvedAdapter, { bearer, query }: UpgradeRequest): Open {
  const credentials = { token: bearer, agentId: query.get('agent_id') ?? undefined }
  const agent = adapter.admit(slotCredentials(adapter, slot, credentials))
  return (connection) => {
    const stop = adapter.stream(agent, {
      send: (text, onSent) => connection.send(text, onSent),
      close: (code, reason) => connection.close(code, reason),
    })
    connection.onClose(stop)
    connection.onBinary(() => undefined)
  }
}

/** Where an external engine connects. */
export function bridgeRoute({ bridge, token }: BridgeEntry): UpgradeRoute {
  return {
    pattern: '/bridge',
    style: PERCEPTION_STYLE,
    maxMessageBytes: MAX_BRIDGE_FRAME,
    authorize({ bearer, query }) {
      if (bearer === undefined) throw new AppError('TOKEN_MISSING', 'This socket requires the token of the bridge.')
      if (!isSameSecret(bearer, token)) throw new AppError('TOKEN_REFUSED', 'The token does not match this bridge.')
      if (query.get('engine') !== bridge.engine) {
        throw new AppError('UNKNOWN_WORLD', `This adapter waits for the engine ${bridge.engine}.`)
      }
      return (connection) => {
        const wire = bridge.connect({
          send: (message) => connection.send(JSON.stringify(message)),
          close: (code, reason) => connection.close(code, reason),
        })
        connection.onText((text) => wire.receive(text))
        connection.onBinary(() => wire.receive(''))
        connection.onClose(() => wire.lost())
      }
    },
  }
}
