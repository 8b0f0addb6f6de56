// Makes the languages small in the script-tag bundle: a file holds only its texts, line by line; what
// they are the words for is said once, beside the table that loads before any of them.

import path from 'node:path'
import type { Plugin } from 'vite'
import { messages as english, type Messages } from '../widget/locales/en.ts'
import { FILES } from '../widget/locales/languages.ts'

const locales = path.join(import.meta.dirname, '..', 'widget', 'locales')
const KEYS = Object.keys(english) as (keyof Messages)[]

const UNPACK = 'virtual:unpack'
const unpack = `
  const keys = ${pack(KEYS)}.split('\\n')
  export const unpack = (texts) =>
    Object.fromEntries(texts.split('\\n').map((text, index) => [keys[index], text]))`

export function packWords(): Plugin {
  return {
    name: 'pack-words',
    resolveId: (id) => (id === UNPACK ? `\0${id}` : undefined),
    load: (id) => (id === `\0${UNPACK}` ? unpack : undefined),
    async transform(code, id) {
      const { dir, name } = path.parse(id)
      if (path.normalize(dir) !== locales) return undefined
      // Kept in this chunk, which is there already: one of its own would be one more round trip.
      if (name === 'languages') return `${code}\nexport { unpack } from '${UNPACK}'`
      const messages = Object.hasOwn(FILES, name) && (await FILES[name]?.())?.messages
      if (!messages) return undefined
      const texts = pack(KEYS.map((key) => messages[key]))
      return `import { unpack } from '${UNPACK}'\nexport const messages = unpack(${texts})`
    },
  }
}

function pack(texts: readonly string[]): string {
  return JSON.stringify(texts.join('\n'))
}
