import type { Settings } from './options.ts'
import { ProblemError } from './problems.ts'

/** When a place may be free again; meanwhile a browser asks instead. */
const RETRY = { 'retry-after': '15' }

export type Streams = ReturnType<typeof createStreams>

/** Counts the open streams of this process, and refuses beyond its limits. */
export function createStreams({ limits, metrics }: Pick<Settings, 'limits' | 'metrics'>) {
  const places = new Map<string, number>()

  function change(name: string, by: number): void {
    const amount = (places.get(name) ?? 0) + by
    if (amount > 0) places.set(name, amount)
    else places.delete(name)
    if (name === 'all') metrics.set('open_streams', amount, {})
  }

  return {
    /**
     * Takes a place for one stream.
     *
     * @returns what gives it back. @throws `too-many-requests` where there is none.
     */
    take(subject: string, address: string | undefined): () => void {
      const wanted: [string, string, number][] = [
        ['all', 'all', limits.streams],
        ['subject', `subject ${subject}`, limits.subjectStreams],
      ]
      if (address) wanted.push(['address', `address ${address}`, limits.addressStreams])
      for (const [kind, name, most] of wanted) {
        if ((places.get(name) ?? 0) < most) continue
        metrics.count('limited_total', { limit: `streams of ${kind}` })
        throw new ProblemError('too-many-requests', RETRY)
      }
      for (const [, name] of wanted) change(name, 1)
      let taken = true
      return function release() {
        if (taken) for (const [, name] of wanted) change(name, -1)
        taken = false
      }
    },
  }
}
