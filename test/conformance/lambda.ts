// Call scripts of another simulator's tests for functions, most of them recorded on AWS: invocations, versions, aliases, reserved
// concurrency, function URLs, destinations.
//
// A script's function becomes a component with a handler that does what its code does, its URL and its queue stand beside it from the
// beginning. What cannot be said of the rooms is left out as a whole:
const LEFT_OUT: readonly (readonly [pattern: RegExp, reason: string])[] = [
  [
    /test_handler_in_submodule|multiruntime_lambda|test_runtime_ulimits|test_lambda_init_environment/,
    'looks into runtimes',
  ],
  [/xray|TraceHeader|host_prefix/, 'speaks of headers'],
  [/MultiAccounts/, 'other accounts'],
  [/test_function_state|test_lambda_update_function_url_config|custom_id/, 'asks for settings alone'],
  [/cache_local/, 'a counter in the memory of the code'],
  [/request_id|multi_line_prints/, 'reads logs'],
  [
    /url_echo_invoke|headers_and_status|url_non_existing|persists_after_alias/,
    'looks at requests over HTTP, or deletes an alias',
  ],
  [/test_invocation_type_event/, 'an expectation that was lost with its loop'],
  [/test_invoke_exceptions/, 'speaks of a function that is none'],
  [/update_function_event_invoke_config/, 'changes what holds for asynchronous events on the way'],
  [/runtime_wrapper|test_lambda_runtime_error/, 'a runtime that does not start'],
]
import { parseJson } from '../../sim/parts/json-text.ts'
import type { Instruction, Program, Template } from '../../sim/parts/program.ts'
import { account } from '../../sim/services/lambda/account.ts'
import { alias } from '../../sim/services/lambda/alias.ts'
import { lambdaFunction } from '../../sim/services/lambda/function.ts'
import { url } from '../../sim/services/lambda/url.ts'
import { lab, SECOND, type Answer, type Lab, type LabOptions, type Part } from '../kit.ts'
import { CallScript, queuePart, scriptCases, Unknown, type Comparison, type Step, type Vector } from './call-scripts.ts'
import type { Suite } from './suite.ts'

const COMPARISON: Comparison = {
  // Of errors their types are compared; how a runtime words them, and what it knows of its context, is its own.
  unlike:
    /\.(ResponseMetadata|errorMessage|stackTrace|requestId|Message|message|Type|headers|timestamp|functionArn|invoked_arn|version_from_ctx|context|Attributes|MessageId|ReceiptHandle|MD5OfBody|\w*Arn|RevisionId|Description|LastModified|FunctionUrl|Configuration|Code\w*|Architectures|EphemeralStorage|Environment|Handler|LoggingConfig|PackageType|Role|Runtime\w*|SnapStart|State|LastUpdateStatus|TracingConfig)$/,
  absent: ['FunctionError'],
  isWhole: false,
}

const path = (...names: string[]): Template => ({ kind: 'path', path: names })
const constant = (value: unknown): Template => ({ kind: 'constant', value })
const give = (value: Template): Instruction => ({ op: 'return', value })
const fail = (error: string): Instruction => ({ op: 'fail', error, catches: [] })
const program = (...code: Instruction[]): Program => ({ code: [...code, { op: 'end' }], returns: true })

/** What the files of the scripts do, by name. */
const FILES: Readonly<Record<string, Program>> = {
  lambda_echo: program(give(path())),
  lambda_introspect: program(give(constant({}))),
  lambda_response_size: program(give({ kind: 'map', keys: ['BodySize'], values: [path('bytenum')] })),
  lambda_unhandled_error: program(fail('CustomException')),
  lambda_handler_error: program(fail('Exception')),
  // Both end the process; the second one so that AWS does not notice before the time-out.
  lambda_runtime_exit: program({ op: 'memory', size: constant(1e12), keeps: false }),
  lambda_handler_exit: program(give(constant(null))),
  lambda_runtime_exit_segfault: program({ op: 'wait', time: constant(3600 * SECOND) }),
  lambda_echofail: program(fail('Exception')),
  lambda_url: program(give(path())),
  lambda_integration: program(
    { op: 'unless', condition: { kind: 'exists', of: path('raise_error') }, to: 2 },
    fail('Exception'),
    give({ kind: 'map', keys: ['event'], values: [path()] }),
  ),
}

/** Python's constants in JSON's words. */
const json = (text: string): unknown => parseJson(text.replaceAll('True', 'true').replaceAll('None', 'null'))

/** The program of code that is written out: what it returns, or which version it is. */
function programOf(code: string): Program | undefined {
  const version = /"version_id": "(\w+)"/.exec(code)?.[1]
  if (version !== undefined) return program(give(constant({ version_id: version })))
  const returned = /return (.*)/.exec(code)?.[1]
  const value = returned === undefined ? undefined : json(returned)
  return value === undefined ? undefined : program(give(constant(value)))
}

class Script extends CallScript {
  protected override readonly comparison = COMPARISON
  protected override readonly lab: Lab
  private readonly parts: Record<string, Part> = { 'Sim::Lambda::Account': { def: account } }
  private readonly beside: Record<string, NonNullable<LabOptions['beside']>[string]> = {}
  /** Code by the step that writes it, and that of the versions in order. */
  private readonly codes = new Map<number, Program>()
  private readonly versions: Program[] = []

  constructor(vector: Vector) {
    super(vector)
    for (const step of vector.steps) if (step.call !== undefined) this.declare(step, step.call)
    if (this.parts['Work'] === undefined) throw new Error('no function in it')
    const work = this.parts['Work']
    this.parts['Work'] = {
      ...work,
      config: {
        Handler: this.versions[0],
        VersionHandlers: this.versions.map((each, i) => ({ number: i + 1, program: each })),
      },
    }
    const probe = Object.entries(this.parts).flatMap(([name, { def }]) =>
      Object.keys(def.ops).map((action) => [name, action as `${string}:${string}`] as const),
    )
    this.lab = lab(this.parts, { probe, beside: this.beside })
  }

  override run(): void {
    super.run()
    if (this.compared === 0) throw new Error('nothing of it was compared')
  }

  private declare({ i = 0, kwargs = {}, args = [] }: Step, call: string): void {
    if (call === 'files.save_file' || call === 'create_lambda_archive') {
      const code = programOf(String(args[1] ?? args[0]))
      const file = /^<<(\d+):/.exec(String(args[0]))?.[1]
      if (code !== undefined) this.codes.set(Number(file ?? i), code)
    } else if (call === 'create_zip_file') this.codes.set(i, this.fileOf(String(args[0])))
    else if (/^create_lambda_function(_aws)?$/.test(call)) {
      // The scripts' own helper gives 30 s, AWS 3.
      const timeout = Number(kwargs['timeout'] ?? kwargs['Timeout'] ?? (call.endsWith('_aws') ? 3 : 30))
      this.parts['Work'] = {
        def: lambdaFunction,
        properties: { Timeout: timeout },
        assumptions: { ColdStart: '0ms' },
      }
      this.versions.push(this.codeIn(kwargs))
      if (kwargs['Publish'] !== true) this.results.set(i, { CreateFunctionResponse: { FunctionArn: 'Work' } })
    } else if (call.endsWith('.update_function_code')) this.versions.push(this.codeIn(kwargs))
    else if (call.endsWith('.create_function_url_config')) {
      this.parts['Site'] = { def: url, properties: { TargetFunctionArn: 'Work', AuthType: kwargs['AuthType'] } }
      this.results.set(i, { FunctionUrl: 'Site', AuthType: kwargs['AuthType'] })
    } else if (call.endsWith('.add_permission')) {
      const { Action, Principal, FunctionUrlAuthType } = kwargs
      this.beside[`Permission${i}`] = {
        type: 'AWS::Lambda::Permission',
        config: { FunctionName: 'Work', Action, Principal, FunctionUrlAuthType },
      }
      this.results.set(i, {})
    } else if (call === 'sqs_create_queue') {
      this.parts[`q${i}`] = queuePart({})
      this.results.set(i, `q${i}`)
    } else if (call === 'sqs_get_queue_arn') this.results.set(i, this.resolve(args[0]))
    else if (call.endsWith('.get_queue_attributes'))
      this.results.set(i, { Attributes: { QueueArn: this.resolve(kwargs['QueueUrl']) } })
    else if (call.endsWith('.put_function_event_invoke_config')) this.configure(kwargs)
    else if (call.endsWith('.create_alias')) {
      const weights = (kwargs['RoutingConfig'] as { AdditionalVersionWeights?: object } | undefined)
        ?.AdditionalVersionWeights
      const weight = weights === undefined ? undefined : Object.values(weights)[0]
      this.parts['Live'] = {
        def: alias,
        properties: {
          FunctionName: 'Work',
          FunctionVersion: '1',
          Name: kwargs['Name'],
          ...(weight === undefined
            ? {}
            : {
                RoutingConfig: { AdditionalVersionWeights: [{ FunctionVersion: '2', FunctionWeight: weight }] },
              }),
        },
      }
      this.results.set(i, {
        Name: kwargs['Name'],
        FunctionVersion: '1',
        AliasArn: `Work:${String(kwargs['Name'])}`,
        ...(weight === undefined ? {} : { RoutingConfig: { AdditionalVersionWeights: { 2: weight } } }),
      })
    }
  }

  private configure(kwargs: Readonly<Record<string, unknown>>): void {
    const { MaximumRetryAttempts = 2, MaximumEventAgeInSeconds = 21_600, DestinationConfig = {} } = kwargs
    this.beside['Rules'] = {
      type: 'AWS::Lambda::EventInvokeConfig',
      config: {
        FunctionName: 'Work',
        Qualifier: '$LATEST',
        MaximumRetryAttempts,
        MaximumEventAgeInSeconds,
        DestinationConfig: this.resolve(DestinationConfig),
      },
    }
  }

  private fileOf(name: string): Program {
    const file = /(\w+)\.\w+$/.exec(name)?.[1] ?? name
    if (!Object.hasOwn(FILES, file)) throw new Unknown(`what ${name} does`)
    return FILES[file]!
  }

  private codeIn(kwargs: Readonly<Record<string, unknown>>): Program {
    const { handler_file: file, zip_file: zip, Code: code, ZipFile: archive } = kwargs
    const from = file ?? zip ?? archive ?? (code as { ZipFile?: unknown } | undefined)?.ZipFile
    const step = /^<<(\d+):/.exec(String(from))?.[1]
    if (step === undefined) return this.fileOf(String(from))
    const found = this.codes.get(Number(step))
    if (found === undefined) throw new Unknown(`the code of step ${step}`)
    return found
  }

  protected override make(step: Step, call: string): void {
    const { i = 0, kwargs = {}, args = [] } = step
    if (call === 'snapshot.match') this.match(kwargs['key'] ?? args[0], kwargs['obj'] ?? args[1])
    else if (call === 'safe_requests.post') this.results.set(i, this.post(kwargs['data']))
    else if (call.endsWith('.receive_message'))
      this.results.set(i, this.receive(String(this.resolve(kwargs['QueueUrl']))))
    else if (call === 'create_lambda_function_aws' && kwargs['Publish'] === true) this.ask(i, 'PublishVersion', {})
    else if (call.endsWith('.get_function_configuration')) this.results.set(i, { FunctionArn: 'Work' })
    else if (call.startsWith('aws_client.lambda_.') && !this.results.has(i)) {
      const { FunctionName: of, ...rest } = this.resolve(kwargs) as Record<string, unknown>
      const qualifier = /^Work:(.+)$/.exec(String(of))?.[1]
      const body: Record<string, unknown> = qualifier === undefined ? rest : { ...rest, Qualifier: qualifier }
      const name = call
        .slice('aws_client.lambda_.'.length)
        .replaceAll(/(?:^|_)(\w)/g, (__, letter: string) => letter.toUpperCase())
      if (name !== 'Invoke') this.ask(i, name, body)
      else this.ask(i, 'InvokeFunction', { ...body, Payload: json(String(body['Payload'] ?? '{}')) })
    }
  }

  private ask(i: number, name: string, body: object): void {
    const action = `lambda:${name}`
    if (!Object.hasOwn(lambdaFunction.ops, action)) return
    const answer = this.lab.ask('Work', action as `${string}:${string}`, body)
    this.results.set(i, answer.answer ?? {})
    if (answer.status === 'OK') return
    if (!this.raising) throw new Error(`step ${i}: ${action} is refused: ${answer.status}`)
    this.refusal = answer
  }

  /** What a client of the function's address sees. */
  private post(data: unknown): object {
    const { http, answer } = this.lab.ask('Site', 'http:POST', data ?? {})
    const { statusCode = http, body } = (answer ?? {}) as { statusCode?: number; body?: unknown }
    const text = typeof body === 'string' ? body : JSON.stringify(body)
    return { status_code: statusCode, content: text, text, headers: {} }
  }

  /** Messages of a queue, for which a script waits a few minutes at most. */
  private receive(from: string): object {
    for (let second = 0; second < 240; second += 2) {
      const { answer } = this.lab.ask(from, 'sqs:ReceiveMessage', { WaitTimeSeconds: 2 })
      if ((answer?.Messages ?? []).length > 0) return answer
    }
    return {}
  }

  private match(key: unknown, object: unknown): void {
    const recorded = this.vector.recorded_content?.[String(key)]
    const asked = [...JSON.stringify(object ?? null).matchAll(/<<(\d+):/g)].map(([, i]) => Number(i))
    if (recorded !== undefined && asked.length > 0 && asked.every((i) => this.results.has(i)))
      this.compare(recorded, this.resolve(object), String(key))
  }

  protected override codeOf({ status }: Answer): string {
    return status
  }
}

const cases = scriptCases('lambda', LEFT_OUT, (vector) => new Script(vector).run(), 'api_and_invoke_scripts.json')
const suite: Suite = { name: 'lambda', cases }
export default suite
