import type { Demo } from './demo.ts'
import { type Files, startSite } from './site.ts'

const CHUNKS = ['attempt', 'course', 'qr']

export interface HostOptions {
  port: number
  /** Attributes of the element. */
  attributes?: string
  headers?: Record<string, string>
  /** What stands in the page instead of the element. */
  body?: string
}

/** The site of a host, on another origin than the demo's BFF, with the demo's script as its own. */
export async function startHost(demo: Demo, { port, attributes, headers, body }: HostOptions) {
  const names = CHUNKS.map((name) => `/didit-verify-0.1.0/${name}.js`)
  const scripts = await Promise.all(
    ['/didit-verify.js', ...names].map(async (name) => {
      const response = await fetch(new URL(name, demo.url))
      if (!response.ok) throw new Error(`The demo has no ${name}.`)
      return [name, { type: 'text/javascript', body: await response.text() }] as const
    }),
  )
  const page = `<!doctype html><html lang="en"><meta charset="utf-8"><title>A host</title>
<link rel="icon" href="data:,">
<script type="module" src="/didit-verify.js"></script>
${body ?? `<didit-verify endpoint="${demo.url}api/verify" ${attributes ?? ''}></didit-verify>`}`
  const files: Files = { ...Object.fromEntries(scripts), '/': { type: 'text/html', body: page } }
  return startSite(files, 'localhost', { port, headers })
}
