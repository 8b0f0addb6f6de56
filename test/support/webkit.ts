// Runs element tests in WebKitGTK, the nearest relative of Safari that Linux has. It speaks
// WebDriver itself: the client libraries weigh more than all other test tools together.

import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { createServer } from 'node:net'
import type { Readable } from 'node:stream'
import { setTimeout as delay } from 'node:timers/promises'
import type { BrowserLauncher, SessionResult } from '@web/test-runner'
import type { WebKit } from '../../scripts/browsers.ts'

const START_TIMEOUT = 20_000

/** WebDriver's code points for the keys that have a name instead of a character. */
const KEYS: Readonly<Record<string, string>> = {
  Backspace: '\uE003',
  Tab: '\uE004',
  Enter: '\uE007',
  Shift: '\uE008',
  Control: '\uE009',
  Alt: '\uE00A',
  Escape: '\uE00C',
  Space: ' ',
  PageUp: '\uE00E',
  PageDown: '\uE00F',
  End: '\uE010',
  Home: '\uE011',
  ArrowLeft: '\uE012',
  ArrowUp: '\uE013',
  ArrowRight: '\uE014',
  ArrowDown: '\uE015',
  Delete: '\uE017',
  Meta: '\uE03D',
}

const BUTTONS = { left: 0, middle: 1, right: 2 } as const

interface MouseOptions {
  button?: keyof typeof BUTTONS
}

/** Drives one window, one test file after the other. */
export class WebKitLauncher implements BrowserLauncher {
  readonly name = 'WebKitGTK'
  /** The runner's commands know only a few types; `getPage` is what they use of this one. */
  readonly type = 'puppeteer'
  readonly concurrency = 1
  /** Known once it has started. */
  version = ''

  readonly #found: WebKit
  readonly #children: ChildProcess[] = []
  #base = ''
  #window: string | undefined
  #running: string | undefined

  constructor(found: WebKit) {
    this.#found = found
  }

  async initialize(): Promise<void> {
    process.once('exit', () => this.#kill())
    for (const signal of ['SIGTERM', 'SIGHUP'] as const) {
      // Node ends at these without an `exit` event.
      process.once(signal, () => process.exit(1))
    }
    const display = await this.#startDisplay()
    this.#base = await this.#startDriver(display)
  }

  async startSession(id: string, url: string): Promise<void> {
    this.#running = id
    try {
      this.#window ??= await this.#open()
      await this.#ask('POST', `${this.#window}/url`, { url })
    } catch {
      // The window has crashed, as a browser may: once more with a new one.
      await this.#close()
      this.#window = await this.#open()
      await this.#ask('POST', `${this.#window}/url`, { url })
    }
  }

  async stopSession(): Promise<SessionResult> {
    this.#running = undefined
    try {
      await this.#release()
      // Ends whatever the page still does.
      await this.#ask('POST', `${this.#window}/url`, { url: 'about:blank' })
    } catch {
      await this.#close()
    }
    return {}
  }

  async stop(): Promise<void> {
    await this.#close()
    const ends = this.#children.map((child) => child.exitCode ?? once(child, 'exit'))
    this.#kill()
    await Promise.all(ends)
  }

  isActive(id: string): boolean {
    return this.#running === id
  }

  async getBrowserUrl(): Promise<string | undefined> {
    // The runner asks when a page went away, so there may be none to ask.
    return this.#ask<string>('GET', `${this.#window}/url`).catch(() => undefined)
  }

  startDebugSession(): Promise<void> {
    throw new Error('WebKitGTK has no debug mode here. Debug in another browser.')
  }

  /** As much of Puppeteer's page as `sendKeys` and `sendMouse` ask for. */
  getPage() {
    return {
      keyboard: {
        type: (text: string) => this.#keys(Array.from(text).flatMap(stroke)),
        press: (key: string) => this.#keys(stroke(key)),
        down: (key: string) => this.#keys([keyDown(key)]),
        up: (key: string) => this.#keys([keyUp(key)]),
      },
      mouse: {
        move: (x: number, y: number) => this.#mouse([pointerMove(x, y)]),
        click: (x: number, y: number, on?: MouseOptions) =>
          this.#mouse([pointerMove(x, y), pointer('pointerDown', on), pointer('pointerUp', on)]),
        down: (on?: MouseOptions) => this.#mouse([pointer('pointerDown', on)]),
        up: (on?: MouseOptions) => this.#mouse([pointer('pointerUp', on)]),
        reset: () => this.#release(),
      },
      setViewport() {
        throw new Error(
          'WebKitGTK has no viewport to set. ' +
            "Ask executeServerCommand('engine') first, and use a sized box or a frame there.",
        )
      },
    }
  }

  #keys(actions: object[]): Promise<unknown> {
    return this.#act({ type: 'key', id: 'keyboard', actions })
  }

  #mouse(actions: object[]): Promise<unknown> {
    return this.#act({
      type: 'pointer',
      id: 'mouse',
      parameters: { pointerType: 'mouse' },
      actions,
    })
  }

  /** Lets go of every key and button. */
  #release(): Promise<unknown> {
    return this.#ask('DELETE', `${this.#window}/actions`)
  }

  #act(source: object): Promise<unknown> {
    return this.#ask('POST', `${this.#window}/actions`, { actions: [source] })
  }

  async #open(): Promise<string> {
    const { sessionId, capabilities } = await this.#ask<{
      sessionId: string
      capabilities: { browserVersion?: string }
    }>('POST', '/session', {
      capabilities: {
        alwaysMatch: {
          browserName: 'MiniBrowser',
          // The runner hears from the page itself when it is ready.
          pageLoadStrategy: 'none',
          'webkitgtk:browserOptions': {
            binary: this.#found.path,
            args: [
              '--automation',
              '--enable-media-stream=true',
              '--enable-mock-capture-devices=true',
            ],
          },
        },
      },
    })
    this.version = capabilities.browserVersion ?? ''
    return `/session/${sessionId}`
  }

  async #close(): Promise<void> {
    const window = this.#window
    this.#window = undefined
    // It may have crashed; then there is nothing left to close.
    if (window) await this.#ask('DELETE', window).catch(() => {})
  }

  async #ask<T = unknown>(method: string, path: string, body: object = {}): Promise<T> {
    const response = await fetch(this.#base + path, {
      method,
      body: method === 'POST' ? JSON.stringify(body) : undefined,
    })
    const { value } = (await response.json()) as { value: T & { message?: string } }
    if (!response.ok) throw new Error(`WebKitWebDriver refused ${path}: ${value?.message}`)
    return value
  }

  /** Xvfb looks for a free display itself and writes its number to the fourth pipe. */
  async #startDisplay(): Promise<string> {
    const args = ['-displayfd', '3', '-screen', '0', '1280x1024x24', '-nolisten', 'tcp']
    const xvfb = this.#spawn(this.#found.xvfb, args, {}, ['ignore', 'ignore', 'ignore', 'pipe'])
    const pipe = xvfb.stdio[3] as Readable
    const number = once(pipe.setEncoding('utf8'), 'data', {
      signal: AbortSignal.timeout(START_TIMEOUT),
    })
    return `:${String((await orDeath(xvfb, number))[0]).trim()}`
  }

  async #startDriver(display: string): Promise<string> {
    const port = await freePort()
    const base = `http://127.0.0.1:${port}`
    const driver = this.#spawn(this.#found.driver, ['--host=127.0.0.1', `--port=${port}`], {
      DISPLAY: display,
      GDK_BACKEND: 'x11',
      // There is no graphics card behind a virtual display.
      WEBKIT_DISABLE_COMPOSITING_MODE: '1',
      LIBGL_ALWAYS_SOFTWARE: '1',
    })
    await orDeath(driver, answers(`${base}/status`))
    return base
  }

  #spawn(
    file: string,
    args: string[],
    env: Record<string, string>,
    stdio: ('ignore' | 'pipe')[] = ['ignore', 'ignore', 'ignore'],
  ): ChildProcess {
    // Detached makes it the leader of a group, so that its own children end with it.
    const child = spawn(file, args, { stdio, detached: true, env: { ...process.env, ...env } })
    this.#children.push(child)
    return child
  }

  #kill(): void {
    for (const child of this.#children.splice(0).reverse()) {
      try {
        if (child.pid && child.exitCode === null) process.kill(-child.pid, 'SIGTERM')
      } catch {
        // It is gone already.
      }
    }
  }
}

function keyDown(key: string) {
  return { type: 'keyDown', value: KEYS[key] ?? key }
}

function keyUp(key: string) {
  return { type: 'keyUp', value: KEYS[key] ?? key }
}

function stroke(key: string) {
  return [keyDown(key), keyUp(key)]
}

function pointerMove(x: number, y: number) {
  return { type: 'pointerMove', x, y, origin: 'viewport', duration: 0 }
}

function pointer(type: 'pointerDown' | 'pointerUp', { button = 'left' }: MouseOptions = {}) {
  return { type, button: BUTTONS[button] }
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1')
  await once(server, 'listening')
  const address = server.address()
  server.close()
  await once(server, 'close')
  if (address === null || typeof address === 'string') throw new Error('No free port was found.')
  return address.port
}

async function answers(url: string): Promise<void> {
  const deadline = Date.now() + START_TIMEOUT
  while (Date.now() < deadline) {
    const response = await fetch(url).catch(() => undefined)
    if (response?.ok) return
    await delay(50)
  }
  throw new Error('WebKitWebDriver did not answer in time.')
}

/** Waits for `ready`, or fails at once when the program ends before. */
async function orDeath<T>(child: ChildProcess, ready: Promise<T>): Promise<T> {
  const death = new Promise<never>((_, reject) => {
    child.once('error', reject)
    child.once('exit', (code) => reject(new Error(`${child.spawnfile} ended with code ${code}.`)))
  })
  return await Promise.race([ready, death])
}
