import { ZodError } from 'zod'
import { DiditError, DiditInputError, type InputProblem } from '../../didit/client.ts'
import { fromDidit, ProblemError, renderProblem } from '../../problems.ts'

/** Where operators need other words than visitors. */
const WORDS: { readonly [code in ProblemError['code']]?: string } = {
  'not-found': 'Check method and address; docs/operator.md lists every route.',
  'body-too-large': 'Send at most 4 MiB.',
  'invalid-body': 'Send one JSON object, nested at most 32 levels deep.',
}

/**
 * The answer for an error to an operator. Other than a browser they are told Didit's own words:
 * its status, and the fields it named.
 */
export async function renderForOperator(error: unknown): Promise<Response> {
  if (error instanceof DiditInputError && error.field !== 'apiKey') {
    return invalid(error.message, error.problems)
  }
  if (error instanceof ZodError) {
    const fields = error.issues.map(({ path, message }) => ({ field: path.join('.'), message }))
    return invalid(fields.map(({ field, message }) => `${field}: ${message}`).join(' '), fields)
  }
  // A key that Didit does not take is nothing that the operator sent; a password or a token is.
  const theirs = error instanceof DiditError && (error.status !== 401 || isAccount(error.request))
  if (theirs && error.status < 500) {
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
  const problem = fromDidit(error)
  const response = renderProblem(problem)
  const detail = problem instanceof ProblemError ? WORDS[problem.code] : undefined
  return detail ? Response.json({ ...(await response.json()), detail }, response) : response
}

/** Whether the request was one of an account at Didit, which goes without this server's key. */
function isAccount(request: string): boolean {
  return / \/(programmatic|organizations)\//.test(request)
}

function invalid(detail: string, fields: readonly InputProblem[]): Response {
  return answer(400, 'invalid-input', 'The request cannot be right.', { detail, fields })
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
