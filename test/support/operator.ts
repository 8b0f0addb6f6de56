// An operator API beside a whole BFF, without a port.

import { createOperatorApp } from '../../server/operator.ts'
import { createBff } from './bff.ts'

export const TOKEN = 'anna-token-of-thirty-two-characters'
export const OTHER = 'bert-token-of-thirty-two-characters'

export async function setUp() {
  const bff = await createBff()
  /** Didit's storage of pictures, and a place to answer in its stead. */
  const storage = {
    async answer(input: string, init?: RequestInit): Promise<Response> {
      return bff.sandbox.app.request(input, init)
    },
  }
  const app = createOperatorApp({
    ...bff.options,
    operators: { anna: TOKEN, bert: OTHER },
    fetch: (input, init) => storage.answer(input as string, init),
  })
  const call = async (method: string, path: string, body?: unknown, token = TOKEN) =>
    app.request(path, {
      method,
      headers: {
        authorization: `Bearer ${token}`,
        ...(body !== undefined && { 'content-type': 'application/json' }),
      },
      body: typeof body === 'string' ? body : JSON.stringify(body),
    })
  /** A session in this status, and what the browser holds of it. */
  const inStatus = async (...statuses: string[]) => {
    const grant = await bff.start()
    await bff.move(grant.session.id, ...statuses)
    await bff.hook({ session_id: grant.session.id, status: statuses.at(-1) })
    await bff.idle()
    return { id: grant.session.id, token: grant.token }
  }
  /** The problem that a call ends in. */
  const refused = async (...asked: Parameters<typeof call>) => {
    const response = await call(...asked)
    const { code, ...body } = await response.json()
    const type = response.headers.get('content-type')
    if (type !== 'application/problem+json') throw new Error(`not a problem: ${type}`)
    return { status: response.status, code, headers: response.headers, body }
  }
  return { ...bff, operator: app, storage, call, refused, inStatus }
}
