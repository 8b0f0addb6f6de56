'use client'

import { DiditVerify } from 'didit-verify/react'
import { useState } from 'react'

export function Verify() {
  const [outcome, setOutcome] = useState<string>()
  return (
    <>
      <DiditVerify mode="modal" onDiditComplete={(event) => setOutcome(event.outcome)} />
      <output>{outcome}</output>
    </>
  )
}
