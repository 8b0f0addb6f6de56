// `npm run check`: everything that needs no browser and runs no test.

import { type ChildProcess, spawn } from 'node:child_process'
import { constants, setPriority } from 'node:os'
import path from 'node:path'
import { createInterface } from 'node:readline'
import type { Readable, Writable } from 'node:stream'

const root = path.dirname(import.meta.dirname)

export interface Command {
  name: string
  /** What node runs: a script of ours, or that of a tool in node_modules. */
  args: string[]
  env?: Record<string, string>
  /** Whether others run meanwhile: then each line of its output says whose it is. */
  beside?: boolean
  /** Whether it gives way to them. */
  patient?: boolean
}

export interface Outcome {
  ok: boolean
  seconds: number
}

/** Longer than any part takes on a slow machine; a part that hangs must not hang the whole. */
const TIME_LIMIT = 20 * 60_000

export const BUILD: Command = { name: 'build', args: ['--import', 'tsx', 'scripts/build.ts'] }

/** Sizes and package look at dist/, so they come after the build. */
export const CHECKS: Command[] = [
  { name: 'types', args: [tool('@typescript/native/bin/tsc'), '-p', '.'] },
  { name: 'types of docs', args: [tool('@typescript/native/bin/tsc'), '-p', 'docs'] },
  { name: 'lint', args: [tool('@biomejs/biome/bin/biome'), 'check', '.'] },
  { name: 'sizes', args: ['--import', 'tsx', 'scripts/sizes.ts'] },
  { name: 'audit', args: ['--import', 'tsx', 'scripts/audit.ts'] },
  { name: 'package', args: [tool('publint/src/cli.js'), 'run', '.', '--strict'] },
  {
    name: 'exports',
    args: [
      tool('@arethetypeswrong/cli/dist/index.js'),
      ...['--pack', '.', '--profile', 'esm-only', '--format', 'ascii', '--no-color'],
    ],
  },
]

const running = new Set<ChildProcess>()
let interrupted = false

/** Runs one command with its output on this terminal. */
export async function run({ name, args, env, beside, patient }: Command): Promise<Outcome> {
  if (interrupted) return { ok: false, seconds: 0 }
  console.log(`\n── ${name} ${'─'.repeat(Math.max(0, 60 - name.length))}`)
  const start = performance.now()
  const ok = await new Promise<boolean>((resolve) => {
    const child = spawn(process.execPath, args, {
      cwd: root,
      stdio: ['ignore', beside ? 'pipe' : 'inherit', beside ? 'pipe' : 'inherit'],
      env: { ...process.env, ...env },
    })
    running.add(child)
    if (patient && child.pid) setPriority(child.pid, constants.priority.PRIORITY_BELOW_NORMAL)
    label(name, child.stdout, process.stdout)
    label(name, child.stderr, process.stderr)
    const timer = setTimeout(() => {
      console.error(`${name} takes longer than ${TIME_LIMIT / 60_000} minutes and was stopped.`)
      child.kill()
    }, TIME_LIMIT)
    child.once('close', (code) => {
      clearTimeout(timer)
      running.delete(child)
      resolve(code === 0)
    })
  })
  return { ok, seconds: (performance.now() - start) / 1000 }
}

function label(name: string, from: Readable | null, to: Writable): void {
  if (from) createInterface({ input: from }).on('line', (line) => to.write(`${name} │ ${line}\n`))
}

/** At an interrupt: the part that runs ends and cleans up, those that wait do not start. */
export function stopOnSignals(): void {
  for (const signal of ['SIGINT', 'SIGTERM'] as const) {
    process.on(signal, () => {
      interrupted = true
      for (const child of running) child.kill('SIGTERM')
    })
  }
}

function tool(file: string): string {
  return path.join(root, 'node_modules', file)
}

async function main(): Promise<void> {
  stopOnSignals()
  const failed: string[] = []
  for (const command of [BUILD, ...CHECKS]) {
    if (!(await run(command)).ok) failed.push(command.name)
  }
  console.log(failed.length === 0 ? '\nAll checks passed.' : `\nFailed: ${failed.join(', ')}.`)
  process.exitCode = failed.length === 0 ? 0 : 1
}

if (process.argv[1] === import.meta.filename) await main()
