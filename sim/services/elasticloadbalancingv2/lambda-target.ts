// Requests as a function behind a load balancer gets them, and what its answer means to the client (ALB-R41, N.ALB-02, N.ALB-03).
import type { Request } from './routing.ts'

/** The event: the last value of each name, or all of them in lists where the target group says so. */
export function eventOf(
  request: Request,
  targetGroup: string,
  isMultiValue: boolean,
): Readonly<Record<string, unknown>> {
  const { method, path, query, headers, body } = request
  const event = { requestContext: { elb: { targetGroupArn: targetGroup } }, httpMethod: method, path }
  const sent = { body: body ?? '', isBase64Encoded: false }
  if (!isMultiValue)
    return {
      ...event,
      queryStringParameters: last(query),
      headers: last([...headers].flatMap(([name, values]) => values.map((value) => [name, value] as const))),
      ...sent,
    }
  return {
    ...event,
    multiValueQueryStringParameters: lists(query),
    multiValueHeaders: lists([...headers].flatMap(([name, values]) => values.map((value) => [name, value] as const))),
    ...sent,
  }
}

type Pairs = readonly (readonly [name: string, value: string])[]

function last(pairs: Pairs): Record<string, string> {
  const made = Object.create(null) as Record<string, string>
  for (const [name, value] of pairs) made[name] = value
  return made
}

function lists(pairs: Pairs): Record<string, string[]> {
  const made = Object.create(null) as Record<string, string[]>
  for (const [name, value] of pairs) made[name] = [...(made[name] ?? []), value]
  return made
}

/** The status that a function answers with; undefined when its answer is none that a load balancer takes. */
export function statusOf(payload: unknown): number | undefined {
  if (typeof payload !== 'object' || payload === null) return undefined
  const { statusCode } = payload as { statusCode?: unknown }
  const isStatus =
    typeof statusCode === 'number' && Number.isInteger(statusCode) && statusCode >= 100 && statusCode <= 599
  return isStatus ? statusCode : undefined
}
