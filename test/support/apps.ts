// The apps of test/hosts as their developers would build them, rendered on a server too.

import { execFile } from 'node:child_process'
import { cpSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import { pathToFileURL } from 'node:url'
import { promisify } from 'node:util'
import { svelte } from '@sveltejs/vite-plugin-svelte'
import vue from '@vitejs/plugin-vue'
import { build, defaultClientConditions, type InlineConfig, type PluginOption } from 'vite'
import type { Installed } from './installed.ts'

interface App {
  /** Its folder in test/hosts/apps. */
  source: string
  plugins?: () => PluginOption[]
  /** What renders it on a server. */
  server?: string
  /** Export conditions in front of those of a browser. */
  conditions?: string[]
}

const isCustomElement = (tag: string) => tag === 'didit-verify'

export const APPS = {
  react: { source: 'react', server: 'server.tsx' },
  vue: {
    source: 'vue',
    server: 'server.ts',
    plugins: () => [vue({ template: { compilerOptions: { isCustomElement } } })],
  },
  svelte: { source: 'svelte', server: 'server.ts', plugins: () => [svelte({ configFile: false })] },
  plain: { source: 'plain' },
  worker: { source: 'worker', conditions: ['worker'] },
} satisfies Record<string, App>

/**
 * Builds an app into `site/<name>/`. `index.html` is drawn by the browser, `index-rendered.html` by
 * a server first; so it is for every page that the app has.
 */
export async function buildApp(
  { folder }: Installed,
  { source, plugins, server, conditions = [] }: App,
  site: string,
  name = source,
): Promise<void> {
  const out = path.join(site, name)
  const config = (outDir: string, ssr?: string): InlineConfig => ({
    root: path.join(folder, source),
    base: `/${name}/`,
    configFile: false,
    publicDir: false,
    // Frameworks warn of what they do not like only here.
    mode: 'development',
    logLevel: 'error',
    plugins: plugins?.() ?? [],
    ...(conditions.length > 0 && {
      resolve: { conditions: [...conditions, ...defaultClientConditions] },
    }),
    worker: { format: 'es' },
    build: { outDir, ssr, emptyOutDir: true, reportCompressedSize: false },
  })
  await build(config(out))
  if (!server) return
  const serverOut = path.join(folder, source, 'server')
  await build(config(serverOut, server))
  const empty = readFileSync(path.join(out, 'index.html'), 'utf8')
  for (const [page, html] of Object.entries(await render(path.join(serverOut, 'server.js')))) {
    writeFileSync(path.join(out, `${page}.html`), empty)
    writeFileSync(path.join(out, `${page}-rendered.html`), empty.replace('<!--page-->', html))
  }
}

/** Calls every export of a server's bundle, in a process of its own: it must not say a word. */
async function render(file: string): Promise<Record<string, string>> {
  const code = `
    const pages = Object.entries(await import('${pathToFileURL(file).href}'))
    const rendered = pages.map(async ([name, render]) => [name, await render()])
    process.stdout.write(JSON.stringify(Object.fromEntries(await Promise.all(rendered))))`
  const args = ['--input-type=module', '--eval', code]
  const { stdout, stderr } = await promisify(execFile)(process.execPath, args)
  const words = stderr.split('\n').filter((line) => line && !line.startsWith('Lit is in dev mode'))
  if (words.length > 0) throw new Error(`${file} says: ${words.join('\n')}`)
  return JSON.parse(stdout)
}

/** The script-tag page beside the script, with the hashes of the package filled in. */
export function layScript({ folder }: Installed, site: string): void {
  const dist = path.join(folder, 'node_modules/didit-verify/dist')
  const out = path.join(site, 'script')
  cpSync(path.join(folder, 'script'), out, { recursive: true })
  for (const name of readdirSync(dist).filter((entry) => entry.startsWith('didit-verify'))) {
    cpSync(path.join(dist, name), path.join(out, name), { recursive: true })
  }
  const { integrity } = JSON.parse(readFileSync(path.join(dist, 'integrity.json'), 'utf8'))
  const { './didit-verify.js': entry, ...later } = integrity as Record<string, string>
  const fill = (map: object) =>
    readFileSync(path.join(out, 'index.html'), 'utf8')
      .replace('INTEGRITY', String(entry))
      .replace('"IMPORTMAP"', JSON.stringify({ integrity: map }))
  const forged = Object.keys(later).map((name) => [name, entry])
  writeFileSync(path.join(out, 'forged.html'), fill(Object.fromEntries(forged)))
  writeFileSync(path.join(out, 'index.html'), fill(later))
}
