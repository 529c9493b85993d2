// A load balancer as the canvas shows it, and what it may be asked from outside.
import type { Config, Entry, View } from '../../model/contract.ts'
import { usualListener, type BalancerPlan } from './load-balancer-config.ts'
import type { LoadBalancer } from './load-balancer-state.ts'
import { METHODS, type Condition } from './routing.ts'
import type { TargetState } from './targets.ts'

const STATES: Readonly<Record<TargetState, number>> = { initial: 0, healthy: 1, unhealthy: 2, draining: 3 }

export const view: View<LoadBalancer> = {
  glyph: 'balancer',
  label: 'Load balancer',
  detail: ({ Type: type }) => (type === 'network' ? 'network' : undefined),
  level: (self) => self.inside.inside,
  levelMax: (self) => Math.max(1, self.inside.peak),
  tone: (self) => (self.lastFailed ? 'failing' : self.inside.inside > 0 ? 'busy' : 'calm'),
  readings: [
    { name: 'Requests', unit: '1/s', doc: 'Requests that come.', counter: true, read: (self) => self.requests },
    { name: 'Inside', unit: 'requests', doc: 'Requests under way.', read: (self) => self.inside.inside },
    { name: 'Healthy', unit: 'targets', doc: 'Targets that are healthy.', read: (self) => countOf(self, 'healthy') },
    { name: 'Unhealthy', unit: 'targets', doc: 'Targets that are not.', read: (self) => countOf(self, 'unhealthy') },
    {
      name: 'Own errors',
      unit: '1/s',
      doc: 'Errors that the load balancer answers by itself.',
      counter: true,
      read: (self) => [...self.own.values()].reduce((sum, { total }) => sum + total, 0),
    },
  ],
  cells: [
    {
      name: 'Targets',
      doc: 'The targets of all groups.',
      columns: [
        { name: 'State', unit: '', doc: '0 = new, 1 = healthy, 2 = unhealthy, 3 = drains.' },
        { name: 'In flight', unit: 'requests', doc: 'Requests that wait for it.' },
        { name: 'Requests', unit: '1/s', doc: 'Requests that it got.', counter: true },
      ],
      each: (self, _, cell) => {
        self.targets.forEach((target, row) => {
          if (target !== null) cell(row, [STATES[target.state], target.inFlight, target.requests], target.id)
        })
      },
    },
  ],
}

function countOf({ targets }: LoadBalancer, state: TargetState): number {
  return targets.reduce((sum, target) => sum + (target?.state === state ? 1 : 0), 0)
}

function isMethod(text: string): boolean {
  return METHODS.some((method) => method === text)
}

/** `GET /orders?page=2`: a method and a path. */
export function entry(
  _: Config,
  operation: string,
): Entry | { readonly error: string; readonly help?: string } | undefined {
  const asked = /^([A-Za-z]+)\s+(\/\S*)$/.exec(operation)
  if (asked === null) return undefined
  const method = asked[1].toUpperCase()
  if (isMethod(method)) return { action: `http:${method}`, arg: 0, parameters: { Path: asked[2] } }
  return { error: `\`${method}\` is no method that is simulated`, help: `possible are ${METHODS.join(', ')}` }
}

/** A request for each rule of the listener that clients take, by its paths and methods; one for the default. */
export function entries(config: Config): readonly string[] {
  const listener = usualListener((config['Plan'] as BalancerPlan).listeners)
  if (listener === undefined) return []
  const found = listener.rules.flatMap(({ conditions, action }) => {
    if (action.does !== 'forward') return []
    const values = (on: Condition['on']): readonly string[] =>
      conditions.flatMap((condition) => (condition.on === on && 'values' in condition ? condition.values : []))
    // What hangs on hosts, headers and queries is not guessed.
    if (conditions.some(({ on }) => on !== 'path' && on !== 'method')) return []
    const path = (values('path')[0] ?? '/').replaceAll('*', 'x').replaceAll('?', 'x')
    const method = values('method').find(isMethod) ?? 'GET'
    return [`${method} ${path.startsWith('/') ? path : `/${path}`}`]
  })
  return [...new Set(found)]
}
