import 'didit-verify/define'
import type {} from 'didit-verify/jsx'
import { useState } from 'react'

/** The tag without the wrapper: in React 19, drawn by the browser. */
export function Tag() {
  const [outcome, setOutcome] = useState<string>()
  return (
    <>
      <didit-verify mode="modal" ondidit-complete={(event) => setOutcome(event.outcome)} />
      <output>{outcome}</output>
    </>
  )
}
