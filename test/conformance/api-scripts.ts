// Call scripts of another simulator's tests for REST APIs, most of them recorded on AWS: requests are made to the room of such an API.
//
// What a script puts into its API before it deploys it becomes the document of the API; what it deploys later, a document that takes its
// place (`PutRestApi`). Functions whose code stands in the script and gives back their body do that. What cannot be said of the
// room is left out as a whole:
const LEFT_OUT: readonly (readonly [pattern: RegExp, reason: string])[] = [
  [/aws_client_factory/, 'other regions and accounts'],
  [/import_apigw|put_rest_api|create_rest_api_with_integration|get_export/, 'documents that are not in the script'],
  [/test_invoke_method|usage_plan|documentation_|vpc_endpoint|get_resources/, 'operations that no room answers'],
  [/:(events|s3|kinesis|dynamodb|ssm|states|sqs|firehose):(path|action)/, 'other services behind the API'],
  [/^(?![\s\S]*create_deployment)/, 'APIs that are not deployed'],
  [
    /^(?![\s\S]*return json\.loads\(body\))[\s\S]*create_lambda_function/,
    'functions that do more than give back their body',
  ],
  [/httpserver|echo_http_server|"type": ?"HTTP/, 'servers outside'],
  [/canarySettings/, 'canaries that are made while it runs'],
  [/delete_stage|delete_rest_api|update_deployment|get_stages/, 'stages and APIs that come and go, and lists of them'],
]
import { findRoute, type Route } from '../../sim/parts/gateway-routes.ts'
import { parseJson } from '../../sim/parts/json-text.ts'
import { restApi } from '../../sim/services/apigateway/rest-api.ts'
import { gateway, lambda, REGIONAL, stage, type Stand } from '../apis.ts'
import type { Answer, Lab, Part } from '../kit.ts'
import type { ServiceDef } from '../../sim/model/contract.ts'
import { CallScript, leftOutOf, scriptCases, Unknown, type Comparison, type Step, type Vector } from './call-scripts.ts'
import type { Case, Suite } from './suite.ts'

const COMPARISON: Comparison = {
  unlike: /\.(headers|requestId|stackTrace|ResponseMetadata)$/,
  absent: [],
  isWhole: true,
}

type Kwargs = Readonly<Record<string, any>>

/** A method while a script builds it. */
interface Method {
  readonly settings: Kwargs
  integration: Record<string, any>
}

/** A function that gives back the body of its event. */
const echo: ServiceDef<Stand> = {
  ...lambda,
  ops: {
    'lambda:InvokeFunction': {
      doc: '',
      run: (self, call) => {
        const { sim } = self
        const { body } = (sim.calls.body[call] as { Payload: { body?: unknown } }).Payload
        const parsed = typeof body === 'string' ? parseJson(body) : undefined
        sim.calls.answer[call] =
          parsed === undefined
            ? { StatusCode: 200, FunctionError: 'Unhandled', Payload: { errorMessage: 'the JSON object must be str' } }
            : { StatusCode: 200, Payload: parsed }
        sim.reply(call, 0)
      },
    },
  },
}

class Script extends CallScript {
  protected override readonly comparison = COMPARISON
  protected override readonly lab: Lab
  private readonly stages = new Set<string>()
  /** The paths of resources by their ids. */
  private readonly paths = new Map<string, string>([['root', '/']])
  private readonly methods = new Map<string, Method>()
  private readonly models: Record<string, unknown> = {}
  private validators: Record<string, Kwargs> = {}
  /** What each deployment shows, in order, and the step that makes it. */
  private readonly documents: unknown[] = []
  private readonly deployedBy: number[] = []

  constructor(vector: Vector) {
    super(vector)
    for (const step of vector.steps) if (step.call !== undefined) this.declare(step, step.call)
    const [first, ...later] = this.documents
    if (first === undefined) throw new Error('nothing is deployed')
    const api: Part = {
      def: restApi,
      properties: { Body: first, ...REGIONAL },
      defined: { 'apigateway:PutRestApi': later },
    }
    const stages = Object.fromEntries([...this.stages].map((name, i) => [`Stage${i}`, stage({ StageName: name })]))
    const probe = Object.keys(restApi.ops).map((action) => ['Api', action as `${string}:${string}`] as const)
    this.lab = gateway({ Api: api, Fn: { def: echo }, ...stages }, { probe })
  }

  /** Makes every step, of which some have to be comparisons. */
  override run(): void {
    super.run()
    if (this.compared === 0) throw new Error('nothing of it was compared')
  }

  /** Adds what a step puts into the API. */
  private declare({ i = 0, kwargs = {} }: Step, call: string): void {
    const asked = kwargs as Kwargs
    const [, operation] = /^aws_client\.apigateway\.(\w+)$/.exec(call) ?? []
    const key = `${this.meant(asked['resourceId'])} ${String(asked['httpMethod'])}`
    if (call === 'create_rest_apigw') this.results.set(i, ['Api', 'Api', 'root'])
    else if (call === 'create_lambda_function') this.results.set(i, { CreateFunctionResponse: { FunctionArn: 'Fn' } })
    else if (operation === 'create_resource') {
      const above = this.paths.get(this.meant(asked['parentId'])) ?? '/'
      this.paths.set(`r${i}`, `${above === '/' ? '' : above}/${String(asked['pathPart'])}`)
      this.results.set(i, { id: `r${i}` })
    } else if (operation === 'create_model') {
      // Other models are named by a URL of the API.
      const schema = String(asked['schema']).replaceAll(/https:[^"]*\/models\/(\w+)/g, '#/components/schemas/$1')
      this.models[String(asked['name'])] = parseJson(schema)
      this.results.set(i, { id: asked['name'] })
    } else if (operation === 'create_request_validator') {
      this.validators = { ...this.validators, [`v${i}`]: asked }
      this.results.set(i, { id: `v${i}` })
    } else if (operation === 'put_method') this.methods.set(key, { settings: asked, integration: {} })
    else if (operation === 'put_method_response') this.results.set(i, { statusCode: asked['statusCode'] })
    else if (operation === 'put_integration') this.methods.get(key)!.integration = { ...asked, responses: {} }
    else if (operation === 'put_integration_response') {
      const pattern = asked['selectionPattern']
      const responses = this.methods.get(key)!.integration['responses'] as Record<string, unknown>
      responses[pattern === undefined || pattern === '' ? 'default' : String(pattern)] = {
        ...asked,
        statusCode: String(this.resolve(asked['statusCode'])),
      }
    } else if (operation === 'create_deployment' || call === 'apigw_redeploy_api') {
      const name = asked['stageName'] ?? asked['stage_name']
      if (name !== undefined) this.stages.add(String(name))
      this.documents.push(JSON.parse(JSON.stringify(this.document())))
      this.deployedBy.push(i)
    } else if (operation === 'create_stage') this.stages.add(String(asked['stageName']))
    else if (operation !== undefined && /^(update|delete)_(?!stage)/.test(operation)) throw new Unknown(call)
  }

  /** The API as a document. */
  private document(): object {
    const paths: Record<string, Record<string, unknown>> = {}
    for (const [key, { settings, integration }] of this.methods) {
      const [resource, method] = key.split(' ') as [string, string]
      const validator = settings['requestValidatorId']
      const model = settings['requestModels']?.['application/json']
      const { type, integrationHttpMethod, requestTemplates, requestParameters, responses } = integration
      const item = (paths[this.paths.get(resource)!] ??= {})
      item[method === 'ANY' ? 'x-amazon-apigateway-any-method' : method.toLowerCase()] = {
        parameters: parametersOf(settings['requestParameters']),
        ...(model === undefined
          ? {}
          : {
              requestBody: { content: { 'application/json': { schema: { $ref: `#/components/schemas/${model}` } } } },
            }),
        ...(validator === undefined ? {} : { 'x-amazon-apigateway-request-validator': this.meant(validator) }),
        'x-amazon-apigateway-integration': {
          ...{ type, httpMethod: integrationHttpMethod, requestTemplates, requestParameters, responses },
          ...(type === 'MOCK' ? {} : { uri: 'Fn' }),
          passthroughBehavior: integration['passthroughBehavior'],
        },
      }
    }
    return {
      info: { title: 'api' },
      paths,
      'x-amazon-apigateway-request-validators': this.validators,
      components: { schemas: this.models },
    }
  }

  private meant(value: unknown): string {
    return String(this.resolve(value))
  }

  protected override make(step: Step, call: string): void {
    const { i = 0, kwargs = {}, args = [] } = step
    const asked = kwargs as Kwargs
    const json = /^<<(\d+):\w+>>\.json$/.exec(call)
    const deployment = this.deployedBy.indexOf(i)
    if (call === 'snapshot.match') this.matchRecorded(asked['key'] ?? args[0], asked['obj'] ?? args[1])
    else if (json !== null) this.results.set(i, (this.results.get(Number(json[1])) as { body?: unknown })?.body)
    else if (deployment >= 0) this.deploy(i, deployment, asked)
    else if (/^(get|post|put|safe_requests\.\w+)$/.test(call)) this.request(i, call, asked, args)
    else if (/^aws_client\.apigateway\.(update_stage|get_stage|get_deployments|delete_deployment)$/.test(call)) {
      const name = call
        .slice(call.lastIndexOf('.') + 1)
        .replaceAll(/(?:^|_)(\w)/g, (_, letter: string) => letter.toUpperCase())
      this.ask(i, name, this.resolve(asked) as object)
    }
  }

  private deploy(i: number, deployment: number, { stageName, stage_name }: Kwargs): void {
    const name = stageName ?? stage_name
    if (deployment === 0) {
      this.results.set(i, { id: 'initial' })
      return
    }
    this.ask(i, 'PutRestApi', { mode: 'overwrite', body: deployment - 1 })
    this.ask(i, 'CreateDeployment', name === undefined ? {} : { stageName: name })
  }

  private ask(i: number, operation: string, body: object): void {
    const answer = this.lab.ask('Api', `apigateway:${operation}`, body)
    this.results.set(i, answer.answer ?? {})
    if (answer.status === 'OK') return
    if (!this.raising) throw new Error(`step ${i}: ${operation} is refused: ${answer.status}`)
    this.refusal = answer
  }

  /** A request by HTTP. */
  private request(i: number, call: string, asked: Kwargs, args: readonly unknown[]): void {
    const isNamed = call === 'safe_requests.request'
    const method = (isNamed ? String(args[0]) : call.replace('safe_requests.', '')).toUpperCase()
    const url = String(asked['url'] ?? args[isNamed ? 1 : 0])
    const path = /amazonaws\.com(\/[^?]*)(?:\?|$)/.exec(url)?.[1]
    if (path === undefined) throw new Unknown(url)
    const { config } = this.lab.world.plan.components.find(({ name }) => name === 'Api')!
    const routes = config['Routes'] as readonly Route[]
    const [, stageName, behind = '/'] = /^\/([^/]+)(\/.*)?$/.exec(path)!
    const place = (config['Stages'] as readonly { readonly name: string }[]).findIndex(({ name }) => name === stageName)
    const route = findRoute(routes, method, behind)
    if (route < 0 || place < 0) {
      this.results.set(i, { status_code: 403, ok: false, body: { message: 'Missing Authentication Token' } })
      return
    }
    const headers = (this.resolve(asked['headers'] ?? {}) ?? {}) as Record<string, unknown>
    const { json, data } = asked
    const { http, answer } = this.lab.ask(
      'Api',
      'execute-api:Invoke',
      {
        httpMethod: method,
        path: behind,
        pathParameters: namesIn(routes[route]!.path, behind),
        queryStringParameters: asked['params'] ?? {},
        headers,
        ...(json === undefined && data === undefined
          ? { body: '' }
          : { body: json === undefined ? String(data) : JSON.stringify(json) }),
      },
      place * routes.length + route,
    )
    const { body, statusCode = http } = (answer ?? {}) as { body?: unknown; statusCode?: number }
    const parsed = typeof body === 'string' ? (parseJson(body) ?? body) : (body ?? '')
    this.results.set(i, { status_code: statusCode, ok: statusCode < 400, body: parsed, text: body })
  }

  /** Compares what was recorded of answers to requests; of operations only whether they were refused. */
  private matchRecorded(key: unknown, object: unknown): void {
    const recorded = this.vector.recorded_content?.[String(key)]
    const text = JSON.stringify(object ?? null)
    const asked = [...text.matchAll(/<<(\d+):(\w+)>>/g)]
    if (recorded === undefined || asked.length === 0) return
    if (asked.some(([, i, name]) => !this.results.has(Number(i)) || !/^(json|get|post|put|request)$/.test(name!)))
      return
    this.compare(recorded, this.resolve(object), String(key))
  }

  protected override codeOf({ status }: Answer): string {
    return status
  }
}

/** `method.request.path.id: true` as OpenAPI says it. */
function parametersOf(given: unknown): object[] {
  const places: Readonly<Record<string, string>> = { querystring: 'query', header: 'header', path: 'path' }
  return Object.entries((given ?? {}) as object).flatMap(([text, required]) => {
    const [, place, name] = /^method\.request\.(\w+)\.(.+)$/.exec(text) ?? []
    return place === undefined ? [] : [{ in: places[place], name, required }]
  })
}

/** The parameters of a path. */
function namesIn(template: string, path: string): Record<string, string> {
  const parts = path.split('/')
  const found: Record<string, string> = {}
  template.split('/').forEach((part, i) => {
    const [, name, all] = /^\{(\w+)(\+?)\}$/.exec(part) ?? []
    if (name !== undefined) found[name] = all === '+' ? parts.slice(i).join('/') : (parts[i] ?? '')
  })
  return found
}

const cases = scriptCases('apigateway', LEFT_OUT, (vector) => new Script(vector).run())
/** Of the ninety scripts, how many each rule leaves out. */
const COUNTED: Readonly<Record<string, number>> = {
  'other regions and accounts': 4,
  'documents that are not in the script': 20,
  'operations that no room answers': 4,
  'other services behind the API': 15,
  'APIs that are not deployed': 3,
  'functions that do more than give back their body': 11,
  'servers outside': 5,
  'canaries that are made while it runs': 6,
  'stages and APIs that come and go, and lists of them': 3,
  said: 19,
}
const counted: Case = {
  name: 'as many are left out, and for the reasons, as stands here',
  run: () => {
    const found = JSON.stringify(leftOutOf('apigateway', LEFT_OUT), null, 2)
    if (found !== JSON.stringify(COUNTED, null, 2)) throw new Error(`found ${found}`)
  },
}
const suite: Suite = { name: 'api-scripts', cases: [counted, ...cases] }
export default suite
