import { DiditVerify, type DiditVerifyElement } from 'didit-verify/react'
import { useEffect, useRef, useState } from 'react'

const signedIn: typeof fetch = (input, init) => {
  const headers = { ...init?.headers, 'x-user': 'ada' }
  return fetch(input, { ...init, headers })
}

/** Everything else that the wrapper takes. */
export function More() {
  const verify = useRef<DiditVerifyElement>(null)
  const [bare, setBare] = useState(false)
  const [states, setStates] = useState<string[]>([])
  useEffect(() => {
    if (location.search === '?start') void verify.current?.start()
  }, [])
  const more = bare
    ? {}
    : {
        withoutConfirm: true,
        confirmTimeout: 5_000,
        returnUrl: '/',
        messages: { done: 'Ready' },
        expected: { first_name: 'Ada' },
      }
  return (
    <>
      <DiditVerify
        ref={verify}
        id="verify"
        className="own"
        mode="modal"
        fetch={signedIn}
        {...more}
        onDiditState={({ state }) => setStates([...states, state])}
      >
        Verify me
      </DiditVerify>
      <button type="button" id="bare" onClick={() => setBare(true)}>
        Bare
      </button>
      <output>{states.join(' ')}</output>
    </>
  )
}
