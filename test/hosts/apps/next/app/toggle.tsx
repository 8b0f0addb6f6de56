'use client'

import { type ReactNode, useState } from 'react'

export function Toggle({ children }: { children: ReactNode }) {
  const [shown, setShown] = useState(true)
  return (
    <>
      <button type="button" id="toggle" onClick={() => setShown(!shown)}>
        Toggle
      </button>
      {shown && children}
    </>
  )
}
