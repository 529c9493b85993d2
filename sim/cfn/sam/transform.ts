// The SAM transform.
import type { Problems } from '../../diag/problem.ts'
import type { Dict, Node } from '../node.ts'
import type { Parameter } from '../parameters.ts'

export interface Written { readonly resources: Dict; readonly conditions: Node | undefined; readonly outputs: Node | undefined; readonly globals: Node | undefined }
export interface SamOptions { readonly parameters: ReadonlyMap<string, Parameter>; readonly region: string; readonly partition: string }
export interface Transformed { readonly resources: Dict; readonly conditions: Node | undefined; readonly outputs: Node | undefined; readonly origins: ReadonlyMap<string, string> }
export function transformServerless(written: Written, _o: SamOptions, _p: Problems): Transformed {
  return { ...written, origins: new Map() }
}
