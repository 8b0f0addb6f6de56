'use client'

import 'didit-verify/define'
import type {} from 'didit-verify/jsx'
import { useEffect, useState } from 'react'

// React 19 adds no listeners of its own to a custom element that a server has rendered.
export function Listen() {
  const [outcome, setOutcome] = useState<string>()
  useEffect(() => {
    const over = new AbortController()
    document.addEventListener('didit-complete', (event) => setOutcome(event.outcome), over)
    return () => over.abort()
  }, [])
  return <output>{outcome}</output>
}
