import { describe, expect, it } from 'vitest'
import { judgeClock } from '../../../../server/cli/doctor/account.ts'
import { judgeOrigins } from '../../../../server/cli/doctor/origins.ts'
import { DEFAULT_WORKFLOW, KEY, NOBODY, setUp } from '../fixture.ts'

const LIVE = 'sk_live_0123456789abcdefghijklmnopqrstuvwxyzABCDEFG'
const PUBLIC = {
  PUBLIC_URL: 'https://verify.shop.example/api/verify',
  ALLOWED_ORIGINS: 'https://www.shop.example,https://verify.shop.example',
  DIDIT_WEBHOOK_SECRET: 'to come',
}

/** What doctor finds, with the webhook destination that serve needs. */
async function examined(
  options: Parameters<typeof setUp>[0] = {},
  destination: object | null = {},
) {
  const world = setUp({ ...options, env: { ...PUBLIC, ...options.env } })
  const env: Record<string, string | undefined> = {
    DIDIT_API_KEY: KEY,
    DIDIT_BASE_URL: 'http://127.0.0.1:4010',
    DIDIT_WORKFLOW_ID: DEFAULT_WORKFLOW,
    ...PUBLIC,
    ...options.env,
  }
  if (destination) {
    const { body } = await world.ask('POST', '/v3/webhook/destinations/', {
      label: 'shop',
      url: `${PUBLIC.PUBLIC_URL}/webhooks`,
      subscribed_events: ['status.updated'],
      ...destination,
    })
    if (env.DIDIT_WEBHOOK_SECRET === 'to come')
      env.DIDIT_WEBHOOK_SECRET = `old,${body.secret_shared_key}`
  }
  const ended = await world.cli('doctor --json', env)
  const report = ended.json<{
    healthy: boolean
    findings: { level: string; topic: string; words: string }[]
    headers: Record<string, string>
  }>()
  return {
    ...ended,
    ...report,
    world,
    env,
    faults: report.findings.filter(({ level }) => level !== 'ok'),
  }
}

describe('doctor', () => {
  it('finds nothing where all is well, and prints what a page needs', async () => {
    const { code, healthy, faults, headers, world, env } = await examined()
    expect([code, healthy, faults]).toEqual([0, true, []])
    expect(headers['Content-Security-Policy']).toContain('frame-src')
    const { out } = await world.cli('doctor', env)
    expect(out).toMatch(/^ok {7}key {7}Didit takes DIDIT_API_KEY/m)
    for (const name of [
      'Content-Security-Policy',
      'Permissions-Policy',
      'Cross-Origin-Opener-Policy',
      'Cross-Origin-Embedder-Policy',
    ]) {
      expect(out).toContain(`\n${name}: `)
    }
  })

  it('names the hosted page that the workflow has', async () => {
    const { headers } = await examined()
    expect(headers['Content-Security-Policy']).toContain(
      "frame-src 'self' https://verify.shop.example http://127.0.0.1:4010;",
    )
  })

  it.each<[string, Parameters<typeof examined>, string, RegExp]>([
    ['no key', [{ env: { DIDIT_API_KEY: '' } }], 'problem key', /DIDIT_API_KEY is missing/],
    [
      'a key that Didit refuses',
      [{ env: { DIDIT_API_KEY: 'invalid-key' } }],
      'problem key',
      /Didit refuses DIDIT_API_KEY/,
    ],
    [
      'a key that may not',
      [{ env: { DIDIT_API_KEY: 'scoped-key' } }],
      'problem key',
      /may see sessions/,
    ],
    [
      'a workflow of others',
      [{ env: { DIDIT_WORKFLOW_ID: NOBODY } }],
      'problem workflow',
      /DIDIT_WORKFLOW_ID is no workflow .* It has .*Sandbox KYC \(11111111/,
    ],
    [
      'one of several workflows',
      [{ env: { DIDIT_WORKFLOWS: `age=${NOBODY}` } }],
      'problem workflow',
      /^age is no workflow/,
    ],
    [
      'no workflow',
      [{ env: { DIDIT_WORKFLOW_ID: '' } }],
      'problem workflow',
      /DIDIT_WORKFLOW_ID is missing/,
    ],
    [
      'an old secret',
      [{ env: { DIDIT_WEBHOOK_SECRET: 'old' } }],
      'problem secret',
      /is not that of the destination.*--show-secrets/,
    ],
    [
      'no secret',
      [{ env: { DIDIT_WEBHOOK_SECRET: '' } }],
      'problem secret',
      /DIDIT_WEBHOOK_SECRET is missing/,
    ],
    [
      'no destination',
      [{}, null],
      'problem webhook',
      /Nothing posts to .*create-destination .*--url https:\/\/verify\.shop\.example\/api\/verify\/webhooks/,
    ],
    [
      'a destination elsewhere',
      [{}, { url: 'https://a.example/hooks' }],
      'problem webhook',
      /Nothing posts to/,
    ],
    [
      'a destination that is off',
      [{}, { enabled: false }],
      'problem webhook',
      /switched off: .*--enable/,
    ],
    [
      'a destination that is told no status',
      [{}, { subscribed_events: ['data.updated'] }],
      'problem webhook',
      /told no status: .*--events/,
    ],
    [
      'a destination of an older version',
      [{}, { webhook_version: 'v2' }],
      'warning webhook',
      /gets v2/,
    ],
    [
      'pages over http',
      [{ env: { ALLOWED_ORIGINS: 'http://www.shop.example' } }],
      'problem origins',
      /http:\/\/www\.shop\.example is not https/,
    ],
    [
      'a configuration that serve refuses',
      [{ env: { MAX_SESSIONS_PER_HOUR: 'many' } }],
      'problem config',
      /MAX_SESSIONS_PER_HOUR is not valid/,
    ],
  ])('finds %s', async (_, [options, destination], fault, words) => {
    const { code, faults } = await examined(options, destination)
    const found = faults.filter(({ level, topic }) => `${level} ${topic}` === fault)
    expect(found.map((each) => each.words).join('\n')).toMatch(words)
    expect(code).toBe(fault.startsWith('problem') ? 1 : 0)
  })

  it('knows the secret of the older single address', async () => {
    const { world, env } = await examined({}, null)
    await world.send('PATCH', '/v3/webhook/', { webhook_url: `${PUBLIC.PUBLIC_URL}/webhooks` })
    const { secret } = await (await world.request('/_sandbox/webhook')).json()
    const { code, out } = await world.cli('doctor', { ...env, DIDIT_WEBHOOK_SECRET: secret })
    expect(out).toMatch(/^ok +secret/m)
    expect(code).toBe(0)
    expect(out).not.toContain(secret)
  })

  it('finds a workflow that is only a draft, one that has an id of a version, and chips', async () => {
    const { world, env } = await examined()
    const features = [{ feature: 'OCR' }, { feature: 'NFC' }]
    const { body: draft } = await world.ask('POST', '/v3/workflows/', { features, status: 'draft' })
    const { body: first } = await world.ask('POST', '/v3/workflows/', { features })
    const path = `/v3/workflows/${first.uuid}/`
    const { body: second } = await world.ask('PATCH', path, { status: 'published' })
    const workflows = `a=${draft.workflow_id},b=${second.uuid}`
    const { code, out } = await world.cli('doctor', { ...env, DIDIT_WORKFLOWS: workflows })
    expect(out).toMatch(/problem +workflow +a is only a draft\. Publish it: .*--publish/)
    expect(out).toMatch(/warning +workflow +b is the id of one version\. Use [\w-]+, which stays\./)
    expect(out).toMatch(/warning +workflow +b reads chips/)
    expect(code).toBe(1)
  })

  it.each([
    [0, 'problem'],
    [1, 'warning'],
    [1000, undefined],
  ])('judges $%d of credits', async (balance, level) => {
    const { world, env } = await examined()
    await world.send('PUT', '/_sandbox/settings', { balance }, { 'x-api-key': LIVE })
    const { out } = await world.cli('doctor', { ...env, DIDIT_API_KEY: LIVE })
    expect(out).toMatch(new RegExp(`^${level ?? 'ok'} +credits`, 'm'))
  })

  it('is not worried when a key may not look at everything', async () => {
    const answers = ({ url }: Request) =>
      /billing|webhook/.test(url) ? Response.json({ detail: 'No.' }, { status: 403 }) : undefined
    const { code, faults } = await examined({ answers }, null)
    expect(faults.map(({ level, topic, words }) => `${level} ${topic} ${words}`)).toEqual([
      'warning credits This key may not look at it.',
      'warning webhook This key may not look at it.',
    ])
    expect(code).toBe(0)
  })

  it('says that Didit is away, and asks no more', async () => {
    const answers = () => {
      throw new TypeError('fetch failed')
    }
    const { code, findings, world } = await examined({ answers }, null)
    expect(findings.find(({ topic }) => topic === 'Didit')?.words).toContain('did not answer')
    expect([code, world.sent.length]).toEqual([1, 1])
  })

  it('on a machine of its own takes it easy', async () => {
    const env = { PUBLIC_URL: '', ALLOWED_ORIGINS: '', DIDIT_WEBHOOK_SECRET: '' }
    const { code, faults } = await examined({ env }, null)
    expect(faults.map(({ level, topic }) => `${level} ${topic}`)).toEqual(['warning webhook'])
    expect(code).toBe(0)
  })

  it('asks nobody where the address of Didit cannot be read', async () => {
    const { code, findings, world } = await examined({ env: { DIDIT_BASE_URL: 'nonsense' } }, null)
    expect(findings.map(({ level, topic }) => `${level} ${topic}`)).toEqual([
      'problem config',
      'ok origins',
    ])
    expect([code, world.sent]).toEqual([1, []])
  })

  it('goes on where the address of the backend cannot be read', async () => {
    const { code, findings } = await examined({ env: { PUBLIC_URL: 'nonsense' } }, null)
    expect(findings.find(({ topic }) => topic === 'key')?.level).toBe('ok')
    expect(code).toBe(1)
  })

  it('never prints a secret that it has compared', async () => {
    const { out, world, env } = await examined()
    const [, secret = ''] = env.DIDIT_WEBHOOK_SECRET?.split(',') ?? []
    const { out: text } = await world.cli('doctor --show-secrets', env)
    expect(secret).toHaveLength(43)
    for (const each of [secret, KEY]) expect(out + text).not.toContain(each)
  })
})

describe('doctor with a page', () => {
  const page = (headers: Record<string, string>, html = '<didit-verify></didit-verify>') => ({
    answers: ({ url }: Request) =>
      url.startsWith('https://www.shop.example/')
        ? new Response(html, { headers: { 'content-type': 'text/html', ...headers } })
        : undefined,
  })

  it('fetches that page, and nothing else', async () => {
    const { cli, requests } = setUp(page({ 'content-security-policy': "frame-src 'none'" }))
    const { code, out } = await cli('doctor https://www.shop.example/start')
    expect(out).toMatch(/^problem +frame-src +frame-src refuses the hosted page\./m)
    expect([code, requests()]).toEqual([1, ['GET /start']])
  })

  it('knows the hosted page of a sandbox, or takes what it is told', async () => {
    const { cli } = setUp(
      page({
        'content-security-policy': 'frame-src http://127.0.0.1:4010 https://www.shop.example',
      }),
    )
    expect((await cli('doctor https://www.shop.example/')).code).toBe(0)
    const { code } = await cli('doctor https://www.shop.example/ --hosted https://kyc.shop.example')
    expect(code).toBe(1)
    expect((await cli('doctor https://www.shop.example/', {})).code).toBe(1)
  })

  it('reads only the beginning of a page without end', async () => {
    let pulled = 0
    const stream = new ReadableStream({
      pull(controller) {
        pulled++
        controller.enqueue(new TextEncoder().encode('<p>'.repeat(10_000)))
      },
    })
    const answers = () => new Response(stream, { headers: { 'content-type': 'text/html' } })
    expect((await setUp({ answers }).cli('doctor https://www.shop.example/')).code).toBe(0)
    expect(pulled).toBeLessThan(60)
  })

  it('says when nobody answers', async () => {
    const answers = () => {
      throw new TypeError('fetch failed')
    }
    const { code, err } = await setUp({ answers }).cli('doctor https://www.shop.example/')
    expect(err).toBe(
      'https://www.shop.example/ did not answer. Check the address, and that it is up.',
    )
    expect(code).toBe(1)
  })
})

describe('the clock', () => {
  it.each([
    [undefined, 'warning'],
    [-301, 'problem'],
    [300, 'problem'],
    [-60, 'warning'],
    [20, 'ok'],
    [4, 'ok'],
  ])('%s seconds ahead: %s', (seconds, level) => {
    expect(judgeClock(seconds).level).toBe(level)
  })

  it("is held against Didit's", async () => {
    const answers = () =>
      new Response('', { status: 401, headers: { date: 'Thu, 01 Jan 2026 01:00:00 GMT' } })
    const { findings } = await examined({ answers }, null)
    expect(findings.find(({ topic }) => topic === 'clock')).toMatchObject({
      level: 'problem',
      words: expect.stringContaining("3600 s behind Didit's"),
    })
  })
})

describe('origins', () => {
  it.each([
    ['http://verify.shop.example/api', [], 'problem'],
    ['https://verify.shop.example/api', ['http://shop.example'], 'problem'],
    ['https://verify.shop.example/api', ['http://localhost:3000'], 'problem'],
    ['http://localhost:8787/api', ['https://shop.example'], 'problem'],
    ['https://verify.shop.example/api', ['https://shop.example'], 'warning'],
    ['https://verify.shop.example/api', [], 'ok'],
    ['http://localhost:8787/api', ['http://localhost:8787', 'http://localhost:3000'], 'ok'],
    [
      'https://verify.shop.example/api',
      ['https://verify.shop.example', 'https://shop.example'],
      'ok',
    ],
  ])('of a backend at %s for pages of %j: %s', (backend, pages, worst) => {
    const levels = judgeOrigins(new URL(backend), pages).map(({ level }) => level)
    expect(['problem', 'warning', 'ok'].find((level) => levels.includes(level as 'ok'))).toBe(worst)
  })
})
