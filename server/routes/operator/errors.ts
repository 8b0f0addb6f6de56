import { ZodError } from 'zod'
import { DiditError, DiditInputError } from '../../didit/client.ts'
import { fromDidit, ProblemError, renderProblem } from '../../problems.ts'

/**
 * The answer for an error to an operator. Other than a browser they are told Didit's own words:
 * its status, and the fields it named.
 */
export function renderForOperator(error: unknown): Response {
  if (error instanceof DiditInputError) {
    const { message: detail, problems: fields } = error
    return answer(400, 'invalid-input', 'The request cannot be right.', { detail, fields })
  }
  if (error instanceof DiditError && error.status < 500) {
    const { status, message: detail, fields: didit, retryAfter } = error
    const headers = { 'retry-after': String(Math.ceil(retryAfter ?? 0)) }
    return answer(
      status,
      'didit-refused',
      'Didit refused it.',
      { detail, didit },
      retryAfter === undefined ? {} : headers,
    )
  }
  return renderProblem(
    error instanceof ZodError ? new ProblemError('invalid-body') : fromDidit(error),
  )
}

function answer(
  status: number,
  code: string,
  title: string,
  more: object,
  headers: Record<string, string> = {},
): Response {
  return Response.json(
    { status, code, title, ...more },
    {
      status,
      headers: {
        ...headers,
        'content-type': 'application/problem+json',
        'cache-control': 'no-store',
      },
    },
  )
}
