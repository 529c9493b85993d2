// The 'not simulated' list for people: grouped, with names and lines, never longer than it has to be.
import { describe, expect, it } from 'vitest'
import { notSimulatedLines } from './left-out.ts'

const role = (resource: string) => ({ message: `${resource} is not simulated`, type: 'AWS::IAM::Role', resource })
const property = (name: string, line: number) => ({
  message: `\`${name}\` of AWS::SQS::Queue: does something`,
  type: 'AWS::SQS::Queue',
  property: name,
  place: `app/t.yaml:${line}:7`,
})

describe('the list of what is not simulated', () => {
  it('names the resources of a type in one line, the first six of them', () => {
    expect(notSimulatedLines(['A', 'B'].map(role))).toEqual(['AWS::IAM::Role: A, B'])
    expect(notSimulatedLines([...'ABCDEFGHI'].map(role))).toEqual(['AWS::IAM::Role: A, B, C, D, E, F and 3 more'])
  })

  it('says why a single property has no effect, and names several with their lines', () => {
    expect(notSimulatedLines([property('KmsMasterKeyId', 12)])).toEqual([
      '`KmsMasterKeyId` of AWS::SQS::Queue: does something  app/t.yaml:12:7',
    ])
    expect(notSimulatedLines([property('KmsMasterKeyId', 12), role('A'), property('FifoThroughputLimit', 14)])).toEqual(
      [
        'AWS::IAM::Role: A',
        'properties of AWS::SQS::Queue without effect: KmsMasterKeyId (line 12), FifoThroughputLimit (line 14)',
      ],
    )
  })

  it('says once what holds for several resources', () => {
    const alarm = (resource: string) => ({ message: 'its notifications go nowhere', resource, place: 't.yaml:3:1' })
    expect(notSimulatedLines([alarm('High')])).toEqual(['its notifications go nowhere (High)  t.yaml:3:1'])
    expect(notSimulatedLines([alarm('High'), alarm('Low')])).toEqual(['its notifications go nowhere (High, Low)'])
    expect(notSimulatedLines([{ message: 'a' }, { message: 'a' }])).toEqual(['a (2 times)'])
  })
})
