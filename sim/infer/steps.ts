// Inferred calls as steps of a handler: what each is called with, in the scenario's own words.
//
// The one idea: a template does not say which item a call is about, so every call draws its keys from one small population, the same
// for readers and writers; what is read has then been written before long.
import { get, isTrue, items, stringOf, textOf, type CfnResource, type PlainMap, type Template } from '../cfn/index.ts'
import { entriesFor } from './events.ts'

/** Partitions and items in each that keys are drawn from. */
const PARTITIONS = 1000
const ITEMS = 10
const ITEM_SIZE = '1KB'
const OBJECT_SIZE = '100KB'
/** The object that an event of a bucket tells of. */
const TOLD_KEY = '$.Records[0].s3.object.key'
/** Items of a scan's one page. */
const SCANNED = 20

/** A step that makes the call; undefined when its parameters are not known here. `isTold` = an event of the bucket names the object. */
export function stepsFor(
  action: string,
  to: CfnResource,
  target: string,
  template: Template,
  isTold = false,
): readonly PlainMap[] {
  const on = { [target]: to.logicalId }
  const step = (parameters: PlainMap): readonly PlainMap[] => [{ [action]: { ...on, ...parameters } }]
  switch (action) {
    case 'dynamodb:GetItem':
    case 'dynamodb:DeleteItem':
      return step({ Key: keyOf(to) })
    case 'dynamodb:UpdateItem':
      return step({ Key: keyOf(to), ItemSize: ITEM_SIZE, ...changeOf(to) })
    case 'dynamodb:PutItem':
      return step({ Item: itemFor(to), ItemSize: ITEM_SIZE })
    case 'dynamodb:Query': {
      const [[hash, keys] = []] = Object.entries(keyOf(to))
      return step({
        KeyConditionExpression: '#key = :key',
        ExpressionAttributeNames: { '#key': hash },
        ExpressionAttributeValues: { ':key': keys },
      })
    }
    case 'dynamodb:Scan':
      return step({ Limit: SCANNED })
    case 'dynamodb:BatchGetItem':
      return step({ RequestItems: { Keys: [keyOf(to)] } })
    case 'dynamodb:BatchWriteItem':
      return step({ RequestItems: [{ PutRequest: { Item: itemFor(to) } }] })
    case 'sqs:SendMessage':
      return step({ MessageBody: '$', ...orderOf(to) })
    case 'sns:Publish':
      return step({ Message: '$', ...orderOf(to) })
    case 'sqs:ReceiveMessage':
      return [
        { [action]: { ...on, MaxNumberOfMessages: 10 }, ResultPath: '$.received' },
        {
          ForEach: {
            In: '$.received.Messages',
            Do: [{ 'sqs:DeleteMessage': { ...on, ReceiptHandle: '$.ReceiptHandle' } }],
          },
        },
      ]
    case 'kinesis:PutRecord':
      return step({ Data: '$', PartitionKey: STREAM_KEY })
    case 'kinesis:PutRecords':
      return step({ Records: [{ Data: '$', PartitionKey: STREAM_KEY }] })
    case 'sql:query':
      return step({ Sql: 'SELECT * FROM items WHERE id = ?', Key: `uniform(n=${PARTITIONS}, prefix=row-)` })
    case 'lambda:InvokeFunction':
      return step({ Payload: '$' })
    case 'firehose:PutRecord':
      return step({ Record: { Data: '$' } })
    case 'firehose:PutRecordBatch':
      return step({ Records: [{ Data: '$' }] })
    case 'events:PutEvents':
      return step({ Entries: [...entriesFor(template, to)] })
    case 's3:PutObject':
      return step({ Key: OBJECT_KEY, ContentLength: OBJECT_SIZE })
    case 's3:DeleteObject':
      return step({ Key: isTold ? TOLD_KEY : OBJECT_KEY })
    case 's3:GetObject':
      if (isTold) return step({ Key: TOLD_KEY })
      // Until somebody has written it, an object is missing; a program that reads by chance takes no harm from it.
      return [{ ...step({ Key: OBJECT_KEY })[0], Catch: [{ ErrorEquals: ['NoSuchKey'], Do: [] }] }]
    case 'redis:GET':
    case 'memcached:get':
      return step({ Key: CACHE_KEY })
    case 'redis:SET':
      return step({ Key: CACHE_KEY, Value: '$', ValueSize: ITEM_SIZE, EX: CACHE_LIFE })
    case 'memcached:set':
      return step({ Key: CACHE_KEY, Value: '$', ValueSize: ITEM_SIZE, Exptime: CACHE_LIFE })
    default:
      return step({})
  }
}

/** A partition key: many, so that they are spread over the shards. */
export const STREAM_KEY = `uniform(n=${PARTITIONS}, prefix=key-)`
/** A key of a cache, and seconds for which an item is kept there. */
const CACHE_KEY = `uniform(n=${PARTITIONS}, prefix=item-)`
const CACHE_LIFE = 300
const OBJECT_KEY = `uniform(n=${PARTITIONS}, prefix=object-)`

/** A key that a filter of a bucket's events lets through, and the size of what is put under it. */
export function objectFor(
  prefix: string,
  suffix: string,
): { readonly Attributes: PlainMap; readonly Parameters: PlainMap } {
  return {
    Attributes: { object: OBJECT_KEY },
    Parameters: { Key: `${plain(prefix)}{$.object}${plain(suffix)}`, ContentLength: OBJECT_SIZE },
  }
}

/** A text in which nothing is filled in. */
function plain(text: string): string {
  return text.replaceAll('{$', '{{$')
}

/** What a FIFO queue or topic asks of a message: a group, and an id by which it is known again; here no two messages are the same. */
export function orderOf({ properties }: CfnResource): PlainMap {
  if (!isTrue(get(properties, 'FifoQueue')) && !isTrue(get(properties, 'FifoTopic'))) return {}
  return {
    MessageGroupId: `uniform(n=${PARTITIONS}, prefix=group-)`,
    MessageDeduplicationId: 'uuid',
  }
}

const hasStream = ({ properties }: CfnResource): boolean => get(properties, 'StreamSpecification') !== undefined

/** An item of a table. One with a stream gets an attribute that is another each time: what changes nothing is not in the stream. */
export function itemFor(to: CfnResource): PlainMap {
  return hasStream(to) ? { ...keyOf(to), revision: 'uuid' } : keyOf(to)
}

/** What an update sets in an item of a table with a stream. */
function changeOf(to: CfnResource): PlainMap {
  if (!hasStream(to)) return {}
  return { UpdateExpression: 'SET revision = :revision', ExpressionAttributeValues: { ':revision': 'uuid' } }
}

/** A draw for each attribute of a table's key. Numbers are whole; texts are called after their attribute. */
function keyOf({ properties }: CfnResource): PlainMap {
  const types = new Map(
    items(get(properties, 'AttributeDefinitions')).map((each) => [
      textOf(get(each, 'AttributeName') ?? each),
      stringOf(get(each, 'AttributeType')),
    ]),
  )
  const key = new Map<string, string>()
  for (const each of items(get(properties, 'KeySchema'))) {
    const name = textOf(get(each, 'AttributeName') ?? each) ?? ''
    const count = stringOf(get(each, 'KeyType')) === 'RANGE' ? ITEMS : PARTITIONS
    key.set(name, types.get(name) === 'N' ? `uniform(1, ${count})` : `uniform(n=${count}, prefix=${prefixOf(name)})`)
  }
  return Object.fromEntries(key)
}

/** What a drawn key begins with: its attribute's name, as far as a key's prefix may hold it. */
function prefixOf(name: string): string {
  const plain = name.replace(/[^A-Za-z0-9_]/g, '').slice(0, 40)
  return `${/^[A-Za-z]/.test(plain) ? plain : 'key'}-`
}
