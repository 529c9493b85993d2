// The operations that change an API and deploy it (N.APIGATEWAY-30 to N.APIGATEWAY-32).
import type { Call } from '../../engine/calls.ts'
import type { Op } from '../../model/contract.ts'
import type { Deployment } from '../../parts/gateway-deployments.ts'
import type { Gateway } from '../../parts/gateway.ts'

type Body = Readonly<Record<string, any>>
type Run = (self: Gateway, call: Call, body: Body) => void

const BAD = 'BadRequestException'
const MISSING = 'NotFoundException'

export const deploymentOps: Readonly<Record<`apigateway:${string}`, Op<Gateway>>> = {
  'apigateway:PutRestApi': {
    doc: 'Puts an OpenAPI document in the place of the API, or merges it into it (`mode: merge`, the default). Seen when it is deployed.',
    target: 'restApiId',
    params: ['mode', 'body'],
    defines: 'body',
    ignored: ['failOnWarnings', 'parameters'],
    errors: [BAD],
    run: on(putRestApi),
  },
  'apigateway:CreateDeployment': {
    doc: 'Makes a deployment of the API as it is now, and has a stage show it.',
    target: 'restApiId',
    params: ['stageName'],
    ignored: [
      ...['description', 'stageDescription', 'cacheClusterEnabled', 'cacheClusterSize', 'variables'],
      ...['canarySettings', 'tracingEnabled'],
    ],
    errors: [BAD, MISSING, 'LimitExceededException'],
    run: on(createDeployment),
  },
  'apigateway:DeleteDeployment': {
    doc: 'Deletes a deployment that no stage shows.',
    target: 'restApiId',
    params: ['deploymentId'],
    errors: [BAD, MISSING],
    run: on(deleteDeployment),
  },
  'apigateway:GetDeployments': {
    doc: 'Lists the deployments.',
    target: 'restApiId',
    ignored: ['position', 'limit'],
    run: on(getDeployments),
  },
  'apigateway:UpdateStage': {
    doc: 'Has a stage show another deployment (`/deploymentId`), changes the share of its canary or ends it (`/canarySettings`).',
    target: 'restApiId',
    params: ['stageName', 'patchOperations'],
    errors: [BAD, MISSING],
    run: on(updateStage),
  },
  'apigateway:GetStage': {
    doc: 'Says which deployment a stage shows.',
    target: 'restApiId',
    params: ['stageName'],
    errors: [MISSING],
    run: on(getStage),
  },
}

function on(run: Run): Op<Gateway>['run'] {
  return (self, call) => run(self, call, (self.sim.calls.body[call] ?? {}) as Body)
}

function answer({ sim }: Gateway, call: Call, what: object): void {
  sim.calls.answer[call] = what
  sim.reply(call, 0)
}

function refuse({ sim }: Gateway, call: Call, name: string, message: string): void {
  sim.calls.answer[call] = { message }
  sim.reply(call, sim.error(name, name === MISSING ? 404 : name === BAD ? 400 : 429))
}

function putRestApi(self: Gateway, call: Call, { mode = 'merge', body }: Body): void {
  if (mode !== 'merge' && mode !== 'overwrite') return refuse(self, call, BAD, 'mode is neither merge nor overwrite')
  if (!self.deployments!.define(body, mode === 'merge')) return refuse(self, call, BAD, 'Invalid OpenAPI input.')
  answer(self, call, { id: self.sim.physicalName })
}

function createDeployment(self: Gateway, call: Call, { stageName }: Body): void {
  const stage = stageName === undefined ? -1 : self.stageNamed(stageName)
  if (stageName !== undefined && stage < 0) return refuse(self, call, MISSING, 'Invalid stage identifier specified')
  if (stage >= 0 && self.canaryOf(stage) > 0)
    return refuse(self, call, BAD, 'The stage has a canary: promote or remove it first')
  const made = self.deployments!.create(self.sim.clock[0])
  if (made === undefined) return refuse(self, call, 'LimitExceededException', 'The API has too many deployments')
  if (stage >= 0) self.deployments!.show(stage, made)
  answer(self, call, told(self, made))
}

function deleteDeployment(self: Gateway, call: Call, { deploymentId }: Body): void {
  const found = self.deployments!.all.get(String(deploymentId))
  if (found === undefined) return refuse(self, call, MISSING, 'Invalid Deployment identifier specified')
  if (!self.deployments!.remove(found))
    return refuse(self, call, BAD, 'Active stages pointing to this deployment must be moved or deleted')
  answer(self, call, {})
}

function getDeployments(self: Gateway, call: Call): void {
  answer(self, call, { items: [...self.deployments!.all.values()].map((each) => told(self, each)) })
}

function getStage(self: Gateway, call: Call, { stageName }: Body): void {
  const stage = self.stageNamed(stageName)
  if (stage < 0) return refuse(self, call, MISSING, 'Invalid stage identifier specified')
  answer(self, call, stageTold(self, stage))
}

/** All of the patches, or none of them when one is wrong. */
function updateStage(self: Gateway, call: Call, { stageName, patchOperations }: Body): void {
  const stage = self.stageNamed(stageName)
  if (stage < 0) return refuse(self, call, MISSING, 'Invalid stage identifier specified')
  const patches = Array.isArray(patchOperations) ? (patchOperations as unknown[]) : []
  const changes: (() => void)[] = []
  for (const patch of patches) {
    const change = changeOf(self, stage, (patch ?? {}) as Body)
    if (typeof change === 'string') return refuse(self, call, BAD, change)
    changes.push(change)
  }
  for (const change of changes) change()
  answer(self, call, stageTold(self, stage))
}

/** What a patch does, or why it cannot be done. */
function changeOf(self: Gateway, stage: number, { op, path, value, from }: Body): (() => void) | string {
  const deployments = self.deployments!
  const hasCanary = self.canaryOf(stage) > 0
  if (path === '/deploymentId' && op === 'copy' && from === '/canarySettings/deploymentId')
    return hasCanary
      ? () => deployments.show(stage, deployments.shownByCanary(stage))
      : 'Promotion not available: no canary'
  const isDeployment = path === '/deploymentId' || path === '/canarySettings/deploymentId'
  if (op === 'replace' && isDeployment) {
    const found = deployments.all.get(String(value))
    if (found === undefined) return `Invalid deployment identifier specified: ${String(value)}`
    if (path === '/deploymentId') return () => deployments.show(stage, found)
    return hasCanary ? () => deployments.showCanary(stage, found) : 'The stage has no canary'
  }
  if (path === '/canarySettings' && op === 'remove')
    return () => {
      self.setCanary(stage, 0)
      deployments.showCanary(stage, null)
    }
  if (path === '/canarySettings/percentTraffic' && op === 'replace') {
    const percent = Number(value)
    if (!(percent >= 0 && percent <= 100)) return `Invalid canary percentage: ${String(value)}`
    return self.hasCanaryLane(stage) ? () => self.setCanary(stage, percent / 100) : 'The stage has no canary'
  }
  return `Invalid patch path ${String(path)} for ${String(op)}`
}

function stageTold(self: Gateway, stage: number): object {
  const percent = 100 * self.canaryOf(stage)
  return {
    stageName: self.stageNames[stage],
    deploymentId: self.deployments!.shown(stage).id,
    ...(percent === 0
      ? {}
      : {
          canarySettings: { percentTraffic: percent, deploymentId: self.deployments!.shownByCanary(stage).id },
        }),
  }
}

function told({ sim }: Gateway, { id, createdAt }: Deployment): object {
  return { id, createdDate: Math.floor((sim.startsAt + createdAt) / 1_000_000) }
}
