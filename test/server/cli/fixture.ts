// A terminal on a sandbox, and what commands are tried on.

import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { Hono } from 'hono'
import { onTestFinished } from 'vitest'
import { createDidit } from '../../../server/didit/client.ts'
import { createOperatorApp } from '../../../server/operator.ts'
import type { VerifyOptions } from '../../../server/options.ts'
import { DEFAULT_WORKFLOW, OTP } from '../../../server/sandbox/app.ts'
import { openStore } from '../../../server/store/index.ts'
import { createTerminal, ending } from '../../support/cli.ts'
import { ORIGIN, setUp as setUpSandbox } from '../sandbox/fixture.ts'

export { DEFAULT_WORKFLOW, ORIGIN, OTP }

export const KEY = 'sk_test_0123456789abcdefghijklmnopqrstuvwxyzABCDEFG'
export const PASSWORD = 'MyStr0ng!Pass'
export const NOBODY = '99999999-8888-4777-8666-555555555555'
/** Where a server with operators runs, in this process. */
export const SERVER = 'https://shop.example'
export const TOKEN = 'anna-token-of-thirty-two-characters'
const quiet = { info() {}, warn() {}, error() {} }

export type World = ReturnType<typeof setUp>

type Options = Parameters<typeof setUpSandbox>[0] & {
  env?: Record<string, string | undefined>
  /** What is typed where a secret is asked for. */
  typed?: string
  /** Answers in place of sandbox and server. */
  answers?: (request: Request) => Response | Promise<Response> | undefined
}

/** A sandbox of its own, and a terminal in whose environment it stands for Didit. */
export function setUp({ env, typed, answers, ...options }: Options = {}) {
  const sandbox = setUpSandbox(options)
  const { now, timers } = sandbox.time
  const reach = async (input: string | URL | Request, init?: RequestInit): Promise<Response> => {
    const request = new Request(input, init)
    const answer = await answers?.(request.clone())
    if (answer) return answer
    if (request.url.startsWith(SERVER)) return (await server()).request(request)
    return dated(await sandbox.request(request.url, request), now())
  }
  const terminal = createTerminal({
    env: {
      DIDIT_API_KEY: KEY,
      DIDIT_BASE_URL: ORIGIN,
      DIDIT_WORKFLOW_ID: DEFAULT_WORKFLOW,
      ...env,
    },
    fetch: reach,
    now,
    timers,
    typed,
  })

  const store = once(() => openStore('file::memory:'))

  /** The options of a server on this sandbox. */
  const serverOptions = async (): Promise<VerifyOptions> => ({
    publicUrl: `${SERVER}/api/verify`,
    didit: createDidit({ apiKey: 'key', baseUrl: ORIGIN, fetch: reach, retries: 0, now }),
    store: await store(),
    workflows: { default: DEFAULT_WORKFLOW },
    now,
    timers,
    log: quiet,
  })

  /** A server with one operator, as `serve` mounts it. */
  const server = once(async () => {
    const operators = { anna: TOKEN }
    const app = createOperatorApp({ ...(await serverOptions()), operators, fetch: reach })
    return new Hono().route('/api/operator', app)
  })

  /** Runs a line that waits, and lets time pass meanwhile. */
  const wait = (line: string) =>
    ending(terminal.cli(line), { ...sandbox.time, isWaiting: terminal.isWaiting })

  /** Somebody who has an account, and a token for it. */
  const account = once(async () => {
    const email = 'ana@shop.example'
    const body = { email, password: PASSWORD }
    await sandbox.ask('POST', '/auth/v2/programmatic/register/', body)
    const verified = await sandbox.ask('POST', '/auth/v2/programmatic/verify-email/', {
      email,
      code: OTP,
    })
    const { access_token, organization, application } = verified.body
    return {
      email,
      access_token: access_token as string,
      organization: organization.uuid as string,
      application: application as { uuid: string; api_key: string },
    }
  })

  /** A destination that something was posted to. */
  const destination = once(async () => {
    const made = await sandbox.ask('POST', '/v3/webhook/destinations/', {
      label: 'shop',
      url: 'https://hooks.example/didit',
      subscribed_events: ['status.updated'],
    })
    const { uuid, secret_shared_key: secret } = made.body
    await sandbox.played('approve')
    await sandbox.sandbox.idle()
    const list = await sandbox.ask('GET', `/v3/webhook/destinations/${uuid}/deliveries/`)
    return {
      uuid: uuid as string,
      secret: secret as string,
      delivery: list.body.results[0].uuid as string,
    }
  })

  const list = async () => (await sandbox.ask('GET', '/v3/lists/')).body.results[0].uuid as string

  /** A folder that is gone after the test. */
  function folder(): string {
    const made = mkdtempSync(path.join(tmpdir(), 'didit-verify-'))
    onTestFinished(() => rmSync(made, { recursive: true }))
    return made
  }

  /** A file of so many bytes. */
  function picture(bytes: number): string {
    const file = path.join(folder(), 'face.jpg')
    writeFileSync(file, new Uint8Array(bytes).fill(7))
    return file
  }

  return {
    ...sandbox,
    ...terminal,
    wait,
    server,
    serverOptions,
    account,
    destination,
    list,
    folder,
    picture,
  }
}

/** Makes it at the first call, and hands it out again at every other. */
function once<T>(make: () => Promise<T>): () => Promise<T> {
  let made: Promise<T> | undefined
  return () => {
    made ??= make()
    return made
  }
}

/** As a server would send it. */
function dated(response: Response, now: number): Response {
  const headers = new Headers(response.headers)
  headers.set('date', new Date(now).toUTCString())
  const { status, body } = response
  return new Response(status === 204 ? null : body, { status, headers })
}
