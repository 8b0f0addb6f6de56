// Makes the languages small in the script-tag bundle, and one round trip away: a file holds only its
// texts, line by line, and is found by its name. What the lines are the words for is said once.

import path from 'node:path'
import type { Plugin } from 'vite'
import { messages as english, type Messages } from '../widget/locales/en.ts'
import { FILES } from '../widget/locales/languages.ts'
import { LANGUAGES } from '../widget/locales/lookup.ts'

const locales = path.join(import.meta.dirname, '..', 'widget', 'locales')
const KEYS = Object.keys(english) as (keyof Messages)[]

/** @param folder where the files of the bundle are that it loads later, beside the script. */
export function packWords(folder: string): Plugin {
  // In place of widget/locales/load.ts, which every bundler has to understand.
  const load = `
    const keys = ${pack(KEYS)}.split('\\n')
    export async function load(language) {
      const { texts } = await import(/* @vite-ignore */ \`./${folder}/locales/\${language}.js\`)
      return Object.fromEntries(texts.split('\\n').map((text, index) => [keys[index], text]))
    }`

  return {
    name: 'pack-words',
    buildStart() {
      for (const language of LANGUAGES) {
        this.emitFile({
          type: 'chunk',
          id: path.join(locales, `${language}.ts`),
          fileName: `${folder}/locales/${language}.js`,
          preserveSignature: 'strict',
        })
      }
    },
    async transform(_, id) {
      const { dir, name } = path.parse(id)
      if (path.normalize(dir) !== locales) return undefined
      if (name === 'load') return load
      const language = LANGUAGES.find((each) => each === name)
      if (!language) return undefined
      const { messages } = await FILES[language]()
      return `export const texts = ${pack(KEYS.map((key) => messages[key]))}`
    },
  }
}

function pack(texts: readonly string[]): string {
  return JSON.stringify(texts.join('\n'))
}
