// Who may use the backend, and whether they can. Pure.

import { isLoopback } from '../../loopback.ts'
import { type Finding, ok, problem, warning } from './finding.ts'

/** Whether pages and backend fit together. */
export function judgeOrigins(publicUrl: URL, allowed: readonly string[]): Finding[] {
  const topic = 'origins'
  const pages = allowed.length > 0 ? allowed : [publicUrl.origin]
  const insecure = [publicUrl.origin, ...pages].filter((each) => !isSecure(new URL(each)))
  if (insecure.length > 0) {
    const words = `${insecure[0]} is not https, and browsers give no camera to it. Use https.`
    return [problem(topic, words)]
  }
  const outside = pages.filter((page) => !isLoopback(new URL(page)))
  if (!isLoopback(publicUrl) && outside.length === 0) {
    const words = 'ALLOWED_ORIGINS names only pages of this machine; visitors are refused.'
    return [problem(topic, `${words} Add the exact origins of your pages.`)]
  }
  if (isLoopback(publicUrl) && outside.length > 0) {
    const words = `Visitors of ${outside[0]} cannot reach PUBLIC_URL, which is this machine.`
    return [problem(topic, `${words} Set PUBLIC_URL to where they reach the backend.`)]
  }
  const own = pages.includes(publicUrl.origin)
  return [
    ok(topic, `Pages of ${pages.join(', ')} may use it; the callback is ${publicUrl.href}.`),
    ...(own
      ? []
      : [
          warning(
            topic,
            `Pages of ${publicUrl.origin} itself are refused. Add it to ALLOWED_ORIGINS if there are any.`,
          ),
        ]),
  ]
}

function isSecure(url: URL): boolean {
  return url.protocol === 'https:' || isLoopback(url)
}
