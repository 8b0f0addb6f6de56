// Compiled with the types of React 19 and again with those of React 18.

import { DiditVerify, type DiditVerifyElement, type VerifyOutcome } from 'didit-verify/react'
import { useRef } from 'react'

export function Verify() {
  const ref = useRef<DiditVerifyElement>(null)
  void ref.current?.start()
  return (
    <DiditVerify
      ref={ref}
      id="verify"
      className="own"
      style={{ margin: 8 }}
      aria-label="Verify"
      data-test="verify"
      mode="redirect"
      returnUrl="/welcome"
      workflow={null}
      withoutConfirm
      confirmTimeout={5_000}
      messages={{ done: 'Ready' }}
      contact={{ email: 'eva@mail.example' }}
      expected={{ first_name: 'Eva' }}
      fetch={(input, init) => fetch(input, init)}
      onClick={(event) => event.currentTarget.close()}
      onDiditComplete={(event) => {
        event.outcome satisfies VerifyOutcome
        event.currentTarget.reset()
        // @ts-expect-error: a complete event has no code.
        event.code
      }}
      onDiditCloseRequest={(event) => event.preventDefault()}
    >
      Verify me
    </DiditVerify>
  )
}

export const wrong = [
  // @ts-expect-error: there is no such mode.
  <DiditVerify key={1} mode="iframe" />,
  // @ts-expect-error: a method is no property.
  <DiditVerify key={2} start={() => {}} />,
  // @ts-expect-error: only the server decides.
  <DiditVerify key={3} outcome="approved" />,
  // @ts-expect-error: Didit names it otherwise.
  <DiditVerify key={6} expected={{ firstName: 'Eva' }} />,
  // @ts-expect-error: there is no such event.
  <DiditVerify key={4} onDiditSuccess={() => {}} />,
  // @ts-expect-error: a number of milliseconds.
  <DiditVerify key={5} confirmTimeout="5000" />,
]
