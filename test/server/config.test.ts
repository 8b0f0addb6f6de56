import { describe, expect, it } from 'vitest'
import { ConfigError, readConfig } from '../../server/config.ts'

const WORKFLOW = '11111111-2222-4333-8444-555555555555'
const GOOD = { DIDIT_API_KEY: 'key', DIDIT_WORKFLOW_ID: WORKFLOW }

function problems(env: Record<string, string | undefined>): string[] {
  try {
    readConfig(env)
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error
    return error.message.split('\n- ').slice(1)
  }
  return []
}

const LONG = 'a-token-of-thirty-two-characters-or-more'

describe('readConfig', () => {
  it('needs a key and a workflow and has defaults for the rest', () => {
    expect(readConfig(GOOD)).toEqual({
      apiKey: 'key',
      workflows: { default: WORKFLOW },
      webhookSecrets: [],
      baseUrl: undefined,
      authUrl: undefined,
      databaseUrl: 'file:./data/didit-verify.db',
      secret: undefined,
      allowedOrigins: [],
      operators: {},
      maxSessionsPerHour: undefined,
      retentionDays: undefined,
      trustedProxies: 0,
      otlpEndpoint: undefined,
      publicUrl: 'http://localhost:8787/api/verify',
      isPublic: false,
      port: 8787,
      sandboxPort: 4010,
      logLevel: 'info',
    })
  })

  it('cannot be changed', () => {
    expect(Object.isFrozen(readConfig(GOOD))).toBe(true)
  })

  it('trims what it reads, lists too', () => {
    const config = readConfig({
      DIDIT_API_KEY: '  key\n',
      DIDIT_WORKFLOW_ID: ` ${WORKFLOW} `,
      DIDIT_WORKFLOWS: ` age = ${WORKFLOW} , `,
      DIDIT_WEBHOOK_SECRET: ' new , old ,',
      ALLOWED_ORIGINS: 'https://a.example , http://localhost:3000',
    })
    expect(config).toMatchObject({
      apiKey: 'key',
      workflows: { default: WORKFLOW, age: WORKFLOW },
      webhookSecrets: ['new', 'old'],
      allowedOrigins: ['https://a.example', 'http://localhost:3000'],
    })
  })

  it('takes empty for missing', () => {
    const names = [
      'DIDIT_WORKFLOWS',
      'DIDIT_WEBHOOK_SECRET',
      'ALLOWED_ORIGINS',
      'PORT',
      'LOG_LEVEL',
    ]
    const empty = Object.fromEntries(names.map((name) => [name, '  ']))
    expect(readConfig({ ...GOOD, ...empty })).toEqual(readConfig(GOOD))
    expect(problems({ ...GOOD, DIDIT_API_KEY: ' ' })).toEqual([
      'DIDIT_API_KEY is missing. Example: DIDIT_API_KEY=the key of your application at Didit',
    ])
  })

  it('lists every problem at once, with name and example', () => {
    const found = problems({
      DIDIT_WORKFLOW_ID: 'my-workflow',
      DIDIT_WORKFLOWS: 'age',
      DIDIT_BASE_URL: 'verification.didit.me',
      DATABASE_URL: 'mysql://localhost',
      VERIFY_SECRET: 'short',
      ALLOWED_ORIGINS: 'https://a.example/path',
      MAX_SESSIONS_PER_HOUR: '0',
      RETENTION_DAYS: '0',
      TRUSTED_PROXIES: '-1',
      PUBLIC_URL: 'example.com',
      PORT: '70000',
      LOG_LEVEL: 'loud',
    })
    expect(found.map((line) => line.split(' ')[0])).toEqual([
      'DIDIT_API_KEY',
      'DIDIT_WORKFLOW_ID',
      'DIDIT_WORKFLOWS',
      'DIDIT_BASE_URL',
      'DATABASE_URL',
      'VERIFY_SECRET',
      'ALLOWED_ORIGINS',
      'MAX_SESSIONS_PER_HOUR',
      'RETENTION_DAYS',
      'TRUSTED_PROXIES',
      'PUBLIC_URL',
      'PORT',
      'LOG_LEVEL',
    ])
    for (const line of found) expect(line).toMatch(/^(\w+) is (missing|not valid)\. Example: \1=.+/)
  })

  const refused: [string, string][] = [
    ['DIDIT_API_KEY', 'a key'],
    ['OPERATOR_TOKENS', 'anna'],
    ['OPERATOR_TOKENS', 'anna:short'],
    ['OPERATOR_TOKENS', `anna:${LONG},anna:${LONG}`],
    ['OPERATOR_TOKENS', `anna:${LONG},anna:${LONG}1,anna:${LONG}2`],
    ['VERIFY_SECRET', `${LONG},short`],
    ['VERIFY_SECRET', `${LONG},KEPT`],
    ['OPERATOR_TOKENS', `anna:${LONG},bert:${LONG}`],
    ['ALLOWED_ORIGINS', 'https://a.example/'],
    ['ALLOWED_ORIGINS', 'https://a.example,*'],
    ['ALLOWED_ORIGINS', 'null'],
    ['ALLOWED_ORIGINS', 'a.example'],
    ['ALLOWED_ORIGINS', 'https://*.a.example/x'],
    ['ALLOWED_ORIGINS', 'https://user@a.example'],
    ['DIDIT_WORKFLOWS', `age=${WORKFLOW},name`],
    ['DIDIT_WORKFLOWS', 'age=1'],
    ['DIDIT_WORKFLOWS', `=${WORKFLOW}`],
    ['DIDIT_BASE_URL', 'javascript:alert(1)'],
    ['DATABASE_URL', 'file:'],
    ['DATABASE_URL', 'postgres://'],
    ['DATABASE_URL', 'postgres:verify'],
    ['PUBLIC_URL', 'ftp://a.example'],
    ['PORT', '80.5'],
    ['PORT', 'http'],
    ['MAX_SESSIONS_PER_HOUR', 'many'],
    ['RETENTION_DAYS', 'forever'],
    ['RETENTION_DAYS', '1.5'],
  ]
  it.each(refused)('refuses %s=%s', (name, value) => {
    expect(problems({ ...GOOD, [name]: value })).toEqual([
      expect.stringMatching(new RegExp(`^${name} is not valid`)),
    ])
  })

  it.each(['file:./x.db', 'postgres://u:p@db/verify', 'postgresql:///verify?host=/run/pg'])(
    'takes %s for a database',
    (DATABASE_URL) => {
      expect(readConfig({ ...GOOD, DATABASE_URL }).databaseUrl).toBe(DATABASE_URL)
    },
  )

  it('never shows a value, which may be a secret', () => {
    expect(problems({ ...GOOD, VERIFY_SECRET: 'hunter2' }).join()).not.toContain('hunter2')
  })

  it('refuses a public address without a webhook secret, and says where the webhook goes', () => {
    const url = 'https://www.example.com/api/verify'
    for (const PUBLIC_URL of [url, `${url}/`]) {
      expect(problems({ ...GOOD, PUBLIC_URL })).toEqual([
        expect.stringMatching(
          /^DIDIT_WEBHOOK_SECRET is missing .* for https:\/\/www\.example\.com\/api\/verify\/webhooks /,
        ),
      ])
    }
    expect(problems({ ...GOOD, PUBLIC_URL: url, DIDIT_WEBHOOK_SECRET: 's' })).toEqual([])
  })

  it.each([
    ['http://localhost:8787/api/verify', false],
    ['http://127.0.0.1:8787/api/verify', false],
    ['http://[::1]:8787/api/verify', false],
    ['https://127.evil.example/api/verify', true],
    ['http://192.168.1.5:8787/api/verify', true],
    ['https://localhost.example/api/verify', true],
  ])('takes %s for public: %s', (PUBLIC_URL, isPublic) => {
    const config = readConfig({ ...GOOD, PUBLIC_URL, DIDIT_WEBHOOK_SECRET: 's' })
    expect(config.isPublic).toBe(isPublic)
  })

  it('reads who may use the operator API', () => {
    const { operators } = readConfig({
      DIDIT_API_KEY: 'key',
      DIDIT_WORKFLOW_ID: '11111111-2222-4333-8444-555555555555',
      OPERATOR_TOKENS: `anna:${LONG} , bert : ${LONG}:with:colons`,
    })
    expect(operators).toEqual({ anna: [LONG], bert: [`${LONG}:with:colons`] })
  })

  it('reads two tokens of one name and several secrets while they rotate', () => {
    const { operators, secret } = readConfig({
      ...GOOD,
      OPERATOR_TOKENS: `anna:${LONG},anna:${LONG}2`,
      VERIFY_SECRET: `${LONG} , ${LONG}2, kept`,
    })
    expect(operators).toEqual({ anna: [LONG, `${LONG}2`] })
    expect(secret).toEqual([LONG, `${LONG}2`, 'kept'])
  })
})
