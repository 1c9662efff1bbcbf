// The upload objects of the hosted API (contract section 10.4), and ours for source and secrets.
import { z } from 'zod'
import { Argv } from './league.ts'

const Text = z.string()
const Instant = z.string()

/** The name of a policy: printable, and without the colon that divides it from its version. */
export const PolicyName = z
  .string()
  .min(1)
  .max(80)
  .regex(/^[^\p{C}:]+$/u, 'must be printable text without a colon')

/** Variables of a policy's program that nobody else sees. */
const SecretEnv = z.record(Text, Text)

/** An archive of source that was uploaded. `start` is how it is started unless its policy says otherwise; null: unknown. */
export const UploadedSource = z.object({
  id: Text,
  hash: Text,
  size_bytes: z.int(),
  files: z.int(),
  start: z.array(Text).nullable(),
  created_at: Instant,
})
export type UploadedSource = z.infer<typeof UploadedSource>

/** Makes a policy version of an uploaded archive. */
export const SourcePolicyRequest = z.strictObject({
  name: PolicyName,
  source_id: Text.max(100),
  run: Argv.optional(),
  policy_secret_env: SecretEnv.optional(),
})

/** A policy version that was uploaded. */
export const PolicyUpload = z.object({
  id: Text,
  name: Text,
  version: z.int(),
  pools: z.array(Text).nullable(),
  submit_error: Text.nullable(),
})
export type PolicyUpload = z.infer<typeof PolicyUpload>

/** Names of the secrets of a policy version; values are never shown. */
export const SecretNames = z.object({ names: z.array(Text) })
