import { type Action, ERRORS, type ErrorCode, PROBLEMS, type Problem } from '../server/contract.ts'
import type { BackendError } from './backend.ts'

/** An obstacle: its code, and for developers what happened and what to do. */
export interface Obstacle {
  code: ErrorCode
  message: string
  cause?: unknown
}

/**
 * The ways on that an obstacle leaves.
 *
 * @param hasAddress whether there is a hosted page to lead to.
 * @param hasPhone whether the visitor may have another device, and this page could follow it.
 */
export function waysOn(
  code: ErrorCode,
  { hasAddress, hasPhone }: { hasAddress: boolean; hasPhone: boolean },
): readonly Action[] {
  const actions: readonly Action[] = ERRORS[code]
  return actions.filter(
    (action) => action === 'retry' || (hasAddress && (hasPhone || action !== 'phone')),
  )
}

/** The obstacle, its message with the chapter that says more to a developer. */
export function withAdvice(obstacle: Obstacle): Obstacle {
  const { code, message } = obstacle
  return { ...obstacle, message: `${message} More: didit-verify/docs/trouble.md#${code}` }
}

/** What an error of a call to the BFF means. */
export function diagnose(error: unknown): Obstacle {
  const { url, status, answer, cause, message: reason } = error as Partial<BackendError>
  if (status === undefined) {
    const code = navigator.onLine ? 'unsupported' : 'offline'
    const message = `A part of didit-verify did not run; does anything block it? ${reason}`
    return { code, message, cause: error }
  }
  if (!status) {
    return navigator.onLine
      ? {
          code: 'backend-unreachable',
          message: `${url} did not answer. Check that it runs, that its allowed origins list ${location.origin}, and the connect-src of this page.`,
          cause,
        }
      : { code: 'offline', message: 'The browser is offline.', cause }
  }
  const { code, title, detail } = Object(answer) as Partial<Problem>
  const known = code && Object.hasOwn(PROBLEMS, code)
  return {
    code: known ? PROBLEMS[code] : byStatus(status),
    message: known
      ? `${title} ${detail}`
      : `${url} answered ${status}, and not as a didit-verify endpoint. Check the endpoint attribute.`,
    cause: error,
  }
}

/** What an error that the hosted page reports means. Its words are Didit's own, and open. */
export function reported(error = 'an error'): Obstacle {
  const code = /camera|permission|notallowed/i.test(error) ? 'camera-blocked' : 'hosted-error'
  return { code, message: `The hosted page reports: ${error}.` }
}

/** For answers of something in between that knows nothing of our codes. */
function byStatus(status: number): ErrorCode {
  if (status === 429) return 'rate-limited'
  if (status === 401 || status === 403) return 'backend-refused'
  // 408: the request did not get through in time, and is no fault of the page.
  return status < 500 && status !== 408 ? 'misconfigured' : 'backend-unreachable'
}
