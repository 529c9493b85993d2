// P, E and S: whole scenarios through real rooms, metrics and digest on, counted in requests.
//
// P is client → API Gateway → Lambda (limit, cold starts) → DynamoDB (partitions, throttles). S is SimFaaS's own example: one
// function, warm 1.991 s, cold 2.244 s, environments that leave after 600 s of rest.
import { Problems } from '../sim/diag/problem.ts'
import { renderProblems } from '../sim/diag/render.ts'
import { loadScenario } from '../sim/lang/scenario.ts'
import { World } from '../sim/run/world.ts'
import { Tally, type Bench, type Work } from './work.ts'

const PIPELINE = `
Transform: AWS::Serverless-2016-10-31
Resources:
  Api: { Type: AWS::Serverless::HttpApi }
  Put:
    Type: AWS::Serverless::Function
    Properties: { Runtime: nodejs22.x, MemorySize: 1769, Timeout: 5, Events: { Post: { Type: HttpApi, Properties: { ApiId: !Ref Api, Path: /items, Method: post } } } }
  Items:
    Type: AWS::DynamoDB::Table
    Properties:
      KeySchema: [{ AttributeName: id, KeyType: HASH }]
      AttributeDefinitions: [{ AttributeName: id, AttributeType: S }]
      ProvisionedThroughput: { ReadCapacityUnits: 100, WriteCapacityUnits: 6000 }
Simulation:
  Duration: 7d
  Workloads:
    Clients: { Target: Api, Operation: POST /items, Rate: RATE/s, Attributes: { id: "zipf(n=10000, s=0.8)" } }
  Handlers:
    Put:
      - Wait: exponential(10ms)
      - dynamodb:PutItem: { TableName: !Ref Items, Item: { id: $.id }, ItemSize: 900B }
`

/** A bus, two rules, a queue and a function: the events of EventBridge. */
const EVENTS = `
Transform: AWS::Serverless-2016-10-31
Resources:
  Bus: { Type: AWS::Events::EventBus, Properties: { Name: shop } }
  Work:
    Type: AWS::Serverless::Function
    Properties: { Runtime: nodejs22.x, MemorySize: 1769, Timeout: 5, Events: { Placed: { Type: EventBridgeRule, Properties: { EventBusName: !Ref Bus, Pattern: { source: [shop], detail: { id: [{ exists: true }] } } } } } }
  Told: { Type: AWS::SNS::Topic }
  Large:
    Type: AWS::Events::Rule
    Properties: { EventBusName: !Ref Bus, EventPattern: { source: [shop], detail: { total: [{ numeric: [">", 900] }] } }, Targets: [{ Id: told, Arn: !Ref Told, RoleArn: arn:aws:iam::123456789012:role/r, InputPath: $.detail }] }
Simulation:
  Duration: 7d
  Workloads:
    Clients: { Target: Bus, Operation: events:PutEvents, Rate: RATE/s, Attributes: { id: "zipf(n=10000, s=0.8)", total: "uniform(1, 1000)" }, Parameters: { Entries: [{ Source: shop, DetailType: placed, Detail: $ }] } }
  Handlers:
    Work: [{ Wait: exponential(10ms) }]
`

const SIMFAAS = `
Resources:
  Function:
    Type: AWS::Lambda::Function
    Properties: { Runtime: python3.12, MemorySize: 1769, Timeout: 900, Handler: index.handler, Role: arn:aws:iam::123456789012:role/r, Code: { ZipFile: pass } }
Simulation:
  Duration: 3650d
  Assumptions: { AWS::Lambda::Function: { ColdStart: 253ms, IdleLifetime: 600s, MaxAge: 3650d, Pick: newest-created } }
  Workloads:
    Clients: { Target: Function, Operation: lambda:InvokeFunction, Rate: 0.9/s, Client: { Retries: none } }
  Handlers:
    Function: [{ Wait: exponential(1991ms) }]
`

export class Requests implements Bench {
  readonly tally = new Tally()
  private readonly world: World
  private readonly between: number
  private readonly count: () => number

  /** `perSecond` is the rate of the scenario's workload. */
  constructor(text: string, perSecond: number) {
    const problems = new Problems()
    const scenario = loadScenario({ name: 'bench.yaml', text }, {}, problems)
    if (scenario === undefined) throw new Error(renderProblems(problems.list))
    this.world = new World(scenario.plan)
    this.between = 1e6 / perSecond
    const clients = this.world.stateOf<{ requests: number }>('Clients')
    this.count = () => clients.requests
  }

  run(count: number): void {
    this.world.run(this.world.now + Math.round(count * this.between))
    this.tally.done = this.count()
  }

  note(): string {
    return `${(this.world.kernel.steps / this.count()).toFixed(2)} events a request`
  }
}

export const pipeline: Work = {
  name: 'pipeline',
  title: 'P, pipeline: client, HTTP API, Lambda, DynamoDB, with metrics and digest',
  unit: 'request',
  of: 'requests a second of virtual time',
  sizes: [2_000],
  quick: [2_000],
  slowest: 0,
  simpy: false,
  engines: new Map([['hotshard rooms', (n: number) => new Requests(PIPELINE.replace('RATE', String(n)), n)]]),
}

export const events: Work = {
  name: 'events',
  title: 'E, events: client, event bus, two rules, Lambda and a topic, with metrics and digest',
  unit: 'event',
  of: 'events a second of virtual time',
  sizes: [2_000],
  quick: [2_000],
  slowest: 0,
  simpy: false,
  engines: new Map([['hotshard rooms', (n: number) => new Requests(EVENTS.replace('RATE', String(n)), n)]]),
}

/** 200 resources beside the pipeline to which nothing happens. */
const IDLE = Array.from(
  { length: 50 },
  (_, i) => `
  Q${i}: { Type: AWS::SQS::Queue }
  F${i}: { Type: AWS::Serverless::Function, Properties: { Runtime: nodejs22.x, Timeout: 5, Events: { E: { Type: SQS, Properties: { Queue: !GetAtt Q${i}.Arn } } } } }
  T${i}: { Type: AWS::DynamoDB::Table, Properties: { BillingMode: PAY_PER_REQUEST, KeySchema: [{ AttributeName: id, KeyType: HASH }], AttributeDefinitions: [{ AttributeName: id, AttributeType: S }] } }`,
).join('')

/** The pipeline at 100 requests a day for as many days as it takes. */
const seldom = (idle: string): string =>
  PIPELINE.replace('RATE/s', '100/d').replace('7d', '36500d').replace('\nSimulation:', `${idle}\nSimulation:`)

export const bystanders: Work = {
  name: 'bystanders',
  title: 'B, bystanders: the pipeline at 100 requests a day, alone and beside 200 idle resources',
  unit: 'request',
  of: 'pipeline',
  sizes: [1],
  quick: [1],
  slowest: 0,
  simpy: false,
  engines: new Map([
    ['hotshard rooms, alone', () => new Requests(seldom(''), 100 / 86_400)],
    ['beside 200 idle resources', () => new Requests(seldom(IDLE), 100 / 86_400)],
  ]),
}

export const simfaas: Work = {
  name: 'simfaas',
  title: "S, SimFaaS's example: Poisson 0.9/s, warm 1.991 s, cold 2.244 s, idle life 600 s",
  unit: 'request',
  of: 'function',
  sizes: [1],
  quick: [1],
  slowest: 0,
  simpy: false,
  engines: new Map([['hotshard rooms', () => new Requests(SIMFAAS, 0.9)]]),
}
