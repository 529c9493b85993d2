// The files of the checkout as the tidy rules see them: paths, texts, imports, and code without comments and strings.
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'

export interface SourceFile {
  /** From the checkout's root, with forward slashes. */
  readonly path: string
  readonly text: string
}

export interface Import {
  readonly line: number
  /** As written: `../model/contract.ts`, `node:fs`, `yaml`. */
  readonly from: string
}

const SKIPPED = new Set(['node_modules', 'dist', '.git', 'coverage'])
const TEXT = /\.(ts|tsx|js|mjs|cjs|json|yaml|yml|md|txt|csv|html|css|svg)$|^[^.]+$|^\.[a-z]+$/

/** Every text file under `root` that belongs to the project. */
export function readTree(root: string): SourceFile[] {
  const files: SourceFile[] = []
  const walk = (folder: string): void => {
    for (const entry of readdirSync(join(root, folder), { withFileTypes: true })) {
      if (SKIPPED.has(entry.name)) continue
      const path = folder === '' ? entry.name : `${folder}/${entry.name}`
      if (entry.isDirectory()) walk(path)
      else if (entry.isFile() && TEXT.test(entry.name))
        files.push({ path, text: readFileSync(join(root, path), 'utf8') })
    }
  }
  walk('')
  return files.sort((a, b) => (a.path < b.path ? -1 : 1))
}

export const isTest = (path: string): boolean => path.endsWith('.test.ts') || path.startsWith('test/')

/** TypeScript of ours, tests included. */
export const isSource = (path: string): boolean => /\.tsx?$/.test(path)

/** The line (from 1) of a place in a text. */
export function lineAt(text: string, index: number): number {
  let line = 1
  for (let i = text.indexOf('\n'); i >= 0 && i < index; i = text.indexOf('\n', i + 1)) line++
  return line
}

/** Imports and re-exports of a file; `import(…)` is counted when its argument is a plain text. */
export function importsOf(text: string): Import[] {
  const pattern = /^(?:import|export)\b(?:[^'";]*?\bfrom)? *['"]([^'"]+)['"]|\bimport\(\s*['"]([^'"]+)['"]\s*\)/gm
  const code = codeOf(text)
  return [...text.matchAll(pattern)]
    .filter((match) => /^(?:import|export)/.test(code.slice(match.index, match.index + 6)))
    .map((match) => ({ line: lineAt(text, match.index), from: match[1] ?? match[2] }))
}

/** The path that a relative import leads to. */
export function resolveImport(file: string, from: string): string {
  const parts = file.split('/').slice(0, -1)
  for (const part of from.split('/')) {
    if (part === '..') parts.pop()
    else if (part !== '.') parts.push(part)
  }
  return parts.join('/')
}

/** The same text with comments, contents of strings and regular expressions as spaces; lines stay where they are. */
export function codeOf(text: string): string {
  const out = text.split('')
  // Where a `${` of a template ends the text around it goes on: a stack of the brace depths of open templates.
  const templates: number[] = []
  let depth = 0
  let at = 0
  const blank = (from: number, to: number): void => {
    for (let i = from; i < to; i++) if (out[i] !== '\n') out[i] = ' '
  }
  const template = (): void => {
    const from = at
    while (at < text.length) {
      if (text[at] === '\\') at++
      else if (text[at] === '`') {
        blank(from, at++)
        return
      } else if (text[at] === '$' && text[at + 1] === '{') {
        blank(from, at)
        at += 2
        templates.push(depth++)
        return
      }
      at++
    }
    blank(from, text.length)
  }
  /** Leaves the text up to `end` blank and goes on behind `skip` more characters: the closing quote. */
  const pass = (from: number, end: number, skip: number): void => {
    blank(from, end)
    at = end + skip
  }
  while (at < text.length) {
    const char = text[at++]
    if (char === '/' && text[at] === '/') pass(at - 1, lineEnd(text, at), 0)
    else if (char === '/' && text[at] === '*') pass(at - 1, after(text, '*/', at + 1), 0)
    else if (char === "'" || char === '"') pass(at, stringEnd(text, at - 1), 1)
    else if (char === '`') template()
    else if (char === '/' && startsRegex(out, at - 1)) pass(at, regexEnd(text, at - 1), 1)
    else if (char === '{') depth++
    else if (char === '}' && --depth === templates[templates.length - 1]) {
      templates.pop()
      template()
    }
  }
  return out.join('')
}

function lineEnd(text: string, at: number): number {
  const end = text.indexOf('\n', at)
  return end < 0 ? text.length : end
}

function after(text: string, mark: string, at: number): number {
  const end = text.indexOf(mark, at)
  return end < 0 ? text.length : end + mark.length
}

function stringEnd(text: string, start: number): number {
  let at = start + 1
  while (at < text.length && text[at] !== text[start] && text[at] !== '\n') at += text[at] === '\\' ? 2 : 1
  return Math.min(at, text.length)
}

function regexEnd(text: string, start: number): number {
  let inClass = false
  let at = start + 1
  for (; at < text.length && text[at] !== '\n'; at++) {
    if (text[at] === '\\') at++
    else if (text[at] === '[') inClass = true
    else if (text[at] === ']') inClass = false
    else if (text[at] === '/' && !inClass) break
  }
  return Math.min(at, text.length)
}

/** A slash begins a regular expression where no value stands before it. */
function startsRegex(out: readonly string[], at: number): boolean {
  let i = at - 1
  while (i >= 0 && /\s/.test(out[i])) i--
  if (i < 0 || '(,=:[!&|?{};+-*%~^<>'.includes(out[i])) return true
  let word = ''
  while (i >= 0 && /[\w$]/.test(out[i])) word = out[i--] + word
  return ['return', 'typeof', 'case', 'in', 'of', 'do', 'else'].includes(word)
}
