// Secrets that stand in a template for everybody to read.
import type { Lints } from '../../lint/contract.ts'
import { workFunction } from '../../lint/examples.ts'

const FUNCTION = 'AWS::Lambda::Function'
/** Names of variables that hold a secret itself, not the name of one. */
const SECRET_NAME =
  /(^|_)(PASSWORD|PASSWD|PWD|PASSPHRASE|SECRET|SECRET_?KEY|SECRET_?ACCESS_?KEY|PRIVATE_?KEY|API_?KEY|API_?SECRET|CLIENT_?SECRET|ACCESS_?TOKEN|AUTH_?TOKEN|BEARER_?TOKEN|CONNECTION_?STRING)$/i
/** An access key of AWS, or a password in a URL. */
const SECRET_VALUE =
  /(^|[^A-Z0-9])(AKIA|ASIA)[A-Z0-9]{16}([^A-Z0-9]|$)|^[a-z][a-z0-9+.-]{1,30}:\/\/[^/\s:@]{1,100}:[^/\s@]{1,100}@/
/** A place where the secret is kept, or a word that stands for one. */
const ELSEWHERE = /^(arn:|\/|\{\{resolve:|https?:\/\/|\$\{|<)|^$/

export const secretLints: Lints = {
  'lambda/secret-in-the-template': {
    severity: 'warning',
    title: 'a secret that everybody may read',
    text: 'A password, key or connection string in an environment variable is readable in the template, in its history and by everyone who may look at the function. Keep it in Secrets Manager or in an encrypted parameter and read it when the environment starts; where it must be a variable, encrypt the variables with a key of your own.',
    wrong: `Resources:\n${workFunction(['Environment: { Variables: { DB_PASSWORD: hunter2 } }'])}`,
    right: `Resources:\n${workFunction(['Environment: { Variables: { DB_PASSWORD: "{{resolve:secretsmanager:db}}" } }'])}`,
    source: 'N.LAMBDA-49; https://docs.aws.amazon.com/lambda/latest/dg/configuration-envvars-encryption.html',
    find: (scene) =>
      scene.all(FUNCTION).flatMap((fn) => {
        const variables = fn.value('Environment', 'Variables')
        if (typeof variables !== 'object' || variables === null || fn.value('KmsKeyArn') !== undefined) return []
        return Object.keys(variables).flatMap((name) => {
          const path = ['Environment', 'Variables', name]
          const text = fn.text(...path)
          if (text === undefined || !fn.isLiteral(...path) || ELSEWHERE.test(text)) return []
          if (!SECRET_NAME.test(name) && !SECRET_VALUE.test(text)) return []
          return [
            {
              message: `\`${name}\` of \`${fn.logicalId}\` holds a secret in plain text`,
              span: fn.place(...path),
              help: 'keep it in Secrets Manager and write `{{resolve:secretsmanager:NAME}}` or its ARN here, or encrypt the variables with `KmsKeyArn`',
            },
          ]
        })
      }),
  },
}
