// How far an uploaded program is kept from the server that starts it: in a container of the operator's image, as a user
// without rights when the server runs as root, or not at all.

/** Limits of a program: no core files, files of 1 GiB, 20 minutes of processor time. */
const LIMITS = 'ulimit -c 0 -f 1048576 -t 1200 2>/dev/null'
/** No rights beyond those of any user, and limits that one match does not need: 2 GiB, 512 processes, 2 processors. */
const CONTAINED =
  '--cap-drop ALL --security-opt no-new-privileges --read-only --tmpfs /tmp:size=256m --memory 2048m --pids-limit 512 --cpus 2'
/** The user and group `nobody`. */
export const NOBODY = 65534

/** Goes before a command that root starts as `nobody`. */
export const DROP_RIGHTS = `setpriv --reuid ${NOBODY} --regid ${NOBODY} --clear-groups --no-new-privs --bounding-set=-all `

export interface Isolation {
  /** The command line of a container engine. */
  readonly engine: string | undefined
  /** The image whose containers run uploaded source; undefined: processes of this machine do. */
  readonly sourceImage?: string | undefined
  /** Whether processes get the user `nobody`; only root can do that, and the program `setpriv` has to be there. */
  readonly dropsRights?: boolean | undefined
}

export const quote = (text: string): string => `'${text.replaceAll("'", String.raw`'\''`)}'`

/** Names of the variables that say where the game is. */
const ADDRESS = '-e COGAMES_ENGINE_WS_URL -e COWORLD_PLAYER_WS_URL'

/**
 * The shell command of a container. The game listens on this machine's loopback interface, so the container shares its
 * network; routes of the operator are closed to it by the admin key.
 * @param words quoted: options, image, arguments
 */
export const containerCommand = (engine: string, words: readonly string[]): string =>
  `exec ${engine} run --rm --network host ${CONTAINED} ${ADDRESS} ${words.join(' ')}`

/** The shell command of source that was unpacked into `folder`; `list` is a file of its variables, `name` an option. */
export function sourceCommand(
  run: readonly string[],
  { engine, sourceImage, dropsRights }: Isolation,
  at: { readonly folder: string; readonly list: string; readonly name: string },
): string {
  if (sourceImage !== undefined && engine !== undefined) {
    const [entry = '', ...args] = run
    const options = [
      at.name,
      '-w /policy -e HOME=/tmp',
      `-v ${quote(`${at.folder}:/policy`)}`,
      `--env-file ${quote(at.list)}`,
    ]
    return containerCommand(engine, [...options, '--entrypoint', quote(entry), quote(sourceImage), ...args.map(quote)])
  }
  return `${LIMITS}; cd ${quote(at.folder)} && exec ${dropsRights ? DROP_RIGHTS : ''}${run.map(quote).join(' ')}`
}
