// The script-tag bundle: one ES module with Lit inside, and what it loads later beside it.

import { readFileSync } from 'node:fs'
import path from 'node:path'
import { defineConfig, type Plugin } from 'vite'

const root = import.meta.dirname
const { version } = JSON.parse(readFileSync(path.join(root, 'package.json'), 'utf8')) as {
  version: string
}
const folder = `didit-verify-${version}`
const locales = path.join(root, 'widget', 'locales') + path.sep

/**
 * Takes comments and white space out of Lit's style sheets and templates: for the minifier they are
 * text. Nothing in our templates depends on the white space between two elements.
 */
const leanLiterals: Plugin = {
  name: 'lean-literals',
  transform: (code, id) =>
    path.dirname(path.normalize(id)) === path.join(root, 'widget')
      ? code
          .replace(/\bcss`[^`]*`/g, leanStyles)
          .replace(/([>}])\s*\n\s*(?=<|\$\{)/g, '$1')
          .replace(/\s*\n\s*(?=[?@]?[\w-]+=["$])/g, ' ')
          .replace(/(?<=\})\s*\n\s*(?=>)/g, '')
      : undefined,
}

/**
 * Takes out of Lit what it has for polyfills, for hydration, and for a warning about several copies of
 * it: our browsers need no polyfill, and the element is not rendered on servers.
 */
const leanLit: Plugin = {
  name: 'lean-lit',
  transform: (code, id) =>
    /\/node_modules\/(lit|@lit)/.test(path.normalize(id).replaceAll('\\', '/'))
      ? code
          .replace(/\b\w+\.\w+(Polyfill|Hydrate)Support\b/g, 'undefined')
          .replace(/\(\w+\.\w+Versions\?\?=\[\]\)\.push\("[\d.]+"\)/g, '0')
      : undefined,
}

function leanStyles(sheet: string): string {
  return sheet
    .replace(/\/\*.*?\*\//gs, '')
    .replace(/\s+/g, ' ')
    .replace(/` | `/g, '`')
    .replace(/ ?([{};,]) ?/g, '$1')
    .replace(/\b0\.(?=\d)/g, '.')
    .replace(/='([\w-]+)'\]/g, '=$1]')
    .replaceAll(': ', ':')
    .replaceAll(';}', '}')
}

export default defineConfig({
  root,
  publicDir: false,
  plugins: [leanLit, leanLiterals],
  build: {
    target: 'es2022',
    outDir: 'dist',
    // `npm run build` cleans; the demo rebuilds the bundle and must leave the rest alone.
    emptyOutDir: false,
    reportCompressedSize: false,
    lib: { entry: 'widget/define.ts', formats: ['es'] },
    rolldownOptions: {
      // What chunks share with the entry, Lit above all, stays in the entry, which exports it to
      // them. The default would make it a chunk of its own: one more round trip for every page.
      preserveEntrySignatures: false,
      output: {
        entryFileNames: 'didit-verify.js',
        // The version is in the folder, so a chunk keeps its name and may be cached for ever.
        chunkFileNames: ({ facadeModuleId }) =>
          facadeModuleId && path.normalize(facadeModuleId).startsWith(locales)
            ? `${folder}/locales/[name].js`
            : `${folder}/[name].js`,
        // A library build keeps white space otherwise.
        minify: true,
        // Licence comments do not survive; this line leads to the file that holds the texts.
        postBanner: ({ isEntry }) =>
          isEntry
            ? `/*! didit-verify ${version}, MIT. Contains Lit, BSD-3-Clause: see NOTICE */`
            : '',
      },
    },
  },
})
