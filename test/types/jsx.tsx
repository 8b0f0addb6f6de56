// The bare tag in the JSX of React 19.

import type { DiditVerify, VerifyOutcome } from 'didit-verify'
import type {} from 'didit-verify/jsx'
import { useRef } from 'react'

export function Verify() {
  const ref = useRef<DiditVerify>(null)
  void ref.current?.start()
  return (
    <didit-verify
      ref={ref}
      id="verify"
      class="own"
      mode="redirect"
      return-url="/welcome"
      without-confirm
      confirm-timeout={5_000}
      hosted-options='{"camera":true}'
      messages={{ done: 'Ready' }}
      contact={{ email: 'eva@mail.example' }}
      expected={{ first_name: 'Eva' }}
      suppressHydrationWarning
      ondidit-complete={(event) => {
        event.outcome satisfies VerifyOutcome
        event.currentTarget.reset()
        // @ts-expect-error: a complete event has no code.
        event.code
      }}
    >
      Verify me
    </didit-verify>
  )
}

export const wrong = [
  // @ts-expect-error: there is no such mode.
  <didit-verify key={1} mode="iframe" />,
  // @ts-expect-error: a method is no property.
  <didit-verify key={2} start={() => {}} />,
  // @ts-expect-error: a server would write an attribute that does not exist.
  <didit-verify key={3} returnUrl="/welcome" />,
]
