import { type ReactNode, StrictMode, useState } from 'react'
import { More } from './more.tsx'
import { Tag } from './tag.tsx'
import { Verify } from './verify.tsx'

function Page({ children }: { children: ReactNode }) {
  const [shown, setShown] = useState(true)
  return (
    <main>
      <button type="button" id="toggle" onClick={() => setShown(!shown)}>
        Toggle
      </button>
      {shown && children}
    </main>
  )
}

const strict = (content: ReactNode) => (
  <StrictMode>
    <Page>{content}</Page>
  </StrictMode>
)

export const pages = {
  index: strict(<Verify />),
  more: strict(<More />),
  tag: strict(<Tag />),
}
