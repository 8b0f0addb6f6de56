import { expect } from '@open-wc/testing'
import { type Kept, keep, keptBy } from '../../widget/kept.ts'

const make = (patch: Partial<Kept> = {}): Kept => ({
  sessionId: crypto.randomUUID(),
  token: 'token',
  owner: crypto.randomUUID(),
  mode: 'modal',
  phase: 'open',
  at: 1,
  ...patch,
})

describe('what a tab keeps', () => {
  afterEach(() => sessionStorage.clear())

  for (const text of ['', '{', 'null', '7', '[]', '"text"', '{"owner":null}']) {
    it(`survives ${text || 'nothing'} under its own prefix`, () => {
      const kept = make()
      sessionStorage.setItem('didit-verify:broken', text)
      keep(kept)
      expect(keptBy(kept.owner)).to.deep.equal([kept])
    })
  }

  it('leaves keys of the page alone', () => {
    const kept = make()
    sessionStorage.setItem('cart', JSON.stringify(kept))
    expect(keptBy(kept.owner)).to.deep.equal([])
    expect(sessionStorage.getItem('cart')).to.equal(JSON.stringify(kept))
  })

  it('is told apart by owner', () => {
    keep(make({ owner: 'a' }))
    expect(keptBy('b')).to.deep.equal([])
  })

  it('comes newest first, one for each session', () => {
    const owner = 'shop'
    const [old, young] = [make({ owner, at: 1 }), make({ owner, at: 2 })]
    for (const kept of [old, young, old]) keep(kept)
    expect(keptBy(owner)).to.deep.equal([young, old])
  })

  it('lives as long as the page where storage is forbidden', () => {
    const storage = Object.getOwnPropertyDescriptor(window, 'sessionStorage')
    Object.defineProperty(window, 'sessionStorage', {
      configurable: true,
      get() {
        throw new DOMException('Forbidden.', 'SecurityError')
      },
    })
    try {
      const kept = make()
      keep(kept)
      expect(keptBy(kept.owner)).to.deep.equal([kept])
    } finally {
      if (storage) Object.defineProperty(window, 'sessionStorage', storage)
    }
  })

  it('lives as long as the page where storage is full', () => {
    const { setItem } = Storage.prototype
    Storage.prototype.setItem = () => {
      throw new DOMException('Full.', 'QuotaExceededError')
    }
    try {
      const kept = make()
      keep(kept)
      expect(keptBy(kept.owner)).to.deep.equal([kept])
    } finally {
      Storage.prototype.setItem = setItem
    }
  })
})
