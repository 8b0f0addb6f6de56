// The examples of the two older guides, with nothing changed but the base URL, against the sandbox.

import { execFile, execFileSync } from 'node:child_process'
import { existsSync, readFileSync } from 'node:fs'
import type { Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import path from 'node:path'
import { promisify } from 'node:util'
import { serve } from '@hono/node-server'
import { afterEach, describe, expect, it } from 'vitest'
import { DEFAULT_WORKFLOW } from '../../../server/sandbox/app.ts'
import { setUp } from './fixture.ts'

const GUIDES = path.join(import.meta.dirname, '../../../../shared/guides')
const BASE = 'https://verification.didit.me'
const run = promisify(execFile)

/** Python in which every answer has to be a good one: most snippets do not look. */
const CHECKED = `
import requests
_request = requests.Session.request
def _checked(*args, **options):
    answer = _request(*args, **options)
    assert answer.ok, answer.text
    return answer
requests.Session.request = _checked
`

const servers: Server[] = []
afterEach(() => {
  for (const server of servers.splice(0)) server.close()
})

if (!existsSync(GUIDES)) leaveOut('../shared/guides is absent')
else if (!hasRequests()) leaveOut('there is no Python with requests')
else describe('the guides', () => guides())

function guides() {
  const [quickStart = ''] = blocks('kyc-onboarding.md', 'python')
  const snippets = blocks('sessions-api.md', 'python')
  const named = snippets.map((code) => [code.match(/\/v3[^"\s]*/)?.[0] ?? '', code] as const)

  it('run the quick start as it stands', async () => {
    const { origin } = await listening()
    const { stdout } = await python(quickStart, origin)
    expect(stdout.split('\n')).toEqual([
      expect.stringMatching(/^Send user to: http.+\/en\/session\/[\w-]{12}$/),
      'Result: Approved',
      'Name: Álvaro Muñoz Serrano',
      'DOB: 1990-05-15',
      'Document: Passport (ESP)',
      '',
    ])
  })

  it.each(named)('run the snippet about %s', async (_, code) => {
    const { origin, session_id, share_token } = await listening()
    const setting = [
      CHECKED,
      'headers = {"x-api-key": "YOUR_API_KEY", "Content-Type": "application/json"}',
      `session_id = "${session_id}"`,
    ].join('\n')
    // What a reader fills in: ids and a token that are theirs.
    const filled = code
      .replaceAll('"session_id": "..."', '"session_id": session_id')
      .replaceAll('eyJhbGciOiJIUzI1NiIs...', share_token)
      .replaceAll('your-workflow-uuid', DEFAULT_WORKFLOW)
    await expect(python([setting, filled].join('\n'), origin)).resolves.toBeDefined()
  })

  it.each(statements('kyc-onboarding.md'))('run the statement %s', async (code) => {
    const { origin, session_id } = await listening()
    const setting = [
      CHECKED,
      'API_KEY = "your_api_key"',
      'headers = {"x-api-key": API_KEY, "Content-Type": "application/json"}',
      `BASE = "${BASE}/v3"`,
      `session_id = "${session_id}"`,
    ]
    await expect(python([...setting, code].join('\n'), origin)).resolves.toBeDefined()
  })

  it('run the snippet in TypeScript', async () => {
    const { origin } = await listening()
    const [code = ''] = blocks('sessions-api.md', 'typescript')
    const body = `${code.replaceAll(BASE, origin)}\nreturn session`
    // It is plain JavaScript, and stands at the top level of a module.
    const AsyncFunction = (async () => {}).constructor as new (
      code: string,
    ) => () => Promise<object>
    expect(await new AsyncFunction(body)()).toMatchObject({
      status: 'Not Started',
      vendor_data: 'user-123',
      url: expect.stringContaining('/session/'),
    })
  })
}

/** A sandbox on a port, whose visitors are so quick that every new session is approved at once. */
async function listening() {
  const kit = setUp()
  const { session_id } = await kit.played('review')
  const shared = await kit.played('approve')
  const share = await kit.ask('POST', `/v3/session/${shared.session_id}/share/`)
  const server = serve({
    port: 0,
    hostname: '127.0.0.1',
    async fetch(request) {
      const response = await kit.sandbox.app.fetch(request)
      if (!request.url.endsWith('/v3/session/')) return response
      const { session_token, vendor_data } = await response.clone().json()
      if (vendor_data === 'user-abc-123') await kit.play(session_token, 'approve')
      return response
    },
  }) as Server
  servers.push(server)
  await new Promise((resolve) => server.on('listening', resolve))
  const { port } = server.address() as AddressInfo
  const origin = `http://127.0.0.1:${port}`
  return { origin, session_id, share_token: share.body.share_token }
}

function python(code: string, origin: string) {
  const env = { ...process.env, PYTHONIOENCODING: 'utf-8', NO_PROXY: '127.0.0.1' }
  return run('python3', ['-c', code.replaceAll(BASE, origin)], { env, timeout: 10_000 })
}

function hasRequests(): boolean {
  try {
    execFileSync('python3', ['-c', 'import requests'], { stdio: 'ignore' })
    return true
  } catch {
    return false
  }
}

/** The code blocks of a language. */
function blocks(file: string, language: string): string[] {
  const text = readFileSync(path.join(GUIDES, file), 'utf8')
  const found = text.matchAll(new RegExp(`\`\`\`${language}\n(.*?)\`\`\``, 'gs'))
  return [...found].map(([, code = '']) => code)
}

/** The calls that stand in the text outside of blocks: from `requests.` to the closing bracket. */
function statements(file: string): string[] {
  const text = readFileSync(path.join(GUIDES, file), 'utf8').replace(/```.*?```/gs, '')
  const starts = [...text.matchAll(/^(response = )?requests\.\w+\(/gm)]
  return starts.map(({ index, 0: start }) => {
    let depth = 1
    let end = index + start.length
    for (; depth > 0 && end < text.length; end++) {
      if (text[end] === '(') depth++
      if (text[end] === ')') depth--
    }
    return text.slice(index, end)
  })
}

function leaveOut(why: string): void {
  describe('the guides', () => {
    it(`are not run: ${why}`, () => {
      console.warn(`The guides' examples are left out: ${why}.`)
    })
  })
}
