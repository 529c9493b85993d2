// The manifests and the workflow of `public/deploy`, as data: what is validated, and what is run.
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { parse, parseAllDocuments } from 'yaml'

export const ROOT = join(import.meta.dirname, '..')
export const MANIFESTS = ['kubernetes-shards.yaml', 'kubernetes-workers.yaml'] as const

export function deployed(name: string): string {
  return readFileSync(join(ROOT, 'public/deploy', name), 'utf8')
}

export interface EnvVar {
  readonly name: string
  readonly value?: string
  readonly valueFrom?: { readonly secretKeyRef: { readonly name: string; readonly key: string } }
}

export interface Container {
  readonly name: string
  readonly image: string
  readonly command: readonly string[]
  readonly args?: readonly string[]
  readonly env?: readonly EnvVar[]
  readonly ports?: readonly { readonly name: string; readonly containerPort: number }[]
  readonly livenessProbe?: { readonly httpGet: { readonly path: string; readonly port: string } }
  readonly readinessProbe?: {
    readonly httpGet?: { readonly path: string; readonly port: string }
    readonly tcpSocket?: { readonly port: string }
  }
  readonly resources: { readonly requests: object; readonly limits: { readonly memory?: string } }
  readonly securityContext: object
  readonly volumeMounts?: readonly { readonly name: string; readonly mountPath: string; readonly readOnly?: boolean }[]
}

export interface Volume {
  readonly name: string
  readonly configMap?: { readonly name: string }
  readonly persistentVolumeClaim?: { readonly claimName: string }
}

export interface Pod {
  readonly metadata: { readonly labels: Readonly<Record<string, string>> }
  readonly spec: {
    readonly containers: readonly Container[]
    readonly volumes?: readonly Volume[]
    readonly securityContext: { readonly runAsNonRoot?: boolean; readonly runAsUser?: number }
    readonly automountServiceAccountToken?: boolean
  }
}

/** As much of a Kubernetes object as the tests ask about. */
export interface Manifest {
  readonly apiVersion: string
  readonly kind: string
  readonly metadata: { readonly name: string }
  readonly data?: Readonly<Record<string, string>>
  readonly spec?: {
    readonly completions?: number
    readonly parallelism?: number
    readonly completionMode?: string
    readonly template?: Pod
    readonly selector?: { readonly matchLabels?: Readonly<Record<string, string>> }
    readonly ports?: readonly { readonly port: number; readonly targetPort: string }[]
  }
}

export function manifestsIn(text: string): Manifest[] {
  return parseAllDocuments(text).map((document) => {
    if (document.errors.length > 0) throw document.errors[0]!
    return document.toJS() as Manifest
  })
}

/** The object of a kind and a name; a test that asks for one that is not there fails. */
export function find(manifests: readonly Manifest[], kind: string, name: string): Manifest {
  const found = manifests.find((each) => each.kind === kind && each.metadata.name === name)
  if (found === undefined) throw new Error(`there is no ${kind} ${name}`)
  return found
}

export function podOf(manifest: Manifest): Pod {
  if (manifest.spec?.template === undefined) throw new Error(`${manifest.metadata.name} has no pod`)
  return manifest.spec.template
}

export interface Step {
  readonly run?: string
  readonly uses?: string
  readonly if?: string
  readonly with?: Readonly<Record<string, string | number | boolean>>
}

export interface Workflow {
  readonly env?: Readonly<Record<string, string | number>>
  readonly jobs: Readonly<
    Record<
      string,
      {
        readonly steps: readonly Step[]
        readonly strategy?: { readonly matrix: Readonly<Record<string, readonly (string | number)[]>> }
      }
    >
  >
}

export function workflowIn(text: string): Workflow {
  return parse(text) as Workflow
}
