// Known traps of instances.
import type { Lints, Written } from '../../lint/contract.ts'

const GUIDE = 'https://docs.aws.amazon.com/IAM/latest/UserGuide'
/** An access key, or the setting of one. */
const KEYS = /(^|[^A-Z0-9])AKIA[A-Z0-9]{16}([^A-Z0-9]|$)|aws_secret_access_key\s{0,5}[=:]/i

const example = (properties: string): string => `Resources:
  Role: { Type: AWS::IAM::InstanceProfile, Properties: { Roles: [worker] } }
  Worker:
    Type: AWS::EC2::Instance
    Properties:
      ImageId: ami-12345678
      InstanceType: t3.micro
      ${properties}`

export const lints: Lints = {
  'ec2/keys-on-an-instance': {
    severity: 'warning',
    title: 'somebody’s access keys on an instance',
    text: 'Keys that are written into an instance belong to a person, never expire, and are read by everyone who gets onto the instance or may describe it. An instance profile hands out credentials of a role that change by themselves.',
    wrong: example(`UserData:
        Fn::Base64: |
          export AWS_ACCESS_KEY_ID=AKIAIOSFODNN7EXAMPLE
          export AWS_SECRET_ACCESS_KEY=wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY`),
    right: example(`IamInstanceProfile: !Ref Role
      UserData: { Fn::Base64: "systemctl start worker" }`),
    source: `N.CLI-SDK-05; ${GUIDE}/best-practices.html`,
    find: (scene) => {
      const launches: (readonly [Written, ...(string | number)[]])[] = [
        ...scene
          .all('AWS::EC2::Instance', 'AWS::AutoScaling::LaunchConfiguration')
          .map((each) => [each, 'UserData'] as const),
        ...scene.all('AWS::EC2::LaunchTemplate').map((each) => [each, 'LaunchTemplateData', 'UserData'] as const),
      ]
      return launches.flatMap(([resource, ...path]) => {
        const text = decoded(resource.text(...path) ?? '')
        if (!KEYS.test(text)) return []
        const member =
          resource.type === 'AWS::EC2::LaunchTemplate'
            ? '`LaunchTemplateData.IamInstanceProfile`'
            : '`IamInstanceProfile`'
        return [
          {
            message: `the user data of \`${resource.logicalId}\` hold access keys`,
            span: resource.place(...path),
            help: `${member} with a role, and no keys`,
          },
        ]
      })
    },
  },
}

/** Base64 as text, byte by byte; what is none stays as it is. */
function decoded(text: string): string {
  if (!/^[A-Za-z0-9+/\s]{8,100000}={0,2}\s{0,5}$/.test(text)) return text
  const letters = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/'
  let made = ''
  let bits = 0
  let held = 0
  for (const letter of text.replace(/[\s=]/g, '')) {
    held = ((held << 6) | letters.indexOf(letter)) & 0xffff
    bits += 6
    if (bits < 8) continue
    bits -= 8
    made += String.fromCharCode((held >> bits) & 0xff)
  }
  return made
}
