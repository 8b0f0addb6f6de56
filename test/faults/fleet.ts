// The processes that a campaign runs, kills and starts again.

import { type Program, run } from '../support/process.ts'
import type { HostSettings } from './host.ts'

export interface Fleet {
  ports: readonly number[]
  /** Ends one of them as told, and starts another in its place. */
  replace(port: number, signal: 'SIGKILL' | 'SIGTERM'): Promise<void>
  /** What processes said that ended by themselves. */
  crashes: readonly string[]
  stop(): Promise<void>
}

/** @param settingsOf what the process of a port is told, at the moment it starts. */
export async function startFleet(
  ports: readonly number[],
  settingsOf: (port: number) => HostSettings,
): Promise<Fleet> {
  const running = new Map<number, Program>()
  const crashes: string[] = []
  let stopped = false

  async function start(port: number): Promise<void> {
    while (!stopped) {
      const env = { HOST: JSON.stringify(settingsOf(port)) }
      const program = run('test/faults/host.ts', { env })
      running.set(port, program)
      // A database that is just coming back lets nobody in; whoever runs processes starts them again.
      if (
        await program.prints(/^Ready$/m).then(
          () => true,
          () => false,
        )
      ) {
        void program.ended().then(() => {
          if (running.get(port) === program) crashes.push(program.output().slice(-2000))
        })
        return
      }
    }
  }

  await Promise.all(ports.map(start))
  return {
    ports,
    crashes,
    async replace(port, signal) {
      const program = running.get(port)
      running.delete(port)
      await program?.kill(signal)
      await start(port)
    },
    async stop() {
      stopped = true
      const all = [...running.values()]
      running.clear()
      await Promise.all(all.map((program) => program.kill('SIGKILL')))
    },
  }
}
