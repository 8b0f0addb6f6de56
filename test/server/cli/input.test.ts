// Input that Didit is certain to refuse, or to ignore: named by its flag, before anything is sent.

import { describe, expect, it } from 'vitest'
import { DEFAULT_WORKFLOW, NOBODY, PASSWORD, setUp } from './fixture.ts'

const SESSION = `--workflow-id ${DEFAULT_WORKFLOW}`

describe('input that cannot be right', () => {
  it.each([
    ['decision not-an-id', 'ID is not a UUID.'],
    ['decision ../../etc', 'ID is not a UUID.'],
    ['session --workflow-id nope', '--workflow-id is not a UUID.'],
    ['full --vendor-data a --callback nowhere', '--callback is not a URL.'],
    [`session ${SESSION} --email nope`, '--email is not an e-mail address.'],
    [`session ${SESSION} --phone 0171`, '--phone is not in E.164 form.'],
    [
      `session ${SESSION} --language EN`,
      '--language is not a language as Didit writes it. Send en',
    ],
    [
      `session ${SESSION} --date-of-birth 2001-02-29`,
      '--date-of-birth is a day that does not exist.',
    ],
    [`session ${SESSION} --country DE`, '--country is not in the form that Didit wants. Send DEU.'],
    [`session ${SESSION} --nationality Narnia`, '--nationality is not a country code.'],
    [`session ${SESSION} --gender X`, '--gender is not known to Didit. Send one of M, F.'],
    [`session ${SESSION} --document-types P,XX`, '--document-types has an entry (number 2) that'],
    [
      `session ${SESSION} --address "Main St 1"`,
      '--address needs a country beside it. Send --country',
    ],
    [`session ${SESSION} --callback-method me`, '--callback-method is not known to Didit.'],
    [`session ${SESSION} --ip-address 1.2.3`, '--ip-address is not an IP address.'],
    [`decision ${NOBODY} --poll --interval 0`, '--interval must be a number from 1 to 3600.'],
    [`decision ${NOBODY} --poll --max-wait=-1`, '--max-wait must be a number of at least 0.'],
    [`full --interval 0 --poll`, '--interval must be a number from 1 to 3600.'],
    [`setup --label ${'x'.repeat(51)}`, '--label has 51 characters. Send at most 50.'],
    ['setup --liveness-method eyes', '--liveness-method is not known to Didit.'],
    ['setup --face-match-decline 101', '--face-match-decline must be a number from 0 to 100.'],
    ['setup --retries 11', '--retries must be a number from 0 to 10.'],
    ['setup --expires-in 60', '--expires-in must be a number from 3600 to 2419200.'],
    ['workflows create --features FOO', '--features has an entry (number 1) that has a feature'],
    ['workflows create --features AML,OCR', '--features cannot begin with AML'],
    ['workflows create --body [1]', '--body must be an object.'],
    [`lists add ${NOBODY} --body 1`, '--body must be an object.'],
    ['workflows create --template questionnaire', '--questionnaire is missing.'],
    ['workflows create --template age --minimum-age 0', '--minimum-age must be'],
    ['workflows get nope', 'UUID is not a UUID.'],
    [
      'sessions list --status review',
      '--status has an entry (number 1) that is not known to Didit.',
    ],
    ['sessions list --status "in review"', 'Send In Review.'],
    ['sessions list --from 01.02.2026', '--from is not a date.'],
    ['sessions list --country Spain', '--country has an entry (number 1) that is not a country'],
    ['sessions list --limit 0', '--limit must be a number of at least 1.'],
    [
      `sessions update-status ${NOBODY} approved`,
      'STATUS is not spelled as Didit does. Send Approved.',
    ],
    [`sessions update-status ${NOBODY} Pending`, 'STATUS is not known to Didit.'],
    [
      `sessions approve ${NOBODY} --send-email`,
      '--email-address is missing. Say where --send-email',
    ],
    [`sessions approve ${NOBODY} --email-language xx`, "--email-language is not one of Didit's"],
    [`sessions resubmit ${NOBODY}`, `--node is missing. Name the steps to be done again`],
    [
      `sessions resubmit ${NOBODY} --node a:FOO`,
      '--node has an entry (number 1) that has a feature',
    ],
    [`sessions share ${NOBODY}`, '--for is missing.'],
    [
      `sessions share ${NOBODY} --for ${NOBODY} --ttl 59`,
      '--ttl must be a number from 60 to 86400.',
    ],
    ['sessions delete-many one --yes', 'NUMBERS has an entry (number 1) that is not a number.'],
    [`sessions note ${NOBODY} hi --new-status Great`, '--new-status is not known to Didit.'],
    ['blocklist list --type iris', '--type is not known to Didit.'],
    ['blocklist add nope --face', 'ID is not a UUID.'],
    ['webhooks create-destination --label x', '--url is missing.'],
    ['webhooks create-destination --label x --url https://a --events a.b', '--events has an entry'],
    [
      'webhooks update --retention-months 121',
      '--retention-months must be a number from 1 to 120.',
    ],
    ['webhooks delivery nope nope', 'DESTINATION is not a UUID.'],
    [`register --email nope --password ${PASSWORD}`, '--email is not an e-mail address.'],
    ['register --email a@shop.example --password short', '--password is too weak. It still needs'],
    ['verify-email --email a@shop.example --code 12', '--code is not a code.'],
    ['verify-email --code A1B2C3', '--email is missing. Give --email EMAIL.'],
    ['top-up 49', 'DOLLARS must be a number of at least 50'],
    ['top-up many', 'DOLLARS must be a number'],
    ['applications nope --access-token t', 'ORGANIZATION is not a UUID.'],
  ])('is named by its flag, and not sent: %s', async (line, words) => {
    const { cli, sent } = setUp()
    const { code, out, err } = await cli(line)
    expect(err).toContain(words)
    expect([code, out, sent]).toEqual([2, '', []])
  })

  it('is all told at once', async () => {
    const { code, err } = await setUp().cli('session --email nope --country Spain --language xx')
    expect(err.split('\n')).toHaveLength(3)
    expect(code).toBe(2)
  })

  it('names the variable where the value came from there', async () => {
    const { cli, sent } = setUp({ env: { DIDIT_ACCESS_TOKEN: 'smart–dash' } })
    const { code, err } = await cli('organizations')
    expect(err).toMatch(/^DIDIT_ACCESS_TOKEN holds spaces/)
    expect([code, sent]).toEqual([2, []])
  })

  it.each(['session --portrait', `lists upload-face ${NOBODY} --image`])(
    'is a picture that is too large: %s',
    async (line) => {
      const { cli, sent, picture } = setUp()
      const { code, err } = await cli(`${line} ${picture(3 * 1024 * 1024)}`)
      expect(err).toMatch(/^--(portrait|image) has 3\.0 MB\. Send a picture of at most 2 MB\.$/)
      expect([code, sent]).toEqual([2, []])
    },
  )

  it('does not quote an id that may be a token', async () => {
    const { err } = await setUp().cli('decision 3FaJ9wLqX2Mz')
    expect(err).not.toContain('3FaJ9wLqX2Mz')
  })
})

describe('a picture', () => {
  it('is sent in base64, with advice when older Didits stop at its size', async () => {
    const { cli, sent, picture } = setUp()
    const { code, err } = await cli(`session --portrait ${picture(1024 * 1024 + 1)}`)
    expect(code).toBe(0)
    expect(err).toContain('portrait_image: above 1 MB')
    expect(JSON.parse(sent[0]?.body ?? '').portrait_image).toMatch(/^BwcHBw/)
  })
})

describe("what only Didit can know is told in Didit's words", () => {
  it.each([
    [`decision ${NOBODY}`, 'Didit answered 404 to GET /session/', 'Not found.'],
    [
      `session --workflow-id ${NOBODY}`,
      'Didit answered 400 to POST /session/',
      'Invalid workflow_id.',
    ],
    ['session --scenario nonsense', 'sandbox_scenario', "Unknown sandbox scenario: 'nonsense'."],
    [`sessions share ${NOBODY} --for ${NOBODY}`, 'Didit answered 404', 'Not found.'],
  ])('%s', async (line, first, second) => {
    const { cli } = setUp()
    const { code, out, err } = await cli(line)
    expect(err).toContain(first)
    expect(err).toContain(second)
    expect([code, out]).toEqual([1, ''])
  })

  it('a resubmission of a session that may not', async () => {
    const { cli, create } = setUp()
    const { session_id } = await create()
    const { code, err } = await cli(`sessions resubmit ${session_id} --node feature_ocr_1:OCR`)
    expect(err).toContain('Didit answered 400 to PATCH')
    expect(err).toContain('Current status: Not Started')
    expect(code).toBe(1)
  })

  it.each(['invalid-key', 'expired-key', 'scoped-key'])(
    'a key that it refuses: %s',
    async (key) => {
      const { cli } = setUp({ env: { DIDIT_API_KEY: key } })
      const { code, err } = await cli('balance')
      expect(err).toMatch(
        /^Didit answered 40[13] to GET \/billing\/balance\/: .*Check DIDIT_API_KEY/,
      )
      expect(err).not.toContain(key)
      expect(code).toBe(1)
    },
  )

  it('a password that is wrong, without advice about a key', async () => {
    const { cli, account } = setUp()
    const { email } = await account()
    const { code, err } = await cli(`login --email ${email} --password Wr0ng!Pass`)
    expect(err).toMatch(/^Didit answered 401 to POST \/programmatic\/login\/: Invalid email/)
    expect(err).not.toMatch(/Wr0ng!Pass|API_KEY/)
    expect(code).toBe(1)
  })

  it('nothing, when nobody answers', async () => {
    const silence = () => {
      throw new TypeError('fetch failed', {
        cause: Object.assign(new Error(), { code: 'ECONNREFUSED' }),
      })
    }
    const { wait } = setUp({ answers: silence })
    const { code, err } = await wait('balance')
    expect(err.split('\n')).toEqual([
      'asking Didit again in 5 s',
      'asking Didit again in 10 s',
      'Didit did not answer GET /billing/balance/ (ECONNREFUSED). Check the network, and DIDIT_BASE_URL if you set it.',
    ])
    expect(code).toBe(1)
  })

  it('how long to stay away, when it is asked too often', async () => {
    const busy = () =>
      Response.json({ detail: 'Slow.' }, { status: 429, headers: { 'retry-after': '600' } })
    const { cli } = setUp({ answers: busy })
    const { code, err } = await cli('balance')
    expect(err).toMatch(/Slow\. Try again in 600 s\.$/)
    expect(code).toBe(1)
  })
})
