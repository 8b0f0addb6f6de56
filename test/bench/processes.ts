// The processes of a measurement, seen from the one that measures.

import { type Env, freePorts, run } from '../support/process.ts'
import type { Bench } from './measure.ts'
import type { BackendTask } from './processes/backend.ts'
import type { Answered, Load } from './processes/load.ts'

export const SECRET = 'a secret of thirty-two characters'
export const WEBHOOK_SECRET = 'the secret of the destination'

export interface Process {
  port: number
  url: string
  /** Microseconds of processor that it has used so far. */
  cpu(): Promise<number>
  /** What it uses after a garbage collection. */
  memory(): Promise<NodeJS.MemoryUsage>
  stop(): Promise<void>
}

/** Starts one of the files in `processes/`; it ends with the measurement, or when it is stopped. */
export async function start<Task extends { port: number }>(
  { defer }: Pick<Bench, 'defer'>,
  name: string,
  task: Omit<Task, 'port'> & Partial<Pick<Task, 'port'>>,
): Promise<Process> {
  const port = task.port ?? ((await freePorts(1))[0] as number)
  const env: Env = { NODE_ENV: 'production' }
  const program = run(`test/bench/processes/${name}.ts`, {
    args: [JSON.stringify({ ...task, port })],
    env,
  })
  const stop = () => program.kill('SIGTERM')
  defer(stop)
  await program.prints(/Ready/)
  const url = `http://127.0.0.1:${port}`
  return {
    port,
    url,
    stop,
    async cpu() {
      const { user, system } = await (await fetch(`${url}/cpu`)).json()
      return user + system
    },
    memory: async () => (await fetch(`${url}/memory`)).json(),
  }
}

/** Starts our backend over a database. */
export function startBackend(
  bench: Pick<Bench, 'defer'>,
  where: Pick<BackendTask, 'databaseUrl' | 'didit'> & { port?: number },
): Promise<Process> {
  const secrets = { secret: SECRET, webhookSecret: WEBHOOK_SECRET }
  return start<BackendTask>(bench, 'backend', { ...where, ...secrets })
}

/** Has requests sent by a process of its own, and checks that every answer is as it should be. */
export async function startLoad(bench: Pick<Bench, 'defer'>) {
  const { url } = await start(bench, 'load', {})

  return async function send(load: Load, status: number): Promise<Answered> {
    const answer = await fetch(url, { method: 'POST', body: JSON.stringify(load) })
    const answered = (await answer.json()) as Answered
    const right = answered.statuses[status] ?? 0
    if (right === 0 || right < answered.count || answered.failed > 0) {
      throw new Error(`${load.url} did not answer ${status} only: ${JSON.stringify(answered)}`)
    }
    return answered
  }
}
