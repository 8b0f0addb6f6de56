import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { createServer } from 'node:net'
import path from 'node:path'

export const root = path.resolve(import.meta.dirname, '../..')

const TSX = import.meta.resolve('tsx')

/** A program of ours, run as its user would run it. */
export interface Program {
  pid: number
  /** Everything it has printed so far, on both channels. */
  output(): string
  stdout(): string
  stderr(): string
  /** Waits until what it prints matches. Rejects when it ends before. */
  prints(pattern: RegExp): Promise<void>
  /** @returns the exit code, once it has ended. */
  ended(): Promise<number | null>
  /** Ends it, and waits until it is gone. */
  kill(signal: NodeJS.Signals): Promise<void>
}

interface RunOptions {
  args?: string[]
  env?: Env
  cwd?: string
  /** What it reads from standard input; without it there is none. */
  input?: string
  /** Without what reads TypeScript, as a user runs a published file. */
  plain?: boolean
}

/** Runs a file of this repository, by its path from the root, or any other by its full path. */
export function run(
  file: string,
  { args = [], env = {}, cwd = root, input, plain = false }: RunOptions,
): Program {
  const loader = plain ? [] : ['--import', TSX]
  const child = spawn(process.execPath, [...loader, path.resolve(root, file), ...args], {
    cwd,
    env: { ...process.env, ...env },
    stdio: [input === undefined ? 'ignore' : 'pipe', 'pipe', 'pipe'],
  })
  child.stdin?.end(input)
  const printed = { output: '', stdout: '', stderr: '' }
  for (const channel of ['stdout', 'stderr'] as const) {
    child[channel]?.setEncoding('utf8').on('data', (text: string) => {
      printed.output += text
      printed[channel] += text
      child.emit('printed')
    })
  }
  // Whoever started it may end without a word.
  const orphaned = () => void child.kill('SIGKILL')
  process.once('exit', orphaned)
  child.once('close', () => process.off('exit', orphaned))
  const over = () => child.exitCode !== null || child.signalCode !== null
  // After `close` nothing more is printed; after `exit` there may be.
  const closed = once(child, 'close')

  return {
    pid: child.pid ?? 0,
    output: () => printed.output,
    stdout: () => printed.stdout,
    stderr: () => printed.stderr,
    async prints(pattern) {
      while (!pattern.test(printed.output)) {
        if (over())
          throw new Error(`${file} ended before it printed ${pattern}:\n${printed.output}`)
        await Promise.race([oncePrinted(child), closed])
      }
    },
    async ended() {
      await closed
      return child.exitCode
    },
    async kill(signal) {
      if (!over()) child.kill(signal)
      await closed
    },
  }
}

export type Env = Record<string, string>

// Below what systems hand out by themselves, for a port would otherwise be given to somebody else
// before the program that it is meant for listens.
const FIRST_PORT = 16_384
const PORTS = 16_384
let next = Math.floor(Math.random() * PORTS)

/** Ports of 127.0.0.1 that nobody uses at the moment, and nobody is given by chance. */
export async function freePorts(count: number): Promise<number[]> {
  const ports: number[] = []
  while (ports.length < count) {
    const port = FIRST_PORT + (next++ % PORTS)
    if (await isFree(port)) ports.push(port)
  }
  return ports
}

async function isFree(port: number): Promise<boolean> {
  const server = createServer()
  const listens = once(server, 'listening').then(
    () => true,
    () => false,
  )
  server.listen(port, '127.0.0.1')
  if (!(await listens)) return false
  server.close()
  await once(server, 'close')
  return true
}

function oncePrinted(child: ChildProcess): Promise<unknown> {
  return new Promise((resolve) => child.once('printed', resolve))
}
