// `npm test`: browsers, build, checks, server, element, end-to-end and host tests, and one summary.

import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { browserEnv, describeBrowsers, ensureBrowsers, type TestBrowsers } from './browsers.ts'
import { BUILD, CHECKS, type Command, run, stopOnSignals } from './check.ts'
import { describePostgres, ensurePostgres, postgresEnv } from './postgres.ts'

const root = path.dirname(import.meta.dirname)

/** Shows that everything can still be measured; no figure is judged. Budgets of bytes are a check. */
const BENCH: Command = {
  name: 'bench, short',
  args: ['--import', 'tsx', 'test/bench/run.ts', '--short'],
}

interface Counts {
  passed: number
  failed: number
  skipped: number
}

/** As the reporter in web-test-runner.config.mjs writes them, by browser. */
type ElementCounts = Record<string, Counts & { version: string; names: string[] }>

/** The part of vitest's JSON report that is read here. */
interface VitestReport {
  numPassedTests: number
  numFailedTests: number
  numPendingTests: number
  numTodoTests: number
  testResults: {
    /** The file. */
    name: string
    /** Why it has failed where no test has. */
    message: string
    assertionResults: { fullName: string; status: string; failureMessages: string[] }[]
  }[]
}

interface Row {
  name: string
  /** Undefined: not run, which is no failure. */
  ok: boolean | undefined
  seconds?: number
  counts?: Counts
  note?: string
  /** What is worth a look, by name. */
  trouble?: string[]
}

async function main(): Promise<Row[]> {
  const { browsers, problem } = browsersOrProblem()
  const rows: Row[] = problem ? [{ name: 'browsers', ok: false, note: problem }] : []
  const reports = mkdtempSync(path.join(tmpdir(), 'didit-verify-test-'))
  const report = (name: string) => path.join(reports, `${name}.json`)
  try {
    for (const command of [BUILD, ...CHECKS]) rows.push(await runCheck(command))
    const postgres = findDatabase()
    const env = { ...(browsers && browserEnv(browsers)), ...postgres.env }
    const test = (project: string, how: Pick<Command, 'beside' | 'patient'> = {}) =>
      runVitest(project, report(project), { ...how, env })
    const server = await test('server')
    if (!browsers) return [...rows, postgres.row, server]
    // Alone neither keeps two cores busy. The end-to-end tests take the longest, so that what computes
    // beside them gives way.
    const [e2e, [element, looks, hosts]] = await Promise.all([
      test('e2e', { beside: true }),
      (async () =>
        [
          await runElementTests(browsers, report('element')),
          await test('looks', { beside: true, patient: true }),
          await test('hosts', { beside: true, patient: true }),
        ] as const)(),
    ])
    rows.push(...element, postgres.row, server, e2e, looks, hosts)
    rows.push(await runCheck({ ...BENCH, env }))
    return rows
  } finally {
    rmSync(reports, { recursive: true, force: true })
  }
}

/** Without browsers there is still much that can be tested, so this does not end the run. */
function browsersOrProblem(): { browsers?: TestBrowsers; problem?: string } {
  try {
    const browsers = ensureBrowsers()
    console.log(describeBrowsers(browsers).join('\n'))
    return { browsers }
  } catch (error) {
    const problem = error instanceof Error ? error.message : String(error)
    console.error(problem)
    return { problem }
  }
}

/** What the store's Postgres driver is tested on, and what is left out without one. */
function findDatabase(): { row: Row; env: Record<string, string> } {
  if (process.env.TEST_DATABASE_URL) {
    return { row: { name: 'Postgres', ok: true, note: 'that of TEST_DATABASE_URL' }, env: {} }
  }
  const found = ensurePostgres()
  const note = found
    ? `${found.version} (${found.bin})`
    : 'not found: its driver ran on PGlite; several processes, broken connections and query plans ' +
      'were not tested. Install Postgres, or set POSTGRES_BIN or TEST_DATABASE_URL.'
  console.log(describePostgres(found))
  return { row: { name: 'Postgres', ok: found && true, note }, env: postgresEnv(found) }
}

async function runCheck(command: Command): Promise<Row> {
  return { name: command.name, ...(await run(command)) }
}

/** One row for each browser. */
async function runElementTests(browsers: TestBrowsers, report: string): Promise<Row[]> {
  const { ok, seconds } = await run({
    name: 'element',
    args: [path.join(root, 'node_modules', '@web', 'test-runner', 'dist', 'bin.js')],
    env: { ...browserEnv(browsers), WTR_COUNTS: report },
    beside: true,
  })
  const byBrowser = readJson<ElementCounts>(report) ?? {}
  const names = ['Chromium', 'Firefox', ...(browsers.webkit ? ['WebKitGTK'] : [])]
  const rows = names.map((name): Row => {
    const counts = byBrowser[name]
    const title = ['element in', name, counts?.version].filter(Boolean).join(' ')
    return { name: title, ...verdict(counts), trouble: counts?.names }
  })
  if (!browsers.webkit) {
    rows.push({ name: 'element in WebKitGTK', ok: undefined, note: 'not found, not tested' })
  }
  // The runner itself may fail where no test did.
  const explained = ok || rows.some((row) => row.ok === false)
  return [{ name: 'element', ok: explained, seconds }, ...rows]
}

async function runVitest(
  project: string,
  report: string,
  how: Omit<Command, 'name' | 'args'>,
): Promise<Row> {
  const { ok, seconds } = await run({
    ...how,
    name: project,
    args: [
      path.join(root, 'node_modules', 'vitest', 'vitest.mjs'),
      'run',
      `--project=${project}`,
      '--reporter=default',
      '--reporter=json',
      `--outputFile.json=${report}`,
    ],
  })
  const json = readJson<VitestReport>(report)
  const counts = json && {
    passed: json.numPassedTests,
    failed: json.numFailedTests,
    skipped: json.numPendingTests + json.numTodoTests,
  }
  const result = verdict(counts)
  return { name: project, seconds, ...result, ok: ok && result.ok, trouble: troubleIn(json) }
}

/** What has failed, and what had to be run once more to pass. */
function troubleIn(report: VitestReport | undefined): string[] {
  return (report?.testResults ?? []).flatMap(({ name, message, assertionResults }) => {
    const file = path.relative(root, name)
    const tests = assertionResults.filter(({ failureMessages }) => failureMessages.length > 0)
    return [
      ...(message ? [`${file}: ${firstLine(message)}`] : []),
      ...tests.map(({ fullName, status, failureMessages: [why = ''] }) => {
        const what = status === 'passed' ? 'passed only at a second try' : 'failed'
        return `${file} > ${fullName}: ${what}: ${firstLine(why)}`
      }),
    ]
  })
}

function firstLine(text: string): string {
  return text.split('\n', 1)[0] ?? ''
}

/** A runner that ran nothing has shown nothing. */
function verdict(counts: Counts | undefined): Pick<Row, 'ok' | 'counts' | 'note'> {
  const ran = counts !== undefined && counts.passed + counts.failed > 0
  return ran ? { ok: counts.failed === 0, counts } : { ok: false, note: 'no test ran' }
}

function readJson<T>(file: string): T | undefined {
  return existsSync(file) ? (JSON.parse(readFileSync(file, 'utf8')) as T) : undefined
}

function printSummary(rows: Row[]): void {
  const width = Math.max(...rows.map(({ name }) => name.length))
  console.log(`\n── summary ${'─'.repeat(53)}`)
  for (const { name, ok, seconds, counts, note } of rows) {
    const mark = ok === undefined ? '--' : ok ? 'ok' : 'FAILED'
    const time = seconds === undefined ? '' : `${seconds.toFixed(1)} s`
    const texts = [
      note,
      counts && `${counts.passed} passed, ${counts.failed} failed`,
      counts?.skipped && `${counts.skipped} skipped`,
    ]
    const text = texts.filter(Boolean).join(', ')
    console.log(`${mark.padEnd(6)}  ${name.padEnd(width)}  ${time.padStart(7)}  ${text}`.trimEnd())
  }
  for (const { name, trouble = [] } of rows) {
    for (const text of trouble) console.log(`\n${name}: ${text}`)
  }
}

/** A part that failed without a failed test, such as a type error, counts as one. */
function total(rows: Row[]): { passed: number; failed: number } {
  return {
    passed: rows.reduce((sum, { counts }) => sum + (counts?.passed ?? 0), 0),
    failed: rows.reduce(
      (sum, { ok, counts }) => sum + (counts?.failed || (ok === false ? 1 : 0)),
      0,
    ),
  }
}

stopOnSignals()
const rows = await main()
printSummary(rows)
const { passed, failed } = total(rows)
console.log(`\n${passed} passed, ${failed} failed`)
process.exitCode = failed === 0 && passed > 0 ? 0 : 1
