// Instances: keys that somebody wrote into them.
import { expect, test } from 'vitest'
import { slugsOf } from '../../../test/lints.ts'

const text = (properties: string): string => `Resources:
  Profile: { Type: AWS::IAM::InstanceProfile, Properties: { Roles: [worker] } }
  Worker: { Type: AWS::EC2::Instance, Properties: { ImageId: ami-12345678, InstanceType: t3.micro, ${properties} } }`
const SCRIPT = '#!/bin/sh\nexport AWS_ACCESS_KEY_ID=AKIAIOSFODNN7EXAMPLE\n'
const SLUG = 'ec2/keys-on-an-instance'

test('an instance that runs with somebody’s access keys is told, with an instance profile nothing is [N.CLI-SDK-05]', () => {
  const script = JSON.stringify(SCRIPT)
  expect(slugsOf(text(`UserData: { "Fn::Base64": ${script} }`))).toEqual([SLUG])
  expect(slugsOf(text(`UserData: ${Buffer.from(SCRIPT).toString('base64')}`))).toEqual([SLUG])
  expect(
    slugsOf(text('IamInstanceProfile: !Ref Profile, UserData: { "Fn::Base64": "systemctl start worker" }')),
  ).toEqual([])
})

test('so is a launch template', () => {
  const data = Buffer.from(SCRIPT).toString('base64')
  const template = `Resources: { Web: { Type: AWS::EC2::LaunchTemplate, Properties: { LaunchTemplateData: { UserData: ${data} } } } }`
  expect(slugsOf(template)).toEqual([SLUG])
})
