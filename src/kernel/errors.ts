// Every failure that a caller can fix has a row here. Refusals are data, not errors; anything else is a bug.
import type { JsonObject } from '../protocol/json.ts'
import type { Problem } from '../protocol/problem.ts'

interface Row {
  /** HTTP status. */
  readonly status: number
  /** Process exit status: 1 a check or run failed, 2 usage or unreadable input. */
  readonly exit: 1 | 2
  /** Default advice, if the error has no specific hint. */
  readonly hint: string
}

const row = (status: number, exit: 1 | 2, hint: string): Row => ({ status, exit, hint })

/** The closed table of codes. Codes never change their meaning. */
export const ERRORS = {
  USAGE: row(400, 2, 'Run the command with --help to see what it takes.'),
  VALIDATION_ERROR: row(422, 2, 'Correct the named field and try again.'),
  FILE_UNREADABLE: row(400, 2, 'Check that the path exists and that you may read it.'),
  FILE_UNWRITABLE: row(507, 2, 'Choose a folder that exists and that you may write to.'),
  FILE_TOO_LARGE: row(413, 2, 'Split the file, or raise the limit if the command has one.'),
  JSON_MALFORMED: row(400, 2, 'Correct the JSON at the named line and column.'),
  UNKNOWN_WORLD: row(404, 2, 'List the worlds with: paracosm world list'),
  UNKNOWN_VARIANT: row(404, 2, 'List the variants with: paracosm world show <world>'),
  UNKNOWN_BOT: row(404, 2, 'List the bots of a world with: paracosm world show <world>'),
  UNKNOWN_FILTER: row(404, 2, 'Use one of the named filters; docs/characters.md says what each of them matches.'),
  UNKNOWN_BLOB: row(404, 1, 'Check the name. The blob may have been deleted.'),
  UNKNOWN_EPISODE: row(404, 2, 'List the episodes at /api/episodes.'),
  UNKNOWN_EVALUATION: row(404, 2, 'List the evaluations with: paracosm eval list'),
  UNKNOWN_COMMAND: row(404, 2, 'List the commands with: paracosm log query'),
  CONFIG_INVALID: row(422, 2, 'Correct the named field of the configuration.'),
  STATE_INVALID: row(422, 2, 'Load a state that this world and version saved.'),
  SAVE_VERSION: row(422, 2, 'Load it with the release of paracosm that wrote it.'),
  NOT_CANONICAL: row(422, 2, 'Use plain JSON: finite numbers, no -0, no undefined.'),
  JOURNAL_CORRUPT: row(422, 1, 'Restore the journal from a copy. Everything after the named line is unreliable.'),
  JOURNAL_VERSION: row(422, 2, 'Open the journal with a release of paracosm that knows this version.'),
  JOURNAL_TRUNCATED: row(422, 1, 'Resume the episode, or restore the whole journal.'),
  WORLD_INVALID: row(422, 2, 'Export what defineWorld returns; docs/writing-a-world.md shows how.'),
  WORLD_VERSION: row(422, 1, 'Replay it with a release that has this version of the world.'),
  DIVERGED: row(422, 1, 'The rules have changed since the recording. Compare both sides at the named step.'),
  STEP_OUT_OF_RANGE: row(416, 2, 'Choose a step between 0 and the last step of the journal.'),
  SLOT_INVALID: row(404, 2, 'Slots are numbered from 0. Check how many slots the configuration has.'),
  TOKEN_REFUSED: row(403, 1, 'Use the link or token that was made for this slot of this episode.'),
  SESSION_LOST: row(409, 1, 'Reconnect: another server has taken over the session.'),
  UNKNOWN_PLAYER: row(404, 2, 'List the players with: paracosm admin player list'),
  KEY_INVALID: row(422, 2, 'Make a key with: paracosm admin keygen'),
  KEY_TAKEN: row(409, 2, 'Make another key with: paracosm admin keygen'),
  PII_KEY_INVALID: row(503, 2, 'Set PARACOSM_PII_KEY to 32 bytes in base64, as `openssl rand -base64 32` prints them.'),
  PII_KEY_WRONG: row(503, 2, 'Set PARACOSM_PII_KEY to the earlier key, or restore the pii.key file of this store.'),
  SERVER_UNREACHABLE: row(503, 1, 'Start a server with `npm start` or `paracosm serve`, or name another with --url.'),
  SERVER_REFUSED: row(
    502,
    1,
    'Read the response of the server. If it is not a paracosm server, name another with --url.',
  ),
  KEY_REFUSED: row(401, 2, 'Get a key with `paracosm play --register`, or set PARACOSM_KEY.'),
  UNKNOWN_GAME: row(404, 2, 'List the games at /api/games/list.'),
  EXPERIMENT_INVALID: row(
    422,
    2,
    'Correct the file at the named line; `paracosm experiment check FILE` lists every fault.',
  ),
  STUDY_REFUSED: row(400, 1, 'Read the setup of the study again: it says what comes next.'),
  STUDY_FORBIDDEN: row(403, 1, 'Ask the researcher for another link.'),
  RELEASE_REFUSED: row(409, 1, 'Evaluate the character again, and publish the new report.'),
  UNKNOWN_EXPERIMENT: row(404, 2, 'List the studies with: paracosm experiment list'),
  CHOICE_INVALID: row(400, 2, 'Choose one of the characters listed at /api/play/setup/<game>.'),
  NOT_EVALUABLE: row(409, 1, 'Finish a session of Infer Intent first.'),
  UNKNOWN_SESSION: row(404, 2, 'List your sessions at /api/sessions/list.'),
  SLOT_TAKEN: row(409, 1, 'Close the other connection to this slot first.'),
  EPISODE_QUARANTINED: row(409, 1, 'Read the log of the server. Open a copy of the journal with paracosm replay.'),
  RESUME_FAILED: row(409, 1, 'Start a new episode, or use another data folder with --data.'),
  EPISODE_FAILED: row(500, 1, 'Read the log for the cause. The journal contains everything up to the failure.'),
  OTHER_SERVER: row(421, 1, 'Use the link of the server that hosts it: several servers share this database.'),
  EPISODE_OVER: row(409, 1, 'The episode has ended. Start a new one.'),
  QUEUE_FULL: row(429, 1, 'Send fewer commands at a time, and wait for the next step.'),
  DATA_IN_USE: row(409, 2, 'Stop the other process, or use another folder with --data.'),
  STORE_UNAVAILABLE: row(
    503,
    2,
    'Check the path or address of the database, whether it is running, and your permissions.',
  ),
  STORE_BUSY: row(503, 1, 'Try again. If the error persists, end the process that locks the database.'),
  STORE_READ_ONLY: row(503, 2, 'Make the database and its folder writable, or choose another folder with --data.'),
  STORE_FULL: row(507, 1, 'Free space on the disk of the database. All acknowledged data is safe.'),
  STORE_CORRUPT: row(500, 1, 'Restore the database from a copy, or move the file away to start a new one.'),
  STORE_VERSION: row(409, 2, 'Use the release of paracosm that wrote the database, or a newer one.'),
  PORT_IN_USE: row(409, 2, 'Choose another port, or use --port 0 for any free port.'),
  MANIFEST_INVALID: row(422, 2, 'Correct the manifest at the named path.'),
  CERTIFICATION_FAILED: row(
    422,
    1,
    'Run the same checks with: paracosm coworld certify MANIFEST. Correct what fails, and upload again.',
  ),
  IMAGE_MISSING: row(422, 1, 'Build or pull the named image, or correct its name in the manifest.'),
  DOWNLOAD_FAILED: row(502, 2, 'Check the address, or fetch the file by hand and give its path.'),
  EVALUATION_MISMATCH: row(
    422,
    1,
    'Compare the report with the journals at the named episode; one of them was changed.',
  ),
  COMMISSIONER_FAILED: row(502, 1, 'Read the log of the commissioner. The round is repeated when it is back.'),
  MIGRATION_REFUSED: row(409, 1, 'Correct what the message names in the commissioner, and migrate the league again.'),
  MEMBERSHIP_ENDED: row(409, 1, 'List the members with: paracosm coworld memberships --active-only'),
  SECRET_MISSING: row(
    422,
    1,
    'Store the secret with: paracosm coworld secret put COWORLD NAME FILE, and start the episode again.',
  ),
  UNKNOWN_LEAGUE: row(404, 2, 'List the leagues at /v2/leagues, or with: paracosm coworld leagues'),
  UNKNOWN_TOKEN: row(404, 2, 'List the tokens with: paracosm league token list'),
  UNKNOWN_UPLOAD: row(404, 2, 'Check the id: uploads, images and packages have ids of their own.'),
  UPLOAD_INVALID: row(422, 2, 'Make the archive with: tar czf policy.tar.gz -C FOLDER .'),
  STILL_USED: row(409, 1, 'End or remove what uses it first.'),
  NOT_YOURS: row(403, 1, 'Use the token of the player that owns it.'),
  ROLE_UNSUPPORTED: row(422, 2, 'Give the manifest a reporter that is a container, with image and run.'),
  RUN_FAILED: row(500, 1, 'Read the logs of the run.'),
  RUN_TIMEOUT: row(504, 1, 'Raise --timeout, or find the hanging program in the logs.'),
  RESULTS_INVALID: row(422, 1, 'Make the game write results that match its results_schema.'),
  DEPLOY_FAILED: row(
    502,
    1,
    'Read the message of the provider, correct the cause, and deploy again. Resources that exist are reused.',
  ),
  ENGINE_MISSING: row(501, 2, 'Install Docker or Podman, or use --runtime process.'),
  DIVERGENT_FORK: row(422, 2, 'Fork at a recorded step, with commands that the world accepts.'),
  STRATEGY_INVALID: row(400, 1, 'Correct the program at the named node; docs/strategy.md lists every code.'),
  STRATEGY_FAILED: row(400, 1, 'Look up the code in docs/strategy.md, which says what to change.'),
  STRATEGY_LIMIT: row(412, 1, 'Make the program or its payload smaller, or raise the limit.'),
  UNKNOWN_STRATEGY: row(404, 2, 'List the built-in strategies with: paracosm strategy templates'),
  UNKNOWN_TEMPLATE: row(404, 2, 'List the templates with: paracosm strategy templates'),
  STRATEGY_CONFLICT: row(409, 1, 'Give the strategy a unique, non-empty id.'),
  PLUGIN_INVALID: row(422, 2, 'Export the strategies of the plug-in as `strategies`, a list.'),
  MODEL_UNAVAILABLE: row(502, 1, 'Check that the endpoint is running and its address is correct, then try again.'),
  MODEL_TIMEOUT: row(504, 1, 'Try again, or allow more time for each call.'),
  MODEL_BUSY: row(429, 1, 'Wait, or make fewer calls at the same time.'),
  MODEL_REFUSED: row(502, 2, 'Check the base URL, the key and the name of the model.'),
  MODEL_REPLY_INVALID: row(502, 1, 'Try again, or choose another model.'),
  MODEL_MISSING: row(422, 2, 'Name an endpoint and a model, or use the offline responder; docs/models.md shows how.'),
  BUDGET_SPENT: row(402, 1, 'Raise the limit. Completed work is kept.'),
  RECORDING_INVALID: row(422, 2, 'Use a file that --record wrote, unchanged.'),
  RECORDING_MISS: row(409, 1, 'Run the same program on the same episode, or record it again.'),
  INVALID_COMMAND: row(400, 1, 'Use one of the eight command types in docs/perception.md.'),
  COMMAND_CONFLICT: row(409, 1, 'Wait for the outcome of the current command, then send this one again.'),
  SCHEMA_MISMATCH: row(422, 1, 'Use a protocol version whose major number is not above that of the other side.'),
  BRIDGE_UNAVAILABLE: row(503, 1, 'Start the engine and its bridge, or wait until they are back.'),
  PERCEPTION_TIMEOUT: row(504, 1, 'Try again. If the error persists, check the engine.'),
  RATE_LIMITED: row(429, 1, 'Send fewer requests. Retry-After gives the time to wait.'),
  BODY_TOO_LARGE: row(413, 1, 'Send a smaller body. The message names the limit.'),
  TOKEN_MISSING: row(401, 1, 'Send the token of the slot in the header Authorization: Bearer <token>.'),
  NOT_PERCEIVED: row(422, 2, 'Choose a world that has `perceive`: docs/perception.md lists them.'),
  FILE_EXISTS: row(409, 2, 'Choose another name, or replace the existing file with --force.'),
  NAMES_COLLIDE: row(409, 1, 'Export one of the two by itself with --episode, into another folder.'),
  BAD_REQUEST: row(400, 2, 'Send a well-formed HTTP/1.1 request; /openapi.json lists the routes.'),
  NOT_FOUND: row(404, 2, 'Look up the address in /openapi.json or /asyncapi.json.'),
  METHOD_NOT_ALLOWED: row(405, 2, 'Use one of the methods in the Allow header.'),
  REQUEST_TIMEOUT: row(408, 1, 'Send the headers within 10 s and the body within 30 s.'),
  URI_TOO_LONG: row(414, 2, 'Shorten the address, or send the data in the body.'),
  MEDIA_TYPE_UNSUPPORTED: row(
    415,
    2,
    'Send the Content-Type that the route takes, most often application/json; see /openapi.json.',
  ),
  UPGRADE_REQUIRED: row(426, 2, 'Connect with a WebSocket client; /asyncapi.json lists the sockets.'),
  HEADERS_TOO_LARGE: row(431, 2, 'Send fewer or shorter headers.'),
  ORIGIN_REFUSED: row(403, 2, 'Start the server with --allow-origin and the origin of the page.'),
  HOST_REFUSED: row(403, 2, 'Start the server with --allow-host and its host name.'),
  LOCAL_ONLY: row(403, 1, 'Call it on the machine of the server, or send the admin key as a Bearer token.'),
  CONNECTION_LIMIT: row(503, 1, 'Close connections that are not needed, or try again later.'),
  JSON_TOO_DEEP: row(422, 2, 'Nest objects and lists less deeply.'),
  SOURCE_REFUSED: row(403, 2, 'Start the replay server with --allow-replay and the folder or origin of the recording.'),
  INTERRUPTED: row(503, 1, 'Start it again. Acknowledged work is kept.'),
} as const satisfies Record<string, Row>

export type ErrorCode = keyof typeof ERRORS

export function isErrorCode(text: string): text is ErrorCode {
  return Object.hasOwn(ERRORS, text)
}

interface AppErrorOptions {
  /** Facts for programs: paths, positions, both sides of a difference. Never a secret. */
  readonly details?: JsonObject
  readonly cause?: unknown
  /** A specific hint that replaces the general advice of the table. */
  readonly hint?: string
}

/**
 * A failure that the caller can fix. `message` says what was expected and what was found.
 *
 * @example
 * import { AppError } from 'paracosm/world'
 *
 * const error = new AppError('STATE_INVALID', 'a save has 3 slots, and the world 2', { hint: 'Load a save of this world.' })
 * console.log(error.code, error.hint)
 */
export class AppError extends Error {
  readonly code: ErrorCode
  readonly details: JsonObject | undefined
  readonly hint: string

  constructor(code: ErrorCode, message: string, options: AppErrorOptions = {}) {
    super(message, options.cause === undefined ? undefined : { cause: options.cause })
    this.name = 'AppError'
    this.code = code
    this.details = options.details
    this.hint = options.hint ?? ERRORS[code].hint
  }

  /**
   * An error without a stack, for refusals that one client can cause thousands of times a second: a stack costs more
   * than the rest of the response, and nobody reads it.
   */
  static withoutStack(code: ErrorCode, message: string, options: AppErrorOptions = {}): AppError {
    const { stackTraceLimit } = Error
    Error.stackTraceLimit = 0
    try {
      return new AppError(code, message, options)
    } finally {
      Error.stackTraceLimit = stackTraceLimit
    }
  }

  get status(): number {
    return ERRORS[this.code].status
  }

  get exit(): 1 | 2 {
    return ERRORS[this.code].exit
  }

  toProblem(): Problem {
    return {
      code: this.code,
      message: this.message,
      hint: this.hint,
      ...(this.details === undefined ? {} : { details: this.details }),
    }
  }
}
