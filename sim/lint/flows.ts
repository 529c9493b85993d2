// Who sets whom to work: calls in handlers, and the resources that wire one service to another.
import type { InferredCall } from '../infer/index.ts'
import type { Flow, Scene } from './contract.ts'

/**
 * Every flow between two resources of the template: what the template wires, and what handlers call. Of a function without a handler of
 * its own, the calls that are strongly inferred.
 */
export function flowsOf(scene: Omit<Scene, 'flows'>, calls: readonly InferredCall[]): readonly Flow[] {
  const written = scene.handlers.filter(({ isWritten }) => isWritten)
  const handled = new Set(written.map(({ of }) => of.logicalId))
  const inferred = calls.flatMap(({ from, to, action, kind, strength, evidence, by }): Flow[] => {
    const { span } = evidence[0]!
    if (kind === 'code')
      return strength === 'strong' && !handled.has(from) ? [{ from, to, by: action, span, isCertain: false }] : []
    const stating = by === undefined ? undefined : scene.at(by)?.type
    // What failed flows on only where it is an outcome of the function, told to whom it may concern.
    if (stating === undefined || (kind === 'failure' && stating !== 'AWS::Lambda::EventInvokeConfig')) return []
    return [{ from, to, by: stating, span, isCertain: true }]
  })
  const called = written.flatMap((handler) =>
    handler.program.code.flatMap((step): Flow[] =>
      step.op === 'call'
        ? [
            {
              ...{ from: handler.of.logicalId, to: step.to, by: step.action },
              ...{ span: handler.place(step), isCertain: true },
            },
          ]
        : [],
    ),
  )
  return [...inferred, ...called]
}
