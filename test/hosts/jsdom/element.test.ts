// @vitest-environment jsdom

import 'didit-verify/define'
import type { DiditVerify } from 'didit-verify'
import { DiditVerify as Wrapper } from 'didit-verify/react'
import { type MockOptions, mockVerification } from 'didit-verify/testing'
import { createElement } from 'react'
import { createRoot } from 'react-dom/client'
import { afterEach, describe, expect, it, onTestFinished, vi } from 'vitest'
import { TYPES } from '../../support/event-types.ts'

function make(properties: Partial<DiditVerify> = {}) {
  const element = Object.assign(document.createElement('didit-verify'), properties)
  const told: string[] = []
  for (const type of TYPES) element.addEventListener(type, () => told.push(type))
  document.body.append(element)
  return { element, told }
}

function mock(options?: MockOptions) {
  const made = mockVerification(options)
  onTestFinished(made.restore)
  return made
}

afterEach(() => document.body.replaceChildren())

describe('the element in jsdom', () => {
  it('renders its trigger', async () => {
    const { element } = make()
    await element.updateComplete
    const button = element.renderRoot.querySelector('button')
    expect(button?.textContent).toBe('Verify your identity')
  })

  it('ends with an error that says what is missing, and does not throw', async () => {
    const fetch = vi.fn<typeof globalThis.fetch>(() => Promise.reject(new Error('offline')))
    const { element } = make({ fetch, mode: 'modal' })
    const result = element.start()
    await vi.waitUntil(() => element.state === 'trouble' || element.state === 'ended')
    element.close()
    expect(await result).toMatchObject({ kind: 'error' })
  })
})

describe('a mocked verification in jsdom', () => {
  for (const outcome of ['approved', 'pending', 'declined', 'resubmit', 'expired'] as const) {
    it(`ends ${outcome}`, async () => {
      mock({ outcome })
      const { element } = make()
      expect(await element.start()).toMatchObject({ kind: 'complete', outcome })
      expect(element.outcome).toBe(outcome)
    })
  }

  it('tells its events in the order of a real one', async () => {
    mock({ outcome: 'approved' })
    const { element, told } = make()
    await element.start()
    expect(told).toEqual([
      'didit-start',
      'didit-state',
      'didit-state',
      'didit-session',
      'didit-progress',
      'didit-progress',
      'didit-progress',
      'didit-state',
      'didit-submit',
      'didit-status',
      'didit-state',
      'didit-complete',
    ])
  })

  it('is cancelled by its visitor', async () => {
    mock({ outcome: 'cancel' })
    const { element } = make()
    expect(await element.start()).toMatchObject({ kind: 'cancel', source: 'hosted' })
  })

  it('fails with the code that the test names', async () => {
    mock({ code: 'misconfigured' })
    const { element } = make()
    expect(await element.start()).toMatchObject({ kind: 'error', code: 'misconfigured' })
  })

  it('is started by a click, and waits for the test to end it', async () => {
    const { end } = mock()
    const { element } = make()
    await element.updateComplete
    element.renderRoot.querySelector('button')?.click()
    await end('approved')
    expect(element.outcome).toBe('approved')
  })

  it('tells the verdict that follows a review', async () => {
    const { end } = mock({ outcome: 'pending' })
    const { element, told } = make()
    await element.start()
    await end('declined')
    expect(element.outcome).toBe('declined')
    expect(told.at(-1)).toBe('didit-status')
  })

  it('is heard by a component of React', async () => {
    mock({ outcome: 'approved' })
    const hear = vi.fn()
    const root = createRoot(document.body.appendChild(document.createElement('div')))
    onTestFinished(() => root.unmount())
    root.render(createElement(Wrapper, { onDiditComplete: ({ outcome }) => hear(outcome) }))
    const element = await vi.waitUntil(() => document.querySelector('didit-verify'))
    await element.start()
    expect(hear).toHaveBeenCalledExactlyOnceWith('approved')
  })

  it('runs where there are no streams', async () => {
    vi.stubGlobal('ReadableStream', undefined)
    onTestFinished(() => void vi.unstubAllGlobals())
    mock({ outcome: 'approved' })
    expect(await make().element.start()).toMatchObject({ outcome: 'approved' })
  })

  it('takes back what it lent to jsdom', () => {
    const made = mockVerification()
    expect('showModal' in HTMLDialogElement.prototype).toBe(true)
    made.restore()
    expect('showModal' in HTMLDialogElement.prototype).toBe(false)
    expect('SecurityPolicyViolationEvent' in globalThis).toBe(false)
  })
})
