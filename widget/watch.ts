import type { SessionAnswer } from '../server/contract.ts'
import type { Backend, BackendError, Told } from './backend.ts'
import type { Kept } from './kept.ts'
import { openStream, readSession } from './reader.ts'
import { pause } from './time.ts'

/** How long a stream may be silent at its start before something in between is taken to hold it back. */
const FIRST_WORD = 5_000
/** How long it may be silent later: it beats every 15 seconds, unless its connection is gone unnoticed. */
const NEXT_WORD = 45_000
const SECOND = 1_000
/** The longest pause between two questions, half as much more or less. */
const SLOWEST = 30 * SECOND

/**
 * Tells every state of a session until it is settled or `signal` aborts, only while the page is
 * visible: by the event stream, and where that does not pass by asking, ever more slowly.
 *
 * @returns whether it ended because the server does not know the session, or not for this browser.
 */
export async function watch(
  backend: Backend,
  kept: Pick<Kept, 'sessionId' | 'token'>,
  signal: AbortSignal,
  tell: (session: Told) => void,
): Promise<boolean> {
  let settled = false
  let deaf = 0
  const note = (session: Told) => {
    settled = session.settled
    if (!signal.aborted) tell(session)
  }

  /** Reads one stream to its end. @returns whether it said anything. */
  async function listen(round: AbortSignal): Promise<boolean> {
    const silence = new AbortController()
    const hush = () => silence.abort()
    let timer = setTimeout(hush, FIRST_WORD)
    let spoke = false
    try {
      const until = AbortSignal.any([round, silence.signal])
      const { body } = await openStream(backend, kept, until)
      const reader = body?.pipeThrough(new TextDecoderStream()).getReader()
      for (let text = ''; !settled; ) {
        const { value, done = true } = (await reader?.read()) ?? {}
        if (done) break
        clearTimeout(timer)
        timer = setTimeout(hush, NEXT_WORD)
        spoke = true
        const blocks = (text + value).split('\n\n')
        text = blocks.pop() ?? ''
        for (const block of blocks) {
          const data = /^data: ?(.*)$/m.exec(block)?.[1]
          if (data) note(backend.told(JSON.parse(data) as SessionAnswer))
        }
      }
    } catch (error) {
      if ((error as BackendError).status === 404) throw error
    } finally {
      clearTimeout(timer)
    }
    return spoke
  }

  while (!signal.aborted && !settled) {
    // One round lasts until the page is hidden or shown again: hidden pages ask nothing. Who is back
    // online does not wait for the next question.
    const turn = new AbortController()
    const round = AbortSignal.any([signal, turn.signal])
    document.addEventListener('visibilitychange', () => turn.abort(), { signal: round })
    addEventListener('online', () => turn.abort(), { signal: round })
    try {
      if (document.visibilityState === 'hidden') {
        await pause(Number.POSITIVE_INFINITY, round)
      } else if (deaf < 2 && (await listen(round))) {
        deaf = 0
      } else if (!round.aborted) {
        // Two streams without a word do not get through; from then on it only asks.
        deaf++
        note(await readSession(backend, kept, round))
      }
    } catch (error) {
      // Nothing more will be heard of it.
      if ((error as BackendError).status === 404) return true
    }
    // A server that restarts ends all its streams at once; they need not all come back at once.
    const spread = 0.5 + Math.random()
    if (!settled) await pause(Math.min(2 ** deaf * SECOND, SLOWEST) * spread, round)
    turn.abort()
  }
  return false
}
