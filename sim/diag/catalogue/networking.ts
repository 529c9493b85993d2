// Explanations of what AWS refuses of load balancers, databases and names.
import type { Explanations } from '../explanation.ts'

const balancer = (rest: string): string => `Resources:
  Web: { Type: AWS::ElasticLoadBalancingV2::LoadBalancer, Properties: { Subnets: [subnet-1, subnet-2] } }
  Listens:
    Type: AWS::ElasticLoadBalancingV2::Listener
    Properties:
      LoadBalancerArn: !Ref Web
      Port: 80
      Protocol: HTTP
      DefaultActions: [{ Type: fixed-response, FixedResponseConfig: { StatusCode: "404" } }]
${rest}`

const rule = (name: string, priority: number, values: string): string => `  ${name}:
    Type: AWS::ElasticLoadBalancingV2::ListenerRule
    Properties:
      ListenerArn: !Ref Listens
      Priority: ${priority}
      Conditions: [{ Field: path-pattern, Values: [${values}] }]
      Actions: [{ Type: fixed-response, FixedResponseConfig: { StatusCode: "200" } }]
`

const functionTarget = (permission: string): string => `Resources:
  Work:
    Type: AWS::Lambda::Function
    Properties:
      Runtime: nodejs22.x
      Handler: index.handler
      Role: arn:aws:iam::123456789012:role/work
      Code: { ZipFile: "exports.handler = async () => ({ statusCode: 200 })" }
${permission}  Group:
    Type: AWS::ElasticLoadBalancingV2::TargetGroup
    Properties: { TargetType: lambda, Targets: [{ Id: !GetAtt Work.Arn }] }
`

const slowGroup = (algorithm: string): string => `Resources:
  Group:
    Type: AWS::ElasticLoadBalancingV2::TargetGroup
    Properties:
      Port: 80
      Protocol: HTTP
      VpcId: vpc-12345678
      TargetGroupAttributes:
        - { Key: slow_start.duration_seconds, Value: "60" }
        - { Key: load_balancing.algorithm.type, Value: ${algorithm} }
`

export const networking = {
  'balancer-limit': {
    severity: 'error',
    title: 'more than a load balancer takes',
    text: 'A load balancer has 100 rules by default, a rule five values in all its conditions, an action five target groups, a group of functions one function. Put what belongs together under one pattern, or share it out to another load balancer.',
    wrong: balancer(rule('Many', 1, '/a, /b, /c, /d, /e, /f')),
    right: balancer(rule('Many', 1, '/a, /b, /c, /d, /e')),
    source: 'https://docs.aws.amazon.com/elasticloadbalancing/latest/application/load-balancer-limits.html',
  },
  'priority-taken': {
    severity: 'error',
    title: 'two rules with one priority',
    text: 'Rules of a listener are asked in the order of their priorities, so no two may have the same.',
    wrong: balancer(rule('One', 1, '/a') + rule('Two', 1, '/b')),
    right: balancer(rule('One', 1, '/a') + rule('Two', 2, '/b')),
    source: 'https://docs.aws.amazon.com/elasticloadbalancing/latest/application/listener-rules.html',
  },
  'slow-start-algorithm': {
    severity: 'error',
    title: 'slow start with an algorithm that has none',
    text: 'Slow start gives a new target less than its turn in the rotation, so it goes with `round_robin` alone.',
    wrong: slowGroup('least_outstanding_requests'),
    right: slowGroup('round_robin'),
    source:
      'https://docs.aws.amazon.com/elasticloadbalancing/latest/application/edit-target-group-attributes.html#slow-start-mode',
  },
  'target-without-permission': {
    severity: 'error',
    title: 'a function that does not let its load balancer in',
    text: 'A load balancer invokes a function by its resource policy. Without a permission for `elasticloadbalancing.amazonaws.com` the function cannot be registered, and the deployment fails.',
    wrong: functionTarget(''),
    right: functionTarget(`  LetIn:
    Type: AWS::Lambda::Permission
    Properties:
      FunctionName: !Ref Work
      Principal: elasticloadbalancing.amazonaws.com
      Action: lambda:InvokeFunction
`),
    source: 'https://docs.aws.amazon.com/lambda/latest/dg/services-alb.html',
  },
} as const satisfies Explanations
