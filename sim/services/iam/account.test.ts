// Who the operator is: profiles, access keys, permissions, dry runs, and the trail of what was done.
import { describe, expect, test } from 'vitest'
import { HOUR, lab, type Lab, SECOND } from '../../../test/kit.ts'
import type { Action } from '../../model/contract.ts'
import type { ProfileSettings } from '../../parts/identity.ts'
import type { Instruction, Program } from '../../parts/program.ts'
import { operator, type Operator, type OperatorAction } from '../client/operator.ts'
import { server, type Server } from '../http/server.ts'
import { account } from './account.ts'

const IAM = 'Sim::Iam::Account'
const call = (action: Action, to = 'Server', body: unknown = {}): Program => {
  const step: Instruction = {
    op: 'call',
    to,
    action,
    body: { kind: 'constant', value: body },
    arg: 0,
    resultPath: null,
    catches: [],
    label: action,
  }
  return { code: [step, { op: 'end' }], returns: false }
}

function operated(Profiles: Record<string, ProfileSettings>, actions: readonly Omit<OperatorAction, 'label'>[]): Lab {
  return lab(
    {
      [IAM]: { def: account },
      Server: { def: server, properties: { Workers: 9, ServiceTime: '1ms' } },
      Operator: { def: operator, config: { Profiles, Actions: actions.map((action) => ({ ...action, label: '' })) } },
    },
    {
      probe: [
        [IAM, 'iam:CreateAccessKey'],
        [IAM, 'iam:ListAccessKeys'],
        [IAM, 'iam:DeleteAccessKey'],
      ],
    },
  ).run(HOUR)
}
const statuses = (at: Lab): string[] => at.state<Operator>('Operator').outcomes.map((outcome) => outcome.status)
const trail = (at: Lab): string[] =>
  at.world.dispatcher.trail.events.map((event) =>
    `${event.accountId}/${event.userName} ${event.eventName} ${event.errorCode}`.trim(),
  )

describe('profiles', () => {
  const dev = { Account: '111', User: 'dev' }
  const prod = { Account: '222', User: 'ops' }

  test('a call carries the account and user of its profile [N.CLI-SDK-08, N.CLI-SDK-10]', () => {
    const at = operated({ dev, prod }, [
      { at: SECOND, profile: 'dev', program: call('http:GET') },
      { at: 2 * SECOND, profile: 'prod', program: call('http:POST') },
    ])
    expect(trail(at)).toEqual(['111/dev http:GET', '222/ops http:POST'])
    expect(at.world.dispatcher.trail.events[1]).toEqual({
      eventTime: 2 * SECOND,
      accountId: '222',
      userName: 'ops',
      eventName: 'http:POST',
      resource: 'Server',
      errorCode: '',
    })
  })

  test('a call without a profile uses the default one; where there is none it finds no credentials [N.CLI-SDK-09]', () => {
    const action = [{ at: 0, program: call('http:GET') }]
    const at = operated({ default: dev, prod }, action)
    expect([statuses(at), trail(at)]).toEqual([['OK'], ['111/dev http:GET']])
    const without = operated({ prod }, action)
    expect([statuses(without), trail(without)]).toEqual([['Unable to locate credentials'], []])
    expect(without.state<Server>('Server').requests).toBe(0)
  })

  test('without an access key nothing is sent, until one is made [N.CLI-SDK-02]', () => {
    const at = operated({ dev: { ...dev, AccessKey: 'false' }, admin: prod }, [
      { at: SECOND, profile: 'dev', program: call('http:GET') },
      { at: 2 * SECOND, profile: 'admin', program: call('iam:CreateAccessKey', IAM, { UserName: 'dev' }) },
      { at: 3 * SECOND, profile: 'dev', program: call('http:GET') },
    ])
    expect(statuses(at)).toEqual(['Unable to locate credentials', 'OK', 'OK'])
    expect(trail(at)).toEqual(['222/ops iam:CreateAccessKey', '111/dev http:GET'])
  })

  test('without any profile one operator may do everything, and the trail still says what', () => {
    const at = operated({}, [{ at: 0, program: call('http:GET') }])
    expect([statuses(at), trail(at)]).toEqual([['OK'], ['123456789012/operator http:GET']])
  })
})

describe('permissions', () => {
  const limited = { default: { User: 'dev', Allow: ['http:*'], Deny: ['http:DELETE'] } }

  test('what is not allowed, or denied, is refused and not tried again', () => {
    const at = operated(limited, [
      { at: 0, program: call('http:GET') },
      { at: 1, program: call('http:DELETE') },
      { at: 2, program: call('iam:ListAccessKeys', IAM, { UserName: 'dev' }) },
    ])
    expect(statuses(at)).toEqual(['OK', 'AccessDeniedException', 'AccessDeniedException'])
    expect(at.state<Server>('Server').requests).toBe(1)
    expect(trail(at).length).toBe(3)
  })

  test('a dry run says whether it would be allowed and carries nothing out [N.CLI-SDK-06]', () => {
    const at = operated(limited, [
      { at: 0, dryRun: true, program: call('http:POST') },
      { at: 1, dryRun: true, program: call('http:DELETE') },
    ])
    expect(statuses(at)).toEqual(['DryRunOperation', 'UnauthorizedOperation'])
    expect(at.state<Server>('Server').requests).toBe(0)
    expect(trail(at)).toEqual([
      '123456789012/dev http:POST DryRunOperation',
      '123456789012/dev http:DELETE UnauthorizedOperation',
    ])
  })

  test('patterns match whole names, with anything for a star', () => {
    const allowed = (Allow: string): boolean =>
      statuses(operated({ default: { Allow } }, [{ at: 0, program: call('http:PATCH') }]))[0] === 'OK'
    expect(
      ['*', 'http:*', 'http:P*H', 'HTTP:patch', 'http:P', 'http:*T', '*:PA*A*H', 'http:PATCHES*', 'http:PA*ATCH'].map(
        allowed,
      ),
    ).toEqual([true, true, true, true, false, false, false, false, false])
  })
})

test('the secret of a key is shown when it is made and never again; the way out is a new key [N.CLI-SDK-03]', () => {
  const at = operated({ default: { User: 'dev' } }, [])
  const made = at.ask(IAM, 'iam:CreateAccessKey', { UserName: 'dev' }).answer.AccessKey
  expect(made.SecretAccessKey).toBeDefined()
  const listed = at.ask(IAM, 'iam:ListAccessKeys', { UserName: 'dev' }).answer.AccessKeyMetadata
  expect(listed.map((key: object) => Object.keys(key))).toEqual([
    ['AccessKeyId', 'Status', 'UserName'],
    ['AccessKeyId', 'Status', 'UserName'],
  ])
  expect(at.ask(IAM, 'iam:CreateAccessKey', { UserName: 'dev' }).status).toBe('LimitExceeded')
  expect(at.ask(IAM, 'iam:DeleteAccessKey', { UserName: 'dev', AccessKeyId: listed[0].AccessKeyId }).status).toBe('OK')
  expect(at.ask(IAM, 'iam:CreateAccessKey', { UserName: 'dev' }).status).toBe('OK')
  expect(at.ask(IAM, 'iam:CreateAccessKey', { UserName: 'nobody' }).status).toBe('NoSuchEntity')
})
