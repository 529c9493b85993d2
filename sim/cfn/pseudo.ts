// Pseudo parameters: what every stack knows of itself (CFN-R4).
import type { Span } from '../diag/span.ts'
import { build, scalar } from './node.ts'
import type { Node } from './node.ts'
import type { Surroundings } from './physical.ts'
import { sha1Hex, uuidOf } from './sha1.ts'

/** `AWS::NoValue` is null: it removes what it is the value of (CFN-R4). */
export function pseudoParameter(name: string, stack: Surroundings, span: Span): Node | null | undefined {
  const { region, account, partition, urlSuffix, stackName, stackId } = stack
  switch (name) {
    case 'AWS::NoValue':
      return null
    case 'AWS::Region':
      return scalar(region, span)
    case 'AWS::AccountId':
      return scalar(account, span)
    case 'AWS::Partition':
      return scalar(partition, span)
    case 'AWS::URLSuffix':
      return scalar(urlSuffix, span)
    case 'AWS::StackName':
      return scalar(stackName, span)
    case 'AWS::NotificationARNs':
      return build([], span)
    case 'AWS::StackId': {
      if (stackId !== undefined) return scalar(stackId, span)
      const uuid = uuidOf(sha1Hex(stackName))
      return scalar(`arn:${partition}:cloudformation:${region}:${account}:stack/${stackName}/${uuid}`, span)
    }
    default:
      return undefined
  }
}

export const pseudoNames = [
  'AccountId',
  'NoValue',
  'NotificationARNs',
  'Partition',
  'Region',
  'StackId',
  'StackName',
  'URLSuffix',
].map((name) => `AWS::${name}`)
