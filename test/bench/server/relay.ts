// How long a decision is on its way: from the moment Didit sends its webhook to the event in a page.

import path from 'node:path'
import type { Page } from 'playwright'
import { launchBrowser } from '../../support/browser.ts'
import { freePorts } from '../../support/process.ts'
import { type Figure, type Measurement, parts, quantile } from '../measure.ts'
import type { SandboxTask, Sent } from '../processes/sandbox.ts'
import { start, startBackend, WEBHOOK_SECRET } from '../processes.ts'
import { move } from './visitor.ts'

/** Steps that Didit documents one after the other, once the visitor is there. */
const STEPS = ['Awaiting User', 'In Review', 'Approved'] as const
const ROUNDS = 5

/** An event of a page: when, in milliseconds since 1970. */
interface Heard {
  sessionId: string
  status: string
  at: number
}

export const relay: Measurement = async (bench) => {
  const sessions = bench.short ? 5 : 170
  const [port = 0] = await freePorts(1)
  const webhook = { url: `http://127.0.0.1:${port}/api/verify/webhooks`, secret: WEBHOOK_SECRET }
  const sandbox = await start<SandboxTask>(bench, 'sandbox', { webhook })
  const databaseUrl = `file:${path.join(bench.folder, 'relay.db')}`
  const server = await startBackend(bench, { databaseUrl, didit: sandbox.url, port })
  const browser = await launchBrowser()
  bench.defer(() => browser.close())
  const page = await browser.newPage()
  await page.goto(`http://localhost:${server.port}/`)
  await listen(page)

  const heard: Heard[] = []
  for (let i = 0; i < sessions; i++) heard.push(...(await verify(page, sandbox.url)))
  const offset = await clockOffset(page)
  const sent: Sent[] = await (await fetch(`${sandbox.url}/sent`)).json()
  const waits = heard.map(({ sessionId, status, at }) => {
    const own = sent.find((each) => each.session_id === sessionId && each.status === status)
    return at - offset - (own?.at ?? Number.NaN)
  })
  return [figure('p50ms', 0.5, 15), figure('p99ms', 0.99, 50)]

  function figure(name: string, share: number, most: number): Figure {
    const rounds = parts(waits, bench.short ? 1 : ROUNDS).map((part) => quantile(part, share))
    const [low, high] = [Math.min(...rounds), Math.max(...rounds)]
    return {
      key: `server.relay.${name}`,
      what: `webhook sent to event in the page, ${share * 100} % of ${waits.length}, ms`,
      aim: { most },
      digits: 1,
      summary: { value: quantile(waits, share), low, high, rounds: rounds.length },
      beside: `fastest ${Math.min(...waits).toFixed(1)} ms`,
    }
  }
}

/** Has the page write down what its element tells. */
async function listen(page: Page): Promise<void> {
  await page.waitForFunction(() => customElements.get('didit-verify') !== undefined)
  await page.evaluate(() => {
    Reflect.set(window, 'heard', [])
    addEventListener('didit-status', (event) => {
      const at = performance.timeOrigin + performance.now()
      const { sessionId, status } = event as unknown as Heard
      Reflect.get(window, 'heard').push({ sessionId, status, at })
    })
  })
}

/** Starts a verification, has it decided step by step, and starts afresh. @returns what was told. */
async function verify(page: Page, didit: string): Promise<Heard[]> {
  await ahead(didit, 0)
  const streaming = page.waitForResponse((answer) => answer.url().endsWith('/events'))
  await page.locator('didit-verify [part=trigger]').click()
  await streaming
  const heard = (status: string) =>
    page.waitForFunction((wanted) => {
      const all: Heard[] = Reflect.get(window, 'heard')
      return all.some((each) => each.status === wanted)
    }, status)
  // The hosted page has opened the session, and a webhook told of it while the stream began.
  const session = await page.waitForFunction(() => {
    const element = document.querySelector('didit-verify') as HTMLElement
    const { id, status } = Reflect.get(element, 'session') ?? {}
    return status === 'In Progress' && String(id)
  })
  const id = String(await session.jsonValue())
  for (const [i, status] of STEPS.entries()) {
    await ahead(didit, (i + 2) * 1000)
    await move(didit, id, status)
    await heard(status)
  }
  return page.evaluate(
    (steps) => {
      const all: Heard[] = Reflect.get(window, 'heard')
      document.querySelector('didit-verify')?.reset()
      sessionStorage.clear()
      Reflect.set(window, 'heard', [])
      return all.filter(({ status }) => steps.includes(status))
    },
    STEPS as readonly string[],
  )
}

/** Events count by their second: each step of a session gets one of its own. */
async function ahead(didit: string, ms: number): Promise<void> {
  await fetch(`${didit}/ahead/${ms}`, { method: 'PUT' })
}

/** How far the page's clock is ahead of this machine's, by the quickest of many questions. */
async function clockOffset(page: Page): Promise<number> {
  const now = () => performance.timeOrigin + performance.now()
  let best = { took: Number.POSITIVE_INFINITY, offset: 0 }
  for (let i = 0; i < 50; i++) {
    const asked = now()
    const there = await page.evaluate(() => performance.timeOrigin + performance.now())
    const took = now() - asked
    if (took < best.took) best = { took, offset: there - asked - took / 2 }
  }
  return best.offset
}
