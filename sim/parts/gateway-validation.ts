// What a request must carry before a backend sees it: parameters by name, and a body of a shape.
import type { Near, ResourceView } from '../model/contract.ts'
import { memberAt, partOf, type KeyPart } from './gateway-cache.ts'
import { fitsSchema, unknownWords, type Schemas } from './json-shape.ts'
import { parseJson } from './json-text.ts'

export interface Validation {
  readonly required: readonly KeyPart[]
  /** undefined = any body will do. */
  readonly schema: unknown
  /** Where its references lead. */
  readonly schemas: Schemas
}

/** `undefined` = it may pass; else what the client is told (BAD_REQUEST_PARAMETERS, BAD_REQUEST_BODY). */
export function mistakeIn({ required, schema, schemas }: Validation, event: unknown): string | undefined {
  if (isSilent(event)) return undefined
  const missing = required.filter((part) => partOf(event, part) === undefined).map(({ name }) => name)
  if (missing.length > 0) return `Missing required request parameters: [${missing.join(', ')}]`
  if (schema === undefined) return undefined
  const body = memberAt(event, 'body')
  const value = body === undefined ? event : typeof body === 'string' ? parseJson(body) : body
  return fitsSchema(schema, value, schemas) ? undefined : 'Invalid request body'
}

/** A workload without attributes does not say what its requests carry: nothing can be missing in them. */
function isSilent(event: unknown): boolean {
  if (typeof event !== 'object' || event === null) return true
  return Object.keys(event).every((name) => name.toLowerCase() === 'x-api-key')
}

/** What a method says in resources of its own. */
export function validationOf(near: Near, method: Readonly<Record<string, unknown>>): Validation | undefined {
  const validator = near.resourceAt(method['RequestValidatorId'])?.config
  if (validator === undefined) return undefined
  const name = memberAt(method['RequestModels'], 'application/json')
  const all = near.all('AWS::ApiGateway::Model').filter(({ config }) => config['RestApiId'] === method['RestApiId'])
  const model = all.find((view) => near.resourceAt(name)?.logicalId === view.logicalId || view.config['Name'] === name)
  const root = model === undefined ? undefined : schemaOf(model)
  const models = Object.fromEntries(all.map((view) => [String(view.config['Name'] ?? view.logicalId), schemaOf(view)]))
  const validation: Validation = {
    required: validator['ValidateRequestParameters'] === true ? requiredIn(method['RequestParameters']) : [],
    schema: validator['ValidateRequestBody'] === true ? root : undefined,
    schemas: { root, models },
  }
  sayUnknown(validation, (message) => model?.notSimulated(['Schema'], message))
  return validation
}

function schemaOf({ config }: ResourceView): unknown {
  const schema = config['Schema'] as unknown
  return typeof schema === 'string' ? parseJson(schema) : schema
}

/** Tells which words of a model nothing is asked for. */
export function sayUnknown({ schema, schemas }: Validation, say: (message: string) => void): void {
  const words = unknownWords(schema, schemas)
  if (words.length === 0) return
  const shown = words.slice(0, 10).map((word) => `\`${word}\``)
  say(`of the model of its bodies ${shown.join(', ')}${words.length > 10 ? ' …' : ''} ask for nothing here`)
}

const PLACES: Readonly<Record<string, KeyPart['at']>> = {
  header: 'headers',
  path: 'pathParameters',
  querystring: 'queryStringParameters',
  query: 'queryStringParameters',
}

/** `method.request.querystring.page: true`. */
function requiredIn(parameters: unknown): KeyPart[] {
  if (typeof parameters !== 'object' || parameters === null) return []
  return Object.entries(parameters as Record<string, unknown>).flatMap(([text, isRequired]) => {
    const [, place, name] = /^method\.request\.(header|path|querystring)\.(.+)$/.exec(text) ?? []
    const asked = isRequired === true || isRequired === 'true'
    return place === undefined || !asked ? [] : [{ at: PLACES[place], name }]
  })
}

/** What an operation of a document says, with the validator that it or the document names. */
export function documentValidation(document: unknown, operation: unknown): Validation | undefined {
  const named = memberAt(operation, 'x-amazon-apigateway-request-validator')
  const name = named ?? memberAt(document, 'x-amazon-apigateway-request-validator')
  const validator = memberAt(memberAt(document, 'x-amazon-apigateway-request-validators'), String(name))
  if (validator === undefined) return undefined
  const listed = memberAt(operation, 'parameters')
  const parameters = Array.isArray(listed) ? (listed as unknown[]) : []
  const content = memberAt(memberAt(memberAt(operation, 'requestBody'), 'content'), 'application/json')
  const inBody = parameters.find((each) => memberAt(each, 'in') === 'body')
  const schema = memberAt(content, 'schema') ?? memberAt(inBody, 'schema')
  return {
    required:
      memberAt(validator, 'validateRequestParameters') !== true
        ? []
        : parameters.flatMap((each) => {
            const place = PLACES[String(memberAt(each, 'in'))]
            return place === undefined || memberAt(each, 'required') !== true
              ? []
              : [{ at: place, name: String(memberAt(each, 'name')) }]
          }),
    schema: memberAt(validator, 'validateRequestBody') === true ? schema : undefined,
    schemas: { root: document, models: {} },
  }
}
