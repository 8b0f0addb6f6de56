// How often Didit is asked while many wait and no webhook ever comes, in simulated time.

import { Hono } from 'hono'
import {
  createDidit,
  createVerifyApp,
  openStore,
  type SessionGrant,
  startBackground,
  TOKEN_HEADER,
} from '../../../server/index.ts'
import { createSandbox, DEFAULT_WORKFLOW } from '../../../server/sandbox/app.ts'
import { createClock } from '../../support/clock.ts'
import { settle } from '../../support/didit-stub.ts'
import { NO_LIMITS } from '../limits.ts'
import { type Measurement, summarize } from '../measure.ts'

const SECOND = 1000
const WINDOW = 30 * SECOND
const DIDIT = 'http://127.0.0.1:4010'
const BACKEND = 'http://127.0.0.1:8787/api/verify'
const quiet = { info() {}, warn() {}, error() {} }

/** What happens to every session at Didit, by seconds since its start; nobody is told. */
const LIFE = [
  [10, 'In Progress'],
  [120, 'In Review'],
] as const

export const upstream: Measurement = async ({ short, defer }) => {
  const sessions = short ? 20 : 200
  const browsers = 5
  const minutes = short ? 5 : 30
  const clock = createClock()
  const { now, timers } = clock
  /** When Didit was asked about a session or for a list, and how often it refused. */
  const asked: number[] = []
  let refused = 0

  const sandbox = createSandbox({ publicUrl: DIDIT, now, timers, log: quiet })
  defer(sandbox.close)
  const store = await openStore('file::memory:')
  defer(() => store.close())
  const options = {
    publicUrl: BACKEND,
    store,
    now,
    timers,
    log: quiet,
    workflows: { default: DEFAULT_WORKFLOW },
    limits: NO_LIMITS,
    didit: createDidit({
      apiKey: 'key',
      baseUrl: DIDIT,
      retries: 0,
      patience: 2 * SECOND,
      now,
      timers,
      log: quiet,
      async fetch(input, init) {
        if (init?.method === 'GET') asked.push(now())
        const answer = await sandbox.app.request(String(input), init)
        if (answer.status === 429) refused++
        return answer
      },
    }),
  }
  const app = new Hono().route('/api/verify', createVerifyApp(options))
  const stopBackground = startBackground(options)
  defer(stopBackground)

  let leaving = false
  const readers = new Set<ReadableStreamDefaultReader>()
  const grants: SessionGrant[] = []
  for (let i = 0; i < sessions; i++) grants.push(await create())
  const begun = now()
  for (const grant of grants) for (let i = 0; i < browsers; i++) void browse(grant)
  for (let second = 0; second < minutes * 60; second++) {
    const [, status] = LIFE.find(([at]) => at === second) ?? []
    if (status) for (const { session } of grants) await move(session.id, status)
    clock.pass(SECOND)
    await secondPasses()
  }
  leaving = true
  for (const reader of readers) void reader.cancel()
  await settle()

  const windows = (minutes * 60 * SECOND) / WINDOW
  const perWindow = Array.from({ length: windows }, (_, i) => {
    const from = begun + i * WINDOW
    return asked.filter((at) => at >= from && at < from + WINDOW).length / sessions
  })
  const mean = perWindow.reduce((sum, each) => sum + each, 0) / windows
  if (refused > 0) throw new Error(`Didit refused ${refused} questions with 429.`)
  const many = `${sessions * browsers} browsers on ${sessions} sessions`
  return [
    {
      key: 'server.upstream',
      what: `questions to Didit per session and 30 s, ${many} for ${minutes} min, no webhook`,
      aim: { most: 0.2 },
      digits: 2,
      // From one half minute to the other; the moments within a second are not the same in every run.
      summary: { ...summarize(perWindow), value: mean },
      beside: `${asked.length} in all, no 429; at most ${Math.max(...perWindow)} in one half minute`,
    },
  ]

  async function create(): Promise<SessionGrant> {
    const headers = { 'content-type': 'application/json', origin: new URL(BACKEND).origin }
    const answer = await app.request(`${BACKEND}/sessions`, { method: 'POST', headers, body: '{}' })
    return answer.json()
  }

  /** A second is long: all that needs no clock is over before the next one, every page of a list. */
  async function secondPasses(): Promise<void> {
    let before: number
    do {
      before = asked.length
      for (let i = 0; i < 5; i++) await settle()
    } while (asked.length > before)
  }

  /** A page that waits: a stream, and when that ends the next one. */
  async function browse({ session, token }: SessionGrant): Promise<void> {
    while (!leaving) {
      const stream = await app.request(`${BACKEND}/sessions/${session.id}/events`, {
        headers: { [TOKEN_HEADER]: token },
      })
      const reader = stream.body?.getReader()
      if (!stream.ok || !reader) throw new Error(`A stream was refused: ${await stream.text()}`)
      readers.add(reader)
      while (!(await reader.read()).done);
      readers.delete(reader)
      await new Promise<void>((resolve) => void timers.setTimeout(resolve, SECOND))
    }
  }

  async function move(id: string, status: string): Promise<void> {
    await sandbox.app.request(`${DIDIT}/_sandbox/sessions/${id}/status`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ status, force: true }),
    })
  }
}
