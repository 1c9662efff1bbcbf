// The password of a registry for temporary credentials: asked of the AWS command line, or, where that is not installed,
// of the same operation of ECR directly.
import { execFile } from 'node:child_process'
import { createHash, createHmac } from 'node:crypto'
import { z } from 'zod'
import { AppError } from '../kernel/errors.ts'
import { isMissing } from '../lib/files.ts'
import type { PushInfo } from '../protocol/hosted-images.ts'

/** Milliseconds for the answer. */
const ASK_MS = 60_000
const TARGET = 'AmazonEC2ContainerRegistry_V20150921.GetAuthorizationToken'

const refused = (message: string, cause?: unknown): AppError =>
  new AppError('SERVER_REFUSED', `the registry gives no password: ${message}`, {
    hint: 'Upload again: the credentials of a push hold for some hours only.',
    ...(cause === undefined ? {} : { cause }),
  })

/**
 * @param environment of the AWS command line; profiles and credentials in it are ignored
 * @throws AppError SERVER_REFUSED, SERVER_UNREACHABLE
 */
export async function ecrPassword(
  info: PushInfo,
  environment: Readonly<Record<string, string>>,
  signal?: AbortSignal,
): Promise<string> {
  const { region, endpoint_url: endpoint, credentials } = info
  const args = ['ecr', 'get-login-password', '--region', region]
  const kept = Object.entries(environment).filter(([name]) => !/^AWS_/.test(name))
  const env = {
    ...Object.fromEntries(kept),
    AWS_ACCESS_KEY_ID: credentials.access_key_id,
    AWS_SECRET_ACCESS_KEY: credentials.secret_access_key,
    AWS_SESSION_TOKEN: credentials.session_token,
    // Files of a user must not decide where these credentials go.
    AWS_CONFIG_FILE: '/dev/null',
    AWS_SHARED_CREDENTIALS_FILE: '/dev/null',
    AWS_EC2_METADATA_DISABLED: 'true',
  }
  const options = { env, timeout: ASK_MS, ...(signal ? { signal } : {}) }
  return new Promise((resolve, reject) => {
    execFile('aws', [...args, ...(endpoint ? ['--endpoint-url', endpoint] : [])], options, (error, stdout, stderr) => {
      const password = stdout.trim()
      if (error === null && password !== '') resolve(password)
      else if (signal?.aborted) reject(signal.reason)
      else if (isMissing(error)) askDirectly(info, signal).then(resolve, reject)
      else reject(refused(stderr.trim().slice(-500) || (error?.message ?? 'no answer'), error))
    })
  })
}

const Answer = z.object({ authorizationData: z.array(z.object({ authorizationToken: z.string() })).min(1) })

async function askDirectly(info: PushInfo, signal: AbortSignal | undefined): Promise<string> {
  const url = new URL(info.endpoint_url ?? `https://api.ecr.${info.region}.amazonaws.com/`)
  const body = '{}'
  const limit = AbortSignal.timeout(ASK_MS)
  const answer = await fetch(url, {
    method: 'POST',
    headers: signedHeaders(info, url, body, new Date()),
    body,
    redirect: 'error',
    signal: signal ? AbortSignal.any([signal, limit]) : limit,
  }).catch((cause: unknown) => {
    throw new AppError('SERVER_UNREACHABLE', `${url.origin} cannot be reached`, { cause })
  })
  const text = await answer.text()
  const found = answer.ok ? Answer.safeParse(JSON.parse(text)).data : undefined
  const [first] = found?.authorizationData ?? []
  if (!first) throw refused(`${url.origin} answered ${answer.status}: ${text.slice(0, 300)}`)
  const login = Buffer.from(first.authorizationToken, 'base64').toString('utf8')
  return login.slice(login.indexOf(':') + 1)
}

/** Signature version 4 of AWS, for one POST without a query. */
function signedHeaders({ region, credentials }: PushInfo, url: URL, body: string, now: Date): Record<string, string> {
  const at = now.toISOString().replace(/[-:]|\.\d+/g, '')
  const day = at.slice(0, 8)
  const hash = (text: string): string => createHash('sha256').update(text).digest('hex')
  const mac = (key: string | Buffer, text: string): Buffer => createHmac('sha256', key).update(text).digest()
  const headers: Record<string, string> = {
    'content-type': 'application/x-amz-json-1.1',
    host: url.host,
    'x-amz-date': at,
    'x-amz-security-token': credentials.session_token,
    'x-amz-target': TARGET,
  }
  const names = Object.keys(headers).join(';')
  const lines = Object.entries(headers).map(([name, value]) => `${name}:${value}\n`)
  const request = ['POST', url.pathname, '', lines.join(''), names, hash(body)].join('\n')
  const scope = `${day}/${region}/ecr/aws4_request`
  const key = [day, region, 'ecr', 'aws4_request'].reduce<string | Buffer>(
    (secret, part) => mac(secret, part),
    `AWS4${credentials.secret_access_key}`,
  )
  const signature = mac(key, ['AWS4-HMAC-SHA256', at, scope, hash(request)].join('\n')).toString('hex')
  const { host: _, ...sent } = headers
  const credential = `Credential=${credentials.access_key_id}/${scope}`
  return { ...sent, authorization: `AWS4-HMAC-SHA256 ${credential}, SignedHeaders=${names}, Signature=${signature}` }
}
