// Where the figures were taken, and whether that machine had anything else to do.

import { readFileSync } from 'node:fs'
import { cpus, loadavg, release, totalmem, type } from 'node:os'
import { findBrowsers } from '../../scripts/browsers.ts'

export function describeMachine(): string {
  const models = cpus().map(({ model }) => model)
  const memory = `${Math.round(totalmem() / 2 ** 30)} GiB`
  const chromium = findBrowsers().chromium?.version
  return [
    new Date().toISOString().slice(0, 10),
    `${models.length} x ${models[0]?.trim()}`,
    memory,
    `${type()} ${release()}`,
    `Node ${process.versions.node}`,
    chromium ? `Chromium ${chromium}` : '',
  ]
    .filter(Boolean)
    .join(', ')
}

/**
 * Watches what is left of the machine for us.
 *
 * @returns says afterwards how busy others kept it.
 */
export function watchMachine(): () => string {
  const before = stolen()
  const [load = 0] = loadavg()
  return () => {
    const [steal, all] = stolen().map((value, i) => value - (before[i] ?? 0)) as [number, number]
    const busy = load > cpus().length / 2
    return [
      `load average ${load.toFixed(1)} at the start`,
      all > 0 ? `${((steal / all) * 100).toFixed(1)} % of the processors stolen meanwhile` : '',
      busy ? 'THE MACHINE WAS BUSY: take ratios with care and milliseconds not at all' : '',
    ]
      .filter(Boolean)
      .join(', ')
  }
}

/** Ticks that other virtual machines took away, and all ticks; nothing outside Linux. */
function stolen(): number[] {
  if (process.platform !== 'linux') return [0, 0]
  const [, ...ticks] = readFileSync('/proc/stat', 'utf8').split('\n', 1)[0]?.split(/\s+/) ?? []
  const numbers = ticks.map(Number)
  return [numbers[7] ?? 0, numbers.slice(0, 8).reduce((sum, each) => sum + each, 0)]
}
