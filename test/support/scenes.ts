// Every state of every mode, as a visitor sees it: an element on a page of a host, played by a
// backend inside that page, so that each state stands still until it was looked at.

import { readFileSync } from 'node:fs'
import path from 'node:path'
import type { Page } from 'playwright'
import { build, type Rolldown } from 'vite'
import { buildBundle } from '../../scripts/bundle.ts'
import type { Mode } from '../../server/contract.ts'
import { root } from './process.ts'
import type { Setting } from './scenes.page.ts'
import { type Files, startSite } from './site.ts'

interface Scene {
  name: string
  /** The modes that can come to it. */
  modes: readonly Mode[]
  setting?: Partial<Setting>
  /** The part of the script that does not load; these come last, on a page that is loaded anew. */
  lost?: string
  /** Whether the network is cut before it begins. */
  offline?: boolean
  /** Whether it begins with a press of the trigger. */
  pressed?: boolean
  /** What happens then; by default nothing. */
  act?(page: Page): Promise<void>
  /** What is there when it stands. */
  shows: string
}

const SHELL = ['modal', 'inline', 'popup', 'qr', 'auto'] as const
const FRAMED = ['modal', 'inline', 'auto'] as const
const ALL = [...SHELL, 'redirect'] as const

const tell = (status: string) => async (page: Page) => {
  await opened(page)
  await page.evaluate((status) => Reflect.get(window, 'backend').tell(status), status)
}
const say = (type: string, data: object) => async (page: Page) => {
  await opened(page)
  await page.evaluate((message) => Reflect.get(window, 'say')(message), { type, data })
}
const press = (selector: string) => (page: Page) =>
  page.locator(`didit-verify ${selector}`).first().click()

function both(...acts: ((page: Page) => Promise<void>)[]) {
  return async (page: Page) => {
    for (const act of acts) await act(page)
  }
}

/** Waits until the hosted page has spoken, where it is in a frame, and somebody listens to the backend. */
async function opened(page: Page): Promise<void> {
  await page.locator('didit-verify[data-state=open]').waitFor()
  await page.waitForFunction(() => Reflect.get(window, 'backend').open > 0)
  const frame = page.frameLocator('didit-verify iframe').locator('button')
  if (await page.locator('didit-verify iframe').count()) await frame.waitFor()
}

/** From the first look to the last. */
export const SCENES: readonly Scene[] = [
  { name: 'idle', modes: ALL, shows: '[part=trigger]' },
  {
    name: 'disabled',
    modes: ['modal'],
    setting: { attributes: { disabled: '' } },
    shows: '[part=trigger][disabled]',
  },
  { name: 'resumable', modes: ALL, setting: { kept: 'open' }, shows: '[part=message]:not(:empty)' },
  { name: 'confirmed', modes: ALL, setting: { kept: 'submitted' }, shows: '[aria-busy=true]' },
  {
    name: 'creating',
    modes: ALL,
    setting: { answer: 'nothing' },
    pressed: true,
    shows: '#stage *',
  },
  { name: 'open', modes: SHELL, pressed: true, act: opened, shows: '[part=body] *' },
  {
    name: 'leaving this page',
    modes: ['redirect'],
    pressed: true,
    setting: { url: '#there' },
    shows: '#stage *',
  },
  {
    name: 'asking',
    modes: SHELL,
    pressed: true,
    act: both(opened, press('[part=close]')),
    shows: '[role=alertdialog]',
  },
  ...['unreachable', 'busy'].map((answer) => ({
    name: `trouble: ${answer}`,
    modes: ALL,
    setting: { answer },
    pressed: true,
    shows: 'slot[name=trouble]',
  })),
  {
    name: 'trouble: blocked window',
    modes: ['popup'],
    pressed: true,
    setting: { blocked: true },
    shows: 'slot[name=trouble]',
  },
  {
    name: 'trouble: camera',
    modes: FRAMED,
    pressed: true,
    act: say('didit:error', { error: 'camera' }),
    shows: '.strip',
  },
  {
    name: 'trouble: of the hosted page',
    modes: FRAMED,
    pressed: true,
    act: say('didit:error', { error: 'broken' }),
    shows: '.strip',
  },
  {
    name: 'trouble: handed to the phone',
    modes: FRAMED,
    pressed: true,
    act: both(say('didit:error', { error: 'camera' }), press('.strip button')),
    shows: '.code svg',
  },
  {
    name: 'trouble: expired',
    modes: SHELL,
    pressed: true,
    act: tell('Expired'),
    shows: 'slot[name=trouble]',
  },
  ...['wrong', 'refused'].map((answer) => ({
    name: `error: ${answer}`,
    modes: SHELL,
    setting: { answer },
    pressed: true,
    shows: '.done',
  })),
  {
    name: 'error, beside the trigger',
    modes: ALL,
    setting: { answer: 'unreachable' },
    pressed: true,
    act: press(':is([part=close], .button.close)'),
    shows: '[part=message]:not(:empty)',
  },
  {
    name: 'error: invalid url',
    modes: SHELL,
    setting: { url: 'javascript:0' },
    pressed: true,
    shows: '.done',
  },
  {
    name: 'submitted',
    modes: FRAMED,
    pressed: true,
    act: say('didit:completed', {}),
    shows: '[data-of=submitted], .note:not(:has(.mark))',
  },
  ...['Approved', 'In Review', 'Declined'].flatMap((status) => [
    { name: status, modes: SHELL, pressed: true, act: tell(status), shows: '.done' },
    {
      name: `${status}, beside the trigger`,
      modes: SHELL,
      pressed: true,
      act: both(tell(status), press('.done')),
      shows: '[part=message]:not(:empty)',
    },
  ]),
  {
    name: 'expired once it was submitted',
    modes: FRAMED,
    pressed: true,
    act: both(say('didit:completed', {}), async (page) => {
      await page.locator('didit-verify[data-state=submitted]').waitFor()
      await page.evaluate(() => Reflect.get(window, 'backend').tell('Expired'))
    }),
    shows: '.done',
  },
  {
    name: 'a step to be repeated',
    modes: FRAMED,
    pressed: true,
    act: both(say('didit:completed', {}), async (page) => {
      await page.locator('didit-verify[data-state=submitted]').waitFor()
      await page.evaluate(() => Reflect.get(window, 'backend').tell('Resubmitted'))
    }),
    shows: '.done',
  },
  {
    name: 'unconfirmed',
    modes: FRAMED,
    setting: { attributes: { url: 'HOSTED' } },
    pressed: true,
    act: async (page) => {
      await page.frameLocator('didit-verify iframe').locator('button').waitFor()
      await page.evaluate((message) => Reflect.get(window, 'say')(message), {
        type: 'didit:completed',
      })
    },
    shows: '.done',
  },
  {
    name: 'trouble: a frame without a word',
    modes: FRAMED,
    setting: { url: '?silent', hurried: true },
    pressed: true,
    shows: '.strip',
  },
  {
    name: 'trouble: a frame without a word, gone on in a new tab',
    modes: FRAMED,
    setting: { url: '?silent', hurried: true },
    pressed: true,
    act: press('.strip a'),
    shows: '.note .wait + p',
  },
  {
    name: 'trouble: offline',
    modes: ALL,
    setting: { answer: 'unreachable' },
    offline: true,
    pressed: true,
    shows: 'slot[name=trouble]',
  },
  {
    name: 'trouble: an old browser',
    modes: FRAMED,
    setting: { old: true },
    pressed: true,
    shows: '[part=message]:not(:empty)',
  },
  {
    name: 'trouble: offline, beside the trigger',
    modes: ALL,
    lost: 'attempt.js',
    offline: true,
    pressed: true,
    shows: '[part=message]:not(:empty)',
  },
  {
    name: 'trouble: a part that does not load',
    modes: ALL,
    lost: 'attempt.js',
    pressed: true,
    shows: '[part=message]:not(:empty)',
  },
  {
    name: 'trouble: a code that does not load',
    modes: ['qr'],
    lost: 'qr.js',
    pressed: true,
    shows: 'slot[name=trouble]',
  },
  {
    name: 'trouble: a code that does not load when the phone is to go on',
    modes: FRAMED,
    lost: 'qr.js',
    pressed: true,
    act: both(say('didit:error', { error: 'camera' }), press('.strip button'), async (page) => {
      await page.locator('didit-verify .strip').waitFor({ state: 'detached' })
    }),
    shows: 'slot[name=trouble]',
  },
]

/** Serves the page. */
export async function startStage() {
  const bundle = await buildBundle()
  const built = (await build({
    root,
    configFile: false,
    logLevel: 'error',
    build: {
      write: false,
      lib: { entry: 'test/support/scenes.page.ts', formats: ['es'], fileName: 'page' },
    },
  })) as Rolldown.RolldownOutput[]
  const code = built.flatMap(({ output }) => output).find(({ type }) => type === 'chunk')
  const files: Files = { '/': { type: 'text/html', body: HOST } }
  const script = (body: string) => ({ type: 'text/javascript; charset=utf-8', body })
  for (const { fileName, code } of bundle) files[`/${fileName}`] = script(code)
  files['/page.js'] = script((code as Rolldown.OutputChunk).code)
  const hosted = readFileSync(path.join(root, 'test/support/hosted.html'), 'utf8')
  files['/test/support/hosted.html'] = { type: 'text/html', body: hosted }
  return startSite(files)
}

const HOST = `<!doctype html><html lang="en"><meta charset="utf-8"><title>A host</title>
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark"><link rel="icon" href="data:,">
<script type="module" src="/didit-verify.js"></script><script type="module" src="/page.js"></script>
<style>body { font: 1rem/1.5 system-ui, sans-serif }</style>
<main><h1>A shop</h1><p>Before you can order, we have to know who you are.</p></main>`

const cutOff = new WeakSet<Page>()

/** Plays a scene, until it stands. */
export async function play(page: Page, scene: Scene, mode: Mode, language: string): Promise<void> {
  const { setting, lost, offline = false, pressed, act, shows } = scene
  // Back online it would go on by itself.
  await page.evaluate(() => document.querySelector('didit-verify')?.remove())
  // Only where it changes something: it fails for a window that is just being closed.
  if (cutOff.delete(page)) await page.context().setOffline(false)
  if (lost) {
    await page.unrouteAll()
    await page.route(`**/${lost}`, (route) => route.abort())
    await page.reload()
  }
  await page.waitForFunction('window.raise && customElements.get("didit-verify")')
  const origin = new URL(page.url()).origin
  const hosted = `${origin.replace('127.0.0.1', 'localhost')}/test/support/hosted.html`
  const attributes = { mode, language, ...setting?.attributes }
  if ('url' in attributes) attributes.url = hosted
  const urls = { '#there': `${origin}/#there`, '?silent': `${hosted}?silent` }
  const url = urls[setting?.url as keyof typeof urls] ?? setting?.url
  await page.evaluate((all) => Reflect.get(window, 'raise')(all), { ...setting, url, attributes })
  if (offline) {
    cutOff.add(page)
    await page.context().setOffline(true)
  }
  if (pressed) await page.locator('didit-verify [part=trigger]').click()
  await act?.(page)
  await page.locator(`didit-verify :is(${shows})`).first().waitFor()
}

/** Words in the element that are wider than what they stand in. */
export function cut(page: Page): Promise<string[]> {
  return page.locator('didit-verify').evaluate((element) => {
    const nodes = element.shadowRoot?.querySelectorAll<HTMLElement>('button, a, h2, p:not(.quiet)')
    return [...(nodes ?? [])]
      .filter(
        ({ scrollWidth, clientWidth, offsetWidth }) => offsetWidth && scrollWidth > clientWidth,
      )
      .map(({ textContent }) => `cut: ${textContent}`)
  })
}
