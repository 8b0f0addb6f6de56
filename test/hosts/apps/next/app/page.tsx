import { Toggle } from './toggle.tsx'
import { Verify } from './verify.tsx'

export default function Page() {
  return (
    <main>
      <Toggle>
        <Verify />
      </Toggle>
    </main>
  )
}
