import { describe, expect, it } from 'vitest'
import { mediaLinks } from '../../server/didit/media.ts'
import { LEFT_OUT, openApi } from '../support/openapi.ts'
import { setUp } from '../support/operator.ts'

const FRONT = 'id_verifications.0.front_image'
const HOUR = 60 * 60_000

describe('the pictures of a session', () => {
  it('are there after an hour, when the links of its decision are dead', async () => {
    const { call, inStatus, clock, storage } = await setUp()
    const { id } = await inStatus('In Progress', 'Approved')
    const decision = await (await call('GET', `/sessions/${id}`)).json()
    clock.pass(HOUR)
    const dead = await storage.answer(decision.id_verifications[0].front_image)
    expect(dead.status).toBe(403)
    const response = await call('GET', `/sessions/${id}/pictures/${FRONT}`)
    expect([response.status, response.headers.get('content-type')]).toEqual([200, 'image/png'])
  })

  it('are shown only as what they are', async () => {
    const { call, inStatus, storage } = await setUp()
    const { id } = await inStatus('In Progress', 'Approved')
    storage.answer = async () =>
      new Response('<script>', { headers: { 'content-type': 'text/html' } })
    const { headers } = await call('GET', `/sessions/${id}/pictures/${FRONT}`)
    expect(headers.get('content-type')).toBe('application/octet-stream')
    expect(headers.get('content-disposition')).toBe('attachment')
    expect(headers.get('content-security-policy')).toContain('sandbox')
  })

  it('are fetched without a key, and from nowhere else', async () => {
    const { call, inStatus, storage } = await setUp()
    const { id } = await inStatus('In Progress', 'Approved')
    let asked: RequestInit | undefined
    storage.answer = async (_, init) => {
      asked = init
      return new Response('x')
    }
    await call('GET', `/sessions/${id}/pictures/${FRONT}`)
    expect([asked?.headers, asked?.redirect]).toEqual([undefined, 'error'])
  })

  for (const [what, answer] of [
    ['refuses', () => new Response('Request has expired', { status: 403 })],
    ['falls silent', () => Promise.reject(new TypeError('fetch failed'))],
  ] as const) {
    it(`are a problem when the storage ${what}`, async () => {
      const { refused, inStatus, storage } = await setUp()
      const { id } = await inStatus('In Progress', 'Approved')
      storage.answer = async () => answer()
      const problem = await refused('GET', `/sessions/${id}/pictures/${FRONT}`)
      expect(problem).toMatchObject({ status: 502, code: 'didit-unreachable' })
    })
  }

  for (const name of ['nothing', '__proto__', 'constructor', 'id_verifications', '..%2Fpdf']) {
    it(`are not found by ${name}`, async () => {
      const { refused, inStatus } = await setUp()
      const { id } = await inStatus('In Progress', 'Approved')
      const problem = await refused('GET', `/sessions/${id}/pictures/${name}`)
      expect(problem).toMatchObject({ status: 404, code: 'not-found' })
    })
  }
})

describe('a link to a picture', () => {
  const HERE = 'https://media.example/a.png'

  for (const [what, decision] of [
    ['what the host kept with the session', { metadata: { front_image: HERE } }],
    [
      'the text of a document',
      { document_ai_documents: [{ items: [{ extracted_data: { portrait: HERE } }] }] },
    ],
    ['a note on a document', { id_verifications: [{ extra_fields: { portrait_image: HERE } }] }],
    [
      'what a register says',
      { registry_checks: [{ company: { registry_data: { files: [HERE] } } }] },
    ],
    ['a hit of a watch list', { aml_screenings: [{ hits: [{ url: HERE, portrait: HERE }] }] }],
    ['the way back', { callback: HERE, session_url: HERE }],
    ['a comment', { reviews: [{ comment: HERE }] }],
    ['plain http', { id_verifications: [{ front_image: 'http://media.example/a.png' }] }],
    ['a file', { id_verifications: [{ front_image: 'file:///etc/passwd' }] }],
    ['a script', { id_verifications: [{ front_image: 'javascript:alert(1)' }] }],
    [
      'a host that only looks local',
      { id_verifications: [{ front_image: 'http://127.0.0.1.evil.example/' }] },
    ],
    ['an object', { id_verifications: [{ front_image: { href: HERE } }] }],
  ] as const) {
    it(`is not ${what}`, () => {
      expect([...mediaLinks(decision)]).toEqual([])
    })
  }

  it('is found where it stands', () => {
    const files = [HERE, 'https://media.example/b.png']
    expect([...mediaLinks({ poa_verifications: [{ extra_files: files, node_id: HERE }] })]).toEqual(
      [
        ['poa_verifications.0.extra_files.0', files[0]],
        ['poa_verifications.0.extra_files.1', files[1]],
      ],
    )
  })

  it.runIf(openApi)(`is every one of Didit's own examples${LEFT_OUT}`, () => {
    const path = openApi?.paths['/v3/session/{sessionId}/decision/']
    const json = path?.get?.responses['200']?.content?.['application/json']
    const text = JSON.stringify(json?.examples).replaceAll('<media-host>', 'media.example')
    const links = text.match(/https:\/\/media\.example[^"]*/g) ?? []
    expect(links.length).toBeGreaterThan(20)
    const found = Object.values(JSON.parse(text) as Record<string, { value: object }>).flatMap(
      ({ value }) => [...mediaLinks(value).values()],
    )
    expect(links.filter((link) => !found.includes(link))).toEqual([])
  })
})
