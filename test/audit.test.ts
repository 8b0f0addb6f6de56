import { describe, expect, it } from 'vitest'
import { judge } from '../scripts/audit.ts'

// As npm 11 answers where the registry knows an advisory.
const advisory = {
  auditReportVersion: 2,
  vulnerabilities: {
    hono: {
      name: 'hono',
      severity: 'low',
      isDirect: true,
      via: [{ title: 'Body limit bypass', url: 'https://github.com/advisories/GHSA-1' }],
    },
    '@hono/node-server': { name: '@hono/node-server', severity: 'high', via: ['hono'] },
  },
}

describe('the audit', () => {
  it('fails on a known vulnerability, however slight, and names it', () => {
    const { ok, lines } = judge(JSON.stringify(advisory))
    expect(ok).toBe(false)
    expect(lines[0]).toBe('hono (low): Body limit bypass https://github.com/advisories/GHSA-1')
    expect(lines[1]).toBe('@hono/node-server (high): hono')
  })

  it('passes where there is none', () => {
    expect(judge('{"vulnerabilities":{}}')).toEqual({ ok: true, lines: ['no known vulnerability'] })
  })

  it.each([
    ['{"message":"405 Method Not Allowed - POST https://r.example/-/npm/v1/x","statusCode":405}'],
    [
      '{"message":"request to https://r.example/x failed, reason: ENOTFOUND","error":{"summary":""}}',
    ],
    ['<h1>nothing here</h1>'],
    [''],
  ])('says in one line that nobody could be asked, and does not fail: %s', (output) => {
    const { ok, lines } = judge(output)
    expect(ok).toBe(true)
    expect(lines).toEqual([expect.stringMatching(/^not audited: /)])
    expect(lines[0]).not.toContain('r.example')
  })

  it('fails where it could never ask, for want of a lock file', () => {
    const error = { code: 'ENOLOCK', summary: 'This command requires an existing lockfile.' }
    expect(judge(JSON.stringify({ error }))).toEqual({
      ok: false,
      lines: ['not audited: This command requires an existing lockfile.'],
    })
  })

  it('says so when npm took too long', () => {
    expect(judge('', 'spawnSync npm ETIMEDOUT').lines[0]).toContain('ETIMEDOUT')
  })
})
