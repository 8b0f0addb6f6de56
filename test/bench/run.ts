// `npm run bench`: measures everything, or what is named, side by side with peers and floors.
//
// npm run bench -- widget.bytes server.create    these alone
// npm run bench -- --short                       only that everything works, in a minute

import { existsSync, mkdirSync, mkdtempSync, rmSync } from 'node:fs'
import path from 'node:path'
import { parseArgs } from 'node:util'
import { root } from '../support/process.ts'
import { DIST } from './bundle.ts'
import { describeMachine, watchMachine } from './machine.ts'
import type { Figure, Measurement } from './measure.ts'
import { json, table } from './report.ts'
import { create } from './server/create.ts'
import { growth } from './server/growth.ts'
import { read } from './server/read.ts'
import { relay } from './server/relay.ts'
import { startUp } from './server/start.ts'
import { streams } from './server/streams.ts'
import { upstream } from './server/upstream.ts'
import { webhooks } from './server/webhook.ts'
import { bytes } from './widget/bytes.ts'
import { evaluation } from './widget/eval.ts'
import { idle } from './widget/idle.ts'
import { open } from './widget/open.ts'
import { shift } from './widget/shift.ts'

/** Each measurement by the beginning of its keys, in the order of the table. */
const MEASUREMENTS: Record<string, Measurement> = {
  'widget.bytes': bytes,
  'widget.eval': evaluation,
  'widget.open': open,
  'widget.shift': shift,
  'widget.idle': idle,
  'server.create': create,
  'server.read': read,
  'server.webhook': webhooks,
  'server.relay': relay,
  'server.streams': streams,
  'server.upstream': upstream,
  'server.growth': growth,
  'server.startS': startUp,
}

async function main(): Promise<void> {
  const { values, positionals } = parseArgs({
    allowPositionals: true,
    options: { short: { type: 'boolean', default: false } },
  })
  const names = chosen(positionals)
  if (!existsSync(path.join(DIST, 'server', 'cli.js'))) {
    throw new Error('There is no dist/ to measure. Run npm run build first.')
  }
  const machine = watchMachine()
  console.log(describeMachine())
  const figures: Figure[] = []
  for (const name of names) {
    // One that fails must not take the others' figures with it.
    await measure(name, values.short).then(
      (some) => figures.push(...some),
      (error: Error) => {
        console.error(error)
        process.exitCode = 1
      },
    )
  }
  console.log(`\n${table(figures)}\n\n${machine()}`)
  if (values.short) console.log('This was the short form: it shows that everything works, no more.')
  console.log(json(figures))
}

function chosen(wanted: readonly string[]): string[] {
  const all = Object.keys(MEASUREMENTS)
  const unknown = wanted.filter((part) => !all.some((name) => matches(name, part)))
  if (unknown.length > 0) {
    throw new Error(`Nothing is called ${unknown.join(', ')}. There is ${all.join(', ')}.`)
  }
  return all.filter((name) => wanted.length === 0 || wanted.some((part) => matches(name, part)))
}

/** `widget` stands for all that begin with it, `server.relay.p50ms` for what it is part of. */
function matches(name: string, part: string): boolean {
  return `${name}.`.startsWith(`${part}.`) || `${part}.`.startsWith(`${name}.`)
}

/** Runs one measurement in a folder of its own, and takes away all that it leaves. */
async function measure(name: string, short: boolean): Promise<Figure[]> {
  const start = performance.now()
  process.stdout.write(`${name} … `)
  // Where the store is by default, so that it is the same disk.
  const data = path.join(root, 'data')
  mkdirSync(data, { recursive: true })
  const folder = mkdtempSync(path.join(data, 'bench-'))
  const undo: (() => unknown)[] = []
  try {
    const run = MEASUREMENTS[name] as Measurement
    return await run({ short, folder, defer: (each) => undo.push(each) })
  } finally {
    for (const each of undo.reverse()) await each()
    rmSync(folder, { recursive: true, force: true })
    console.log(`${((performance.now() - start) / 1000).toFixed(0)} s`)
  }
}

await main().catch((error: Error) => {
  console.error(error.message)
  process.exitCode = 1
})
