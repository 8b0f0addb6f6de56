import * as z from 'zod'

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
  DATABASE_URL: [
    z
      .string()
      .regex(/^(file:.+|postgres(ql)?:\/\/.+)/)
      .default('file:./data/didit-verify.db'),
    'postgres://user:password@host/database',
  ],
  VERIFY_SECRET: [z.string().min(32).optional(), 'a random text of 32 characters or more'],
  ALLOWED_ORIGINS: [list(origin()).optional(), 'https://www.example.com,https://example.com'],
  OPERATOR_TOKENS: [operators().optional(), 'anna:a random text of 32 characters or more'],
  MAX_SESSIONS_PER_HOUR: [z.coerce.number().int().positive().optional(), '1000'],
  RETENTION_DAYS: [z.coerce.number().int().positive().optional(), '365'],
  TRUSTED_PROXIES: [z.coerce.number().int().nonnegative().default(0), '1'],
  PUBLIC_URL: [z.url({ protocol: /^https?$/ }).optional(), 'https://www.example.com/api/verify'],
  PORT: [z.coerce.number().int().min(0).max(65535).default(8787), '8787'],
  SANDBOX_PORT: [z.coerce.number().int().min(0).max(65535).default(4010), '4010'],
  LOG_LEVEL: [z.enum(['debug', 'info', 'warn', 'error', 'silent']).default('info'), 'info'],
} as const

type Variables = {
  [K in keyof typeof VARIABLES]: z.infer<(typeof VARIABLES)[K][0]>
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
  for (const [name, [schema, example]] of Object.entries(VARIABLES)) {
    const text = env[name]?.trim() || undefined
    const { data, error } = schema.safeParse(text)
    values[name as keyof Variables] = data
    const fault = text === undefined ? 'is missing' : 'is not valid'
    if (error) problems.push(`${name} ${fault}. Example: ${name}=${example}`)
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
    databaseUrl: config.DATABASE_URL,
    secret: config.VERIFY_SECRET,
    allowedOrigins: config.ALLOWED_ORIGINS ?? [],
    /** Name -> token; none: the operator API is not mounted. */
    operators: config.OPERATOR_TOKENS ?? {},
    maxSessionsPerHour: config.MAX_SESSIONS_PER_HOUR,
    retentionDays: config.RETENTION_DAYS,
    trustedProxies: config.TRUSTED_PROXIES,
    publicUrl,
    /** Whether others than this machine reach it. */
    isPublic,
    port: config.PORT,
    sandboxPort: config.SANDBOX_PORT,
    logLevel: config.LOG_LEVEL,
  })
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

/** `name:token` items; names and tokens each stand for one operator only. */
function operators() {
  const token = /^[^:\s]+\s*:\s*\S{32,}$/
  return list(z.string().regex(token)).transform((items, context) => {
    const named = items.map((item) => item.split(/\s*:\s*(.*)/s, 2) as [string, string])
    const repeated = [0, 1].some((part) => new Set(named.map((it) => it[part])).size < named.length)
    if (repeated) context.addIssue('Each name and each token stands once.')
    return Object.fromEntries(named)
  })
}

function origin() {
  return z.string().refine((text) => URL.canParse(text) && new URL(text).origin === text)
}

function isLoopback({ hostname }: URL): boolean {
  return hostname === 'localhost' || hostname === '[::1]' || /^127(\.\d+){3}$/.test(hostname)
}
