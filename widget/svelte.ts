// The tag in the templates of Svelte 5, for svelte-check and editors.

import type { HTMLAttributes } from 'svelte/elements'
import type { DiditVerify } from './element.ts'
import type { VerifyAttributes, VerifyListeners, VerifyProperties } from './markup.ts'

export type VerifySvelte = VerifyAttributes &
  VerifyListeners &
  Partial<VerifyProperties> &
  Omit<HTMLAttributes<DiditVerify>, keyof VerifyAttributes | keyof VerifyProperties>

declare module 'svelte/elements' {
  interface SvelteHTMLElements {
    'didit-verify': VerifySvelte
  }
}
