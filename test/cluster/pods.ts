// Runs the containers of manifests and the steps of workflows as processes of this machine: their own commands, with volumes and ports elsewhere.
import { spawn, type ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { chmodSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { find, type Container, type EnvVar, type Manifest, type Pod } from '../deploy.ts'
import { built } from './workers.ts'

/** A temporary folder with `hotshard` and `npx hotshard` on the path. */
export class Host {
  readonly folder = mkdtempSync(join(tmpdir(), 'hotshard-host-'))
  private readonly processes: ChildProcess[] = []

  constructor() {
    const bin = this.dir('bin')
    for (const [name, line] of [
      ['hotshard', `exec "${process.execPath}" "${built()}" "$@"`],
      ['npx', 'exec "$@"'],
    ] as const) {
      writeFileSync(join(bin, name), `#!/bin/sh\n${line}\n`)
      chmodSync(join(bin, name), 0o755)
    }
  }

  /** A folder of this host; made when it is not there. */
  dir(name: string): string {
    const path = join(this.folder, name)
    mkdirSync(path, { recursive: true })
    return path
  }

  start(command: readonly string[], env: NodeJS.ProcessEnv, cwd = this.folder): Running {
    const [program, ...args] = command
    const path = `${join(this.folder, 'bin')}:${process.env['PATH']}`
    const child = spawn(program!, args, { cwd, stdio: ['ignore', 'pipe', 'pipe'], env: { ...env, PATH: path } })
    this.processes.push(child)
    let output = ''
    for (const stream of [child.stdout, child.stderr])
      stream.on('data', (text: Buffer) => {
        output += text.toString()
      })
    const closed = once(child, 'close')
    return {
      output: () => output,
      async code() {
        await closed
        return child.exitCode
      },
      kill: (signal) => void child.kill(signal),
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    for (const child of this.processes) child.kill('SIGKILL')
    await Promise.all(this.processes.map((child) => child.exitCode ?? child.signalCode ?? once(child, 'close')))
    rmSync(this.folder, { recursive: true, force: true })
  }
}

export interface Running {
  output(): string
  /** Once it has ended; null when a signal ended it. */
  code(): Promise<number | null>
  kill(signal: NodeJS.Signals): void
}

export interface Cluster {
  readonly manifests: readonly Manifest[]
  readonly host: Host
  /** By `name/key`. */
  readonly secrets?: Readonly<Record<string, string>>
  /** What stands for addresses and ports of the cluster on this machine. */
  readonly elsewhere?: readonly (readonly [there: string, here: string])[]
}

/** Starts the first container of a pod, as the kubelet would: with its environment, its volumes and its command. */
export function startPod(cluster: Cluster, pod: Pod, more: NodeJS.ProcessEnv = {}): Running {
  const { host, elsewhere = [] } = cluster
  const container = pod.spec.containers[0]!
  const env = { ...environmentOf(cluster, container.env ?? []), ...more }
  const moved = [...mountsOf(cluster, pod, container), ...elsewhere]
  const words = [...container.command, ...(container.args ?? [])].map((word) =>
    moved.reduce((text, [there, here]) => text.replaceAll(there, here), expanded(word, env)),
  )
  return host.start(words, env)
}

/** `$(NAME)` in a command is the variable's value. */
function expanded(word: string, env: NodeJS.ProcessEnv): string {
  return word.replace(/\$\(([A-Z_]+)\)/g, (whole, name: string) => env[name] ?? whole)
}

function environmentOf({ secrets = {} }: Cluster, variables: readonly EnvVar[]): NodeJS.ProcessEnv {
  return Object.fromEntries(
    variables.map(({ name, value, valueFrom }) => {
      if (valueFrom === undefined) return [name, value]
      const key = `${valueFrom.secretKeyRef.name}/${valueFrom.secretKeyRef.key}`
      if (secrets[key] === undefined) throw new Error(`there is no secret ${key}`)
      return [name, secrets[key]]
    }),
  )
}

/** Where each path of a container lies on this machine. */
function mountsOf(cluster: Cluster, pod: Pod, container: Container): (readonly [string, string])[] {
  return (container.volumeMounts ?? []).map(({ name, mountPath }) => {
    const volume = pod.spec.volumes!.find((each) => each.name === name)!
    if (volume.persistentVolumeClaim !== undefined)
      return [`${mountPath}/`, `${cluster.host.dir(volume.persistentVolumeClaim.claimName)}/`]
    const folder = cluster.host.dir(volume.configMap!.name)
    const { data } = find(cluster.manifests, 'ConfigMap', volume.configMap!.name)
    for (const [file, text] of Object.entries(data!)) writeFileSync(join(folder, file), text)
    return [`${mountPath}/`, `${folder}/`]
  })
}
