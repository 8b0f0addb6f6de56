// How figures come about: what is compared runs in turns, and the middle of the rounds is told with
// the lowest and the highest of them.

/** The middle of repeated rounds, and how far they lie apart. */
export interface Summary {
  value: number
  low: number
  high: number
  /** None for what is the same in every run. */
  rounds: number
}

/** What a figure ought to be. */
export type Aim = { most: number } | { least: number }

/** One line of the table, and one value of the JSON. */
export interface Figure {
  /** Where the value stands in the JSON, `server.read.ratio`. */
  key: string
  what: string
  aim: Aim
  /** Decimal places that mean something. */
  digits: number
  /** Nothing where it could not be measured here; `beside` then says why. */
  summary: Summary | undefined
  /** Peers and floors in the same run, and what else explains the figure. */
  beside: string
}

/** What a measurement is given. */
export interface Bench {
  /** Whether to show only that it works, in seconds; the figures then mean little. */
  short: boolean
  /** A folder on the disk that is measured; it is deleted afterwards. */
  folder: string
  /** Has something undone when the measurement is over, the last first. */
  defer(undo: () => unknown): void
}

export type Measurement = (bench: Bench) => Promise<Figure[]>

/**
 * Runs each subject once a round, every other round in the opposite order, so that whatever else the
 * machine does meets all of them alike. A round before the first is only there to warm up.
 */
export async function alternate<Name extends string, Result>(
  { short }: Pick<Bench, 'short'>,
  rounds: number,
  subjects: Record<Name, () => Promise<Result>>,
): Promise<Record<Name, Result[]>> {
  const names = Object.keys(subjects) as Name[]
  if (!short) for (const name of names) await subjects[name]()
  const results = Object.fromEntries(names.map((name) => [name, []])) as unknown as Record<
    Name,
    Result[]
  >
  for (let round = 0; round < (short ? 1 : rounds); round++) {
    for (const name of round % 2 ? names.toReversed() : names) {
      results[name].push(await subjects[name]())
    }
  }
  return results
}

/** The figures of all rounds as one. */
export function summarize(figures: readonly number[]): Summary {
  return {
    value: median(figures),
    low: Math.min(...figures),
    high: Math.max(...figures),
    rounds: figures.length,
  }
}

/** What is counted and not timed. */
export function exactly(value: number): Summary {
  return { value, low: value, high: value, rounds: 0 }
}

/** What stands in the same place, divided: the rounds of one subject by those of the other. */
export function ratios(ours: readonly number[], theirs: readonly number[]): number[] {
  return ours.map((value, i) => value / (theirs[i] ?? Number.NaN))
}

export function median(values: readonly number[]): number {
  return quantile(values, 0.5)
}

/** The value below which this share of all lies, between two of them where it falls there. */
export function quantile(values: readonly number[], share: number): number {
  const sorted = values.toSorted((a, b) => a - b)
  const place = (sorted.length - 1) * share
  const below = sorted[Math.floor(place)] ?? Number.NaN
  const above = sorted[Math.ceil(place)] ?? Number.NaN
  return below + (above - below) * (place - Math.floor(place))
}

/** Cuts samples into so many parts of the same length, in order. */
export function parts<T>(samples: readonly T[], count: number): T[][] {
  const size = samples.length / count
  return Array.from({ length: count }, (_, i) =>
    samples.slice(Math.round(i * size), Math.round((i + 1) * size)),
  )
}

/** Whether a figure is what it ought to be, as the table shows it. */
export function meets({ aim, summary, digits }: Figure): boolean {
  const value = Number(summary?.value.toFixed(digits))
  return 'most' in aim ? value <= aim.most : value >= aim.least
}
