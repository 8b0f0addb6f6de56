// Known vulnerabilities of what is installed with the package, as the registry's advisories have them.

import { spawnSync } from 'node:child_process'
import path from 'node:path'

const root = path.dirname(import.meta.dirname)
/** A registry that does not answer must not hold up a check that is run often. */
const PATIENCE = 20_000

/** As much of npm's report as is read here. */
export interface Report {
  vulnerabilities?: Record<
    string,
    { severity: string; via: (string | { title?: string; url?: string })[] }
  >
  message?: string
  error?: { code?: string; summary?: string }
}

export interface Verdict {
  ok: boolean
  lines: string[]
}

/**
 * Fails on every known vulnerability, whatever its severity. That nobody could be asked is said and
 * is no failure: whoever works offline cannot change it.
 */
export function judge(output: string, problem?: string): Verdict {
  const report = read(output)
  // A fault of this folder and not of the network, such as a missing lock file.
  if (report?.error?.code) return { ok: false, lines: [`not audited: ${report.error.summary}`] }
  if (!report?.vulnerabilities) {
    const reason = problem ?? report?.message ?? 'no report'
    const [line = ''] = reason.replaceAll(/https?:\/\/\S+/g, 'the registry').split('\n')
    return { ok: true, lines: [`not audited: the registry's advisories cannot be read (${line})`] }
  }
  const found = Object.entries(report.vulnerabilities)
  if (found.length === 0) return { ok: true, lines: ['no known vulnerability'] }
  const lines = found.map(([name, { severity, via }]) => {
    const reasons = via.map((each) =>
      typeof each === 'string' ? each : `${each.title} ${each.url}`,
    )
    return `${name} (${severity}): ${reasons.join(', ')}`
  })
  return { ok: false, lines: [...lines, 'Update what is named, or replace it.'] }
}

function read(output: string): Report | undefined {
  try {
    return JSON.parse(output)
  } catch {
    return undefined
  }
}

function main(): void {
  const args = ['audit', '--omit=dev', '--json', '--offline=false', '--fetch-retries=0']
  const npm = process.platform === 'win32' ? 'npm.cmd' : 'npm'
  const { stdout, error } = spawnSync(npm, args, { cwd: root, encoding: 'utf8', timeout: PATIENCE })
  const { ok, lines } = judge(stdout ?? '', error?.message)
  console.log(lines.join('\n'))
  process.exitCode = ok ? 0 : 1
}

if (process.argv[1] === import.meta.filename) main()
