// What others ship for the same purpose, each as a page takes it in with one script tag.

import { readFileSync } from 'node:fs'
import path from 'node:path'
import { root } from '../support/process.ts'

export interface Peer {
  name: string
  version: string
  /** The file that a page loads. */
  file: string
  type: 'text/javascript' | 'module'
  /** An expression of a page that is true as soon as the page can use it. */
  usable: string
}

/** The one whose figures ours are divided by. */
export const DIDIT = peer('Didit SDK', '@didit-protocol/sdk-web', 'didit-sdk.umd.min.js', {
  usable: 'DiditSDK.DiditSdk.shared',
})

/** For comparison: another identity verification twice, and a widget that is a custom element too. */
export const OTHERS: readonly Peer[] = [
  peer('Persona', 'persona', 'persona.js', { usable: 'Persona.Client' }),
  peer('Veriff', '@veriff/incontext-sdk', 'index.umd.js', {
    usable: 'veriffSDK.createVeriffFrame',
  }),
  peer('ALTCHA', 'altcha', 'main/altcha.min.js', {
    type: 'module',
    usable: "customElements.get('altcha-widget')",
  }),
]

function peer(
  name: string,
  folder: string,
  file: string,
  { type = 'text/javascript', usable }: Partial<Pick<Peer, 'type'>> & Pick<Peer, 'usable'>,
): Peer {
  const home = path.join(root, 'node_modules', folder)
  const { version } = JSON.parse(readFileSync(path.join(home, 'package.json'), 'utf8'))
  return { name, version, file: path.join(home, 'dist', file), type, usable }
}
