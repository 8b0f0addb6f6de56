/** Numbers that look random and are the same for the same seed. */
export type Random = ReturnType<typeof createRandom>

export function createRandom(seed: number) {
  let state = seed >>> 0

  /** From 0 up to 1 (mulberry32). */
  function next(): number {
    state = (state + 0x6d2b79f5) >>> 0
    let t = Math.imul(state ^ (state >>> 15), state | 1)
    t ^= t + Math.imul(t ^ (t >>> 7), t | 61)
    return ((t ^ (t >>> 14)) >>> 0) / 2 ** 32
  }

  return {
    next,
    /** Whether something happens that does so at this rate. */
    happens: (rate: number) => next() < rate,
    between: (least: number, most: number) => least + next() * (most - least),
    pick: <T>(list: readonly T[]): T => list[Math.floor(next() * list.length)] as T,
    /** The list in another order. */
    shuffle<T>(list: readonly T[]): T[] {
      const rest = [...list]
      return Array.from(list, () => rest.splice(Math.floor(next() * rest.length), 1)[0] as T)
    },
    /** One of its own, for something that happens beside the rest. */
    fork: () => createRandom(Math.floor(next() * 2 ** 32)),
  }
}
