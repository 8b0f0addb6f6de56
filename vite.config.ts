// The script-tag bundle: one ES module with Lit inside, and what it loads later beside it.

import { readFileSync } from 'node:fs'
import path from 'node:path'
import { defineConfig } from 'vite'
import { leanLit, leanLiterals } from './scripts/lean.ts'

const root = import.meta.dirname
const { version } = JSON.parse(readFileSync(path.join(root, 'package.json'), 'utf8')) as {
  version: string
}
/** Holds what is loaded later, beside the script. */
export const folder = `didit-verify-${version}`

export default defineConfig({
  root,
  publicDir: false,
  plugins: [leanLit, leanLiterals],
  build: {
    target: 'es2022',
    // Only `npm run build` writes: a demo or a test beside it has the bundle in memory.
    write: false,
    reportCompressedSize: false,
    lib: { entry: 'widget/define.ts', formats: ['es'] },
    rolldownOptions: {
      // What chunks share with the entry, Lit above all, stays in the entry, which exports it to
      // them. The default would make it a chunk of its own: one more round trip for every page.
      preserveEntrySignatures: false,
      output: {
        entryFileNames: 'didit-verify.js',
        // The version is in the folder, so a chunk keeps its name and may be cached for ever.
        chunkFileNames: `${folder}/[name].js`,
        // A library build keeps white space otherwise.
        minify: true,
        // What bundlers read is bytes for a browser. Licences go with it; this line leads to the file
        // that holds their texts.
        comments: false,
        postBanner: ({ fileName }) =>
          fileName === 'didit-verify.js'
            ? `/*! didit-verify ${version}, MIT. Contains Lit, BSD-3-Clause: see NOTICE */`
            : '',
      },
    },
  },
})
