// The members of every map of `Simulation`, each with the form of its value and what it means.
//
// The one idea: the readers of `sim/lang` take the names from here, and the JSON Schema that gives completion and hover in editors
// (`sim/schema`) takes names, forms and words, so that an editor knows what a run knows.

/** How a value is written. */
export type Form =
  /** A text, a file's path, a path into the event (`$.id`), true or false, anything. */
  | 'text'
  | 'flag'
  | 'any'
  /** One of `words`. */
  | 'words'
  | 'duration'
  | 'moment'
  | 'size'
  | 'number'
  | 'count'
  /** A distribution of durations, or one duration. */
  | 'times'
  /** A distribution of durations, or a map of `of`. */
  | 'work'
  /** A value, or a list of points joined by straight lines. */
  | 'rates'
  | 'users'
  /** A text with its own grammar. */
  | 'arrivals'
  | 'condition'
  /** A map of `of`; names of any kind, each with a map of `of`; a list of maps of `of`. */
  | 'map'
  | 'named'
  | 'list'
  /** Names of any kind with any value. */
  | 'values'
  /** A step or a list of steps; branches of steps, or a map of `of`. */
  | 'steps'
  | 'branches'
  /** The name of an exception, or a map of `of`. */
  | 'exception'
  /** True or false, or a map of `of`. */
  | 'lock'
  /** Parts that follow from the rooms. */
  | 'resources'
  | 'quotas'
  | 'prices'
  | 'assumptions'
  | 'handlers'
  | 'faults'
  | 'actions'
  | 'expectations'

export interface Member {
  readonly form: Form
  /** Whole sentences, as an editor shows them. */
  readonly doc: string
  readonly words?: readonly string[]
  readonly of?: Members
  readonly required?: true
  /** Values that are worth proposing. */
  readonly examples?: readonly string[]
  /** Known and refused: it comes later. */
  readonly notYet?: true
}

export type Members = Readonly<Record<string, Member>>

/** The names of the members, in the order in which messages show them. */
export const namesOf = (members: Members): string[] => Object.keys(members)

export const GUARDS = {
  Events: { form: 'count', doc: 'The run stops after so many events. 2,000,000,000 when absent.' },
  InFlight: { form: 'count', doc: 'The run stops when more calls than this are open at once. 5,000,000 when absent.' },
  Memory: {
    form: 'size',
    doc: 'The run stops when it takes more memory than this. 2GB when absent.',
    examples: ['2GB'],
  },
  WallTime: { form: 'duration', doc: 'The run stops after so much real time. 1h when absent.', examples: ['10m'] },
} as const satisfies Members

export const RETRIES = ['legacy', 'standard', 'adaptive', 'none'] as const
export const SDKS = ['javascript', 'python', 'javascript-2026', 'python-2026'] as const
export const JITTERS = ['none', 'full', 'equal', 'decorrelated'] as const
/** CloudWatch's units that the model knows. */
export const UNITS = ['None', 'Count', 'Count/Second', 'Seconds', 'Milliseconds', 'Bytes', 'Percent'] as const

export const BACKOFF = {
  Base: {
    form: 'duration',
    doc: 'The delay before the first retry; it doubles with each. 100ms when absent.',
    examples: ['100ms'],
  },
  Cap: { form: 'duration', doc: 'The longest delay. 20s when absent.', examples: ['20s'] },
  Jitter: {
    form: 'words',
    words: JITTERS,
    doc: 'How a delay d is spread: `none` d; `full` from 0 to d; `equal` from d/2 to d; `decorrelated` from the base to three times the delay before. `full` when absent.',
  },
} as const satisfies Members

export const CLIENT = {
  Timeout: {
    form: 'duration',
    doc: 'The client gives an attempt up after this time. `none`, or absent: it waits for ever.',
    examples: ['3s', 'none'],
  },
  Retries: {
    form: 'words',
    words: RETRIES,
    doc: 'The retry mode of an AWS SDK. `standard` for calls of a service, `none` for requests to an API when absent.',
  },
  MaxAttempts: {
    form: 'count',
    doc: 'Attempts in all, the first included. 3 when absent, as in the SDKs; more for some services.',
  },
  Backoff: { form: 'map', of: BACKOFF, doc: 'A backoff of your own in place of an SDK’s.' },
  Sdk: {
    form: 'words',
    words: SDKS,
    doc: 'Whose figures the retry mode has. `javascript` when absent; `-2026` is the newer behaviour.',
  },
  AcceptLateAnswers: {
    form: 'flag',
    doc: 'Whether an answer to an attempt that was given up still ends its request: the client listens on after it has sent again.',
  },
} as const satisfies Members

export const WORKLOAD = {
  Target: { form: 'text', required: true, doc: 'The logical id of the resource that the load comes to.' },
  Operation: {
    form: 'text',
    doc: 'What is asked of it: a route (`POST /orders`) or an IAM action (`sqs:SendMessage`). Absent where there is only one.',
  },
  Parameters: {
    form: 'values',
    doc: 'Parameters of the action by the API’s own names. `$` is the attributes: `$.id`.',
  },
  Rate: {
    form: 'rates',
    doc: 'Open load: requests come at this rate whatever becomes of them. One rate, or points `{ At, Value }` joined by straight lines.',
    examples: ['50/s', '3000/min'],
  },
  Arrivals: {
    form: 'arrivals',
    doc: 'How open load comes: `poisson` (at random, when absent), `regular`, `bursty(on=10s, off=50s)`, or a recording: `trace(access.log)`, `trace(metrics.json)`, `trace(times.csv, column=at)`, `trace(counts.csv, count=n, period=1m)`.',
    examples: ['poisson', 'regular', 'bursty(on=10s, off=50s)', 'trace(access.log)', 'trace(arrivals.csv, column=1)'],
  },
  Scale: {
    form: 'number',
    doc: 'A factor on the rate, on the counts of a trace or on the number of users. 1 when absent; `--set Workloads.NAME.Scale=2` counts more.',
    examples: ['2', '0.5'],
  },
  Users: {
    form: 'users',
    doc: 'Closed load: so many users, each of whom waits for the answer, thinks for `ThinkTime`, and asks again. One number, or points.',
  },
  ThinkTime: {
    form: 'times',
    doc: 'How long a user thinks between an answer and the next request. A distribution, or one time.',
  },
  Attributes: {
    form: 'values',
    doc: 'What each request carries: values, keys (`uuid`, `zipf(n=1000)`, `hot(key=tenant-7, share=0.6, of=1000)`) or distributions (`lognormal(p50=900B, p99=6KB)`); of a recording’s requests `column(path)`.',
  },
  Client: { form: 'map', of: CLIENT, doc: 'How the client behaves: time-outs and retries.' },
  Count: { form: 'count', doc: 'Ends the load after so many requests.' },
} as const satisfies Members

export const POINT = {
  At: { form: 'duration', required: true, doc: 'The time of the point, from the beginning of the run.' },
  Value: { form: 'text', required: true, doc: 'The value there; between two points it goes along a straight line.' },
} as const satisfies Members

/** What a fault has besides its action. */
export const FAULT = {
  At: { form: 'duration', doc: 'When it begins. 0s when absent.', examples: ['5m'] },
  For: { form: 'duration', doc: 'How long it lasts. To the end of the run when absent.', examples: ['1m'] },
} as const satisfies Members

/** What an operator's action has besides its step. */
export const ACTION = {
  At: { form: 'duration', doc: 'When it is done.', examples: ['5m'] },
  Every: { form: 'duration', doc: 'It is done again and again after this time.', examples: ['5m'] },
  Until: { form: 'duration', doc: 'The end of `Every`.' },
  Profile: { form: 'text', doc: 'The name of the profile under `Profiles` with which it is done.' },
  DryRun: { form: 'flag', doc: 'Only asks whether it may; nothing is carried out.' },
  Steps: { form: 'steps', doc: 'Several steps in place of one.' },
} as const satisfies Members

/** What may stand beside a step. */
export const BESIDE = {
  ResultPath: {
    form: 'text',
    doc: 'Where the answer of a call is put into the event: `$.answer`. It is dropped when absent.',
    examples: ['$.answer'],
  },
  Catch: {
    form: 'list',
    of: {
      ErrorEquals: {
        form: 'any',
        required: true,
        doc: 'The exceptions that are caught, by name, or a list of them; `States.ALL` catches every one.',
      },
      Do: { form: 'steps', doc: 'What is done then.' },
    },
    doc: 'What becomes of exceptions, as in the Amazon States Language. Uncaught, the invocation fails.',
  },
} as const satisfies Members

export const CACHE_STRATEGIES = ['lazy', 'write-through'] as const

/** A lock of a step `Cache`. */
export const CACHE_LOCK = {
  For: { form: 'duration', doc: 'How long it lasts where nobody gives it back. 10s when absent.', examples: ['10s'] },
  Poll: {
    form: 'duration',
    doc: 'How often those who wait look into the cache. 50ms when absent.',
    examples: ['50ms'],
  },
} as const satisfies Members

export const CACHE = {
  In: { form: 'text', required: true, doc: 'The cache: a `!Ref` of a resource of ElastiCache.' },
  Key: {
    form: 'text',
    required: true,
    doc: 'The key of the item: `$.id`, or a text with paths in it.',
    examples: ['$.id', 'user#{$.id}'],
  },
  Strategy: {
    form: 'words',
    words: CACHE_STRATEGIES,
    doc: 'Around a read, `lazy` looks into the cache first and puts there what it had to fetch; `write-through` looks and puts nothing. Around a write, `write-through` puts what was written into the cache; `lazy` writes past it. `lazy` when absent.',
  },
  Ttl: {
    form: 'duration',
    doc: 'How long an item lives. For ever when absent.',
    examples: ['5m'],
  },
  Jitter: {
    form: 'text',
    doc: 'Spreads lives by this share up and down, so that what was stored together does not expire together. 0% when absent.',
    examples: ['10%'],
  },
  Lock: {
    form: 'lock',
    of: CACHE_LOCK,
    doc: 'Whether only one of those who miss a key fetches it (`SET NX`): the others wait and look again. `true`, or `{ For, Poll }`.',
  },
  EarlyRefresh: {
    form: 'number',
    doc: 'Fetches an item anew before it expires, by a chance that grows towards its end and with the time that the fetch takes: β of probabilistic early expiration, usually 1. 0, or absent: never.',
    examples: ['1'],
  },
  Size: {
    form: 'text',
    doc: 'Bytes of the value, where the answer is only a placeholder.',
    examples: ['2KB', '$.size'],
  },
  Value: { form: 'any', doc: 'What a write leaves behind, as a read would answer it. Known by itself for DynamoDB.' },
  OnError: {
    form: 'words',
    words: ['miss', 'fail'],
    doc: 'What a cache means that does not answer: a `miss`, so that the origin is asked, or a failure of the step. `miss` when absent.',
  },
  Do: { form: 'steps', required: true, doc: 'The read or the write; its last step is a call.' },
} as const satisfies Members

/** The steps of a handler that are no calls. */
export const STEPS = {
  Compute: {
    form: 'work',
    of: {
      Time: { form: 'times', required: true, doc: 'The time at one full vCPU, of all threads together.' },
      Threads: {
        form: 'count',
        doc: 'How many threads share it: with more than one vCPU it takes less time. 1 when absent.',
      },
    },
    doc: 'Processor time at one full vCPU (1,769 MB of a function’s memory); with less memory it takes longer. A distribution, or one time; or `{ Time, Threads }` for work that several vCPUs share.',
    examples: ['20ms', 'lognormal(p50=8ms, p99=40ms)'],
  },
  Wait: {
    form: 'times',
    doc: 'Time that passes without work, whatever the memory. A distribution, or one time.',
    examples: ['1s'],
  },
  ForEach: {
    form: 'map',
    of: {
      In: { form: 'text', required: true, doc: 'The list, as a path: `$.Records`.', examples: ['$.Records'] },
      Do: { form: 'steps', required: true, doc: 'The steps for each item, which is `$` in them.' },
      ReportFailures: {
        form: 'flag',
        doc: 'Whether an item that fails is reported by its id (`batchItemFailures`) and the others go on.',
      },
    },
    doc: 'Does the steps for each item of a list, one after the other.',
  },
  Parallel: {
    form: 'branches',
    of: {
      ForEach: { form: 'text', doc: 'The list, as a path: `$.Records`.', examples: ['$.Records'] },
      Do: { form: 'steps', doc: 'The steps for each item, which is `$` in them.' },
    },
    doc: 'Branches that run at the same time: a list of steps or lists of steps, or `{ ForEach: $.list, Do: […] }`. It ends with the last.',
  },
  If: {
    form: 'map',
    of: {
      Condition: {
        form: 'condition',
        required: true,
        doc: "A comparison: `$.size > 100`, `$.kind == 'gift'`, joined by `and`, `or`, `not`; or `chance(5%)`.",
      },
      Then: { form: 'steps', required: true, doc: 'The steps when it holds.' },
      Else: { form: 'steps', doc: 'The steps when it does not.' },
    },
    doc: 'Does one of two lists of steps.',
  },
  Choose: {
    form: 'list',
    of: {
      Weight: {
        form: 'text',
        required: true,
        doc: 'How likely this one is against the others: a number or a percentage.',
      },
      Do: { form: 'steps', required: true, doc: 'The steps of this choice.' },
    },
    doc: 'Does one of several lists of steps, chosen at random by weight.',
  },
  Repeat: {
    form: 'map',
    of: {
      Times: { form: 'text', required: true, doc: 'How often: a number, a distribution of numbers, or a path.' },
      Do: { form: 'steps', required: true, doc: 'The steps that are repeated.' },
    },
    doc: 'Does the steps several times.',
  },
  Init: {
    form: 'steps',
    doc: 'What an execution environment of a function does before its first request, as code outside the handler does: load modules, open connections. First step of a handler. It is part of the cold start, has a whole vCPU whatever the memory, and ten seconds together with the cold start; provisioned environments have done it before.',
    examples: ['[{ Compute: 400ms }]'],
  },
  Tmp: {
    form: 'text',
    doc: 'Writes so much into the `/tmp` of the execution environment, where it stays for its next invocations; `clear` deletes all of it. A full `/tmp` raises `NoSpaceLeftOnDevice`.',
    examples: ['100MB', 'clear'],
  },
  Memory: {
    form: 'text',
    doc: 'Takes so much memory until the invocation ends; within `Init` and `Once` as long as the environment lives. More than the function has ends its process: `Runtime.ExitError`.',
    examples: ['200MB'],
  },
  Once: {
    form: 'steps',
    doc: 'What an execution environment of a function does in its first invocation and never again, as code outside the handler does: open a connection, load a model into `/tmp`.',
    examples: ['[{ Wait: 300ms }]'],
  },
  Cache: {
    form: 'map',
    of: CACHE,
    doc: 'A cache in front of a read, or beside a write. What is cached is the answer of the last step of `Do`; `ResultPath` beside the step is where it goes, found or fetched. The commands are ordinary calls of the cache (`redis:GET`, `redis:SET`).',
  },
  Fail: {
    form: 'exception',
    of: {
      Error: { form: 'text', doc: 'The name of the exception.' },
      Cause: { form: 'text', doc: 'What it says.' },
    },
    doc: 'Raises an exception by its name: `Fail: PaymentDeclined`, or `{ Error, Cause }`.',
  },
  Return: { form: 'any', doc: 'Ends the handler with this answer.' },
  Metric: {
    form: 'map',
    of: {
      Namespace: { form: 'text', doc: 'The namespace. `Custom` when absent.' },
      MetricName: { form: 'text', required: true, doc: 'The name.' },
      Value: { form: 'text', doc: 'The value: a number, a distribution of numbers, or a path. 1 when absent.' },
      Unit: { form: 'words', words: UNITS, doc: 'CloudWatch’s unit. `None` when absent.' },
      Dimensions: { form: 'values', doc: 'Dimensions by name.' },
      StorageResolution: {
        form: 'words',
        words: ['1', '60'],
        doc: 'Seconds: `1` is a metric of high resolution. `60` when absent.',
      },
    },
    doc: 'Publishes a value of a custom metric.',
  },
} as const satisfies Members

export const STACK = {
  Template: { form: 'text', required: true, doc: 'The path of its template.', examples: ['network.yaml'] },
  Parameters: { form: 'values', doc: 'Values of its parameters.' },
} as const satisfies Members

export const SIMULATION = {
  Template: {
    form: 'text',
    doc: 'The path of an untouched template, when this file has none of its own.',
    examples: ['../template.yaml'],
  },
  Resources: {
    form: 'resources',
    doc: 'Resources of `Sim::` types beside those of the template, such as an HTTP origin.',
  },
  Stacks: {
    form: 'named',
    of: STACK,
    doc: 'Several stacks, by a name of your choice, each with its `Template` and `Parameters`.',
  },
  Parameters: { form: 'values', doc: 'Values of the template’s parameters. `--set Name=Value` counts more.' },
  SsmParameters: { form: 'values', doc: 'Values of the Parameter Store, by name, for a template that reads them.' },
  Start: {
    form: 'moment',
    doc: 'The moment of the calendar (UTC) at which the run begins: schedules, expiry and times in events follow it. Monday, 2026-01-05T00:00:00Z when absent.',
    examples: ['2026-01-05T07:55:00Z', '2026-03-29'],
  },
  Duration: { form: 'duration', doc: 'Length of the run in virtual time. 10m when absent.', examples: ['10m'] },
  WarmUp: { form: 'duration', doc: 'The beginning that figures leave out. None when absent.', examples: ['1m'] },
  Seed: {
    form: 'text',
    doc: 'The seed of all random streams: the same seed gives the same run, event for event. 1 when absent.',
  },
  Quotas: {
    form: 'quotas',
    doc: 'The figures of AWS: `current` (when absent) or `notes-2020`, with overrides: `{ Profile: current, lambda.ConcurrentExecutions: 200 }`.',
  },
  Prices: {
    form: 'prices',
    doc: 'Prices in US dollars over AWS’s list prices of us-east-1, by the names of `hotshard explain TYPE`: `{ FreeTier: true, lambda.Requests: 0.18 }`.',
  },
  Assumptions: { form: 'assumptions', doc: 'What AWS does not document, set by type or by logical id.' },
  Profiles: { form: 'values', doc: 'Who an operator is, for actions that name a profile.' },
  Workloads: { form: 'named', of: WORKLOAD, doc: 'Load on the entries of the system, by a name of your choice.' },
  Handlers: {
    form: 'handlers',
    doc: 'What functions do, by logical id: steps in place of their code. `Name@2` is the code of version 2, published while it runs by `lambda:UpdateFunctionCode`.',
  },
  Faults: { form: 'faults', doc: 'Faults with their times, in the words of the Fault Injection Service.' },
  Actions: {
    form: 'actions',
    doc: 'What an operator does at a time, once or again and again: the same steps as in handlers.',
  },
  Expect: {
    form: 'expectations',
    doc: 'What must hold: `p99(Api.Latency) < 300 ms during 1m..6m`. A run in which one fails ends with exit code 1.',
  },
  Guards: { form: 'map', of: GUARDS, doc: 'What stops a run that runs away.' },
} as const satisfies Members
