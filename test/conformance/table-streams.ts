// Scripts of DynamoDB Streams that were run against AWS: what is said of a stream that is not there.
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { lab } from '../kit.ts'
import { tablePart } from '../tables.ts'
import { CORPUS, type Suite } from './suite.ts'

interface Vector {
  readonly id: string
  readonly steps: readonly { readonly call?: string; readonly kwargs?: Readonly<Record<string, string>> }[]
  readonly recorded_content: Readonly<Record<string, any>>
}

const file = join(CORPUS, 'conformance/dynamodbstreams/scripts.json')
const { vectors } = JSON.parse(readFileSync(file, 'utf8')) as { readonly vectors: readonly Vector[] }

const suite: Suite = {
  name: 'table-streams',
  cases: vectors.map(({ id, steps, recorded_content: recorded }) => ({
    name: id.replace(/^.*\.py::/, ''),
    run() {
      const [{ Error: error, ResponseMetadata: meta }] = Object.values(recorded)
      const { latest_stream_label: label, table_name: name } = steps.find(({ call }) =>
        call?.endsWith('stream_arn'),
      )!.kwargs!
      const world = lab({ T: tablePart() }, { probe: [['T', 'dynamodb:DescribeStream']] })
      const StreamArn = `arn:aws:dynamodb:us-east-1:111111111111:table/${name}/stream/${label}`
      const { status, http, answer } = world.ask('T', 'dynamodb:DescribeStream', { StreamArn })
      const expected = [error.Code, meta.HTTPStatusCode, String(error.Message).replace(/arn:.*stream\//, '')]
      const found = [status, http, String(answer.message).replace(/arn:.*stream\//, '')]
      if (String(expected) !== String(found)) throw new Error(`expected ${String(expected)}, found ${String(found)}`)
    },
  })),
}
export default suite
