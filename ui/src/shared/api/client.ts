/** Carries a request, which is a plain value, to the API and back. What may be asked is in `requests.ts`. */

export interface ApiRequest {
  method: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE'
  /** Path and query, from `/api` on. */
  path: string
  body?: unknown
}

/** The API said no, or could not be reached (`status` 0). `message` says why in the server's words. */
export class ApiError extends Error {
  readonly status: number
  readonly request: ApiRequest

  constructor(message: string, status: number, request: ApiRequest) {
    super(message)
    this.name = 'ApiError'
    this.status = status
    this.request = request
  }
}

/**
 * Send a request and return the decoded JSON answer.
 *
 * @throws ApiError for every answer that is not 2xx, and when no answer came.
 */
export async function send<Answer>(request: ApiRequest, signal?: AbortSignal): Promise<Answer> {
  const response = await attempt(request, signal)
  const text = await response.text()
  if (!response.ok) throw new ApiError(reason(text, response), response.status, request)
  return (text === '' ? {} : JSON.parse(text)) as Answer
}

async function attempt(request: ApiRequest, signal: AbortSignal | undefined): Promise<Response> {
  try {
    return await fetch(request.path, {
      method: request.method,
      credentials: 'same-origin',
      headers: {
        Accept: 'application/json',
        ...(request.method === 'GET' ? {} : { 'Content-Type': 'application/json' }),
      },
      ...(request.body === undefined ? {} : { body: JSON.stringify(request.body) }),
      ...(signal === undefined ? {} : { signal }),
    })
  } catch (cause) {
    if (signal?.aborted === true) throw cause
    throw new ApiError('The server does not answer. Is it running, and is the network up?', 0, request)
  }
}

function reason(text: string, response: Response): string {
  try {
    const body = JSON.parse(text) as { message?: string; error?: string }
    const said = body.message ?? body.error
    if (said !== undefined && said !== '') return said
  } catch {
    // Not JSON: a proxy in between answered. Its status line says more than its page.
  }
  return `The server answered ${response.status} ${response.statusText}`.trim()
}
