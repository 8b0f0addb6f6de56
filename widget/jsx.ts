// The tag in the JSX of React 19, which sets attributes and listens by itself:
// `<didit-verify mode="modal" ondidit-complete={…} />`. React 18 needs `didit-verify/react`.

import type { DetailedHTMLProps, HTMLAttributes } from 'react'
import type { DiditVerify } from './element.ts'
import type { VerifyAttributes, VerifyListeners, VerifyObjects } from './markup.ts'

export type VerifyJsx = VerifyAttributes &
  VerifyListeners &
  Partial<VerifyObjects> &
  Omit<DetailedHTMLProps<HTMLAttributes<DiditVerify>, DiditVerify>, keyof VerifyAttributes> & {
    /** React 19 takes `className` too; server rendering writes both as `class`. */
    class?: string
  }

declare module 'react' {
  namespace JSX {
    interface IntrinsicElements {
      'didit-verify': VerifyJsx
    }
  }
}
