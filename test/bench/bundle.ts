// What a page downloads of ours.

import { readdirSync, readFileSync } from 'node:fs'
import path from 'node:path'
import { root } from '../support/process.ts'
import type { Files } from '../support/site.ts'

export const DIST = path.join(root, 'dist')

/** The two lines of the README. */
export const OURS = `<script type="module" src="/didit-verify.js"></script>
<didit-verify></didit-verify>`

/** The script and what it loads later, by their paths. */
export function bundle(): Files {
  const names = readdirSync(DIST, { encoding: 'utf8', recursive: true })
  const scripts = names.filter((name) => /^didit-verify.*\.js$/.test(name))
  return Object.fromEntries(
    scripts.map((name) => [
      `/${name.replaceAll(path.sep, '/')}`,
      { type: 'text/javascript', body: readFileSync(path.join(DIST, name), 'utf8') },
    ]),
  )
}
