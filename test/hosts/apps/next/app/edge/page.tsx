import { Verify } from '../verify.tsx'

export const runtime = 'edge'

/** Rendered where there is no Node and no document. */
export default function Page() {
  return <Verify />
}
