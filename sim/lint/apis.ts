// Traps between an API and what stands behind it.
import type { Backend } from '../parts/gateway-routes.ts'
import type { Lints, Scene, Written } from './contract.ts'
import { resource } from './examples.ts'

const SECOND = 1_000_000
const API_TYPES = ['AWS::ApiGateway::RestApi', 'AWS::ApiGatewayV2::Api']

export const apiLints: Lints = {
  'apigateway/function-outlasts-api': {
    severity: 'warning',
    title: 'a function that may run longer than its API waits',
    text: 'An API gives its backend 29 seconds (an HTTP API 30) and answers 504 then, while the function runs on and is paid for, and its answer is thrown away. A client that tries again starts the work a second time.',
    wrong: example(60),
    right: example(25),
    source:
      'https://docs.aws.amazon.com/apigateway/latest/developerguide/api-gateway-execution-service-limits-table.html',
    find: (scene) =>
      functionsBehind(scene).flatMap(({ fn, api, waits }) => {
        const timeout = fn.number(3, 'Timeout')
        // The 30 s that many templates write beside 29 are no plan to use the last second.
        if (!(timeout * SECOND > waits + SECOND)) return []
        const limit = Math.floor(waits / SECOND)
        return [
          {
            message: `\`${fn.logicalId}\` may run for ${timeout} s, and \`${api.logicalId}\` waits ${waits / SECOND} s for it`,
            span: fn.place('Timeout'),
            help: `\`Timeout: ${limit}\`; work that takes longer belongs behind a queue`,
          },
        ]
      }),
  },
}

function example(timeout: number): string {
  return `Transform: AWS::Serverless-2016-10-31
Resources:
${resource('Work', 'AWS::Serverless::Function', [
  'Runtime: nodejs22.x',
  'Handler: index.handler',
  'InlineCode: "exports.handler = async () => {}"',
  `Timeout: ${timeout}`,
  'Events: { Get: { Type: Api, Properties: { Path: /, Method: get } } }',
])}`
}

/** Each function that an API waits for, with the shortest time that one gives it, in µs. */
function functionsBehind(scene: Scene): { fn: Written; api: Written; waits: number }[] {
  const found = new Map<Written, { fn: Written; api: Written; waits: number }>()
  for (const api of scene.all(...API_TYPES)) {
    const stages = (api.config?.['Stages'] ?? []) as readonly { readonly backends: readonly Backend[] }[]
    for (const backend of stages.flatMap((stage) => stage.backends)) {
      const fn = backend.kind === 'LAMBDA_PROXY' ? scene.at(backend.to) : undefined
      if (fn === undefined || (found.get(fn)?.waits ?? Infinity) <= backend.timeout) continue
      found.set(fn, { fn, api, waits: backend.timeout })
    }
  }
  return [...found.values()]
}
