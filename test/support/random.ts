/** Numbers that look random and are the same for the same seed (mulberry32). */
export function createRandom(seed: number) {
  let state = seed >>> 0
  /** From 0 to 1, without it. */
  function next(): number {
    state = (state + 0x6d2b79f5) >>> 0
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state)
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32
  }
  /** A whole number from `least` to `most`. */
  const whole = (least: number, most: number) => least + Math.floor(next() * (most - least + 1))
  return {
    next,
    whole,
    pick: <T>(list: readonly T[]): T => list[whole(0, list.length - 1)] as T,
    /** Lower-case hex digits. */
    hex: (length: number) => Array.from({ length }, () => whole(0, 15).toString(16)).join(''),
    /** Some text, of letters that mean something somewhere. */
    text(most: number): string {
      const letters = 'abcXYZ019 -_.:,;"\'\\/{}[]<>%&=+#\u00e9\u4e2d\u{1f600}\u0000\u007f\u2028'
      const all = Array.from(letters)
      return Array.from({ length: whole(0, most) }, () => all[whole(0, all.length - 1)]).join('')
    },
  }
}

export type Random = ReturnType<typeof createRandom>
