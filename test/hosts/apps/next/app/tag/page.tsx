import { Listen } from './listen.tsx'

/** The tag itself, without a wrapper, rendered by the server. */
export default function Page() {
  return (
    <main>
      <didit-verify mode="modal" suppressHydrationWarning>
        Verify me
      </didit-verify>
      <Listen />
    </main>
  )
}
