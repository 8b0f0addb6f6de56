// The script-tag bundle, in memory: what reads dist/ must never find it half written.

import path from 'node:path'
import { build, type Rolldown } from 'vite'
import { folder } from '../vite.config.ts'
import { packWords } from './pack.ts'

const root = path.dirname(import.meta.dirname)

export type Chunks = Rolldown.OutputChunk[]

/** Builds `didit-verify.js` and what it loads later, and writes nothing. */
export async function buildBundle(): Promise<Chunks> {
  const result = await inProduction(() =>
    build({
      root,
      configFile: path.join(root, 'vite.config.ts'),
      logLevel: 'warn',
      plugins: [packWords(folder)],
    }),
  )
  const outputs = [result].flat().flatMap((each) => ('output' in each ? each.output : []))
  return outputs.filter((output) => output.type === 'chunk')
}

/** Vite takes Lit's development build wherever NODE_ENV says so, as it does in a test runner. */
async function inProduction<T>(work: () => Promise<T>): Promise<T> {
  const { NODE_ENV } = process.env
  process.env.NODE_ENV = 'production'
  try {
    return await work()
  } finally {
    if (NODE_ENV === undefined) delete process.env.NODE_ENV
    else process.env.NODE_ENV = NODE_ENV
  }
}
