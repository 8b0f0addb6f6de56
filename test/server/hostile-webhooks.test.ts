import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'
import { describe, expect, it } from 'vitest'
import { createBff, PUBLIC_URL, SECRET } from '../support/bff.ts'
import { FORGERIES, type Forgery, genuine, HOOK_SECRET, signed } from '../support/forgeries.ts'
import { createRandom } from '../support/random.ts'

const CASES = 12_000
const AT_ONCE = 50
const SEED = 20_261_125
/** The heap may grow by as much over all cases; one leaked body of average size in each is more. */
const GROWTH = 8 * 1024 * 1024

type Pair = [string, string]

setFlagsFromString('--expose-gc')
const collect: () => void = runInNewContext('gc')

function heap(): number {
  collect()
  collect()
  return process.memoryUsage().heapUsed
}

describe('the corpus of hostile webhooks', () => {
  it('is made from webhooks that would be taken', async () => {
    expect(HOOK_SECRET).toBe(SECRET)
    const { app, clock } = await createBff()
    const random = createRandom(SEED)
    for (let i = 0; i < 100; i++) {
      const { at, body, event } = genuine(random, Math.floor(clock.now() / 1000))
      const [time, ...signatures] = signed({ at, body, event }) as [Pair, ...Pair[]]
      for (const some of [signatures, ...signatures.map((one) => [one])]) {
        const init = { method: 'POST', body, headers: [time, ...some] }
        expect((await app.request(`${PUBLIC_URL}/webhooks`, init)).status).toBe(204)
      }
    }
  })

  it('is refused, each of 12,000 cases with the right code, none stored, memory flat', async () => {
    const { app, store, clock, lines } = await createBff()
    let stored = 0
    const { receive } = store
    store.receive = (...given) => {
      stored++
      return receive(...given)
    }
    const random = createRandom(SEED)
    const now = Math.floor(clock.now() / 1000)
    const kinds = Object.entries(FORGERIES)
    const total = kinds.reduce((sum, [, [share]]) => sum + share, 0)
    const seen = new Map<string, number>()
    const wrong: string[] = []

    async function send(kind: string, { body, headers, refusal }: Forgery): Promise<void> {
      const init = { method: 'POST', body: body as BodyInit, headers }
      const response = await app.request(`${PUBLIC_URL}/webhooks`, init)
      const { code } = response.status === 204 ? { code: 'taken' } : await response.json()
      if (response.status === refusal[0] && code === refusal[1]) return
      wrong.push(`${kind}: ${response.status} ${code}, not ${refusal.join(' ')}`)
    }

    /** A kind, each as often as its share says. */
    function choose(): (typeof kinds)[number] {
      let place = random.next() * total
      for (const kind of kinds) {
        place -= kind[1][0]
        if (place < 0) return kind
      }
      return kinds[0] as (typeof kinds)[number]
    }

    let before = 0
    for (let done = 0; done < CASES; done += AT_ONCE) {
      // What is made once is made by now.
      if (done === CASES / 4) before = heap()
      const batch = Array.from({ length: AT_ONCE }, async () => {
        const [kind, [, forge]] = choose()
        seen.set(kind, (seen.get(kind) ?? 0) + 1)
        await send(kind, forge(random, genuine(random, now)))
      })
      await Promise.all(batch)
    }
    const after = heap()

    expect(wrong).toEqual([])
    expect(stored).toBe(0)
    expect([...seen.keys()].sort()).toEqual(Object.keys(FORGERIES).sort())
    for (const count of seen.values()) expect(count).toBeGreaterThanOrEqual(25)
    expect(after - before).toBeLessThan(GROWTH)
    expect(lines.length).toBeLessThan(10)
    expect(Object.hasOwn(Object.prototype, 'status')).toBe(false)
  }, 60_000)
})
