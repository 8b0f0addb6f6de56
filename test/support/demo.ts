import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { type Env, freePorts, type Program, run } from './process.ts'
import { controls, type SandboxControls } from './sandbox.ts'

/** A demo as `npm run demo` starts it, with ports and a database of its own. */
export interface Demo {
  /** The page, on `localhost`; the hosted page is on `127.0.0.1`, another site. */
  url: string
  sandbox: SandboxControls
  program: Program
  stop(): Promise<void>
}

/** Starts a demo with the sandbox, whatever `.env` and the environment say. */
export async function startDemo(env: Env = {}): Promise<Demo> {
  const [port, sandboxPort] = await freePorts(2)
  const folder = mkdtempSync(path.join(tmpdir(), 'didit-verify-demo-'))
  const program = run('demo/serve.ts', {
    env: {
      DIDIT_API_KEY: '',
      DIDIT_WORKFLOW_ID: '',
      DIDIT_WORKFLOWS: '',
      PUBLIC_URL: '',
      ALLOWED_ORIGINS: '',
      DATABASE_URL: `file:${path.join(folder, 'demo.db')}`,
      PORT: String(port),
      SANDBOX_PORT: String(sandboxPort),
      ...env,
    },
  })
  await program.prints(/Demo ready: /)
  return {
    url: `http://localhost:${port}/`,
    sandbox: controls(`http://127.0.0.1:${sandboxPort}`),
    program,
    async stop() {
      await program.kill('SIGTERM')
      rmSync(folder, { recursive: true, force: true })
    },
  }
}
