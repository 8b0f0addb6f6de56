import { expect } from '@open-wc/testing'
import { type Choice, choose } from '../../widget/auto.ts'

/** Puts something in the place of what the browser has, until `restore()`. */
function stub(target: object, name: string, value: unknown): void {
  const before = Object.getOwnPropertyDescriptor(target, name)
  Object.defineProperty(target, name, { value, configurable: true })
  undo.push(() =>
    before ? Object.defineProperty(target, name, before) : Reflect.deleteProperty(target, name),
  )
}

let undo: (() => unknown)[] = []

/** A browser in which nothing speaks against a frame. */
function plainBrowser(): void {
  stub(globalThis, 'crossOriginIsolated', false)
  stub(navigator, 'userAgent', 'Mozilla/5.0 (X11; Linux x86_64) Chrome/156.0.0.0')
  permission('prompt')
  devices('videoinput', 'audioinput')
  pointer('fine')
}

const permission = (state: string) =>
  stub(navigator, 'permissions', { query: async () => ({ state }) })

const devices = (...kinds: string[]) =>
  stub(navigator, 'mediaDevices', {
    enumerateDevices: async () => kinds.map((kind) => ({ kind })),
  })

const pointer = (kind: 'coarse' | 'fine') =>
  stub(globalThis, 'matchMedia', (query: string) => ({ matches: query.includes(kind) }))

const never = () => new Promise<never>(() => {})

describe('choose', () => {
  // Uses up what the module has seen of the real browser.
  before(() => choose('auto', document.body))
  beforeEach(plainBrowser)
  afterEach(() => {
    for (const each of undo.reverse()) each()
    undo = []
  })

  const auto = () => choose('auto', document.body)

  it('takes the modal where nothing speaks against it', async () => {
    expect(await auto()).to.deep.equal({ mode: 'modal', reason: 'default' })
  })

  const rungs: [why: string, set: () => void, choice: Choice][] = [
    [
      'there is no camera API',
      () => stub(navigator, 'mediaDevices', undefined),
      { mode: 'qr', reason: 'no-camera-api' },
    ],
    [
      'the page is isolated from other origins',
      () => stub(globalThis, 'crossOriginIsolated', true),
      { mode: 'redirect', reason: 'cross-origin-isolated' },
    ],
    [
      'the camera is denied',
      () => permission('denied'),
      { mode: 'redirect', reason: 'camera-denied' },
    ],
    [
      'it runs inside Instagram',
      () => stub(navigator, 'userAgent', 'Mozilla/5.0 (iPhone) AppleWebKit Instagram 300.0'),
      { mode: 'redirect', reason: 'in-app-browser' },
    ],
    [
      'it runs inside an Android app',
      () => stub(navigator, 'userAgent', 'Mozilla/5.0 (Linux; Android 15; Pixel; wv) Chrome/156.0'),
      { mode: 'redirect', reason: 'in-app-browser' },
    ],
    [
      'a desktop has no camera',
      () => devices('audioinput', 'audiooutput'),
      { mode: 'qr', reason: 'no-camera' },
    ],
  ]
  for (const [why, set, choice] of rungs) {
    it(`takes ${choice.mode} where ${why}`, async () => {
      set()
      expect(await auto()).to.deep.equal(choice)
    })
  }

  it('keeps the order of the ladder', async () => {
    const seen: string[] = []
    for (const [, set] of [...rungs].reverse()) {
      set()
      seen.push((await auto()).reason)
    }
    expect(seen).to.deep.equal([
      'no-camera',
      'in-app-browser',
      'in-app-browser',
      'camera-denied',
      'cross-origin-isolated',
      'no-camera-api',
    ])
  })

  it('does not miss a camera on a phone, which has one', async () => {
    devices('audioinput')
    pointer('coarse')
    expect((await auto()).reason).to.equal('default')
  })

  for (const [what, break_] of [
    ['hangs', never],
    ['fails', () => Promise.reject(new TypeError('No such name'))],
    [
      'throws',
      () => {
        throw new TypeError('No such name')
      },
    ],
  ] as const) {
    it(`takes the next rung where a probe ${what}`, async () => {
      stub(navigator, 'permissions', { query: break_ })
      stub(navigator, 'mediaDevices', { enumerateDevices: break_ })
      const before = performance.now()
      expect((await auto()).reason).to.equal('default')
      expect(performance.now() - before).to.be.below(2_000)
    })
  }

  it('never takes a popup by itself', () => {
    expect(rungs.map(([, , { mode }]) => mode)).not.to.include('popup')
  })

  for (const mode of ['modal', 'inline', 'popup', 'redirect', 'qr'] as const) {
    it(`takes ${mode} where the page asks for it, whatever the browser can do`, async () => {
      stub(navigator, 'mediaDevices', undefined)
      stub(globalThis, 'crossOriginIsolated', true)
      expect(await choose(mode, document.body)).to.deep.equal({ mode, reason: 'requested' })
    })

    it(`takes the redirect in place of ${mode} where the element is not rendered`, async () => {
      const hidden = document.createElement('p')
      const reason = mode === 'redirect' ? 'requested' : 'not-rendered'
      expect(await choose(mode, hidden)).to.deep.equal({ mode: 'redirect', reason })
    })
  }

  it('takes a mode that it does not know for auto', async () => {
    for (const mode of ['', 'MODAL', 'constructor', 'modal ', 'modals']) {
      expect((await choose(mode as 'auto', document.body)).reason, mode).to.equal('default')
    }
  })

  describe('after the first sign of intent', () => {
    let loads = 0
    /** The module as it comes with a first sign of intent, in a browser without a camera. */
    async function intent(): Promise<typeof choose> {
      devices('audioinput')
      const module = await import(`../../widget/auto.ts?load=${loads++}`)
      devices('videoinput')
      return module.choose
    }

    it('goes by what was seen then', async () => {
      const choose = await intent()
      expect((await choose('auto', document.body)).reason).to.equal('no-camera')
    })

    it('looks again at the second start', async () => {
      const choose = await intent()
      await choose('auto', document.body)
      expect((await choose('auto', document.body)).reason).to.equal('default')
    })

    it('looks again where the start comes late', async () => {
      const choose = await intent()
      const late = Date.now() + 1_500
      stub(Date, 'now', () => late)
      expect((await choose('auto', document.body)).reason).to.equal('default')
    })
  })
})
