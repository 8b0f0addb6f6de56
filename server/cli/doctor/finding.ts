import { type Paper, paint, plain, type Style } from '../output.ts'

export type Level = 'ok' | 'warning' | 'problem'

/** One thing that was looked at. */
export interface Finding {
  level: Level
  /** One or two words. */
  topic: string
  /** What was found, and what to do about it. */
  words: string
}

const STYLES: Readonly<Record<Level, Style>> = { ok: 'green', warning: 'yellow', problem: 'red' }

export function ok(topic: string, words: string): Finding {
  return { level: 'ok', topic, words }
}

export function warning(topic: string, words: string): Finding {
  return { level: 'warning', topic, words }
}

export function problem(topic: string, words: string): Finding {
  return { level: 'problem', topic, words }
}

/** A line for each. */
export function describeFindings(findings: readonly Finding[], paper: Paper): string {
  const width = Math.max(0, ...findings.map(({ topic }) => topic.length))
  return findings
    .map(({ level, topic, words }) =>
      [paint(STYLES[level], level.padEnd(7), paper), topic.padEnd(width), plain(words)].join('  '),
    )
    .join('\n')
}
