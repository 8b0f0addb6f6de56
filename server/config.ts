import * as z from 'zod'
import { isLoopback } from './loopback.ts'

export type Config = ReturnType<typeof readConfig>

const UUID = '11111111-2222-4333-8444-555555555555'

/** Variable -> how it is read, and an example for who got it wrong. */
const VARIABLES = {
  // A key that was copied with a line break or a space can never work.
  DIDIT_API_KEY: [z.string().regex(/^\S+$/), 'the key of your application at Didit'],
  DIDIT_WORKFLOW_ID: [z.guid(), UUID],
  DIDIT_WORKFLOWS: [pairs(z.guid()).optional(), `age=${UUID},address=${UUID}`],
  DIDIT_WEBHOOK_SECRET: [list(z.string()).optional(), 'the secret of the webhook destination'],
  DIDIT_BASE_URL: [z.url({ protocol: /^https?$/ }).optional(), 'https://verification.didit.me'],
  DIDIT_AUTH_URL: [z.url({ protocol: /^https?$/ }).optional(), 'https://apx.didit.me/auth/v2'],
  DATABASE_URL: [
    z
      .string()
      .regex(/^(file:.+|postgres(ql)?:\/\/.+)/)
      .default('file:./data/didit-verify.db'),
    'postgres://user:password@host/database',
  ],
  VERIFY_SECRET: [
    list(z.string().regex(/^(.{32,}|kept)$/)).optional(),
    'a random text of 32 characters or more, without commas',
  ],
  ALLOWED_ORIGINS: [list(origin()).optional(), 'https://www.example.com,https://example.com'],
  OPERATOR_TOKENS: [operators().optional(), 'anna:a random text of 32 characters or more'],
  MAX_SESSIONS_PER_HOUR: [z.coerce.number().int().positive().optional(), '1000'],
  RETENTION_DAYS: [z.coerce.number().int().positive().optional(), '365'],
  TRUSTED_PROXIES: [z.coerce.number().int().nonnegative().default(0), '1'],
  OTEL_EXPORTER_OTLP_ENDPOINT: [
    z.url({ protocol: /^https?$/ }).optional(),
    'http://127.0.0.1:4318',
  ],
  PUBLIC_URL: [z.url({ protocol: /^https?$/ }).optional(), 'https://www.example.com/api/verify'],
  PORT: [z.coerce.number().int().min(0).max(65535).default(8787), '8787'],
  SANDBOX_PORT: [z.coerce.number().int().min(0).max(65535).default(4010), '4010'],
  LOG_LEVEL: [z.enum(['debug', 'info', 'warn', 'error', 'silent']).default('info'), 'info'],
} as const

/** What the command line reads beside them; `serve` knows none of these. */
const COMMAND_LINE_VARIABLES = {
  DIDIT_OPERATOR_TOKEN: [z.string().regex(/^\S+$/), 'a token of OPERATOR_TOKENS, without its name'],
  DIDIT_ACCESS_TOKEN: [z.string().regex(/^\S+$/), 'the access_token of didit-verify login'],
  DIDIT_SESSION_TOKEN: [z.string().regex(/^\S+$/), 'the session_token of a session'],
  DIDIT_PASSWORD: [z.string(), 'the password of your account at Didit'],
  DIDIT_SHARE_TOKEN: [z.string().regex(/^\S+$/), 'the token that a partner gave you'],
} as const

const ALL = { ...VARIABLES, ...COMMAND_LINE_VARIABLES }

type Variables = {
  [K in keyof typeof VARIABLES]: z.infer<(typeof VARIABLES)[K][0]>
}

/** Every variable that is read anywhere. */
export type VariableName = keyof typeof ALL

export const VARIABLE_NAMES = Object.keys(ALL) as readonly VariableName[]

/** Variables that are set and valid. */
export type Given<N extends VariableName = VariableName> = {
  readonly [K in N]?: z.infer<(typeof ALL)[K][0]>
}

/** The configuration cannot be used; the message lists every problem. */
export class ConfigError extends Error {
  override readonly name = 'ConfigError'
}

/**
 * The configuration of `serve` and the demo, from the environment; nothing else reads it. Values
 * are trimmed, and empty ones count as missing.
 *
 * @throws {ConfigError} with one line per problem: the variable, what is wrong, an example.
 */
export function readConfig(env: Record<string, string | undefined>) {
  const problems: string[] = []
  const values: Partial<Record<keyof Variables, unknown>> = {}
  for (const name of Object.keys(VARIABLES) as (keyof Variables)[]) {
    const { data, problem } = readVariable(env, name)
    values[name] = data
    if (problem) problems.push(problem)
  }
  const config = values as Variables
  const publicUrl = config.PUBLIC_URL ?? `http://localhost:${config.PORT}/api/verify`
  const isPublic = URL.canParse(publicUrl) && !isLoopback(new URL(publicUrl))
  if (!config.DIDIT_WEBHOOK_SECRET && isPublic) {
    problems.push(
      'DIDIT_WEBHOOK_SECRET is missing while PUBLIC_URL is public. Add a webhook destination for ' +
        `${publicUrl.replace(/\/$/, '')}/webhooks at Didit and set its secret.`,
    )
  }
  if (problems.length > 0) {
    throw new ConfigError(`The configuration cannot be used:\n- ${problems.join('\n- ')}`)
  }
  return Object.freeze({
    apiKey: config.DIDIT_API_KEY,
    workflows: { ...config.DIDIT_WORKFLOWS, default: config.DIDIT_WORKFLOW_ID },
    webhookSecrets: config.DIDIT_WEBHOOK_SECRET ?? [],
    baseUrl: config.DIDIT_BASE_URL,
    authUrl: config.DIDIT_AUTH_URL,
    databaseUrl: config.DATABASE_URL,
    secret: config.VERIFY_SECRET,
    allowedOrigins: config.ALLOWED_ORIGINS ?? [],
    /** Name -> tokens; none: the operator API is not mounted. */
    operators: config.OPERATOR_TOKENS ?? {},
    maxSessionsPerHour: config.MAX_SESSIONS_PER_HOUR,
    retentionDays: config.RETENTION_DAYS,
    trustedProxies: config.TRUSTED_PROXIES,
    /** Where spans go; none: nothing is traced. */
    otlpEndpoint: config.OTEL_EXPORTER_OTLP_ENDPOINT,
    publicUrl,
    /** Whether others than this machine reach it. */
    isPublic,
    port: config.PORT,
    sandboxPort: config.SANDBOX_PORT,
    logLevel: config.LOG_LEVEL,
  })
}

/**
 * Some of the variables, for a command that needs only these: those that are set and valid, and a
 * line for each that is not valid. Nothing is missing here.
 */
export function readGiven<N extends VariableName>(
  env: Record<string, string | undefined>,
  names: readonly N[],
): { values: Given<N>; problems: string[] } {
  const read = names
    .filter((name) => env[name]?.trim())
    .map((name) => ({ name, ...readVariable(env, name) }))
  return {
    values: Object.fromEntries(read.map(({ name, data }) => [name, data])) as Given<N>,
    problems: read.flatMap(({ problem }) => problem ?? []),
  }
}

function readVariable(env: Record<string, string | undefined>, name: VariableName) {
  const [schema, example] = ALL[name]
  const text = env[name]?.trim() || undefined
  const { data, error } = schema.safeParse(text)
  const fault = text === undefined ? 'is missing' : 'is not valid'
  return { data, problem: error && `${name} ${fault}. Example: ${name}=${example}` }
}

function list(item: z.ZodType<string, string>) {
  return z
    .string()
    .transform((text) =>
      text
        .split(',')
        .map((part) => part.trim())
        .filter(Boolean),
    )
    .pipe(z.array(item).min(1))
}

function pairs(value: z.ZodType<string, string>) {
  return list(z.string().regex(/^[^=]+=[^=]+$/))
    .transform((items) => Object.fromEntries(items.map((item) => item.split(/\s*=\s*/))))
    .pipe(z.record(z.string(), value))
}

/** `name:token` items: at most two tokens for a name, while one replaces the other. */
function operators() {
  const token = /^[^:\s]+\s*:\s*\S{32,}$/
  return list(z.string().regex(token)).transform((items, context) => {
    const tokens = new Map<string, string[]>()
    for (const item of items) {
      const [name = '', text = ''] = item.split(/\s*:\s*(.*)/s, 2)
      tokens.set(name, [...(tokens.get(name) ?? []), text])
    }
    const all = [...tokens.values()]
    const repeated = new Set(all.flat()).size < items.length
    if (repeated || all.some(({ length }) => length > 2)) {
      context.addIssue('A token stands once, a name at most twice.')
    }
    return Object.fromEntries(tokens)
  })
}

function origin() {
  return z.string().refine((text) => URL.canParse(text) && new URL(text).origin === text)
}
