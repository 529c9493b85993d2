// Known traps of Elastic Beanstalk environments.
import type { Lints, Written } from '../../lint/contract.ts'

const PRODUCTION = /(^|[^a-z])(prod|production|prd|live)([^a-z]|$)/i

const example = (settings: string): string => `Resources:
  App: { Type: AWS::ElasticBeanstalk::Application }
  Shop:
    Type: AWS::ElasticBeanstalk::Environment
    Properties:
      ApplicationName: !Ref App
      Tags: [{ Key: environment, Value: prod }]
      OptionSettings:
        - ${settings}`

export const lints: Lints = {
  'elasticbeanstalk/database-dies-with-environment': {
    severity: 'warning',
    title: 'a production database inside an environment',
    text: 'A database that Elastic Beanstalk makes as part of an environment is deleted with it: terminating, rebuilding or swapping the environment takes the data along. That is fine for development and tests; for production make the database outside and hand the environment its address.',
    wrong: example('{ Namespace: "aws:rds:dbinstance", OptionName: DBEngine, Value: mysql }'),
    right: example('{ Namespace: "aws:elasticbeanstalk:application:environment", OptionName: DB_HOST, Value: db }'),
    source: 'N.BEANSTALK-36; https://docs.aws.amazon.com/elasticbeanstalk/latest/dg/using-features.managing.db.html',
    find: (scene) =>
      scene.all('AWS::ElasticBeanstalk::Environment').flatMap((environment) => {
        if (!isProduction(environment)) return []
        const settings = environment.list('OptionSettings') as readonly { readonly Namespace?: unknown }[]
        const at = settings.findIndex((setting) => setting?.Namespace === 'aws:rds:dbinstance')
        const keeps = settings.some((_, i) => {
          const policy = environment.text('OptionSettings', i, 'OptionName') === 'DBDeletionPolicy'
          return policy && environment.text('OptionSettings', i, 'Value') !== 'Delete'
        })
        if (at < 0 || keeps) return []
        return [
          {
            message: `the database of \`${environment.logicalId}\`, which is for production, is deleted with its environment`,
            span: environment.place('OptionSettings', at),
            help: 'an `AWS::RDS::DBInstance` of its own, its endpoint in an option of `aws:elasticbeanstalk:application:environment`',
          },
        ]
      }),
  },
}

/** Whether a tag or a name says that customers use the environment. */
function isProduction(environment: Written): boolean {
  const tags = environment.list('Tags').map((_, i) => environment.text('Tags', i, 'Value') ?? '')
  return [...tags, environment.text('EnvironmentName') ?? ''].some((text) => PRODUCTION.test(text))
}
