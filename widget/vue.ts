// The tag in the templates of Vue 3, for vue-tsc and editors.

import type { EmitFn, HTMLAttributes, PublicProps } from 'vue'
import type { DiditVerify } from './element.ts'
import type { VerifyEventMap } from './events.ts'
import type { Heard, VerifyAttributes, VerifyProperties } from './markup.ts'

type Emits = { [T in keyof VerifyEventMap]: (event: Heard<T>) => void }

export type VerifyVue = new () => DiditVerify & {
  $props: Omit<HTMLAttributes, keyof VerifyAttributes | keyof VerifyProperties> &
    Partial<VerifyProperties> &
    VerifyAttributes &
    PublicProps
  $emit: EmitFn<Emits>
}

declare module 'vue' {
  interface GlobalComponents {
    'didit-verify': VerifyVue
  }
}
