import { PDFDocument } from 'pdf-lib'
import { describe, expect, it } from 'vitest'
import { BIOMETRIC_WORKFLOW } from '../../../server/sandbox/app.ts'
import { MINUTE, ORIGIN, setUp } from './fixture.ts'

describe('pictures', () => {
  it('are there for an hour, and again for whoever asks again', async () => {
    const { decision, played, request, time } = setUp()
    const { session_id } = await played('approve')
    const portrait = async () => (await decision(session_id)).id_verifications[0].portrait_image
    const url = await portrait()
    expect(url).toMatch(new RegExp(`^${ORIGIN}/media/.+\\.png\\?X-Amz-Expires=3600$`))
    time.pass(60 * MINUTE - 1)
    const alive = await request(url)
    expect([alive.status, alive.headers.get('content-type')]).toEqual([200, 'image/png'])
    time.pass(1)
    expect((await request(url)).status).toBe(403)
    expect((await request(await portrait())).status).toBe(200)
  })

  it('die with their session, and cannot be guessed', async () => {
    const { ask, decision, played, request } = setUp()
    const { session_id } = await played('approve')
    const [{ front_video }] = (await decision(session_id)).id_verifications
    expect((await request(front_video)).headers.get('content-type')).toBe('video/mp4')
    await ask('DELETE', `/v3/session/${session_id}/delete/`)
    expect((await request(front_video)).status).toBe(404)
    expect((await request(`/media/${session_id}/front.png`)).status).toBe(404)
  })

  it('of one session verify the person in the next', async () => {
    const { create, decision, play, played, request } = setUp()
    const first = await played('approve', { vendor_data: 'eva' })
    const [{ portrait_image }] = (await decision(first.session_id)).id_verifications
    const bytes = Buffer.from(await (await request(portrait_image)).arrayBuffer())
    const again = await create({
      workflow_id: BIOMETRIC_WORKFLOW,
      vendor_data: 'eva',
      portrait_image: bytes.toString('base64'),
    })
    await play(again.session_token, 'approve')
    const { face_matches, id_verifications } = await decision(again.session_id)
    expect(id_verifications).toBeNull()
    expect(face_matches).toMatchObject([{ status: 'Approved', source_image_session_id: null }])
    const source = await request(face_matches[0].source_image)
    expect(Buffer.from(await source.arrayBuffer()).equals(bytes)).toBe(true)
  })

  it('need not be sent for a person who is known already', async () => {
    const { create, decision, play, played } = setUp()
    const first = await played('approve', { vendor_data: 'eva' })
    const again = await create({ workflow_id: BIOMETRIC_WORKFLOW, vendor_data: 'eva' })
    await play(again.session_token, 'approve')
    expect((await decision(again.session_id)).face_matches).toMatchObject([
      { source_image_session_id: first.session_id },
    ])
  })

  it('are pictures whatever was sent', async () => {
    const { create, decision, play, request } = setUp()
    const portrait_image = btoa('<script>alert(1)</script>')
    const made = await create({ workflow_id: BIOMETRIC_WORKFLOW, portrait_image })
    await play(made.session_token, 'approve')
    const [{ source_image }] = (await decision(made.session_id)).face_matches
    expect((await request(source_image)).headers.get('content-type')).toBe(
      'application/octet-stream',
    )
  })

  it('are refused when they are no base64', async () => {
    const { ask } = setUp()
    const body = { workflow_id: BIOMETRIC_WORKFLOW, portrait_image: '%%%' }
    expect((await ask('POST', '/v3/session/', body)).body).toEqual({
      portrait_image: ['Invalid base64 image.'],
    })
  })
})

describe('the report', () => {
  it('is a PDF that a reader opens, names of every script included', async () => {
    const { create, play, request } = setUp()
    const { session_id, session_token } = await create()
    await play(session_token, 'decline', { type: 'Passport', country: 'JPN' })
    const response = await request(`/v3/session/${session_id}/generate-pdf/`, {
      headers: { 'x-api-key': 'key' },
    })
    expect(Object.fromEntries(response.headers)).toMatchObject({
      'content-type': 'application/pdf',
      'content-disposition': `attachment; filename=session_${session_id}.pdf`,
    })
    const bytes = new Uint8Array(await response.arrayBuffer())
    expect(response.headers.get('content-length')).toBe(String(bytes.length))
    const pdf = await PDFDocument.load(bytes)
    expect(pdf.getTitle()).toBe(`Session ${session_id}`)
    expect(pdf.getPageCount()).toBeGreaterThan(1)
  })

  it('of a company is called otherwise', async () => {
    const { company, play, request, verify } = setUp()
    const { session_id, session_token } = await company()
    await play(session_token, 'approve')
    await verify(session_id, 'approve', 'approve')
    const path = `/v3/session/${session_id}/generate-pdf/`
    const { headers } = await request(path, { headers: { 'x-api-key': 'key' } })
    expect(headers.get('content-disposition')).toContain(`business_${session_id}.pdf`)
  })
})
