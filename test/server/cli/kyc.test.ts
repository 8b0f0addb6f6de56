// The KYC guide's script: what it makes, what it prints, how it ends.

import { describe, expect, it } from 'vitest'
import { DEFAULT_WORKFLOW, NOBODY, ORIGIN, setUp } from './fixture.ts'

const UUID = /[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}/

describe('full', () => {
  it('makes a workflow and a session of it, and prints the link, as the guide says', async () => {
    const { cli, requests, sent } = setUp()
    const { code, out } = await cli('full --vendor-data user-123 --callback https://myapp.com/done')
    expect(code).toBe(0)
    expect(requests()).toEqual(['POST /v3/workflows/', 'POST /v3/session/'])
    expect(out).toMatch(new RegExp(`^Send user to: ${ORIGIN}/session/[\\w-]{12}$`, 'm'))
    const [workflow, session] = sent.map(({ body }) => JSON.parse(body ?? ''))
    expect(workflow.features.map((each: { feature: string }) => each.feature)).toEqual([
      'OCR',
      'LIVENESS',
      'FACE_MATCH',
    ])
    expect(session).toMatchObject({
      vendor_data: 'user-123',
      callback: 'https://myapp.com/done',
      workflow_id: expect.stringMatching(UUID),
    })
  })

  it('makes no workflow for a session that cannot be right', async () => {
    const { cli, sent } = setUp()
    expect((await cli('full --callback nowhere')).code).toBe(2)
    expect(sent).toEqual([])
  })

  it('names the workflow when Didit refuses the session', async () => {
    const { cli, requests } = setUp()
    const { code, out, err } = await cli('full --scenario nonsense')
    expect(err).toMatch(new RegExp(`^Workflow: ${UUID.source}`))
    expect([code, out]).toEqual([1, ''])
    expect(requests()).toHaveLength(2)
  })

  it('adds the steps that it can fill in', async () => {
    const { cli, sent } = setUp()
    await cli('full --email ana@shop.example --phone +34600000001 --no-liveness --aml')
    const [workflow, session] = sent.map(({ body }) => JSON.parse(body ?? ''))
    expect(workflow.features).toEqual([
      { feature: 'OCR' },
      { feature: 'PHONE_VERIFICATION' },
      { feature: 'EMAIL_VERIFICATION' },
      { feature: 'AML' },
    ])
    expect(session.contact_details).toEqual({ email: 'ana@shop.example', phone: '+34600000001' })
  })
})

describe('setup', () => {
  it('takes the flags of the guide, and more', async () => {
    const { cli, sent } = setUp()
    const { code, out } = await cli(
      'setup --label "My KYC" --liveness --face-match --aml --face-match-decline 50 --retries 3',
    )
    expect(code).toBe(0)
    expect(out).toMatch(new RegExp(`^DIDIT_WORKFLOW_ID +${UUID.source}$`, 'm'))
    expect(JSON.parse(sent[0]?.body ?? '')).toEqual({
      workflow_label: 'My KYC',
      features: [
        { feature: 'OCR' },
        { feature: 'LIVENESS' },
        { feature: 'FACE_MATCH', config: { face_match_score_decline_threshold: 50 } },
        { feature: 'AML' },
      ],
      max_retry_attempts: 3,
    })
  })

  it('warns of chips, which no browser can read', async () => {
    const { code, err } = await setUp().cli('setup --nfc')
    expect(err).toContain('a browser cannot finish the NFC step')
    expect(code).toBe(0)
  })

  it('takes further settings as JSON', async () => {
    const { cli, sent } = setUp()
    const config = '{"DATABASE_VALIDATION":{"database_validation_countries":["ESP"]}}'
    await cli(['setup', '--database-validation', '--config', config])
    expect(JSON.parse(sent[0]?.body ?? '').features).toContainEqual({
      feature: 'DATABASE_VALIDATION',
      config: { database_validation_countries: ['ESP'] },
    })
  })
})

describe('session', () => {
  it('sends every field by its flag', async () => {
    const { cli, sent } = setUp()
    const { code } = await cli([
      ...'session --vendor-data u1 --callback myapp://done --callback-method both'.split(' '),
      ...'--language pt-BR --email ana@shop.example --phone +14155552671 --notify'.split(' '),
      ...'--email-language es --first-name Ana --last-name Nowak'.split(' '),
      ...'--date-of-birth 2000-02-29 --gender F --nationality DEU --country ESP'.split(' '),
      ...'--id-country ESP --poa-country ESP --identification-number 12'.split(' '),
      ...'--ip-address 2001:db8::1 --document-types P,ID --metadata {"a":1}'.split(' '),
      ...'--scenario approve --company-name X --registry-country GB'.split(' '),
      ...['--registration-number', '7', '--address', 'Calle Mayor 1'],
    ])
    expect(code).toBe(0)
    expect(JSON.parse(sent[0]?.body ?? '')).toEqual({
      workflow_id: DEFAULT_WORKFLOW,
      vendor_data: 'u1',
      callback: 'myapp://done',
      callback_method: 'both',
      language: 'pt-BR',
      metadata: { a: 1 },
      contact_details: {
        email: 'ana@shop.example',
        phone: '+14155552671',
        send_notification_emails: true,
        email_lang: 'es',
      },
      expected_details: {
        first_name: 'Ana',
        last_name: 'Nowak',
        date_of_birth: '2000-02-29',
        gender: 'F',
        nationality: 'DEU',
        country: 'ESP',
        id_country: 'ESP',
        poa_country: 'ESP',
        address: 'Calle Mayor 1',
        identification_number: '12',
        ip_address: '2001:db8::1',
        expected_document_types: ['P', 'ID'],
        company_name: 'X',
        registry_country: 'GB',
        registration_number: '7',
      },
      sandbox_scenario: 'approve',
    })
  })

  it('sends nothing that was not given', async () => {
    const { cli, sent } = setUp()
    await cli('session')
    expect(JSON.parse(sent[0]?.body ?? '')).toEqual({ workflow_id: DEFAULT_WORKFLOW })
  })

  it('prefers the flag to the environment', async () => {
    const { cli, sent, workflow } = setUp()
    const { workflow_id } = await workflow('OCR')
    await cli(`session --workflow-id ${workflow_id}`)
    expect(JSON.parse(sent[0]?.body ?? '').workflow_id).toBe(workflow_id)
  })

  it('hides the token, but not the link that was asked for', async () => {
    const { cli } = setUp()
    const session = (await cli('session --json')).json()
    expect(session.session_token).toBe('***')
    expect(session.url).toMatch(/\/session\/[\w-]{12}$/)
    const open = (await cli('session --json --show-secrets')).json()
    expect(open.url).toBe(`${ORIGIN}/session/${open.session_token}`)
  })
})

describe('decision', () => {
  it('prints name, date of birth and document of who was approved', async () => {
    const { cli, played } = setUp()
    const { session_id } = await played('approve')
    const { code, out } = await cli(`decision ${session_id}`)
    expect(out.split('\n').slice(0, 6)).toEqual([
      'Result         Approved',
      `Session        ${session_id}`,
      'Name           Álvaro Muñoz Serrano',
      'Date of birth  1990-05-15',
      'Document       Passport (ESP)',
      expect.stringMatching(/^Valid until {4}20\d\d-\d\d-\d\d$/),
    ])
    expect(code).toBe(0)
  })

  it('prints what each check warned of, and the step as sessions resubmit takes it', async () => {
    const { cli, played } = setUp()
    const { session_id } = await played('decline_document_expired')
    const { code, out } = await cli(`decision ${session_id}`)
    expect(out).toMatch(/^Document +Declined +feature_ocr_1:OCR +DOCUMENT_EXPIRED$/m)
    const { code: sentBack } = await cli(`sessions resubmit ${session_id} --node feature_ocr_1:OCR`)
    expect([code, sentBack]).toEqual([3, 0])
  })

  it('takes the entry that was approved before one that was not', async () => {
    const entry = (status: string, name: string) => ({ status, full_name: name, warnings: [] })
    const id_verifications = [entry('Declined', 'Mallory'), entry('Approved', 'Ana')]
    const answers = () => Response.json({ status: 'Approved', id_verifications, reviews: [] })
    const { out } = await setUp({ answers }).cli(`decision ${NOBODY}`)
    expect(out).toMatch(/^Name +Ana$/m)
  })

  it('takes of several entries the newest, once it is approved', async () => {
    const { cli, played, play, update } = setUp()
    const { session_id, session_token } = await played('decline_document_expired')
    const nodes_to_resubmit = [{ node_id: 'feature_ocr_1', feature: 'OCR' }]
    await update(session_id, { new_status: 'Resubmitted', nodes_to_resubmit })
    await play(session_token, 'approve', { type: 'Passport', country: 'JPN' })
    const { code, out } = await cli(`decision ${session_id}`)
    expect(out).toMatch(/^Document +Passport \(JPN\)$/m)
    expect(code).toBe(0)
  })

  it.each([
    ['Approved', 0],
    ['Declined', 3],
    ['In Review', 4],
    ['Not Started', 4],
    ['In Progress', 4],
    ['Resubmitted', 4],
    ['Expired', 5],
    ['Abandoned', 5],
    ['Kyc Expired', 5],
  ])('ends after %s with %i, with and without JSON', async (status, expected) => {
    const { cli, create, move } = setUp()
    const { session_id } = await create()
    await move(session_id, status, true)
    const { code, out } = await cli(`decision ${session_id}`)
    expect(out).toMatch(new RegExp(`^Result +${status}$`, 'm'))
    const { code: again, json } = await cli(`decision ${session_id} --json`)
    expect(json().status).toBe(status)
    expect([code, again]).toEqual([expected, expected])
  })

  it('takes a status that nobody knows for no success', async () => {
    const answers = () => Response.json({ session_id: 'x', status: 'Fine', reviews: [] })
    const { code } = await setUp({ answers }).cli(`decision ${NOBODY}`)
    expect(code).toBe(4)
  })

  it('says whose decision it is when a business was verified', async () => {
    const { cli, company, play } = setUp()
    const { session_id, session_token } = await company()
    await play(session_token, 'approve')
    expect((await cli(`decision ${session_id}`)).out).toMatch(/^Company +\w/m)
  })

  it('lets nothing of a document steer the terminal', async () => {
    const { cli, create, play } = setUp()
    const { session_id, session_token } = await create({
      expected_details: {
        first_name: 'Eva\u001b]0;owned\u0007\u001b[2J',
        last_name: 'No\nwak\u202e',
      },
    })
    await play(session_token, 'approve')
    const { out } = await cli(`decision ${session_id}`)
    expect(out).toMatch(/^Name +Eva.*No wak$/m)
    // biome-ignore lint/suspicious/noControlCharactersInRegex: they are what must not be there
    expect(out).not.toMatch(/[\u0000-\u0009\u000b-\u001f\u007f-\u009f\u202e]/)
  })
})

describe('waiting for a decision', () => {
  it('tells each status on the other channel, and the decision on the first', async () => {
    const { cli, create, play, time } = setUp()
    const { session_id, session_token } = await create()
    const line = cli(`decision ${session_id} --poll --interval 5`)
    let over = false
    void line.finally(() => {
      over = true
    })
    for (let second = 0; !over; second++) {
      if (second === 12) await play(session_token, 'approve')
      time.pass(1000)
      await new Promise((resolve) => setImmediate(resolve))
    }
    const { code, out, err } = await line
    expect(err.split('\n')).toEqual([
      'Asking every 5 s. Ctrl-C ends the waiting, not the session.',
      expect.stringMatching(/^00:00:\d\d Not Started$/),
      expect.stringMatching(/^00:00:\d\d Approved$/),
    ])
    expect(out).toMatch(/^Result +Approved$/m)
    expect(code).toBe(0)
  })

  it('ends with what is known when time is over', async () => {
    const { wait, create } = setUp()
    const { session_id } = await create()
    const { code, out, err } = await wait(`decision ${session_id} --poll --max-wait 30`)
    expect(err).toMatch(/The status is still Not Started after 30 s\./)
    expect(out).toMatch(/^Result +Not Started$/m)
    expect(code).toBe(4)
  })

  it('prints what is known as JSON too', async () => {
    const { wait, create } = setUp()
    const { session_id } = await create()
    const { code, json } = await wait(`decision ${session_id} --poll --max-wait 1 --json`)
    expect([code, json().status]).toEqual([4, 'Not Started'])
  })

  it('stops at a review, where a person has to act', async () => {
    const { wait, played } = setUp()
    const { session_id } = await played('review')
    expect((await wait(`decision ${session_id} --poll`)).code).toBe(4)
  })

  it('outlasts some answers that fail to come', async () => {
    let failures = 2
    const answers = () => (failures-- > 0 ? new Response('', { status: 502 }) : undefined)
    const { wait, played } = setUp({ answers })
    const { session_id } = await played('approve')
    const { code, err } = await wait(`decision ${session_id} --poll`)
    expect(err).toContain('no status yet')
    expect(code).toBe(0)
  })

  it('ends politely at Ctrl-C, and says how to go on', async () => {
    const { cli, create, interrupt, sent } = setUp()
    const { session_id } = await create()
    const line = cli(`decision ${session_id} --poll`)
    while (sent.length === 0) await new Promise((resolve) => setImmediate(resolve))
    await new Promise((resolve) => setImmediate(resolve))
    interrupt()
    const { code, out, err } = await line
    expect(err.split('\n').slice(-2)).toEqual([
      `Go on with: didit-verify decision ${session_id} --poll`,
      'Stopped.',
    ])
    expect([code, out]).toEqual([130, ''])
  })

  it('shows the link first, where the session is new', async () => {
    const { wait } = setUp()
    const { code, err } = await wait('session --poll --max-wait 0')
    expect(err.split('\n')[0]).toMatch(/^Send user to: http.+\/session\/[\w-]{12}$/)
    expect(code).toBe(4)
  })
})

describe('reauthenticate', () => {
  it('refuses a session that was not approved', async () => {
    const { cli, played, requests } = setUp()
    const { session_id } = await played('decline')
    const { code, err } = await cli(`reauthenticate ${session_id}`)
    expect(err).toBe('ID is Declined. Only an approved session shows who somebody is.')
    expect(code).toBe(2)
    expect(requests()).toEqual(['GET /v3/session/:id/decision/'])
  })
})
